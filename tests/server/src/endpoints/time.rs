//! `/time`: the clock of the request log.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;

use crate::clock::Clock;

/// The answer.
#[derive(Debug, Serialize)]
struct Time {
    /// Milliseconds since the start of the server.
    now: u64,
}

/// `GET`, without parameters; answers the JSON `{"now": ms since the start of the server}`, which
/// any origin may read.
pub(crate) async fn time(State(clock): State<Clock>) -> impl IntoResponse {
    let headers = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, "no-store")];
    (headers, Json(Time { now: clock.now() }))
}
