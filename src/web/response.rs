//! The head of a response.

use wasm_bindgen::JsValue;

use super::sys::Response;

/// What there is to know of a response before its body is read.
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) content_type: String,
    pub(super) retry_after: String,
    /// After redirects; empty for one that is not from the network.
    pub(super) url: String,
    pub(super) is_redirected: bool,
}

impl Head {
    /// Fails with what a response throws that a `fetch` of the user's has made up.
    pub(super) fn of(response: &Response) -> Result<Self, JsValue> {
        let headers = response.headers()?;
        let header = |name| headers.get(name).map(|it| it.as_string().unwrap_or_default());
        Ok(Self {
            status: status_of(&response.status()?),
            content_type: header("Content-Type")?,
            retry_after: header("Retry-After")?,
            url: response.url()?.as_string().unwrap_or_default(),
            is_redirected: response.redirected()?.is_truthy(),
        })
    }
}

/// The status as a number; 0 where it is none.
pub(crate) fn status_of(status: &JsValue) -> u16 {
    // A cast saturates.
    status.as_f64().unwrap_or_default() as u16
}
