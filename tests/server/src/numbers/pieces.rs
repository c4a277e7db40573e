//! The pieces in which a connection sends its bytes.

use std::time::Duration;

use axum::body::Bytes;
use fastrand::Rng;

use super::{Purpose, rng};

/// The most bytes of a piece.
const LONGEST: usize = 128;

/// What a part of the pieces waits for; after each of them would be most of a test's time.
const PAUSE: Duration = Duration::from_millis(1);

/// Bytes in pieces of random lengths, each with the time to wait after it.
#[derive(Debug)]
pub(crate) struct Pieces {
    rest: Bytes,
    rng: Rng,
}

impl Pieces {
    /// The pieces of the connection that goes on after the event `last`.
    pub(crate) fn new(bytes: Bytes, seed: u64, last: u64) -> Self {
        Self { rest: bytes, rng: rng(seed, Purpose::Pieces, last) }
    }
}

impl Iterator for Pieces {
    type Item = (Bytes, Duration);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let length = self.rng.usize(1..=LONGEST.min(self.rest.len()));
        let pause = if self.rng.u8(0..4) == 0 { PAUSE } else { Duration::ZERO };
        Some((self.rest.split_to(length), pause))
    }
}
