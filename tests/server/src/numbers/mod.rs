//! Numbered events over connections that break: what is sent, and where it breaks off.
//!
//! Everything follows from the seed and the last event ID, so that a failure can be repeated.

mod event;
mod pieces;
mod plan;

pub(crate) use pieces::Pieces;
pub(crate) use plan::{Ending, Plan};

use fastrand::Rng;

/// What random numbers are for.
#[derive(Clone, Copy, Debug)]
enum Purpose {
    /// The end of line of an event.
    LineEnd,
    /// How many events a connection completes.
    Progress,
    /// Where a connection breaks off.
    Cut,
    /// How long the pieces of a connection's bytes are.
    Pieces,
}

/// A random number generator for one purpose, and one event or connection: `number` is the event's
/// or the last event ID that the connection starts from.
fn rng(seed: u64, purpose: Purpose, number: u64) -> Rng {
    const PURPOSES: u64 = 4;
    // An odd factor takes different seeds to different places.
    let place = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    Rng::with_seed(place ^ (number * PURPOSES + purpose as u64))
}
