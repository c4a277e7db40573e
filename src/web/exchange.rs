//! The place in memory where JavaScript puts the bytes of event streams, and takes their messages.
//!
//! No memory is allocated, and nothing is copied by glue, for a chunk: JavaScript writes it to a
//! buffer that stays where it is, and reads the messages where they are.

use std::cell::RefCell;
use std::mem;

use wasm_bindgen::prelude::*;

use crate::batch::Batch;

/// How many bytes are interpreted, and their messages delivered, at a time. JavaScript cuts its
/// strings from the text of one delivery, and engines keep that text alive as long as any of them:
/// this bounds what a kept string costs, and what a `close()` in a listener leaves unused.
const INPUT_LENGTH: usize = 16 * 1024;

/// How many bytes of a batch are looked at to find out whether they are ASCII. JavaScript makes
/// characters of so many one by one; of what is longer, it has to know no more than what to expect.
const LOOKED_AT: usize = 64;

thread_local! {
    static SHARED: RefCell<Shared> =
        const { RefCell::new(Shared { input: Vec::new(), batch: Batch::new() }) };
}

/// What all streams use, one after the other: one that nobody has freed yet then takes next to no
/// memory.
struct Shared {
    input: Vec<u8>,
    /// The messages that were finished last, unless an unfinished one came after them.
    batch: Batch,
}

/// The address of the buffer for the input, which is 16 KiB long and never moves.
#[wasm_bindgen]
pub fn input() -> usize {
    SHARED.with_borrow_mut(|shared| {
        shared.input.resize(INPUT_LENGTH, 0);
        shared.input.as_ptr() as usize
    })
}

/// The messages of one stream: the unfinished one, if there is one, behind the finished ones.
#[derive(Default)]
pub(super) struct Messages(RefCell<Option<Batch>>);

impl Messages {
    /// Has the first `length` bytes of the buffer for the input interpreted, by a function that tells
    /// whether more may follow. Returns what [`Source::interpret`](super::Source::interpret) does, and
    /// leaves the buffer as that tells.
    pub(super) fn interpret(
        &self,
        length: usize,
        interpret: impl FnOnce(&[u8], &mut Batch) -> bool,
    ) -> isize {
        SHARED.with_borrow_mut(|Shared { input, batch: shared }| {
            let mut batch = self.0.take().unwrap_or_else(|| mem::take(shared));
            batch.clear_finished();
            let may_follow = interpret(&input[..length.min(input.len())], &mut batch);
            batch.hand_out_data();
            let finished = batch.finished();
            write_places(finished, batch.remarks(), input);
            let finished = (finished.len() << 1 | usize::from(begins_in_ascii(finished))) as isize;
            if batch.data_buffer_len() > 0 {
                self.0.replace(Some(batch));
            } else {
                *shared = batch;
            }
            if may_follow { finished } else { !finished }
        })
    }

    /// Forgets the unfinished message.
    pub(super) fn clear(&self) {
        self.0.take();
    }
}

/// Writes where there is something to be read to the beginning of the buffer for the input.
fn write_places(batch: &[u8], remarks: &[u8], input: &mut [u8]) {
    // There is always room, once `input` has been called; a slice would have to be checked thrice.
    if let Some(places) = input.first_chunk_mut::<12>() {
        places[..4].copy_from_slice(&(batch.as_ptr() as usize).to_le_bytes());
        places[4..8].copy_from_slice(&(remarks.as_ptr() as usize).to_le_bytes());
        places[8..].copy_from_slice(&remarks.len().to_le_bytes());
    }
}

/// Whether the first bytes are ASCII, or all if there are no more. The standard library's function looks
/// at four bytes at a time, this at sixteen.
fn begins_in_ascii(bytes: &[u8]) -> bool {
    let beginning = &bytes[..bytes.len().min(LOOKED_AT)];
    beginning.iter().fold(0, |all, byte| all | byte).is_ascii()
}
