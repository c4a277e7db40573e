//! What the numbers stand for that some options are passed as.

use crate::reconnection::{Jitter, Strategy};

/// By the place in `STRATEGIES` of `pkg-template/read-options.ts`.
pub(super) fn strategy(number: u32, factor: f64) -> Strategy {
    match number {
        1 => Strategy::Linear { factor },
        2 => Strategy::Exponential { factor },
        _ => Strategy::Constant,
    }
}

/// By the place in `JITTERS` of the same file.
pub(super) fn jitter(number: u32) -> Jitter {
    match number {
        1 => Jitter::Full,
        2 => Jitter::Equal,
        3 => Jitter::Decorrelated,
        _ => Jitter::None,
    }
}
