//! Makes the requests of a source, and sends them.

use std::cell::Cell;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Headers, Request, RequestInit};

use super::sys::{self, Stream, bare_object};
use crate::last_event_id::byte_string;
use crate::query_parameter::with_parameter;

const LAST_EVENT_ID: &str = "Last-Event-ID";

/// What the user wants of every request.
pub(crate) struct RequestOptions {
    /// The members of the second argument of `fetch` that are the same for all of them.
    pub(crate) init: Object,
    /// Headers to add, as `fetch` takes them, or a function that gives them for an attempt.
    pub(crate) headers: JsValue,
    /// The body, as `fetch` takes it, or a function that makes it for an attempt.
    pub(crate) body: JsValue,
    /// What is called in the place of the global `fetch`.
    pub(crate) fetch: Option<Function>,
    /// The query parameter for the last event ID; by default it goes as a header.
    pub(crate) query: Option<String>,
}

/// The last event ID of a request; empty where there is none.
pub(super) struct LastEventId {
    pub(super) value: String,
    /// Whether it can be the value of a header here.
    pub(super) fits_header: bool,
}

/// Sends the requests of one source.
pub(super) struct Requests {
    options: RequestOptions,
    /// Whether it has been said that an ID cannot be sent.
    has_warned: Cell<bool>,
}

impl Requests {
    pub(super) fn new(options: RequestOptions) -> Self {
        Self { options, has_warned: Cell::new(false) }
    }

    /// What the user gives for an attempt: a promise of the headers and the body.
    pub(super) fn ask(&self, attempt: &JsValue) -> Result<Promise, JsValue> {
        let ask = |given: &JsValue| {
            if !given.is_function() {
                return given.clone();
            }
            let given: &Function = given.unchecked_ref();
            given
                .call1(&JsValue::UNDEFINED, attempt)
                .unwrap_or_else(|error| Promise::reject(&error).into())
        };
        let Self { options, .. } = self;
        sys::promise_of_all(&Array::of2(&ask(&options.headers), &ask(&options.body)))
    }

    /// Sends the request of an attempt. What the user has given wins over what we would.
    ///
    /// Fails where it is impossible, with what the browser throws.
    ///
    /// DIFFERENCE: to another origin, `fetch` sends a preflight for the header `Last-Event-ID`, which
    /// the native class sends without one.
    pub(super) fn send(
        &self,
        url: &str,
        last_event_id: &LastEventId,
        given: &Array,
        signal: &AbortSignal,
    ) -> Result<JsValue, JsValue> {
        let Self { options, .. } = self;
        let (headers, body) = (given.get(0), given.get(1));
        let headers = headers_of(headers)?;
        if !headers.has("Accept")? {
            headers.set("Accept", "text/event-stream")?;
        }
        let with_id;
        let mut url = url;
        match &options.query {
            _ if last_event_id.value.is_empty() => {}
            Some(name) => {
                with_id = with_parameter(url, name, &last_event_id.value);
                url = &with_id;
            }
            None if headers.has(LAST_EVENT_ID)? => {}
            None => self.set_last_event_id(&headers, last_event_id),
        }
        let init = self.init();
        // Plain: a `fetch` of the user's may spread it.
        init.set_headers(&Object::from_entries(&headers)?.into());
        let is_stream = is_stream(&body)?;
        let has_body = !body.is_undefined() && !body.is_null();
        if has_body && !is_stream {
            init.set_body(&body);
        }
        // Throws what `fetch` would: a rejection of `fetch` itself could as well come from the network.
        // A stream is left out, as a request would take it.
        Request::new_with_str_and_init(url, &init)?;
        if is_stream {
            init.set_body(&body);
            Reflect::set(&init, &"duplex".into(), &"half".into())?;
        }
        init.set_signal(Some(signal));
        match &options.fetch {
            Some(fetch) => {
                // An object as any other.
                let init = Object::from_entries(&Object::entries(&init))?;
                fetch.call2(&JsValue::UNDEFINED, &url.into(), &init)
            }
            None => sys::fetch(url, &init),
        }
    }

    /// The members of the second argument of `fetch` that are the same for all requests, to add others to.
    fn init(&self) -> RequestInit {
        Object::assign(&bare_object(), &self.options.init).unchecked_into()
    }

    /// DIFFERENCE: WebKitGTK sends each character of a header in UTF-8, so that an ID that is not
    /// ASCII arrives encoded twice. No page can see what was sent, so that it cannot be found out,
    /// and the bytes of an ID could not be handed over in any other way.
    fn set_last_event_id(&self, headers: &Headers, id: &LastEventId) {
        // To resume from the beginning is better than not at all.
        let is_set =
            id.fits_header && headers.set(LAST_EVENT_ID, &byte_string(id.value.as_bytes())).is_ok();
        if !is_set && !self.has_warned.replace(true) {
            sys::warn(
                "wasm-eventsource: the last event ID cannot be sent in a header here, and is left out",
            );
        }
    }

    /// Sends a request that succeeds whenever anything answers at the URL, whether or not this page may
    /// read the answer. It takes over what the user has asked of a request, but for what only fits one
    /// that is read.
    pub(super) fn probe(&self, url: &str, signal: &AbortSignal) -> Result<JsValue, JsValue> {
        let init = self.init();
        init.set_mode(web_sys::RequestMode::NoCors);
        init.set_integrity("");
        init.set_signal(Some(signal));
        sys::fetch(url, &init)
    }
}

/// Whether a body is a stream, of this realm or another.
fn is_stream(body: &JsValue) -> Result<bool, JsValue> {
    Ok(body.is_object() && body.unchecked_ref::<Stream>().get_reader_method()?.is_function())
}

fn headers_of(given: JsValue) -> Result<Headers, JsValue> {
    if given.is_undefined() || given.is_null() {
        Headers::new()
    } else {
        Headers::new_with_headers(given.unchecked_ref())
    }
}
