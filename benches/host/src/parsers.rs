//! The parsers, each as a function that reads chunks to their end and tells what it has found.

use std::convert::Infallible;
use std::hint::black_box;

use bytes::Bytes;
use eventsource_stream::Eventsource;
use futures::executor::block_on;
use futures::{Stream, StreamExt, stream};
use wasm_eventsource::batch::Batch;
use wasm_eventsource::event_stream::EventStreamParser;

/// What was found: a wrong result is never a fast one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many events.
    pub events: usize,
    /// The length of their data, in bytes.
    pub data_bytes: usize,
}

impl Tally {
    fn add(&mut self, data_bytes: usize) {
        self.events += 1;
        self.data_bytes += data_bytes;
    }
}

/// A parser.
pub struct Parser {
    /// What it is called.
    pub name: &'static str,
    /// Reads a stream, and tells what is in it.
    pub check: fn(&[Bytes]) -> Tally,
    /// Reads a stream: what is measured.
    pub run: fn(&[Bytes]),
}

/// All of them.
pub const PARSERS: [Parser; 4] = [
    Parser { name: "ours", check: ours_as_strings, run: ours },
    Parser {
        name: "ours, Strings",
        check: ours_as_strings,
        run: |c| _ = black_box(ours_as_strings(c)),
    },
    Parser {
        name: "eventsource-stream",
        check: eventsource_stream,
        run: |c| _ = black_box(eventsource_stream(c)),
    },
    Parser { name: "sseer", check: sseer, run: |c| _ = black_box(sseer(c)) },
];

/// As it runs in the product: the text of a batch is left as it is, for JavaScript to decode.
fn ours(chunks: &[Bytes]) {
    read_batches(chunks, |batch| _ = black_box(batch.finished()));
}

/// With what it takes to give Rust code what the other crates give it.
fn ours_as_strings(chunks: &[Bytes]) -> Tally {
    let mut tally = Tally::default();
    read_batches(chunks, |batch| {
        for message in batch.messages() {
            tally.add(String::from_utf8_lossy(message.data).into_owned().len());
        }
    });
    tally
}

fn read_batches(chunks: &[Bytes], mut read: impl FnMut(&Batch)) {
    let mut parser = EventStreamParser::new(usize::MAX, b"");
    let mut batch = Batch::new();
    for chunk in chunks {
        if parser.parse(chunk, &mut batch).is_err() {
            break;
        }
        read(&batch);
        batch.clear_finished();
    }
}

fn eventsource_stream(chunks: &[Bytes]) -> Tally {
    let events = stream_of(chunks).eventsource();
    block_on(events.fold(Tally::default(), async |mut tally, event| {
        if let Ok(event) = event {
            tally.add(event.data.len());
        }
        tally
    }))
}

fn sseer(chunks: &[Bytes]) -> Tally {
    let events = sseer::EventStream::new(stream_of(chunks));
    block_on(events.fold(Tally::default(), async |mut tally, event| {
        if let Ok(event) = event {
            tally.add(event.data.len());
        }
        tally
    }))
}

/// What the asynchronous parsers read: all chunks are there, so nobody ever waits.
fn stream_of(chunks: &[Bytes]) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::iter(chunks.iter().cloned().map(Ok))
}
