//! Chunks of bytes, on their way from JavaScript to the parser.
//!
//! Nothing is allocated for a chunk: its bytes are copied once, into memory that stays where it is.

use std::cell::{Cell, RefCell};

use js_sys::{ArrayBuffer, DataView, TypeError, Uint8Array};
use wasm_bindgen::prelude::*;

use super::sys;
use crate::batch::Batch;

/// How many bytes are interpreted, and their messages delivered, at a time. JavaScript cuts its
/// strings from the text of one delivery, and engines keep that text alive as long as any of them:
/// this bounds what a kept string costs, and what a `close()` in a listener leaves unused.
const PIECE: usize = 16 * 1024;

thread_local! {
    /// The bytes of the piece that is being interpreted.
    static INPUT: RefCell<[u8; PIECE]> = const { RefCell::new([0; PIECE]) };
    /// What the last stream has left that had no unfinished message.
    static SPARE: Cell<Batch> = const { Cell::new(Batch::new()) };
}

/// What is left of a chunk.
pub(crate) struct Chunk {
    bytes: Uint8Array,
    start: u32,
    is_spent: bool,
}

impl Chunk {
    /// Takes bytes, a view or a buffer, of this realm or another.
    ///
    /// Fails with a `TypeError` if it is something else.
    pub(crate) fn new(value: JsValue) -> Result<Self, JsValue> {
        bytes(value).or_else(|value| bytes_of(&value)).map(Self::of)
    }

    /// Takes bytes.
    pub(super) fn of(bytes: Uint8Array) -> Self {
        Self { bytes, start: 0, is_spent: false }
    }

    /// Whether its last piece has been interpreted.
    pub(super) fn is_spent(&self) -> bool {
        self.is_spent
    }

    /// Has the next piece interpreted, if there is one.
    pub(crate) fn next<R>(&mut self, interpret: impl FnOnce(&[u8]) -> R) -> Option<R> {
        // Asked anew for each piece: whoever made the chunk may have taken it back meanwhile.
        let length = self.bytes.length();
        if self.start >= length {
            return None;
        }
        let end = length.min(self.start + PIECE as u32);
        let count = (end - self.start) as usize;
        let whole = self.start == 0 && end == length;
        Some(INPUT.with_borrow_mut(|input| {
            let input = &mut input[..count];
            if whole {
                sys::copy(input, &self.bytes);
            } else {
                sys::copy(input, &self.bytes.subarray(self.start, end));
            }
            self.start = end;
            self.is_spent = end == length;
            interpret(input)
        }))
    }
}

/// The value, if it is bytes. A proxy of some is not, nor what only inherits from them.
pub(super) fn bytes(value: JsValue) -> Result<Uint8Array, JsValue> {
    let bytes: Uint8Array = value.dyn_into()?;
    if ArrayBuffer::is_view(&bytes) { Ok(bytes) } else { Err(bytes.into()) }
}

#[cold]
fn bytes_of(value: &JsValue) -> Result<Uint8Array, JsValue> {
    if ArrayBuffer::is_view(value) {
        let view: &DataView = value.unchecked_ref();
        let (start, length) = (view.byte_offset() as u32, view.byte_length() as u32);
        return Ok(Uint8Array::new_with_byte_offset_and_length(&view.buffer(), start, length));
    }
    if sys::DataView::new(value).is_ok() {
        return Ok(Uint8Array::new(value));
    }
    Err(TypeError::new("A chunk of an event stream must be bytes: a buffer, or a view of one.")
        .into())
}

/// The messages of one stream: the unfinished one, if there is one, behind the finished ones.
#[derive(Default)]
pub(crate) struct Messages {
    unfinished: Cell<Option<Batch>>,
    /// Whether the unfinished one has been forgotten while the finished ones were delivered.
    is_cleared: Cell<bool>,
}

impl Messages {
    /// Has bytes interpreted behind those before, and the messages that they finish delivered.
    /// Neither function is called under a borrow, as what is delivered may run the user's code.
    pub(crate) fn interpret<R, D>(
        &self,
        chunk: &mut Chunk,
        interpret: impl FnOnce(&[u8], &mut Batch) -> R,
        deliver: impl FnOnce(&Batch) -> D,
    ) -> Option<(R, Option<D>)> {
        let mut batch = self.unfinished.take().unwrap_or_else(|| SPARE.take());
        batch.clear_finished();
        let result = chunk.next(|bytes| interpret(bytes, &mut batch));
        batch.hand_out_data();
        self.is_cleared.set(false);
        let delivered =
            (!batch.finished().is_empty() || !batch.remarks().is_empty()).then(|| deliver(&batch));
        if batch.data_buffer_len() == 0 {
            SPARE.set(batch);
        } else if !self.is_cleared.get() {
            self.unfinished.set(Some(batch));
        }
        result.map(|result| (result, delivered))
    }

    /// Forgets the unfinished message.
    pub(crate) fn clear(&self) {
        self.is_cleared.set(true);
        self.unfinished.take();
    }
}
