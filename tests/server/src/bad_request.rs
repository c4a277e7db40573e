//! The answer to parameters that cannot be used.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// 400, with a text for the author of the request.
#[derive(Debug)]
pub(crate) struct BadRequest(String);

impl BadRequest {
    /// `problem` names the parameter and says what is wrong with it.
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self(problem.into())
    }
}

impl IntoResponse for BadRequest {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, self.0 + "\n").into_response()
    }
}
