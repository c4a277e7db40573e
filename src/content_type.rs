//! Whether a `Content-Type` header says `text/event-stream`.

/// Whether the MIME type extracted from a `Content-Type` header is `text/event-stream`.
///
/// `header` holds all values of the header, joined by commas, as `Headers.get()` returns them. The
/// last valid one counts; parameters, `charset` among them, are ignored, and case does not matter
/// (Fetch standard, "extract a MIME type"; MIME Sniffing standard, "parse a MIME type").
///
/// ```
/// use wasm_eventsource::content_type::is_event_stream;
/// assert!(is_event_stream("Text/Event-Stream; charset=utf-8"));
/// assert!(!is_event_stream("text/event-stream-ish"));
/// ```
pub fn is_event_stream(header: &str) -> bool {
    let mut is_event_stream = false;
    for value in values(header.as_bytes()) {
        let essence = value.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
        if is_mime_type(essence) && essence != b"*/*" {
            is_event_stream = essence.eq_ignore_ascii_case(b"text/event-stream");
        }
    }
    is_event_stream
}

/// The values of a combined header: split at each comma that stands outside a quoted string.
fn values(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut in_quotes = false;
    let mut after_backslash = false;
    header.split(move |&byte| {
        match byte {
            _ if after_backslash => after_backslash = false,
            b'\\' if in_quotes => after_backslash = true,
            b'"' => in_quotes = !in_quotes,
            _ => return byte == b',' && !in_quotes,
        }
        false
    })
}

/// Whether this is two tokens with a slash between them.
fn is_mime_type(essence: &[u8]) -> bool {
    let mut tokens = 0;
    let mut in_token = false;
    for &byte in essence {
        if is_token_byte(byte) {
            tokens += u32::from(!in_token);
            in_token = true;
        } else if byte == b'/' && in_token {
            in_token = false;
        } else {
            return false;
        }
    }
    in_token && tokens == 2
}

/// An "HTTP token code point", section 3.3 of the MIME Sniffing standard.
fn is_token_byte(byte: u8) -> bool {
    matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'0'..=b'9' | b'A'..=b'Z')
        || matches!(byte, b'^'..=b'z' | b'|' | b'~')
}

#[cfg(test)]
mod tests {
    use super::is_event_stream;

    #[test]
    fn spec_32_the_essence_counts_in_any_case_and_with_any_parameter() {
        for header in [
            "text/event-stream",
            "TEXT/Event-Stream",
            "text/event-stream;",
            "text/event-stream;charset=utf-8",
            "text/event-stream ; foo=bar",
            "\ttext/event-stream\n",
            "text/event-stream;charset=windows-1251",
            "text/event-stream; x=\"a, text/html\"",
            "text/event-stream; x=\"a\\\", text/html\"",
        ] {
            assert!(is_event_stream(header), "{header:?}");
        }
    }

    #[test]
    fn spec_33_any_other_type_is_none() {
        for header in [
            "",
            "text",
            "text/",
            "/event-stream",
            "text/plain",
            "text/event-streams",
            "text/event stream",
            "text /event-stream",
            "text/event-stream foo",
            "application/json; x=text/event-stream",
        ] {
            assert!(!is_event_stream(header), "{header:?}");
        }
    }

    #[test]
    fn spec_35_the_last_valid_value_of_a_combined_header_wins() {
        assert!(is_event_stream("text/html, text/event-stream"));
        assert!(is_event_stream("text/event-stream, bogus"));
        assert!(is_event_stream("text/event-stream, */*"));
        assert!(is_event_stream("text/event-stream,"));
        assert!(!is_event_stream("text/event-stream, text/html"));
    }
}
