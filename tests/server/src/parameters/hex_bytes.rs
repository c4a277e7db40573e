//! Bytes in hexadecimal: `efbbbf`.

use serde::Deserialize;

/// Any bytes, from two hexadecimal digits each.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(crate) struct HexBytes(pub(crate) Vec<u8>);

impl TryFrom<String> for HexBytes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.as_bytes()
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
                _ => None,
            })
            .collect::<Option<_>>()
            .map(Self)
            .ok_or_else(|| format!("{text:?} is not made of pairs of hexadecimal digits"))
    }
}

fn digit(character: u8) -> Option<u8> {
    char::from(character).to_digit(16).and_then(|digit| digit.try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::HexBytes;

    fn parsed(text: &str) -> Option<Vec<u8>> {
        HexBytes::try_from(text.to_owned()).ok().map(|bytes| bytes.0)
    }

    #[test]
    fn takes_pairs_of_digits() {
        assert_eq!(parsed("efBB0a"), Some(vec![0xef, 0xbb, 0x0a]));
        assert_eq!(parsed(""), Some(vec![]));
    }

    #[test]
    fn refuses_everything_else() {
        for text in ["a", "0g", "0 ", "aé"] {
            assert_eq!(parsed(text), None, "{text:?}");
        }
    }
}
