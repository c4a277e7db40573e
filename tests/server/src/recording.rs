//! The middleware that keeps the request log.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use http_body::{Frame, SizeHint};
use serde::Deserialize;

use crate::request_body::{self, NoBody};
use crate::request_log::{OpenEntry, RequestLog};
use crate::seen_request::SeenRequest;

/// The parameter under which a request is logged.
#[derive(Debug, Deserialize)]
pub(crate) struct KeyQuery {
    key: Option<String>,
}

/// What an endpoint can learn of the request besides its parameters.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// The request as the log has it.
    pub(crate) request: Arc<SeenRequest>,
    /// This is the n-th request to this path with this key, not counting preflights; `None`
    /// without a key.
    pub(crate) attempt: Option<u64>,
}

/// Reads the whole request, logs it if it has a key, and follows its response to the end.
///
/// Request bodies over 2 MiB are answered with 413.
pub(crate) async fn record(
    State(log): State<RequestLog>,
    Query(KeyQuery { key }): Query<KeyQuery>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let request = Arc::new(SeenRequest::new(&parts));
    // Lives across every await below, so that a client that leaves is noticed at each.
    let (entry, attempt) = key.map(|key| log.begin(key, Arc::clone(&request))).unzip();
    let response = match request_body::read(body).await {
        Ok(body) => {
            request.body_arrived(&body);
            parts.extensions.insert(Visit { request, attempt });
            next.run(Request::from_parts(parts, Body::from(body))).await
        }
        Err(NoBody::TooLong) => {
            (StatusCode::PAYLOAD_TOO_LARGE, "the body is longer than 2 MiB\n").into_response()
        }
        // Nobody gets this answer; without the entry, it does not count as one either.
        Err(NoBody::Incomplete) => return StatusCode::BAD_REQUEST.into_response(),
    };
    match entry {
        Some(entry) => response.map(|body| Body::new(RecordedBody { body, entry })),
        None => response,
    }
}

/// A response body whose fate is noted in the log.
struct RecordedBody {
    body: Body,
    entry: OpenEntry,
}

impl HttpBody for RecordedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => self.entry.sent(frame.data_ref().map_or(0, Bytes::len)),
            Some(Err(_)) | None => self.entry.finish(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for RecordedBody {
    fn drop(&mut self) {
        // A body of known length is dropped after its last byte, without being asked for more.
        if self.body.is_end_stream() {
            self.entry.finish();
        }
    }
}
