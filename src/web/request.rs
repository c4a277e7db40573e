//! What one attempt asks `fetch` for, after the HTML standard, section 9.2.2, "constructor" and
//! section 9.2.3, "reestablish the connection".

use serde::Serialize;
use serde_wasm_bindgen::preserve;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Headers};

use super::options::RequestOptions;

/// The second argument of `fetch`, as far as we have something to say.
#[derive(Serialize)]
struct RequestInit<'a> {
    method: &'a str,
    #[serde(with = "preserve")]
    headers: Headers,
    #[serde(with = "preserve")]
    body: JsValue,
    mode: &'static str,
    credentials: &'static str,
    cache: &'static str,
    #[serde(with = "preserve")]
    signal: AbortSignal,
}

/// Describes the request of one attempt to `fetch`. A header that the user has set wins over ours.
pub(super) fn request_init(
    options: &RequestOptions,
    last_event_id: &str,
    signal: AbortSignal,
) -> Result<JsValue, JsValue> {
    let headers = Headers::new_with_headers(&options.headers)?;
    if !headers.has("Accept")? {
        headers.set("Accept", "text/event-stream")?;
    }
    if !last_event_id.is_empty() && !headers.has("Last-Event-ID")? {
        headers.set("Last-Event-ID", &byte_string(last_event_id))?;
    }
    let init = RequestInit {
        method: &options.method,
        headers,
        body: options.body.clone(),
        mode: "cors",
        credentials: if options.with_credentials { "include" } else { "same-origin" },
        // This alone makes the browser send `Cache-Control: no-cache`; setting that header by hand
        // would cause a preflight.
        cache: "no-store",
        signal,
    };
    Ok(serde_wasm_bindgen::to_value(&init)?)
}

/// The UTF-8 bytes of a text, each as the code unit of its number: `Headers` takes a value byte by
/// byte, and refuses a code unit above U+00FF.
///
/// DIFFERENCE: WebKitGTK sends each of these code units in UTF-8, so that an ID that is not ASCII
/// arrives encoded twice. No page can see what was sent, so that it cannot be found out, and an ID
/// above U+00FF could not be handed over in any other way.
fn byte_string(text: &str) -> String {
    text.bytes().map(char::from).collect()
}
