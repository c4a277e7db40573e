//! `/status/{code}`: any status.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;

use crate::bad_request::BadRequest;
use crate::event_stream::{EVENT_STREAM, NO_STORE};
use crate::parameters::Status;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct StatusQuery {
    #[serde(rename = "type", default = "event_stream_type")]
    content_type: String,
    retry_after: Option<String>,
}

fn event_stream_type() -> String {
    EVENT_STREAM.to_owned()
}

/// `GET` or `POST`; answers with the status `code`, from 200 to 599, and a complete body that is
/// the event `data: never`; statuses 204, 205 and 304 come without a body.
///
/// | parameter | default | meaning |
/// | --- | --- | --- |
/// | `type` | `text/event-stream` | the `Content-Type`; none if empty |
/// | `retry-after` | | the `Retry-After` header; none if absent |
pub(crate) async fn status(
    Path(status): Path<Status>,
    Query(query): Query<StatusQuery>,
) -> Result<Response, BadRequest> {
    let mut response = status.code().into_response();
    if !status.is_without_body() {
        *response.body_mut() = "data: never\n\n".into();
    }
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    if !query.content_type.is_empty() {
        headers.insert(header::CONTENT_TYPE, value("type", &query.content_type)?);
    }
    if let Some(retry_after) = query.retry_after {
        headers.insert(header::RETRY_AFTER, value("retry-after", &retry_after)?);
    }
    Ok(response)
}

fn value(parameter: &str, text: &str) -> Result<HeaderValue, BadRequest> {
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| BadRequest::new(format!("{parameter}: {text:?} cannot be a header's value")))
}
