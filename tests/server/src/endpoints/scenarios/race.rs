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
const MOST_COURSES: usize = 4;

/// How long a course can be, in bytes.
const LONGEST: usize = 16 << 20;

/// The courses that are kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Courses(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    /// The number of the newest.
    newest: u64,
    courses: VecDeque<(u64, Vec<Bytes>)>,
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
    kept.courses.push_back((number, vec![body]));
    if kept.courses.len() > MOST_COURSES {
        kept.courses.pop_front();
    }
    ([(header::CACHE_CONTROL, "no-store")], number.to_string()).into_response()
}

/// `POST /scenarios/race/{course}`: adds to those bytes, and answers their number. 404 if there are
/// none, 413 if they would be more than 16 MiB.
pub(crate) async fn extend(
    State(courses): State<Courses>,
    Path(course): Path<u64>,
    body: Bytes,
) -> Response {
    let mut kept = courses.lock();
    let Some((_, parts)) = kept.courses.iter_mut().find(|(number, _)| *number == course) else {
        return no_course();
    };
    if parts.iter().map(Bytes::len).sum::<usize>() + body.len() > LONGEST {
        return (StatusCode::PAYLOAD_TOO_LARGE, "the course is longer than 16 MiB\n")
            .into_response();
    }
    parts.push(body);
    ([(header::CACHE_CONTROL, "no-store")], course.to_string()).into_response()
}

fn no_course() -> Response {
    (StatusCode::NOT_FOUND, "there is no such course\n").into_response()
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
    let parts = courses.lock().courses.iter().find(|(number, _)| *number == course).cloned();
    let Some((_, parts)) = parts else {
        return no_course();
    };
    event_stream(try_stream! {
        for _ in 0..cycles {
            for part in &parts {
                yield part.clone();
            }
        }
        pause(std::time::Duration::ZERO).await;
        yield "event: finish\ndata: finish\n\n".into();
    })
}
