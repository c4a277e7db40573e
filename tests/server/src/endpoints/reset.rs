//! `/reset`: a connection that is closed without an answer.

use axum::Extension;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;

use crate::bad_request::BadRequest;
use crate::breakage::Breakage;
use crate::event_stream::event_stream_held_after;
use crate::recording::Visit;

/// The parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct ResetQuery {
    times: Option<u64>,
}

/// Takes any method; resets the TCP connection without a response.
///
/// With `times=N`, which needs a `key`, only the first N requests with that key are reset; each
/// later one gets an event stream with the event `data: recovered` that is held open.
///
/// Firefox repeats a GET that got no answer by itself, up to 10 requests in all, so that its page
/// sees the recovery without any error if N is below 10; Chromium does not.
pub(crate) async fn reset(
    Query(ResetQuery { times }): Query<ResetQuery>,
    Extension(visit): Extension<Visit>,
) -> Result<Response, BadRequest> {
    let recovered = match (times, visit.attempt) {
        (None, _) => false,
        (Some(times), Some(attempt)) => attempt > times,
        (Some(_), None) => return Err(BadRequest::new("times: needs a key to count under")),
    };
    if recovered {
        return Ok(event_stream_held_after("data: recovered\n\n"));
    }
    let mut response = ().into_response();
    response.extensions_mut().insert(Breakage::NoResponse);
    Ok(response)
}
