//! A request as the server saw it.

use std::sync::OnceLock;

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use serde::{Serialize, Serializer};

use crate::last_event_id::LAST_EVENT_ID;

/// What [`/log`](crate::endpoints::log) and [`/request`](crate::endpoints::request) tell of a
/// request.
///
/// Header values are decoded as Latin-1, one character for each byte, so that a test can see the
/// bytes that were sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SeenRequest {
    method: String,
    path: String,
    /// As it was sent, without the question mark; empty if there was none.
    query: String,
    /// Names are in lower case. Headers with the same name keep their order; the order of
    /// different names says nothing.
    headers: Vec<(String, String)>,
    last_event_id: Option<String>,
    #[serde(serialize_with = "body_so_far")]
    body: OnceLock<String>,
}

impl SeenRequest {
    /// Notes a request whose body has yet to come.
    pub(crate) fn new(parts: &Parts) -> Self {
        let headers = parts.headers.iter();
        Self {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: headers.map(|(name, value)| (name.to_string(), latin_1(value))).collect(),
            last_event_id: parts.headers.get(LAST_EVENT_ID).map(latin_1),
            body: OnceLock::new(),
        }
    }

    /// Notes the body, with U+FFFD for what is not UTF-8.
    pub(crate) fn body_arrived(&self, body: &Bytes) {
        // A request has one body, so this cannot already be set.
        let _ = self.body.set(String::from_utf8_lossy(body).into_owned());
    }

    /// The path without the query.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Whether this asks for permission to make a request, in the sense of the CORS protocol.
    pub(crate) fn is_preflight(&self) -> bool {
        self.method == Method::OPTIONS.as_str()
            && self
                .headers
                .iter()
                .any(|(name, _)| name == header::ACCESS_CONTROL_REQUEST_METHOD.as_str())
    }
}

fn latin_1(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

fn body_so_far<S: Serializer>(body: &OnceLock<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(body.get().map_or("", String::as_str))
}
