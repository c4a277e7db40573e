//! The engine behind an `EventStreamDecoder`: bytes that JavaScript brings, messages that it takes.
//!
//! No memory is allocated, and nothing is copied by glue, for a chunk: JavaScript writes it to a
//! buffer that stays where it is, and reads the messages where they are.

use std::cell::RefCell;
use std::mem;

use wasm_bindgen::prelude::*;

use crate::batch::Batch;
use crate::connection::DEFAULT_MAX_EVENT_SIZE;
use crate::content_type;
use crate::event_stream::{EventStreamParser, Remarks};

/// How many bytes are interpreted at a time: as many as by the driver, for the same reason.
const INPUT_LENGTH: usize = 16 * 1024;

thread_local! {
    static SHARED: RefCell<Shared> = RefCell::default();
}

/// What all decoders use, one after the other: a decoder that nobody has freed yet, as nobody has to,
/// then takes next to no memory.
#[derive(Default)]
struct Shared {
    input: Vec<u8>,
    /// The messages that were finished last, unless an unfinished one came after them.
    batch: Batch,
}

/// The address of the buffer for the input, which is 16 KiB long and never moves.
#[wasm_bindgen(js_name = decoderInput)]
pub fn decoder_input() -> usize {
    SHARED.with_borrow_mut(|shared| {
        shared.input.resize(INPUT_LENGTH, 0);
        shared.input.as_ptr() as usize
    })
}

/// Whether a `Content-Type` header says `text/event-stream`.
#[wasm_bindgen(js_name = isEventStream)]
pub fn is_event_stream(content_type: &str) -> bool {
    content_type::is_event_stream(content_type)
}

/// A parser, and the message that it has not finished.
#[wasm_bindgen]
pub struct Decoder {
    parser: RefCell<EventStreamParser>,
    /// The unfinished message, if there is one, behind the finished ones.
    batch: RefCell<Option<Batch>>,
}

#[wasm_bindgen]
impl Decoder {
    /// A decoder whose last event ID is `last_event_id`. `max_event_size` is in bytes, and saturates;
    /// what is not more than 0 stands for the default. `remarks` is whether all remarks are kept.
    #[wasm_bindgen(constructor)]
    pub fn new(max_event_size: f64, last_event_id: &str, remarks: bool) -> Self {
        let max_event_size =
            if max_event_size > 0.0 { max_event_size as usize } else { DEFAULT_MAX_EVENT_SIZE };
        let mut parser = EventStreamParser::new(max_event_size, last_event_id.as_bytes());
        if remarks {
            parser.keep(Remarks::All);
        }
        Self { parser: RefCell::new(parser), batch: RefCell::default() }
    }

    /// Interprets the first `length` bytes of the buffer for the input, and returns how many bytes of
    /// finished messages there are (see [`crate::batch`]), twice, and one more if all of them are
    /// ASCII. Where an event was too large, it returns the complement of that, and a reset has to come
    /// before further input. The messages are there until any decoder is called again.
    pub fn decode(&self, length: usize) -> isize {
        SHARED.with_borrow_mut(|Shared { input, batch: shared }| {
            let mut batch = self.batch.take().unwrap_or_else(|| mem::take(shared));
            batch.clear_finished();
            let input = &input[..length.min(input.len())];
            let result = self.parser.borrow_mut().parse(input, &mut batch);
            let finished = batch.finished();
            let finished = (finished.len() << 1 | usize::from(finished.is_ascii())) as isize;
            if batch.data_buffer_len() > 0 {
                self.batch.replace(Some(batch));
            } else {
                *shared = batch;
            }
            if result.is_ok() { finished } else { !finished }
        })
    }

    /// The address of the finished messages.
    pub fn finished(&self) -> usize {
        self.with_batch(|batch| batch.finished().as_ptr() as usize)
    }

    /// The remarks, if they are kept.
    pub fn remarks(&self) -> Vec<u8> {
        self.with_batch(|batch| batch.remarks().to_vec())
    }

    /// The last event ID string.
    #[wasm_bindgen(js_name = lastEventId)]
    pub fn last_event_id(&self) -> String {
        String::from_utf8_lossy(self.parser.borrow().last_event_id()).into_owned()
    }

    /// The reconnection time in ms, if the stream has set one.
    #[wasm_bindgen(js_name = reconnectionTime)]
    pub fn reconnection_time(&self) -> Option<u32> {
        self.parser.borrow().reconnection_time()
    }

    /// Makes ready for a new stream: see [`EventStreamParser::start_stream`].
    pub fn reset(&self) {
        self.parser.borrow_mut().start_stream();
        self.batch.take();
    }

    fn with_batch<T>(&self, read: impl FnOnce(&Batch) -> T) -> T {
        match &*self.batch.borrow() {
            Some(batch) => read(batch),
            None => SHARED.with_borrow(|shared| read(&shared.batch)),
        }
    }
}
