//! The engine behind an `EventStreamDecoder`: bytes that JavaScript brings, messages that it takes.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use super::exchange::Messages;
use crate::event_stream::{EventStreamParser, Remarks};

/// A parser, and its messages.
#[wasm_bindgen]
pub struct Decoder {
    parser: RefCell<EventStreamParser>,
    messages: Messages,
}

#[wasm_bindgen]
impl Decoder {
    /// A decoder whose last event ID is `last_event_id`. `max_event_size` is in bytes, and saturates.
    /// `remarks` is whether all remarks are kept: they take the place of the comments.
    #[wasm_bindgen(constructor)]
    pub fn new(max_event_size: f64, last_event_id: &str, remarks: bool) -> Self {
        let mut parser = EventStreamParser::new(max_event_size as usize, last_event_id.as_bytes());
        if remarks {
            parser.keep(Remarks::All);
        }
        Self { parser: RefCell::new(parser), messages: Messages::default() }
    }

    /// Interprets the first `length` bytes of the buffer for the input. Returns what
    /// [`Source::interpret`](super::Source::interpret) does; where an event was too large, a reset has to
    /// come before further input.
    pub fn interpret(&self, length: usize) -> isize {
        self.messages
            .interpret(length, |bytes, batch| self.parser.borrow_mut().parse(bytes, batch).is_ok())
    }

    /// The last event ID string: the bytes that the server sent, not yet checked for UTF-8.
    #[wasm_bindgen(js_name = lastEventId)]
    pub fn last_event_id(&self) -> Vec<u8> {
        self.parser.borrow().last_event_id().to_vec()
    }

    /// The reconnection time in ms, if the stream has set one.
    #[wasm_bindgen(js_name = reconnectionTime)]
    pub fn reconnection_time(&self) -> Option<u32> {
        self.parser.borrow().reconnection_time()
    }

    /// Makes ready for a new stream: see [`EventStreamParser::start_stream`].
    pub fn reset(&self) {
        self.parser.borrow_mut().start_stream();
        self.messages.clear();
    }
}
