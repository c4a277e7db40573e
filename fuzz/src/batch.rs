//! What crosses the boundary, batch for batch, is what the oracle says: read by the crate itself, and by a
//! second reader that is written from the layout that `src/batch.rs` documents.

use arbitrary::{Arbitrary, Unstructured};
use wasm_eventsource::batch::Batch;
use wasm_eventsource::event_stream::EventStreamParser;

use crate::oracle::{self, Message};

/// How many bytes are interpreted at a time in a browser.
const PIECE: usize = 16 * 1024;

/// Enough for data to be handed out several times.
const LONGEST_STREAM: usize = 128 * 1024;

/// A part of a stream.
#[derive(Arbitrary, Clone, Copy)]
enum Part<'a> {
    Raw(&'a [u8]),
    Message,
    Field(u8),
    End(u8),
    /// Characters, again and again.
    Long(u8, u16),
}

const FIELDS: [&str; 8] = ["data:", "data: ", "id:", "event:", "data", "id", "retry:1", ":"];
const ENDS: [&str; 4] = ["\n", "\r", "\r\n", "\n\n"];
const CHARACTERS: [&[u8]; 8] = [
    b"a",
    "é".as_bytes(),
    "語".as_bytes(),
    "🦀".as_bytes(),
    b"\xC3",
    b"\xF0\x9F",
    b"\xA6",
    b"\xFF",
];

fn append(part: Part<'_>, stream: &mut Vec<u8>) {
    match part {
        Part::Raw(bytes) => stream.extend_from_slice(bytes),
        Part::Message => stream.extend_from_slice(b"data: x\n\n"),
        Part::Field(index) => {
            stream.extend_from_slice(FIELDS[usize::from(index) % FIELDS.len()].as_bytes());
        }
        Part::End(index) => {
            stream.extend_from_slice(ENDS[usize::from(index) % ENDS.len()].as_bytes())
        }
        Part::Long(index, count) => {
            let characters = CHARACTERS[usize::from(index) % CHARACTERS.len()];
            let count = usize::from(count).min((LONGEST_STREAM - stream.len()) / characters.len());
            stream.extend(characters.repeat(count));
        }
    }
}

/// Checks the stream that the parts are, in chunks of these lengths.
pub fn check(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let Ok(lengths) = <[u16; 3]>::arbitrary(&mut input) else { return };
    let mut stream = Vec::new();
    while let Ok(part) = Part::arbitrary(&mut input) {
        if input.is_empty() || stream.len() >= LONGEST_STREAM {
            break;
        }
        append(part, &mut stream);
    }

    let mut parser = EventStreamParser::new(usize::MAX, b"");
    let mut batch = Batch::new();
    let mut reader = Reader::default();
    let mut read_back = ReadBack::default();
    let mut rest = stream.as_slice();
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, behind) = rest.split_at(rest.len().min(usize::from(*length).clamp(1, PIECE)));
        rest = behind;
        assert_eq!(parser.parse(chunk, &mut batch), Ok(()));
        batch.hand_out_data();
        reader.read(batch.finished());
        read_back.read(&batch);
        batch.clear_finished();
        assert!(batch.finished().is_empty());
    }
    let expected = oracle::interpret(&stream, "").messages;
    assert_eq!(reader.messages, expected);
    assert_eq!(read_back.messages, expected);
}

/// Reads batches as the layout says, with the text of each decoded by itself, as JavaScript does.
#[derive(Default)]
struct Reader {
    beginning: String,
    messages: Vec<Message>,
}

impl Reader {
    fn read(&mut self, batch: &[u8]) {
        let text = String::from_utf8_lossy(batch);
        let (mut event_type, mut last_event_id) = ("message", "");
        let mut rest = text.as_ref();
        while let Some((data, behind)) = rest.split_once('\r') {
            let Some((head, behind)) = behind.split_once('\r') else {
                panic!("a message without its end: {text:?}");
            };
            let (named, id) = head.split_once('\n').unwrap_or((head, last_event_id));
            if !named.is_empty() {
                event_type = named;
            }
            last_event_id = id;
            self.messages.push(Message {
                event_type: event_type.to_string(),
                data: std::mem::take(&mut self.beginning) + data,
                last_event_id: last_event_id.to_string(),
            });
            rest = behind;
        }
        self.beginning += rest;
    }
}

/// Reads batches by `Batch::messages`.
#[derive(Default)]
struct ReadBack {
    /// Bytes: the text of a part that is handed out is whole, so that it can be decoded late.
    beginning: Vec<u8>,
    messages: Vec<Message>,
}

impl ReadBack {
    fn read(&mut self, batch: &Batch) {
        for message in batch.messages() {
            let data = [std::mem::take(&mut self.beginning).as_slice(), message.data].concat();
            self.messages
                .push(Message::from(wasm_eventsource::batch::Message { data: &data, ..message }));
        }
        let finished = batch.finished();
        let end = finished.iter().rposition(|&byte| byte == b'\r').map_or(0, |at| at + 1);
        self.beginning.extend_from_slice(&finished[end..]);
    }
}
