//! What is exported to the npm package. No rule stands here.
//!
//! TypeScript knows of the engine what the sections of TypeScript in these files declare, and what
//! wasm-bindgen writes of the rest.

#[cfg(feature = "decoder")]
pub mod decoder;
#[cfg(feature = "source")]
pub mod source;

use crate::batch::Batch;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// The remarks of a batch. To make an empty view of the memory takes JavaScript as long as any other.
fn remarks(batch: &Batch) -> Option<&[u8]> {
    Some(batch.remarks()).filter(|remarks| !remarks.is_empty())
}

/// How many bytes of a batch are looked at to find out whether they are ASCII. JavaScript makes
/// characters of so many one by one; of what is longer, it has to know no more than what to expect.
const LOOKED_AT: usize = 64;

/// Whether the first bytes are ASCII, or all if there are no more. The standard library's function looks
/// at four bytes at a time, this at sixteen.
fn begins_in_ascii(bytes: &[u8]) -> bool {
    let beginning = &bytes[..bytes.len().min(LOOKED_AT)];
    beginning.iter().fold(0, |all, byte| all | byte).is_ascii()
}
