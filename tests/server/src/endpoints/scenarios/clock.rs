//! `GET /scenarios/clock`: the time every second, none left out.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_stream::try_stream;
use axum::http::HeaderMap;
use axum::response::Response;
use axum_extra::extract::Query;
use httpdate::fmt_http_date;
use serde::Deserialize;

use crate::bad_request::BadRequest;
use crate::breakage::Breakage;
use crate::event_stream::{BEFORE_BREAK, event_stream, pause};
use crate::last_event_id::last_number;

/// How many seconds are made up for; who was away for longer has missed the rest.
const MOST_MISSED: u64 = 3_600;

/// The parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct ClockQuery {
    cut: Option<u64>,
}

/// Answers an event stream without an end that begins with `retry: 2000`: at each full second, an
/// event whose ID is the Unix time in seconds and whose data is the time as HTTP writes it.
///
/// Without a `Last-Event-ID` it begins with the second that it is; else with the one after the ID,
/// and sends what was missed at once, up to an hour. With `cut=N`, it breaks the connection after
/// N events.
pub(crate) async fn clock(
    headers: HeaderMap,
    Query(query): Query<ClockQuery>,
) -> Result<Response, BadRequest> {
    let last = last_number(&headers, None)?;
    Ok(event_stream(try_stream! {
        yield "retry: 2000\n\n".into();
        let now = since_epoch().as_secs();
        let mut id = last.saturating_add(1).max(now.saturating_sub(MOST_MISSED));
        if last == 0 {
            id = now;
        }
        let mut sent = 0;
        while query.cut != Some(sent) {
            if let Some(early) = Duration::from_secs(id).checked_sub(since_epoch()) {
                pause(early).await;
            }
            let time = fmt_http_date(UNIX_EPOCH + Duration::from_secs(id));
            yield format!("id: {id}\ndata: {time}\n\n").into();
            id = id.saturating_add(1);
            sent += 1;
        }
        pause(BEFORE_BREAK).await;
        Err(Breakage::MidBody)?;
    }))
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
