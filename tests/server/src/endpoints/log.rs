//! `/log?key=K`: the request log. Requests to it are not logged.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum_extra::extract::Query;
use serde::Deserialize;

use crate::request_log::RequestLog;

/// The parameter, which is required.
#[derive(Debug, Deserialize)]
pub(crate) struct LogQuery {
    key: String,
}

/// `GET`; answers a JSON array of the requests with that key in the order in which they came,
/// which any origin may read. Each is an object:
///
/// | member | value |
/// | --- | --- |
/// | `number` | counts from 1, preflights too |
/// | `method`, `path` | strings |
/// | `query` | string, as sent, without the `?`; empty if there was none |
/// | `headers` | array of `[name, value]`, the names in lower case, the values as Latin-1 |
/// | `lastEventId` | the value of the `Last-Event-ID` header as Latin-1, or null |
/// | `body` | string, from UTF-8 with U+FFFD for what is not; empty until all of it has come |
/// | `startedAt` | when the headers had come, in ms since the start of the server |
/// | `endedAt` | when the exchange ended, in the same way; null if it has not |
/// | `endedBy` | null, `"server"` (all was sent, or the connection broken) or `"client"` (it closed the connection before that) |
/// | `bytesSent` | bytes of the response's body that were handed to the connection |
pub(crate) async fn read(
    State(log): State<RequestLog>,
    Query(LogQuery { key }): Query<LogQuery>,
) -> impl IntoResponse {
    let headers = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, "no-store")];
    (headers, Json(log.view(&key)))
}

/// `DELETE`; forgets the requests with that key, and answers 204. Counting begins anew.
pub(crate) async fn forget(
    State(log): State<RequestLog>,
    Query(LogQuery { key }): Query<LogQuery>,
) -> impl IntoResponse {
    log.forget(&key);
    (StatusCode::NO_CONTENT, [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")])
}

/// `OPTIONS`; answers 204 and lets pages of any origin read and delete.
pub(crate) async fn preflight() -> impl IntoResponse {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, DELETE"),
    ];
    (StatusCode::NO_CONTENT, headers)
}
