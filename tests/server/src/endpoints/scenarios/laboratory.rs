//! `/scenarios/laboratory/{session}`: a stream that goes wrong when it is told to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_stream::try_stream;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};

use crate::bad_request::BadRequest;
use crate::breakage::Breakage;
use crate::event_stream::{BEFORE_BREAK, NO_STORE, event_stream, pause};
use crate::last_event_id::last_number;

/// How many sessions are kept at a time.
const MOST_SESSIONS: usize = 1_000;

/// The most events in a second.
const FASTEST: f64 = 100_000.0;

/// Events that are due within this time of each other are sent together.
const TOGETHER: Duration = Duration::from_millis(10);

/// How many events are made up for; who has missed more will find a gap.
const MOST_MISSED: u64 = 2_000;

/// How many requests are refused after [`Fault::Refuse`].
const REFUSALS: u64 = 2;

/// For how long nothing is sent after [`Fault::Delay`].
const SILENCE: Duration = Duration::from_secs(4);

/// The time between two bytes after [`Fault::Split`].
const BETWEEN_BYTES: Duration = Duration::from_millis(4);

/// The sessions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Laboratory(Arc<Mutex<HashMap<String, Session>>>);

#[derive(Clone, Debug)]
struct Session {
    started: Instant,
    refusals: u64,
    faults: broadcast::Sender<Fault>,
}

/// What can go wrong.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fault {
    /// The connection breaks.
    Drop,
    /// Nothing is sent for four seconds; what was due then comes at once.
    Delay,
    /// What is due next is sent byte by byte.
    Split,
    /// The connection breaks, and the next two requests get 503.
    #[serde(rename = "503")]
    Refuse,
    /// Three events are left out.
    Skip,
    /// The last two events are sent again.
    Repeat,
}

impl Laboratory {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        // No code can leave the sessions half-changed, so that poison means nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn session<T>(&self, name: String, use_it: impl FnOnce(&mut Session) -> T) -> T {
        let mut sessions = self.lock();
        if sessions.len() >= MOST_SESSIONS {
            sessions.retain(|_, session| session.faults.receiver_count() > 0);
        }
        use_it(sessions.entry(name).or_insert_with(|| Session {
            started: Instant::now(),
            refusals: 0,
            faults: broadcast::channel(16).0,
        }))
    }
}

/// `POST /scenarios/laboratory/{session}/{fault}`: has it go wrong, where `fault` is `drop`,
/// `delay`, `split`, `503`, `skip` or `repeat`. Answers 204.
pub(crate) async fn cause(
    State(laboratory): State<Laboratory>,
    Path((session, fault)): Path<(String, Fault)>,
) -> StatusCode {
    laboratory.session(session, |session| {
        if fault == Fault::Refuse {
            session.refusals = REFUSALS;
        }
        // Where nobody listens there is nothing to break.
        let _ = session.faults.send(fault);
    });
    StatusCode::NO_CONTENT
}

/// The parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct StreamQuery {
    #[serde(default = "five")]
    rate: f64,
}

fn five() -> f64 {
    5.0
}

/// Answers an event stream without an end, `rate` events a second (default 5, up to 100000).
///
/// It begins with `retry: 1000`. Event n is due n / `rate` seconds after the first request of the
/// session; it has the ID n, the type `reading`, or `note` where n is divisible by 5, and as data a
/// JSON object with `n`, a `value` from -1 to 1, and a `text` that is not ASCII. A comment comes before
/// every tenth. The stream goes on after the `Last-Event-ID`; of what was missed meanwhile, the last
/// 2000 events are sent.
pub(crate) async fn stream(
    State(laboratory): State<Laboratory>,
    Path(session): Path<String>,
    headers: HeaderMap,
    Query(StreamQuery { rate }): Query<StreamQuery>,
) -> Result<Response, BadRequest> {
    if !(0.1..=FASTEST).contains(&rate) {
        return Err(BadRequest::new(format!("rate: has to be from 0.1 to {FASTEST}")));
    }
    let last = last_number(&headers, None)?;
    let subscription = laboratory.session(session, |session| match session.refusals {
        0 => Some((session.started, session.faults.subscribe())),
        _ => {
            session.refusals -= 1;
            None
        }
    });
    let Some((started, mut faults)) = subscription else {
        let head = [(header::RETRY_AFTER, "1"), (header::CONTENT_TYPE, "text/plain")];
        let text = "busy, because somebody has asked for it\n";
        let no_store = [(header::CACHE_CONTROL, NO_STORE)];
        return Ok((StatusCode::SERVICE_UNAVAILABLE, head, no_store, text).into_response());
    };

    Ok(event_stream(try_stream! {
        yield "retry: 1000\n\n".into();
        let due = |now: Instant| ((now - started).as_secs_f64() * rate) as u64;
        let mut sent = if last == 0 {
            due(Instant::now())
        } else {
            last.max(due(Instant::now()).saturating_sub(MOST_MISSED))
        };
        let mut is_split = false;
        loop {
            let next = started + Duration::from_secs_f64(sent.saturating_add(1) as f64 / rate);
            let fault = tokio::select! {
                () = sleep_until(next.max(Instant::now() + TOGETHER)) => None,
                fault = faults.recv() => Some(fault),
            };
            match fault {
                Some(Ok(Fault::Drop | Fault::Refuse)) => break,
                Some(Ok(Fault::Delay)) => pause(SILENCE).await,
                Some(Ok(Fault::Split)) => is_split = true,
                Some(Ok(Fault::Skip)) => sent = sent.saturating_add(3),
                Some(Ok(Fault::Repeat)) => {
                    let last_two = sent.saturating_sub(1).max(1)..=sent;
                    yield last_two.map(event).collect::<String>().into();
                }
                // Who has been told too much at once has missed some of it; the session is never gone.
                Some(Err(RecvError::Lagged(_) | RecvError::Closed)) => {}
                None => {
                    let until = due(Instant::now());
                    let text: String = (sent + 1..=until).map(event).collect();
                    sent = until.max(sent);
                    if std::mem::take(&mut is_split) {
                        for byte in text.into_bytes() {
                            yield Bytes::from(vec![byte]);
                            pause(BETWEEN_BYTES).await;
                        }
                    } else if !text.is_empty() {
                        yield text.into();
                    }
                }
            }
        }
        pause(BEFORE_BREAK).await;
        Err(Breakage::MidBody)?;
    }))
}

fn event(number: u64) -> String {
    let comment = if number.is_multiple_of(10) { ": ten more\n" } else { "" };
    let name = if number.is_multiple_of(5) { "note" } else { "reading" };
    let value = (number as f64 / 10.0).sin();
    format!(
        "{comment}event: {name}\nid: {number}\n\
         data: {{\"n\":{number},\"value\":{value:.4},\"text\":\"Grüße ☂ {number}\"}}\n\n"
    )
}
