//! `GET /scenarios/slides`: a show that goes on where it was left.

use std::time::Duration;

use async_stream::try_stream;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::{Deserialize, Serialize};

use crate::bad_request::BadRequest;
use crate::event_stream::{event_stream, pause};
use crate::last_event_id::last_number;

/// The parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct SlidesQuery {
    #[serde(default = "three_seconds")]
    interval: u64,
}

fn three_seconds() -> u64 {
    3_000
}

/// The data of a `slide` event.
#[derive(Debug, Serialize)]
struct Slide {
    title: &'static str,
    text: &'static str,
}

const SLIDES: [Slide; 5] = [
    Slide {
        title: "One line at a time",
        text: "A stream is text. Each line is a field and its value.",
    },
    Slide { title: "A blank line sends it", text: "What came before it becomes one event." },
    Slide {
        title: "An id is a bookmark",
        text: "The browser keeps the last one, and sends it back.",
    },
    Slide {
        title: "A colon says nothing",
        text: "A comment keeps the line warm, and no listener hears it.",
    },
    Slide {
        title: "retry sets the pause",
        text: "The server says how long to wait before coming back.",
    },
];

/// Answers an event stream without an end that begins with `retry: 1500` and goes on after the
/// `Last-Event-ID`.
///
/// Every `interval` ms (default 3000), the first at once, there is an event `slide` whose ID counts
/// from 1 and whose data is a JSON object with a `title` and a `text`; between two of them there is
/// the comment `still here`.
pub(crate) async fn slides(
    headers: HeaderMap,
    Query(query): Query<SlidesQuery>,
) -> Result<Response, BadRequest> {
    let last = last_number(&headers, None)?;
    let half = Duration::from_millis(query.interval / 2);
    Ok(event_stream(try_stream! {
        yield Bytes::from_static(b"retry: 1500\n\n");
        let mut id = last;
        loop {
            let slide = &SLIDES[usize::try_from(id % SLIDES.len() as u64).unwrap_or_default()];
            id = id.saturating_add(1);
            // Two strings always have a JSON form.
            let data = serde_json::to_string(slide).unwrap_or_default();
            yield format!("event: slide\nid: {id}\ndata: {data}\n\n").into();
            pause(half).await;
            yield Bytes::from_static(b": still here\n\n");
            pause(half).await;
        }
    }))
}
