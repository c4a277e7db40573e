//! `GET /scenarios/counts`: a fast stream that is asked for by a header.

use std::time::Duration;

use async_stream::try_stream;
use axum::http::{HeaderMap, HeaderName};
use axum::response::Response;

use crate::bad_request::BadRequest;
use crate::event_stream::{event_stream, pause};

const STREAM_NAME: HeaderName = HeaderName::from_static("x-stream-name");

/// Answers an event stream without an end: ten events a second, whose type is the request's header
/// `X-Stream-Name` and whose data counts from 1.
///
/// Without the header, or where it has anything but ASCII letters, the answer is 400.
pub(crate) async fn counts(headers: HeaderMap) -> Result<Response, BadRequest> {
    let name = headers
        .get(STREAM_NAME)
        .and_then(|name| name.to_str().ok())
        .filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic()))
        .map(str::to_owned)
        .ok_or_else(|| BadRequest::new("the header X-Stream-Name has to be there, in letters"))?;
    Ok(event_stream(try_stream! {
        for count in 1_u64.. {
            yield format!("event: {name}\ndata: {count}\n\n").into();
            pause(Duration::from_millis(100)).await;
        }
    }))
}
