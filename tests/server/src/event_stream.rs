//! Responses that are event streams.

use std::convert::Infallible;
use std::future;
use std::time::Duration;

use async_stream::try_stream;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_core::Stream;

use crate::breakage::Breakage;

/// The MIME type of event streams.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

/// The `Cache-Control` of every answer: a test must never get another one's.
pub(crate) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// What to wait between the last chunk and a break of the connection.
///
/// A `ReadableStream` that fails discards the chunks that its page has not read yet, so that a page
/// would otherwise see less than what was sent.
pub(crate) const BEFORE_BREAK: Duration = Duration::from_millis(20);

/// A response with status 200 that sends each item as a chunk.
///
/// A chunk goes out when the stream is next pending: see [`pause`].
pub(crate) fn event_stream<S>(chunks: S) -> Response
where
    S: Stream<Item = Result<Bytes, Breakage>> + Send + 'static,
{
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM)),
        (header::CACHE_CONTROL, NO_STORE),
    ];
    (headers, Body::from_stream(chunks)).into_response()
}

/// A response with status 200 that sends `text` and then nothing, without an end.
pub(crate) fn event_stream_held_after(text: impl Into<Bytes>) -> Response {
    let text = text.into();
    event_stream(try_stream! {
        yield text;
        match future::pending::<Infallible>().await {}
    })
}

/// Has what was sent so far flushed, and waits.
///
/// Even without a time to wait, the chunks before and after it are written separately.
pub(crate) async fn pause(time: Duration) {
    if time.is_zero() {
        tokio::task::yield_now().await;
    } else {
        tokio::time::sleep(time).await;
    }
}
