//! The rules of the HTML standard, sections 9.2.5 ("parsing an event stream") and 9.2.6
//! ("interpreting an event stream"), sentence by sentence and as slowly as they are written: on
//! characters instead of bytes, and on the whole stream at once.
//!
//! It exists to be compared with the parser, so it shares nothing with it. All that it knows of the
//! package is how a message of a batch is read.

use wasm_eventsource::batch;

/// What there is to know after a stream has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The messages, in order.
    pub(crate) messages: Vec<Message>,
    /// The last event ID string.
    pub(crate) last_event_id: String,
    /// The reconnection time, if the stream has set it.
    pub(crate) reconnection_time: Option<u32>,
}

/// What a `MessageEvent` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) event_type: String,
    pub(crate) data: String,
    pub(crate) last_event_id: String,
}

impl From<batch::Message<'_>> for Message {
    fn from(message: batch::Message<'_>) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let event_type =
            if message.event_type.is_empty() { b"message" } else { message.event_type };
        Message {
            event_type: text(event_type),
            data: text(message.data),
            last_event_id: text(message.last_event_id),
        }
    }
}

/// Interprets a whole stream, for an event source whose last event ID string is `last_event_id`.
pub(crate) fn interpret(stream: &[u8], last_event_id: &str) -> Outcome {
    let text = decode(stream);
    let mut lines: Vec<&str> = text.split('\n').collect();
    // Behind the last line end, there is only a line that has none, or nothing.
    lines.pop();

    let mut outcome = Outcome { last_event_id: last_event_id.to_string(), ..Outcome::default() };
    let mut data_buffer = String::new();
    let mut event_type_buffer = String::new();
    let mut last_event_id_buffer = last_event_id.to_string();
    for line in lines {
        if line.is_empty() {
            outcome.last_event_id = last_event_id_buffer.clone();
            if !data_buffer.is_empty() {
                data_buffer.pop();
                outcome.messages.push(Message {
                    event_type: match event_type_buffer.as_str() {
                        "" => "message".to_string(),
                        event_type => event_type.to_string(),
                    },
                    data: data_buffer,
                    last_event_id: outcome.last_event_id.clone(),
                });
            }
            data_buffer = String::new();
            event_type_buffer = String::new();
        } else if line.starts_with(':') {
            continue;
        } else {
            let (field, value) = match line.find(':') {
                Some(colon) => (&line[..colon], &line[colon + 1..]),
                None => (line, ""),
            };
            let value = value.strip_prefix(' ').unwrap_or(value);
            if field == "event" {
                event_type_buffer = value.to_string();
            } else if field == "data" {
                data_buffer += value;
                data_buffer += "\n";
            } else if field == "id" && !value.contains('\0') {
                last_event_id_buffer = value.to_string();
            } else if field == "retry" {
                outcome.reconnection_time = number(value).or(outcome.reconnection_time);
            }
        }
    }
    outcome
}

/// "UTF-8 decode" of the Encoding standard, and every line end made an LF.
fn decode(stream: &[u8]) -> String {
    let text = String::from_utf8_lossy(stream);
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// What digits stand for. The largest number stands for all larger ones, and no digits for none,
/// which are choices of this package.
fn number(value: &str) -> Option<u32> {
    if value.is_empty() || value.chars().any(|character| !character.is_ascii_digit()) {
        return None;
    }
    match value.trim_start_matches('0') {
        "" => Some(0),
        significant if significant.len() > 10 => Some(u32::MAX),
        significant => {
            let number: u64 = significant.parse().ok()?;
            Some(u32::try_from(number).unwrap_or(u32::MAX))
        }
    }
}
