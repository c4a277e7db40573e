//! `Content-Type` means what the Fetch standard says: "get, decode, and split", step by step, and Servo's
//! implementation of "parse a MIME type".

use std::str::FromStr;

use data_url::mime::Mime;
use wasm_eventsource::content_type::is_event_stream;

/// Checks a header.
pub fn check(header: &str) {
    let mut expected = false;
    for value in split(header) {
        if let Ok(Mime { type_, subtype, .. }) = Mime::from_str(&value) {
            if (type_.as_str(), subtype.as_str()) != ("*", "*") {
                expected = type_ == "text" && subtype == "event-stream";
            }
        }
    }
    assert_eq!(is_event_stream(header), expected, "{header:?}");
}

/// "Get, decode, and split" a header value.
fn split(input: &str) -> Vec<String> {
    let input: Vec<char> = input.chars().collect();
    let mut position = 0;
    let mut values = Vec::new();
    let mut temporary_value = String::new();
    loop {
        while input.get(position).is_some_and(|&it| it != '"' && it != ',') {
            temporary_value.push(input[position]);
            position += 1;
        }
        if input.get(position) == Some(&'"') {
            temporary_value += &collect_quoted_string(&input, &mut position);
            if position < input.len() {
                continue;
            }
        }
        values.push(temporary_value.trim_matches(['\t', ' ']).to_string());
        temporary_value.clear();
        if position >= input.len() {
            return values;
        }
        assert_eq!(input[position], ',');
        position += 1;
    }
}

/// "Collect an HTTP quoted string", without the extract-value flag.
fn collect_quoted_string(input: &[char], position: &mut usize) -> String {
    let start = *position;
    assert_eq!(input[*position], '"');
    *position += 1;
    loop {
        while input.get(*position).is_some_and(|&it| it != '"' && it != '\\') {
            *position += 1;
        }
        let Some(quote_or_backslash) = input.get(*position) else { break };
        *position += 1;
        if *quote_or_backslash == '"' {
            break;
        }
        if *position >= input.len() {
            break;
        }
        *position += 1;
    }
    input[start..*position].iter().collect()
}
