//! The parser says what the oracle says, of any bytes, cut anywhere, whatever remarks it keeps.

use wasm_eventsource::batch::Batch;
use wasm_eventsource::event_stream::{EventStreamParser, Remarks};

use crate::cuts::{chunks, split};
use crate::oracle::{self, Message, Outcome};

/// Small enough that streams go beyond it.
const LIMIT: usize = 24;

/// Checks a stream, behind the lengths of its chunks.
pub fn check(data: &[u8]) {
    let (lengths, stream) = split(data);
    let expected = oracle::interpret(stream, "");
    for remarks in [Remarks::None, Remarks::Comments, Remarks::All] {
        for lengths in [&[][..], &[1], lengths] {
            let mut parser = EventStreamParser::new(usize::MAX, b"");
            parser.keep(remarks);
            let mut batch = Batch::new();
            for chunk in chunks(stream, lengths) {
                assert_eq!(parser.parse(chunk, &mut batch), Ok(()));
            }
            assert_eq!(outcome(&parser, &batch), expected, "{remarks:?}, {lengths:?}");
            if remarks == Remarks::Comments {
                assert_eq!(batch.remarks(), comments(stream), "{lengths:?}");
            }
        }
    }
    check_limit(stream, lengths, &expected.messages);
    check_times(stream);
}

fn outcome(parser: &EventStreamParser, batch: &Batch) -> Outcome {
    Outcome {
        messages: batch.messages().map(Message::from).collect(),
        last_event_id: String::from_utf8_lossy(parser.last_event_id()).into_owned(),
        reconnection_time: parser.reconnection_time(),
    }
}

/// The comments of a stream, each with a CR behind it, and an LF for each message.
fn comments(stream: &[u8]) -> Vec<u8> {
    let stream = stream.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(stream);
    let mut expected = Vec::new();
    let mut has_data = false;
    let mut lines = lines(stream);
    // Nothing has ended the last one.
    lines.pop();
    for line in lines {
        if let Some(comment) = line.strip_prefix(b":") {
            expected.extend_from_slice(comment.strip_prefix(b" ").unwrap_or(comment));
            expected.push(b'\r');
        } else if line == b"data" || line.starts_with(b"data:") {
            has_data = true;
        } else if line.is_empty() && has_data {
            expected.push(b'\n');
            has_data = false;
        }
    }
    expected
}

fn lines(stream: &[u8]) -> Vec<Vec<u8>> {
    let mut lines = vec![Vec::new()];
    let mut bytes = stream.iter().peekable();
    while let Some(&byte) = bytes.next() {
        if byte == b'\r' && bytes.peek() == Some(&&b'\n') {
            continue;
        }
        match lines.last_mut() {
            Some(line) if byte != b'\r' && byte != b'\n' => line.push(byte),
            _ => lines.push(Vec::new()),
        }
    }
    lines
}

/// A limit takes no message away that came before it was reached, and lets none through that is larger.
fn check_limit(stream: &[u8], lengths: &[u8], all: &[Message]) {
    let mut parser = EventStreamParser::new(LIMIT, b"");
    let mut batch = Batch::new();
    let within =
        chunks(stream, lengths).iter().all(|chunk| parser.parse(chunk, &mut batch).is_ok());
    for message in batch.messages() {
        assert!(message.data.len() <= LIMIT && message.last_event_id.len() <= LIMIT);
    }
    let messages: Vec<_> = batch.messages().map(Message::from).collect();
    if within {
        assert_eq!(messages, all);
    } else {
        assert!(stream.len() > LIMIT);
        assert!(all.starts_with(&messages));
    }
}

/// The reconnection time at each message of a chunk is what it is where the stream comes byte by byte.
fn check_times(stream: &[u8]) {
    let mut parser = EventStreamParser::new(usize::MAX, b"");
    let mut batch = Batch::new();
    let mut times = Vec::new();
    for byte in stream {
        let before = batch.finished().len();
        assert_eq!(parser.parse(&[*byte], &mut batch), Ok(()));
        if batch.finished().len() > before {
            times.push(parser.reconnection_time());
        }
    }
    let mut parser = EventStreamParser::new(usize::MAX, b"");
    assert_eq!(parser.parse(stream, &mut Batch::new()), Ok(()));
    let at_once: Vec<_> =
        (0..).take(times.len()).map(|index| parser.reconnection_time_at(index)).collect();
    assert_eq!(at_once, times);
}
