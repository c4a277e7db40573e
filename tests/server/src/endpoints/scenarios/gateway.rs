//! `GET /scenarios/gateway`: a stream behind a gateway that ends whatever takes long.

use std::time::Duration;

use async_stream::try_stream;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

use crate::bad_request::BadRequest;
use crate::breakage::Breakage;
use crate::clock::Clock;
use crate::event_stream::{BEFORE_BREAK, event_stream, pause};
use crate::last_event_id::last_number;

/// The time between two events, in ms.
const INTERVAL: u64 = 100;

/// The parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct GatewayQuery {
    #[serde(default = "three_seconds")]
    life: u64,
}

fn three_seconds() -> u64 {
    3_000
}

/// Answers an event stream that begins with `retry: 300` and is broken after `life` ms (default
/// 3000).
///
/// Event n, which is due n tenths of a second after the server has started, has the ID n and the
/// data n. Without a `Last-Event-ID` the first is the one that is due next; else it is the one after
/// the ID, and what was missed is sent at once.
pub(crate) async fn gateway(
    State(clock): State<Clock>,
    headers: HeaderMap,
    Query(query): Query<GatewayQuery>,
) -> Result<Response, BadRequest> {
    let last = last_number(&headers, None)?;
    let end = clock.now().saturating_add(query.life);
    Ok(event_stream(try_stream! {
        yield "retry: 300\n\n".into();
        let mut number = if last == 0 { clock.now() / INTERVAL } else { last };
        loop {
            number = number.saturating_add(1);
            let due = number.saturating_mul(INTERVAL);
            if due > end {
                break;
            }
            let early = due.saturating_sub(clock.now());
            if early > 0 {
                pause(Duration::from_millis(early)).await;
            }
            yield format!("id: {number}\ndata: {number}\n\n").into();
        }
        pause(BEFORE_BREAK).await;
        Err(Breakage::MidBody)?;
    }))
}
