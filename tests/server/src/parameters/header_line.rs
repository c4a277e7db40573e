//! A header of a response: `Retry-After: 5`.

use axum::http::{HeaderName, HeaderValue, header};
use serde::Deserialize;

/// A header's name and value; the value is sent as UTF-8.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct HeaderLine {
    pub(crate) name: HeaderName,
    pub(crate) value: HeaderValue,
}

/// These say where the body ends, which is up to the connection.
const FRAMING: [HeaderName; 3] =
    [header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];

impl TryFrom<String> for HeaderLine {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (name, value) =
            text.split_once(':').ok_or_else(|| format!("{text:?} is not like \"Name: value\""))?;
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| format!("{name:?} cannot be a header's name"))?;
        let value = HeaderValue::from_bytes(value.trim().as_bytes())
            .map_err(|_| format!("{value:?} cannot be a header's value"))?;
        if FRAMING.contains(&name) {
            return Err(format!("{name} is set by the server"));
        }
        Ok(Self { name, value })
    }
}

#[cfg(test)]
mod tests {
    use super::HeaderLine;

    #[test]
    fn takes_a_name_and_a_value() {
        let line = HeaderLine::try_from("X-Time: 10:30".to_owned()).unwrap();
        assert_eq!(line.name, "x-time");
        assert_eq!(line.value, "10:30");
    }

    #[test]
    fn refuses_everything_else() {
        for text in ["X-Time", "X Time: 1", ": 1", "X: a\nb", "Content-Length: 3"] {
            assert!(HeaderLine::try_from(text.to_owned()).is_err(), "{text:?}");
        }
    }
}
