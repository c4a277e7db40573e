//! The options of a source, as they come from TypeScript: checked, and laid out as a row of numbers.
//!
//! A row and not an object, because reading a member of an object crosses the boundary with its
//! name, and the deserializer of serde-wasm-bindgen links the texts of its errors, the formatting of
//! floats included, which are more than all the rest of this crate.

use crate::connection::{ConnectionOptions, DEFAULT_MAX_EVENT_SIZE, Requests};
use crate::reconnection::{
    DEFAULT_MIN_DELAY, DEFAULT_RECONNECTION_TIME, DEFAULT_RESET_AFTER, Jitter, LONGEST_DELAY,
    Policy, Strategy,
};

/// What is not said in the [`ConnectionOptions`].
pub(super) struct Timeouts {
    /// How long a response may take, in ms.
    pub(super) connect: Option<u32>,
    /// How long a stream may be silent, in ms.
    pub(super) idle: Option<u32>,
}

/// Reads a row, whose order is that of `engineNumbers` in `pkg-template/read-options.ts`. NaN stands
/// for what the user has not set, and whatever is missing has not been set either.
pub(super) fn parse(
    row: &[f64],
    last_event_id: String,
    page_origin: Option<String>,
) -> (ConnectionOptions, Timeouts) {
    let mut row = row.iter();
    let mut next = || row.next().copied().filter(|number| !number.is_nan());
    // A cast saturates.
    let milliseconds = |number: Option<f64>| number.map(|ms| (ms as u32).min(LONGEST_DELAY));

    let requests = match next() {
        Some(1.0) => Requests::WithHeaders,
        Some(2.0) => Requests::NotGet,
        _ => Requests::Plain,
    };
    let asks_the_user = next().is_some();
    let keeps_comments = next().is_some();
    let max_event_size = next().map_or(DEFAULT_MAX_EVENT_SIZE, |bytes| bytes as usize);
    let timeouts = Timeouts { connect: milliseconds(next()), idle: milliseconds(next()) };

    let reconnects = next().is_some();
    let (strategy, factor) = (next(), next());
    let strategy = match strategy {
        Some(1.0) => Strategy::Linear { factor: factor.unwrap_or(1.0) },
        Some(2.0) => Strategy::Exponential { factor: factor.unwrap_or(2.0) },
        _ => Strategy::Constant,
    };
    let jitter = match next() {
        Some(1.0) => Jitter::Full,
        Some(2.0) => Jitter::Equal,
        Some(3.0) => Jitter::Decorrelated,
        _ => Jitter::None,
    };
    let delay = milliseconds(next()).unwrap_or(DEFAULT_RECONNECTION_TIME);
    let (min_delay, max_delay) = (milliseconds(next()), milliseconds(next()));
    let policy = Policy {
        strategy,
        jitter,
        delay,
        min_delay: min_delay.unwrap_or(DEFAULT_MIN_DELAY.min(max_delay.unwrap_or(LONGEST_DELAY))),
        max_delay,
        max_attempts: next().map(|count| count as u32),
        reset_after: milliseconds(next()).unwrap_or(DEFAULT_RESET_AFTER),
    };
    let options = ConnectionOptions {
        requests,
        reconnection: reconnects.then_some(policy),
        last_event_id: last_event_id.into_bytes(),
        max_event_size,
        statuses: row.map(|&status| status as u16).collect(),
        asks_the_user,
        keeps_comments,
        page_origin,
    };
    (options, timeouts)
}
