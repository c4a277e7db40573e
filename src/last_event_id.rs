//! The last event ID, as it is told to the server.

/// The ID as text: what the server sent, decoded as UTF-8, each malformed sequence made a U+FFFD.
pub fn text(id: &[u8]) -> String {
    String::from_utf8_lossy(id).into_owned()
}

/// The value of the header `Last-Event-ID`: the text of the ID, encoded as UTF-8 (HTML standard, section
/// 9.2.3, "reestablish the connection").
///
/// To JavaScript, the value of a header is a byte string: characters from U+0000 to U+00FF, each of which
/// stands for one byte. So each byte is one `char` here.
pub fn byte_string(id: &[u8]) -> String {
    text(id).bytes().map(char::from).collect()
}

/// Whether the text of the ID may be the value of a header (RFC 9110, section 5.5): no control character
/// may, but for TAB.
pub fn is_field_value(id: &[u8]) -> bool {
    id.iter().all(|&byte| byte == b'\t' || !byte.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spec_95_each_byte_of_the_text_in_utf_8_is_one_character() {
        for (id, expected) in [
            (&b""[..], ""),
            (b"7", "7"),
            (b"a\tb", "a\tb"),
            ("…".as_bytes(), "\u{E2}\u{80}\u{A6}"),
            ("é".as_bytes(), "\u{C3}\u{A9}"),
            ("🦀".as_bytes(), "\u{F0}\u{9F}\u{A6}\u{80}"),
            (b"\x01\x7F", "\u{1}\u{7F}"),
            // Malformed: U+FFFD, in UTF-8.
            (b"a\xFFb", "a\u{EF}\u{BF}\u{BD}b"),
            (b"\xE2\x80", "\u{EF}\u{BF}\u{BD}"),
        ] {
            assert_eq!(byte_string(id), expected, "{id:x?}");
        }
    }

    #[test]
    fn spec_97_control_characters_but_tab_are_in_no_field_value() {
        for (id, expected) in [
            (&b""[..], true),
            (b"7", true),
            (b" a\tb ", true),
            ("é…🦀".as_bytes(), true),
            (b"a\xFFb", true),
            (b"a\x01b", false),
            (b"\x1F", false),
            (b"\x7F", false),
        ] {
            assert_eq!(is_field_value(id), expected, "{id:x?}");
        }
    }

    #[test]
    fn the_text_is_that_of_the_encoding_standard() {
        for (id, expected) in [
            (&b"a"[..], "a"),
            ("é…🦀".as_bytes(), "é…🦀"),
            (b"\xF0\x9F\xA6", "\u{FFFD}"),
            (b"\xF0\x9Fa", "\u{FFFD}a"),
            (b"\xED\xA0\x80", "\u{FFFD}\u{FFFD}\u{FFFD}"),
            (b"\xC0\xAF", "\u{FFFD}\u{FFFD}"),
        ] {
            assert_eq!(text(id), expected, "{id:x?}");
        }
    }
}
