//! `GET /flood`: as much as the client takes.

use async_stream::try_stream;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

use crate::event_stream::event_stream;

/// How many bytes of data an event has.
const DATA: usize = 1_000;

/// The parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct FloodQuery {
    count: Option<u64>,
}

/// Answers an event stream as fast as the connection takes it.
///
/// Event n, counted from 1, has the last event ID `n` and 1,000 bytes of data. With `count=N` the
/// stream ends after N events; without it, never.
pub(crate) async fn flood(Query(FloodQuery { count }): Query<FloodQuery>) -> Response {
    let data = "x".repeat(DATA);
    event_stream(try_stream! {
        for id in 1..=count.unwrap_or(u64::MAX) {
            yield format!("id: {id}\ndata: {data}\n\n").into();
        }
    })
}
