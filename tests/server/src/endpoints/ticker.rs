//! `GET /ticker`: an endless live stream of made-up prices.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_stream::try_stream;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at};

use crate::bad_request::BadRequest;
use crate::breakage::Breakage;
use crate::event_stream::{BEFORE_BREAK, event_stream, pause};
use crate::last_event_id::last_number;
use crate::market::Market;

/// The shortest time between two events, or two comments, in ms.
const SHORTEST: u64 = 10;

/// The most bytes before the data of a price.
const MOST_PADDING: usize = 1024 * 1024;

/// Every so many price events, a message follows.
const MESSAGE_EVERY: u64 = 4;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct TickerQuery {
    interval: u64,
    retry: u64,
    comment: u64,
    summaries: bool,
    ids: bool,
    padding: usize,
    cut: Option<u64>,
    last_event_id: Option<String>,
}

impl Default for TickerQuery {
    fn default() -> Self {
        Self {
            interval: 1_000,
            retry: 2_000,
            comment: 15_000,
            summaries: true,
            ids: true,
            padding: 0,
            cut: None,
            last_event_id: None,
        }
    }
}

/// What a ticker sends next.
enum Tick {
    Price,
    Comment,
}

/// Answers an event stream without an end.
///
/// | parameter | default | meaning |
/// | --- | --- | --- |
/// | `interval` | 1000 | time between two prices in ms, at least 10 |
/// | `retry` | 2000 | the reconnection time that the stream begins with, in ms |
/// | `comment` | 15000 | time between two keep-alive comments in ms, at least 10 |
/// | `summaries` | true | whether every fourth price is followed by an event without an ID |
/// | `ids` | true | whether prices have IDs |
/// | `padding` | 0 | so many bytes stand before the data of a price, at most 1048576 |
/// | `cut` | | breaks the connection after so many prices, at least 1; never if absent |
/// | `lastEventId` | | stands in for an absent `Last-Event-ID` header |
///
/// The first price comes at once. Prices look like this, where `time` is in ms since the Unix
/// epoch and the symbol is one of a few that take turns:
///
/// ```text
/// event: price
/// id: 12
/// data: {"symbol":"BTC","price":64012.5,"time":1767225600000}
/// ```
///
/// The IDs ascend by 1 from the one after the last event ID, or from 1; another last event ID than
/// a number is answered with 400. Each price whose ID is divisible by 4 is followed by an event
/// without a type and an ID, whose data is `12 prices so far`.
pub(crate) async fn ticker(
    State(market): State<Arc<Mutex<Market>>>,
    headers: HeaderMap,
    Query(query): Query<TickerQuery>,
) -> Result<Response, BadRequest> {
    for (name, time) in [("interval", query.interval), ("comment", query.comment)] {
        if time < SHORTEST {
            return Err(BadRequest::new(format!("{name}: has to be at least {SHORTEST} ms")));
        }
    }
    if query.cut == Some(0) {
        return Err(BadRequest::new("cut: has to be at least 1"));
    }
    if query.padding > MOST_PADDING {
        return Err(BadRequest::new(format!("padding: has to be at most {MOST_PADDING}")));
    }
    let last = last_number(&headers, query.last_event_id.as_deref())?;

    Ok(event_stream(try_stream! {
        yield format!("retry: {}\n\n", query.retry).into();
        let mut prices = interval(Duration::from_millis(query.interval));
        prices.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let between_comments = Duration::from_millis(query.comment);
        let mut comments = interval_at(Instant::now() + between_comments, between_comments);
        let mut sent = 0;
        while query.cut != Some(sent) {
            let tick = tokio::select! {
                _ = prices.tick() => Tick::Price,
                _ = comments.tick() => Tick::Comment,
            };
            match tick {
                Tick::Price => {
                    sent += 1;
                    yield price(&market, last.saturating_add(sent), &query);
                }
                Tick::Comment => yield Bytes::from_static(b": still here\n\n"),
            }
        }
        pause(BEFORE_BREAK).await;
        Err(Breakage::MidBody)?;
    }))
}

fn price(market: &Mutex<Market>, id: u64, query: &TickerQuery) -> Bytes {
    let price = market.lock().unwrap_or_else(PoisonError::into_inner).step();
    // Numbers and a string always have a JSON form.
    let data = serde_json::to_string(&price).unwrap_or_default();
    let padding = " ".repeat(query.padding);
    // The first space is no part of the data.
    let mut text = format!("event: price\ndata: {padding}{data}\n");
    text.push_str(&if query.ids { format!("id: {id}\n\n") } else { "\n".to_owned() });
    if query.summaries && id.is_multiple_of(MESSAGE_EVERY) {
        text.push_str(&format!("data: {id} prices so far\n\n"));
    }
    text.into()
}
