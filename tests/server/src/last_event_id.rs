//! The last event ID string of a request, for the endpoints whose event IDs are numbers.

use axum::http::{HeaderMap, HeaderName};

use crate::bad_request::BadRequest;

/// The header that carries the last event ID string.
pub(crate) const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The number of the last event that the client got: the `Last-Event-ID` header or, without one,
/// `parameter`; 0 if both are absent or empty.
pub(crate) fn last_number(headers: &HeaderMap, parameter: Option<&str>) -> Result<u64, BadRequest> {
    let bytes = match headers.get(LAST_EVENT_ID) {
        Some(value) => value.as_bytes(),
        None => parameter.unwrap_or_default().as_bytes(),
    };
    if bytes.is_empty() {
        return Ok(0);
    }
    let number = str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    number.ok_or_else(|| {
        let text = String::from_utf8_lossy(bytes);
        BadRequest::new(format!("the last event ID has to be a number, and is {text:?}"))
    })
}
