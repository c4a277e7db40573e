//! The status of a response.

use axum::http::StatusCode;
use serde::Deserialize;

/// A status from 200 to 599: one that a browser gives to a page, unlike 1xx.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u16")]
pub(crate) struct Status(StatusCode);

impl Status {
    /// 200.
    pub(crate) const OK: Self = Self(StatusCode::OK);

    /// 204.
    pub(crate) const NO_CONTENT: Self = Self(StatusCode::NO_CONTENT);

    pub(crate) fn code(self) -> StatusCode {
        self.0
    }

    /// Whether a response with this status has no body.
    pub(crate) fn is_without_body(self) -> bool {
        [StatusCode::NO_CONTENT, StatusCode::RESET_CONTENT, StatusCode::NOT_MODIFIED]
            .contains(&self.0)
    }
}

impl TryFrom<u16> for Status {
    type Error = String;

    fn try_from(code: u16) -> Result<Self, String> {
        StatusCode::from_u16(code)
            .ok()
            .filter(|_| (200..=599).contains(&code))
            .map(Self)
            .ok_or_else(|| format!("the status has to be from 200 to 599, and is {code}"))
    }
}
