//! `GET /scenarios/intermission`: a server that sends everybody away, and says until when.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_stream::try_stream;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use httpdate::fmt_http_date;
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};

use crate::bad_request::BadRequest;
use crate::event_stream::{NO_STORE, event_stream};
use crate::last_event_id::last_number;

/// The longest act or pause, in seconds.
const LONGEST: u64 = 3_600;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub(crate) struct IntermissionQuery {
    open: u64,
    closed: u64,
}

impl Default for IntermissionQuery {
    fn default() -> Self {
        Self { open: 4, closed: 4 }
    }
}

/// Is open for `open` seconds (default 4), closed for `closed` seconds (default 4), and so on, by
/// the clock of the world.
///
/// While it is open, it sends two events a second, whose IDs go on after the `Last-Event-ID`; then
/// an event `pause`, whose data is the time at which it opens again, and ends the stream. While it
/// is closed, it answers 503 with that time as `Retry-After`, both in the form of HTTP's dates.
pub(crate) async fn intermission(
    headers: HeaderMap,
    Query(IntermissionQuery { open, closed }): Query<IntermissionQuery>,
) -> Result<Response, BadRequest> {
    if !(1..=LONGEST).contains(&open) || !(1..=LONGEST).contains(&closed) {
        return Err(BadRequest::new(format!("open, closed: have to be from 1 to {LONGEST}")));
    }
    let last = last_number(&headers, None)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let round = Duration::from_secs(open + closed);
    let since_opening =
        Duration::from_millis(u64::try_from(now.as_millis() % round.as_millis()).unwrap_or(0));
    let reopens_in = round - since_opening;
    let reopens = fmt_http_date(SystemTime::now() + reopens_in);
    let Some(left) = Duration::from_secs(open).checked_sub(since_opening) else {
        let head = [
            (header::RETRY_AFTER, reopens.clone()),
            (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        ];
        let text = format!("The doors open again at {reopens}.\n");
        let no_store = [(header::CACHE_CONTROL, NO_STORE)];
        return Ok((StatusCode::SERVICE_UNAVAILABLE, head, no_store, text).into_response());
    };
    let end = Instant::now() + left;
    Ok(event_stream(try_stream! {
        yield "retry: 500\n\n".into();
        let mut id = last;
        while Instant::now() < end {
            id = id.saturating_add(1);
            yield format!("id: {id}\ndata: line {id} of the play\n\n").into();
            sleep_until(end.min(Instant::now() + Duration::from_millis(500))).await;
        }
        yield format!("event: pause\ndata: {reopens}\n\n").into();
    }))
}
