//! What a `Content-Type` header means: Fetch standard, "extract a MIME type"; MIME Sniffing standard,
//! "parse a MIME type".

const EVENT_STREAM: &[u8] = b"text/event-stream";

/// Whether the MIME type of a response is `text/event-stream`. `header` holds all values of its
/// `Content-Type` headers, joined by commas.
///
/// The last value that is valid counts, case does not matter, and parameters are ignored, `charset`
/// among them: event streams are always UTF-8.
pub fn is_event_stream(header: &str) -> bool {
    let mut is_quoted = false;
    let mut is_escaped = false;
    // "Get, decode, and split": a comma in a quoted string separates nothing.
    let values = header.as_bytes().split(|&byte| {
        if is_escaped {
            is_escaped = false;
            return false;
        }
        is_escaped = is_quoted && byte == b'\\';
        is_quoted ^= byte == b'"';
        byte == b',' && !is_quoted
    });
    let mut is_event_stream = false;
    for value in values {
        if let Some(essence) = essence(value) {
            is_event_stream = essence.eq_ignore_ascii_case(EVENT_STREAM);
        }
    }
    is_event_stream
}

/// The essence of a MIME type, with its case, or nothing if it is not valid or `*/*`.
fn essence(value: &[u8]) -> Option<&[u8]> {
    let essence = trim(value.split(|&byte| byte == b';').next()?);
    let mut parts = essence.split(|&byte| byte == b'/');
    let is_valid = is_token(parts.next()?) && is_token(parts.next()?) && parts.next().is_none();
    (is_valid && essence != b"*/*").then_some(essence)
}

/// Takes HTTP whitespace off both ends.
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b'\t' | b'\n' | b'\r' | b' ', rest @ ..]
    | [rest @ .., b'\t' | b'\n' | b'\r' | b' '] = value
    {
        value = rest;
    }
    value
}

/// Whether it is one or more HTTP token code points.
fn is_token(part: &[u8]) -> bool {
    !part.is_empty()
        && part.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values, each of a header field of its own, as `Headers` joins them.
    fn join(values: &[&str]) -> String {
        values.join(", ")
    }

    #[test]
    fn the_examples_of_the_fetch_standard_hold() {
        // The type that counts in the table of "extract a MIME type" is the event stream here.
        for (values, expected) in [
            (&["text/plain;charset=gbk, text/event-stream"][..], true),
            (&["text/event-stream;charset=gbk, text/plain"], false),
            (&["text/event-stream;charset=gbk;a=b, text/event-stream;x=y"], true),
            (&["text/event-stream;charset=gbk;a=b", "text/event-stream;x=y"], true),
            (&["text/event-stream;charset=gbk", "x/x", "text/event-stream;x=y"], true),
            (&["text/event-stream;charset=gbk", "text/event-stream;x=y", "x/x"], false),
            (&["text/event-stream", "cannot-parse"], true),
            (&["text/event-stream", "*/*"], true),
            (&["text/event-stream", ""], true),
            (&["*/*", "text/event-stream"], true),
            (&["cannot-parse", "text/plain"], false),
        ] {
            assert_eq!(is_event_stream(&join(values)), expected, "{values:?}");
        }
    }

    #[test]
    fn spec_32_the_essence_is_compared_whatever_its_case_and_parameters() {
        for header in [
            "text/event-stream",
            "TEXT/Event-Stream",
            "text/event-stream;",
            "text/event-stream ;",
            "text/event-stream;;;",
            "text/event-stream; foo=bar",
            "text/event-stream;foo",
            "text/event-stream;=",
            "text/event-stream; charset=\"utf-8\"",
            " \t\r\ntext/event-stream\n\r\t ",
            "text/event-stream; a=/b",
        ] {
            assert!(is_event_stream(header), "{header:?}");
        }
    }

    #[test]
    fn spec_33_no_other_type_is_one() {
        for header in [
            "",
            " ",
            ";",
            ",",
            "/",
            "text",
            "text/",
            "/event-stream",
            "text/event-stream/",
            "text//event-stream",
            "text /event-stream",
            "text/ event-stream",
            "text/event -stream",
            "text/event-stream x",
            "text/event-streams",
            "xtext/event-stream",
            "text/event-stream\"",
            "\"text/event-stream\"",
            "text/event-stream\0",
            "text/event-stream\u{A0}",
            "text/event-stream\u{B}",
            "text/event\u{2D}stream\u{FF}",
            "text/event_stream",
            "application/x-dom-event-stream",
            "text/html",
            "*/*",
        ] {
            assert!(!is_event_stream(header), "{header:?}");
        }
    }

    #[test]
    fn spec_35_the_last_valid_value_counts() {
        for (header, expected) in [
            ("text/html, text/event-stream", true),
            ("text/event-stream, text/html", false),
            ("text/event-stream,text/html", false),
            (",text/event-stream,", true),
            ("text/event-stream,,,", true),
            ("text/event-stream, */*;q=0.1", true),
            ("text/event-stream, */x", false),
            ("text/event-stream, */*/*", true),
            ("text/event-stream, text/html x", true),
            ("text/html, */*", false),
        ] {
            assert_eq!(is_event_stream(header), expected, "{header:?}");
        }
    }

    #[test]
    fn spec_36_the_charset_is_ignored() {
        for charset in ["utf-8", "UTF-8", "windows-1252", "gbk", "", "\"", "\"utf-16\""] {
            let header = format!("text/event-stream;charset={charset}");
            assert!(is_event_stream(&header), "{header:?}");
        }
    }

    #[test]
    fn a_comma_in_a_quoted_string_separates_nothing() {
        for (header, expected) in [
            (r#"text/event-stream;a=",text/html,""#, true),
            (r#"text/html;a=",text/event-stream,""#, false),
            (r#"text/html;a="",text/event-stream"#, true),
            (r#"text/html;a="\",text/event-stream,""#, false),
            (r#"text/html;a="\\",text/event-stream"#, true),
            (r#"text/html;a="\\\",text/event-stream"#, false),
            // Only in a quoted string does a backslash escape.
            (r#"text/html;a=\",text/event-stream"#, false),
            (r#"text/html;a=\,text/event-stream"#, true),
            // One that nothing ends goes on to the end.
            (r#"text/event-stream;a=",text/html"#, true),
            (r#"text/event-stream;a="\"#, true),
            (r#"";text/html,text/event-stream"#, false),
            (r#""",text/event-stream"#, true),
        ] {
            assert_eq!(is_event_stream(header), expected, "{header:?}");
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "its time is measured")]
    fn a_hostile_header_takes_linear_time() {
        const LENGTH: usize = 64 * 1024;
        for part in ["\"", ",", ";", "/", " ", "\\", "\"\\", "a/b,", "text/event-stream;,", "\","] {
            let header = part.repeat(LENGTH / part.len()) + ",text/event-stream";
            let start = std::time::Instant::now();
            std::hint::black_box(is_event_stream(&header));
            // What is quadratic makes four billion steps.
            assert!(start.elapsed().as_millis() < 500, "{part:?}");
        }
    }
}
