//! Every row of `vectors.json`, however its bytes are cut into chunks.
//!
//! The rows are data so that other runners can share them: a browser's own `EventSource`, the class
//! of this package and its decoder. A row has these members:
//!
//! | member | meaning |
//! |---|---|
//! | `name` | what the row shows, as a sentence |
//! | `spec` | the numbered statements about event streams that it shows |
//! | `stream` or `hex` | the body of the response: text, or in hexadecimal if it is not UTF-8 |
//! | `messages` | the messages that it dispatches |
//! | `lastEventId` | the last event ID string at its end; that of the last message by default |
//! | `reconnectionTime` | the reconnection time that it sets, in ms, if it sets one |
//! | `differs` | what a browser's own class does instead, by the name of the browser |

#![cfg(not(target_arch = "wasm32"))]

mod defaults;
mod oracle;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use wasm_eventsource::batch::Batch;
use wasm_eventsource::connection::{Connection, Step};
use wasm_eventsource::error::Failure;
use wasm_eventsource::event_stream::EventStreamParser;
use wasm_eventsource::reconnection::LONGEST_DELAY;

use defaults::connecting::{START, head, lost, options};
use oracle::{Message, Outcome};

/// Up to this length, a stream is cut at every pair of positions.
const SHORT: usize = if cfg!(miri) { 0 } else { 100 };

/// The statements about the parsing of streams; each must be shown by a row.
const STATEMENTS: [std::ops::RangeInclusive<u16>; 6] =
    [50..=50, 52..=52, 59..=59, 79..=80, 83..=97, 102..=123];

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Row {
    name: String,
    spec: BTreeSet<u16>,
    stream: Option<String>,
    hex: Option<String>,
    messages: Vec<RowMessage>,
    last_event_id: Option<String>,
    reconnection_time: Option<u32>,
    #[serde(default)]
    differs: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RowMessage {
    r#type: String,
    data: String,
    last_event_id: String,
}

impl Row {
    fn bytes(&self) -> Vec<u8> {
        match (&self.stream, &self.hex) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(hex)) => from_hex(hex),
            _ => Vec::new(),
        }
    }

    fn outcome(&self) -> Outcome {
        let messages: Vec<_> = self
            .messages
            .iter()
            .map(|message| Message {
                event_type: message.r#type.clone(),
                data: message.data.clone(),
                last_event_id: message.last_event_id.clone(),
            })
            .collect();
        let last = messages.last().map(|message| message.last_event_id.clone());
        Outcome {
            last_event_id: self.last_event_id.clone().or(last).unwrap_or_default(),
            reconnection_time: self.reconnection_time,
            messages,
        }
    }
}

fn rows() -> serde_json::Result<Vec<Row>> {
    serde_json::from_str(include_str!("vectors.json"))
}

fn from_hex(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    assert_eq!(digits.len(), hex.len(), "{hex:?} is not hexadecimal");
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

/// Calls `check` with the bytes whole, byte by byte, cut in two at every position, with and without
/// an empty chunk between, and, if they are few, cut in three at every pair of positions.
fn for_each_cut(bytes: &[u8], mut check: impl FnMut(&str, &[&[u8]])) {
    check("whole", &[bytes]);
    check("byte by byte", &bytes.chunks(1).collect::<Vec<_>>());
    // Miri takes a thousand times as long, and tries two positions.
    let step = if cfg!(miri) { bytes.len() / 2 + 1 } else { 1 };
    for first in (0..=bytes.len()).step_by(step) {
        let (head, tail) = bytes.split_at(first);
        check(&format!("cut at {first}"), &[head, tail]);
        check(&format!("cut at {first}, an empty chunk between"), &[head, b"", tail]);
        for second in first + 1..bytes.len() {
            if bytes.len() <= SHORT {
                let (middle, tail) = tail.split_at(second - first);
                check(&format!("cut at {first} and {second}"), &[head, middle, tail]);
            }
        }
    }
}

fn parse(chunks: &[&[u8]]) -> Outcome {
    let mut parser = EventStreamParser::new(usize::MAX, b"");
    let mut batch = Batch::new();
    let mut messages = Vec::new();
    for chunk in chunks {
        assert_eq!(parser.parse(chunk, &mut batch), Ok(()));
        messages.extend(batch.messages().map(Message::from));
        batch.clear_finished();
    }
    Outcome {
        messages,
        last_event_id: String::from_utf8_lossy(parser.last_event_id()).into_owned(),
        reconnection_time: parser.reconnection_time(),
    }
}

/// Opens the connection and reads a body to its end.
fn read_body(connection: &mut Connection, chunks: &[&[u8]]) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut batch = Batch::new();
    assert_eq!(connection.handle_response(&head(200), START), Step::Announce);
    for chunk in chunks {
        assert_eq!(connection.handle_chunk(chunk, &mut batch), Ok(()));
        messages.extend(batch.messages().map(Message::from));
        batch.clear_finished();
    }
    messages
}

