//! What there is to know of a response before its body is read.

use js_sys::Date;
use wasm_bindgen::prelude::*;

use super::sys::{Body, Response};
use crate::retry_after;

/// The head of a response, and its body, not yet read.
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    /// What `Retry-After` asks for, in ms.
    pub(super) retry_after: Option<u32>,
    /// Its URL, if redirects have led there.
    pub(super) redirected_to: Option<String>,
    pub(super) body: Option<Body>,
}

/// Reads what a response says of itself, which may be anything if a `fetch` of the user's made it.
pub(super) fn head(response: &Response) -> Result<Head, JsValue> {
    let headers = response.headers()?;
    Ok(Head {
        content_type: headers.get("Content-Type")?,
        status: response.status()?,
        retry_after: headers
            .get("Retry-After")?
            .and_then(|header| retry_after::delay(&header, Date::parse, Date::now())),
        redirected_to: if response.redirected()? == Some(true) { response.url()? } else { None },
        body: response.body()?,
    })
}
