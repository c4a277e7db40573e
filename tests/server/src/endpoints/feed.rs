//! `/feed`: numbered events that happen when they happen, whoever is there to hear of them.

use std::collections::HashMap;
use std::future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_stream::try_stream;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::bad_request::BadRequest;
use crate::event_stream::{NO_STORE, event_stream};
use crate::last_event_id::last_number;

/// The most events a second.
const HIGHEST_RATE: u64 = 1_000_000;

/// All feeds, by their names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Feeds(Arc<Mutex<HashMap<String, watch::Sender<Option<Schedule>>>>>);

/// When which event happens.
#[derive(Clone, Copy, Debug)]
struct Schedule {
    started: Instant,
    count: u64,
    rate: u64,
}

impl Feeds {
    /// The feed with a name, which comes to be when it is first spoken of.
    fn feed(&self, name: &str) -> watch::Sender<Option<Schedule>> {
        // No code can leave them half-changed, so that poison means nothing.
        let mut feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.entry(name.to_owned()).or_default().clone()
    }
}

impl Schedule {
    /// When the event with that number happens, counted from 1.
    fn due(self, number: u64) -> Instant {
        self.started + Duration::from_micros(number.saturating_mul(1_000_000) / self.rate)
    }

    /// How many have happened.
    fn so_far(self) -> u64 {
        let micros = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        (micros.saturating_mul(self.rate) / 1_000_000).min(self.count)
    }
}

/// The parameters of a stream.
#[derive(Debug, Deserialize)]
pub(crate) struct FeedQuery {
    name: String,
    #[serde(default = "half_a_second")]
    retry: u64,
}

fn half_a_second() -> u64 {
    500
}

/// `GET`; answers an event stream that begins with `retry: RETRY` (500 ms) and has no end.
///
/// Event n has the ID n and the data `n NAME`. With the header `X-Account: ACCOUNT`, the feed is the one
/// with the name `NAME-ACCOUNT`, in the data too. A request with a last event ID gets what has happened
/// since then at once; one without, what is yet to happen.
pub(crate) async fn stream(
    State(feeds): State<Feeds>,
    headers: HeaderMap,
    Query(FeedQuery { name, retry }): Query<FeedQuery>,
) -> Result<Response, BadRequest> {
    let last = last_number(&headers, None)?;
    let account = headers.get("x-account").and_then(|account| account.to_str().ok());
    let name = account.map_or(name.clone(), |account| format!("{name}-{account}"));
    let feed = feeds.feed(&name);
    let mut schedules = feed.subscribe();
    let so_far = schedules.borrow().map_or(0, Schedule::so_far);
    let mut number = if last > 0 { last } else { so_far };
    Ok(event_stream(try_stream! {
        yield format!("retry: {retry}\n\n").into();
        let schedule = schedules.wait_for(Option::is_some).await.map(|found| *found);
        if let Ok(Some(schedule)) = schedule {
            while number < schedule.count {
                number += 1;
                let due = schedule.due(number);
                if due > Instant::now() {
                    sleep_until(due).await;
                }
                yield format!("id: {number}\ndata: {number} {name}\n\n").into();
            }
        }
        future::pending::<()>().await;
    }))
}

/// The parameters of a start.
#[derive(Debug, Deserialize)]
pub(crate) struct StartQuery {
    name: String,
    count: u64,
    rate: u64,
}

/// `POST`; starts the feed, which goes to `count` with `rate` events a second, and answers 204. One
/// that has been started is answered with 400.
pub(crate) async fn start(
    State(feeds): State<Feeds>,
    Query(StartQuery { name, count, rate }): Query<StartQuery>,
) -> Result<Response, BadRequest> {
    if !(1..=HIGHEST_RATE).contains(&rate) {
        return Err(BadRequest::new(format!("rate: has to be from 1 to {HIGHEST_RATE}")));
    }
    let is_new = feeds.feed(&name).send_if_modified(|schedule| {
        let is_new = schedule.is_none();
        schedule.get_or_insert_with(|| Schedule { started: Instant::now(), count, rate });
        is_new
    });
    if !is_new {
        return Err(BadRequest::new("name: that feed has been started"));
    }
    Ok((StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, NO_STORE)]).into_response())
}
