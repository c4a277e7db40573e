//! `/scenarios/race`: the bytes that a page has brought, over and over.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_stream::try_stream;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;

use crate::event_stream::{event_stream, pause};

/// How many courses are kept at a time.
const MOST_COURSES: usize = 8;

/// The courses that are kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Courses(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// The number of the newest.
    newest: u64,
    courses: VecDeque<(u64, Bytes)>,
}

impl Courses {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        // No code can leave them half-changed, so that poison means nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `POST /scenarios/race`: keeps the body, a part of an event stream, and answers its number.
pub(crate) async fn prepare(State(courses): State<Courses>, body: Bytes) -> Response {
    let mut kept = courses.lock();
    kept.newest += 1;
    let number = kept.newest;
    kept.courses.push_back((number, body));
    if kept.courses.len() > MOST_COURSES {
        kept.courses.pop_front();
    }
    ([(header::CACHE_CONTROL, "no-store")], number.to_string()).into_response()
}

/// The parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct RunQuery {
    #[serde(default = "one")]
    cycles: u64,
}

fn one() -> u64 {
    1
}

/// `GET /scenarios/race/{course}`: answers an event stream, the bytes with that number `cycles`
/// times (default 1) and then an event `finish`, and its end. 404 if there are no such bytes.
pub(crate) async fn run(
    State(courses): State<Courses>,
    Path(course): Path<u64>,
    Query(RunQuery { cycles }): Query<RunQuery>,
) -> Response {
    let bytes = courses.lock().courses.iter().find(|(number, _)| *number == course).cloned();
    let Some((_, bytes)) = bytes else {
        return (StatusCode::NOT_FOUND, "there is no such course\n").into_response();
    };
    event_stream(try_stream! {
        for _ in 0..cycles {
            yield bytes.clone();
        }
        pause(std::time::Duration::ZERO).await;
        yield "event: finish\ndata: finish\n\n".into();
    })
}
