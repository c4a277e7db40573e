//! What one attempt asks `fetch` for, after the HTML standard, section 9.2.2, "constructor" and
//! section 9.2.3, "reestablish the connection".

use js_sys::{Array, Function, Object, Promise, Reflect};
use serde::Serialize;
use serde_wasm_bindgen::{preserve, to_value};
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Headers, Url};

use super::options::{RequestOptions, SendLastEventId, headers_from};
use super::tasks::call;

/// What the user's functions are told of an attempt.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attempt {
    /// From 1 on; counts attempts in a row, up to and with this one.
    pub(super) number: u32,
    pub(super) last_event_id: String,
    /// How the one before it failed, or null.
    #[serde(with = "preserve")]
    pub(super) failure: JsValue,
}

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

/// A promise of the headers and the body for an attempt, as an array of the two. Either is what the
/// user has given, or what a function of the user's gives for this attempt.
pub(super) fn made_for(options: &RequestOptions, attempt: &Attempt) -> Result<Promise, JsValue> {
    let attempt = to_value(attempt)?;
    let given = |value: &JsValue| match value.dyn_ref::<Function>() {
        Some(function) => call(function, &attempt).into(),
        None => value.clone(),
    };
    Ok(Promise::all(&Array::of2(&given(&options.headers), &given(&options.body))))
}

/// Describes the request of one attempt: the arguments of `fetch`. `made` is what [`made_for`] has
/// come to. What the user has set wins over what we would.
///
/// DIFFERENCE: to another origin, `fetch` sends a preflight for the header `Last-Event-ID`, which
/// the native class sends without one.
pub(super) fn request(
    options: &RequestOptions,
    url: &str,
    id: &str,
    made: &JsValue,
    signal: AbortSignal,
) -> Result<(String, JsValue), JsValue> {
    let headers = headers_from(&Reflect::get_u32(made, 0)?)?;
    let body = Reflect::get_u32(made, 1)?;

    if !headers.has("Accept")? {
        headers.set("Accept", "text/event-stream")?;
    }
    let mut url = url.to_owned();
    if !id.is_empty() {
        match &options.send_last_event_id {
            SendLastEventId::Header if headers.has("Last-Event-ID")? => {}
            SendLastEventId::Header => headers.set("Last-Event-ID", &byte_string(id))?,
            SendLastEventId::Query(name) => {
                let with_id = Url::new(&url)?;
                with_id.search_params().set(name, id);
                url = with_id.href();
            }
        }
    }

    let init = to_value(&RequestInit {
        method: &options.method,
        headers,
        body,
        mode: "cors",
        credentials: credentials(options),
        // This alone makes the browser send `Cache-Control: no-cache`; setting that header by hand
        // would cause a preflight.
        cache: "no-store",
        signal,
    })?;
    Ok((url, Object::assign(init.unchecked_ref(), &options.init).into()))
}

/// Describes a request for the same URL that succeeds whenever anything answers. Nobody can read
/// the response.
pub(super) fn probe_init(
    options: &RequestOptions,
    signal: AbortSignal,
) -> Result<JsValue, JsValue> {
    Ok(to_value(&RequestInit {
        method: "GET",
        headers: Headers::new()?,
        body: JsValue::UNDEFINED,
        mode: "no-cors",
        credentials: credentials(options),
        cache: "no-store",
        signal,
    })?)
}

fn credentials(options: &RequestOptions) -> &'static str {
    if options.with_credentials { "include" } else { "same-origin" }
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
