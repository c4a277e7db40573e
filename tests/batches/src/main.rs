//! Reads streams from the standard input, each a line of JSON: `[hex, length]`, where the stream comes in
//! chunks of that many bytes. Prints a line for each: `[batches, messages]`, the batches in hex, and the
//! messages that the oracle of the tests has found in the whole stream, each `[type, data, lastEventId]`.

use std::io::{self, BufRead, Write};

use serde_json::{Value, json};
use wasm_eventsource::batch::Batch;
use wasm_eventsource::event_stream::EventStreamParser;

#[path = "../../oracle/mod.rs"]
mod oracle;

fn main() -> io::Result<()> {
    let mut output = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let (stream, length): (String, usize) = serde_json::from_str(&line?)?;
        let stream = from_hex(&stream).ok_or(io::ErrorKind::InvalidData)?;
        let batches = batches(&stream, length.max(1))?;
        writeln!(output, "{}", json!([batches, messages(&stream)]))?;
    }
    output.flush()
}

/// What crosses the boundary, as `src/web/chunk.rs` has it done.
fn batches(stream: &[u8], length: usize) -> io::Result<Vec<String>> {
    let mut parser = EventStreamParser::new(usize::MAX, b"");
    let mut batch = Batch::new();
    let mut batches = Vec::new();
    for chunk in stream.chunks(length) {
        parser.parse(chunk, &mut batch).map_err(|_| io::ErrorKind::OutOfMemory)?;
        batch.hand_out_data();
        if !batch.finished().is_empty() {
            batches.push(batch.finished().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        batch.clear_finished();
    }
    Ok(batches)
}

fn messages(stream: &[u8]) -> Vec<Value> {
    let outcome = oracle::interpret(stream, "");
    outcome.messages.iter().map(|it| json!([it.event_type, it.data, it.last_event_id])).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}
