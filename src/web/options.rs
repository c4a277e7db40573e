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

/// Reads a row, whose order is that of `numbers` in `pkg-template/read-options.ts`. NaN stands for
/// what the user has not set; of a row that is too short, nothing is.
pub(super) fn parse(
    row: &[f64],
    last_event_id: String,
    page_origin: String,
) -> (ConnectionOptions, Timeouts) {
    let (numbers, statuses) = row.split_first_chunk().unwrap_or((&[f64::NAN; 15], &[]));
    let &[
        requests,
        asks_the_user,
        keeps_comments,
        max_event_size,
        connect_timeout,
        idle_timeout,
        reconnects,
        strategy,
        factor,
        jitter,
        delay,
        min_delay,
        max_delay,
        max_attempts,
        reset_after,
    ] = numbers;
    let max_delay = milliseconds(max_delay);
    let policy = Policy {
        // A cast makes zero of NaN.
        strategy: match strategy as u32 {
            1 => Strategy::Linear { factor: if factor.is_nan() { 1.0 } else { factor } },
            2 => Strategy::Exponential { factor: if factor.is_nan() { 2.0 } else { factor } },
            _ => Strategy::Constant,
        },
        jitter: match jitter as u32 {
            1 => Jitter::Full,
            2 => Jitter::Equal,
            3 => Jitter::Decorrelated,
            _ => Jitter::None,
        },
        delay: milliseconds(delay).unwrap_or(DEFAULT_RECONNECTION_TIME),
        min_delay: milliseconds(min_delay)
            .unwrap_or(DEFAULT_MIN_DELAY.min(max_delay.unwrap_or(LONGEST_DELAY))),
        max_delay,
        max_attempts: whole(max_attempts),
        reset_after: milliseconds(reset_after).unwrap_or(DEFAULT_RESET_AFTER),
    };
    let options = ConnectionOptions {
        requests: match requests as u32 {
            1 => Requests::WithHeaders,
            2 => Requests::NotGet,
            _ => Requests::Plain,
        },
        reconnection: (!reconnects.is_nan()).then_some(policy),
        last_event_id: last_event_id.into_bytes(),
        max_event_size: whole(max_event_size).map_or(DEFAULT_MAX_EVENT_SIZE, |size| size as usize),
        statuses: statuses.iter().map(|&status| status as u16).collect(),
        asks_the_user: !asks_the_user.is_nan(),
        keeps_comments: !keeps_comments.is_nan(),
        page_origin: (!page_origin.is_empty()).then_some(page_origin),
    };
    let timeouts =
        Timeouts { connect: milliseconds(connect_timeout), idle: milliseconds(idle_timeout) };
    (options, timeouts)
}

fn milliseconds(number: f64) -> Option<u32> {
    whole(number).map(|ms| ms.min(LONGEST_DELAY))
}

/// A whole number, saturated, unless it is not set.
fn whole(number: f64) -> Option<u32> {
    (!number.is_nan()).then_some(number as u32)
}
