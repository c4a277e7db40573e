//! Places in a body: `3,7,9`.

use serde::Deserialize;

/// Ascending byte offsets, the first of them over 0; empty for an empty value.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub(crate) struct ByteOffsets(Vec<usize>);

impl ByteOffsets {
    pub(crate) fn as_slice(&self) -> &[usize] {
        &self.0
    }
}

impl TryFrom<String> for ByteOffsets {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut offsets = Vec::new();
        let mut last = 0;
        for part in text.split(',').filter(|_| !text.is_empty()) {
            let offset = part.parse().map_err(|_| format!("{part:?} is not a byte offset"))?;
            if offset <= last {
                return Err(format!("byte offsets have to ascend from 1, and {offset} does not"));
            }
            offsets.push(offset);
            last = offset;
        }
        Ok(Self(offsets))
    }
}

#[cfg(test)]
mod tests {
    use super::ByteOffsets;

    fn parsed(text: &str) -> Result<Vec<usize>, String> {
        ByteOffsets::try_from(text.to_owned()).map(|offsets| offsets.0)
    }

    #[test]
    fn takes_ascending_numbers() {
        assert_eq!(parsed("3,7,9"), Ok(vec![3, 7, 9]));
        assert_eq!(parsed(""), Ok(vec![]));
    }

    #[test]
    fn refuses_everything_else() {
        for text in ["0", "3,3", "7,3", "3,", ",", "-1", "a", "3, 4"] {
            assert!(parsed(text).is_err(), "{text:?}");
        }
    }
}