#[test]
fn every_vector_holds_however_it_is_cut() {
    for row in rows().unwrap() {
        let expected = row.outcome();
        for_each_cut(&row.bytes(), |cut, chunks| {
            assert_eq!(parse(chunks), expected, "row {:?}, {cut}", row.name);
        });
    }
}

#[test]
fn every_vector_holds_over_a_connection_and_leaves_nothing_else_to_the_next() {
    for row in rows().unwrap() {
        let expected = row.outcome();
        for_each_cut(&row.bytes(), |cut, chunks| {
            let name = &row.name;
            let mut connection = Connection::new(options());
            let messages = read_body(&mut connection, chunks);
            assert_eq!(messages, expected.messages, "row {name:?}, {cut}");
            let last_event_id = String::from_utf8_lossy(connection.last_event_id());
            assert_eq!(last_event_id, expected.last_event_id, "row {name:?}, {cut}");

            let delay = expected.reconnection_time.unwrap_or(3_000).clamp(100, LONGEST_DELAY);
            let step = connection.handle_failure(Failure::Ended, START);
            assert_eq!(step, lost(Failure::Ended, 1, delay), "row {name:?}, {cut}");

            assert_eq!(connection.handle_timer(START, false), Step::Send);
            let messages = read_body(&mut connection, &["\u{FEFF}data: next\n\n".as_bytes()]);
            let next = Message {
                event_type: "message".to_string(),
                data: "next".to_string(),
                last_event_id: expected.last_event_id.clone(),
            };
            assert_eq!(messages, [next], "after row {name:?}, {cut}");
        });
    }
}

#[test]
fn every_vector_agrees_with_the_oracle() {
    for row in rows().unwrap() {
        assert_eq!(oracle::interpret(&row.bytes(), ""), row.outcome(), "row {:?}", row.name);
    }
}

#[test]
fn every_statement_about_parsing_is_shown_by_a_vector() {
    let shown: BTreeSet<u16> = rows().unwrap().iter().flat_map(|row| row.spec.clone()).collect();
    for statement in STATEMENTS.into_iter().flatten() {
        assert!(shown.contains(&statement), "no row of vectors.json shows {statement}");
    }
}

#[test]
fn every_vector_is_well_formed() {
    let mut names = BTreeSet::new();
    for row in rows().unwrap() {
        let name = &row.name;
        assert!(names.insert(name.clone()), "two rows are named {name:?}");
        assert!(!row.spec.is_empty(), "row {name:?} names no statement");
        assert!(row.stream.is_some() != row.hex.is_some(), "row {name:?}: `stream` or `hex`");
        assert!(
            row.hex.is_none() || String::from_utf8(row.bytes()).is_err(),
            "row {name:?} could be text"
        );
        for browser in row.differs.keys() {
            assert!(
                ["chromium", "firefox", "webkit"].contains(&browser.as_str()),
                "row {name:?}: {browser}"
            );
        }
    }
}
