//! The last event ID as it is sent: "UTF-8 decode without BOM" of the Encoding standard, byte by byte,
//! encoded again.

use wasm_eventsource::last_event_id::{byte_string, is_field_value, text};

/// Checks an ID.
pub fn check(id: &[u8]) {
    let expected = decode(id);
    assert_eq!(text(id), expected);

    let sent = byte_string(id);
    let bytes: Option<Vec<u8>> = sent.chars().map(|it| u8::try_from(it).ok()).collect();
    assert_eq!(bytes.as_deref(), Some(expected.as_bytes()), "not a byte string: {sent:?}");

    let is_allowed = |it: char| it == '\t' || (it >= ' ' && it != '\x7F');
    assert_eq!(is_field_value(id), expected.chars().all(is_allowed), "{id:x?}");
}

/// The decoder of the Encoding standard, section 8.1.1.
fn decode(bytes: &[u8]) -> String {
    let mut output = String::new();
    let (mut code_point, mut bytes_seen, mut bytes_needed) = (0u32, 0, 0);
    let (mut lower, mut upper) = (0x80, 0xBF);
    let mut position = 0;
    while position < bytes.len() {
        let byte = bytes[position];
        position += 1;
        if bytes_needed == 0 {
            match byte {
                0x00..=0x7F => output.push(byte.into()),
                0xC2..=0xDF => (bytes_needed, code_point) = (1, u32::from(byte & 0x1F)),
                0xE0..=0xEF => {
                    if byte == 0xE0 {
                        lower = 0xA0;
                    }
                    if byte == 0xED {
                        upper = 0x9F;
                    }
                    (bytes_needed, code_point) = (2, u32::from(byte & 0xF));
                }
                0xF0..=0xF4 => {
                    if byte == 0xF0 {
                        lower = 0x90;
                    }
                    if byte == 0xF4 {
                        upper = 0x8F;
                    }
                    (bytes_needed, code_point) = (3, u32::from(byte & 0x7));
                }
                _ => output.push('\u{FFFD}'),
            }
            continue;
        }
        if !(lower..=upper).contains(&byte) {
            (code_point, bytes_needed, bytes_seen) = (0, 0, 0);
            (lower, upper) = (0x80, 0xBF);
            // "Restore": the byte is read again.
            position -= 1;
            output.push('\u{FFFD}');
            continue;
        }
        (lower, upper) = (0x80, 0xBF);
        code_point = (code_point << 6) | u32::from(byte & 0x3F);
        bytes_seen += 1;
        if bytes_seen == bytes_needed {
            output.extend(char::from_u32(code_point));
            (code_point, bytes_needed, bytes_seen) = (0, 0, 0);
        }
    }
    if bytes_needed != 0 {
        output.push('\u{FFFD}');
    }
    output
}
