//! `/request`: the request as the server saw it.

use axum::Extension;
use axum::response::Response;

use crate::event_stream::event_stream_held_after;
use crate::recording::Visit;

/// Takes any method and no parameters of its own; answers an event stream with one event, and
/// holds it open.
///
/// The event's data is a JSON object with the members `method`, `path`, `query`, `headers`,
/// `lastEventId` and `body`, each as in the [log](super::log::read).
pub(crate) async fn request(Extension(visit): Extension<Visit>) -> Response {
    // Serializing strings to a string cannot fail; if it does, the test sees no JSON.
    let data = serde_json::to_string(&*visit.request).unwrap_or_else(|error| error.to_string());
    event_stream_held_after(format!("data: {data}\n\n"))
}
