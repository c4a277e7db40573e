//! `GET /numbers`: numbered events over connections that keep breaking.

use async_stream::try_stream;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;

use crate::bad_request::BadRequest;
use crate::breakage::Breakage;
use crate::event_stream::{BEFORE_BREAK, NO_STORE, event_stream, pause};
use crate::last_event_id::last_number;
use crate::numbers::{Ending, Pieces, Plan};

/// The most events of a run.
const MOST_EVENTS: u64 = 100_000;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub(crate) struct NumbersQuery {
    count: u64,
    connections: u64,
    seed: u64,
    retry: u64,
}

impl Default for NumbersQuery {
    fn default() -> Self {
        Self { count: 1_000, connections: 20, seed: 1, retry: 10 }
    }
}

/// Answers an event stream that goes on after the `Last-Event-ID` header (0 without one), and
/// breaks off.
///
/// | parameter | default | meaning |
/// | --- | --- | --- |
/// | `count` | 1000 | the number of the last event, from 1 to 100000 |
/// | `connections` | 20 | how many connections are needed at least, from 1 to `count` |
/// | `seed` | 1 | decides everything that is random |
/// | `retry` | 10 | the reconnection time that every connection begins with, in ms |
///
/// A request whose last event ID is `count` or over gets 204, and one whose last event ID is not a
/// number gets 400.
///
/// # What a client gets
///
/// Event n, from 1 to `count`, has
///
/// - the last event ID `n`;
/// - the type `numbered` if n is divisible by 3, and `message` if not;
/// - the data `LINE`, or `LINE\nLINE` if n is divisible by 5, where LINE is `n`, or `n 🐳` (n, a
///   space, U+1F433) if n is divisible by 7.
///
/// On the way there the ends of line change from event to event, at random, between LF, CR and
/// CRLF; the `id` line comes before the data if n is odd and after it if n is even; and if n is
/// divisible by 4, a comment with U+1F6A2 comes before the event.
///
/// # Where it breaks
///
/// Each connection completes at least one event, and at most `count / connections`, and then
/// breaks off: at a random byte before the next event is complete, which may be within a line,
/// within a character, or between the CR and the LF that end the last complete event. The first
/// connection then ends cleanly, the second is broken, and so on by turns; the one that sends
/// event `count` does so too, after all of it. A connection breaks 20 ms after its last byte. The
/// pieces in between are of random lengths, up to 128 bytes.
pub(crate) async fn numbers(
    headers: HeaderMap,
    Query(query): Query<NumbersQuery>,
) -> Result<Response, BadRequest> {
    let NumbersQuery { count, connections, seed, retry } = query;
    if !(1..=MOST_EVENTS).contains(&count) {
        return Err(BadRequest::new(format!("count: has to be from 1 to {MOST_EVENTS}")));
    }
    if !(1..=count).contains(&connections) {
        return Err(BadRequest::new("connections: has to be from 1 to count"));
    }
    let last = last_number(&headers, None)?;
    if last >= count {
        return Ok((StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, NO_STORE)]).into_response());
    }

    let (events, ending) = Plan { count, connections, seed }.connection(last);
    let bytes = [format!("retry: {retry}\n\n").into_bytes(), events].concat();
    let pieces = Pieces::new(bytes.into(), seed, last);
    Ok(event_stream(try_stream! {
        for (piece, time) in pieces {
            yield piece;
            pause(time).await;
        }
        if ending == Ending::Broken {
            pause(BEFORE_BREAK).await;
            Err(Breakage::MidBody)?;
        }
    }))
}
