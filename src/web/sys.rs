//! What web-sys does not declare, or declares without `catch`.
//!
//! Everything here can run the user's code: listeners behind the receiver's methods, a `fetch` that
//! a page has replaced, a `Response` that such a `fetch` has made up. So everything is declared
//! with `catch`: an exception that passes through a wasm frame unseen leaves it half done.

use js_sys::{IteratorNext, Promise};
use wasm_bindgen::prelude::*;
use web_sys::Headers;

#[wasm_bindgen]
extern "C" {
    /// `fetch` of the global object, as it is at the time of the call.
    #[wasm_bindgen(catch)]
    pub(super) fn fetch(url: &str, init: &JsValue) -> Result<JsValue, JsValue>;

    /// The text that a value is converted to, for the eyes of a person.
    #[wasm_bindgen(catch, js_name = String)]
    pub(super) fn string(value: &JsValue) -> Result<String, JsValue>;

    /// `addEventListener` of the global object, which not every runtime has.
    #[wasm_bindgen(catch, js_name = addEventListener)]
    pub(super) fn add_event_listener(event_type: &str, listener: &JsValue) -> Result<(), JsValue>;

    /// `removeEventListener` of the global object.
    #[wasm_bindgen(catch, js_name = removeEventListener)]
    pub(super) fn remove_event_listener(
        event_type: &str,
        listener: &JsValue,
    ) -> Result<(), JsValue>;

    /// A `SecurityPolicyViolationEvent`.
    pub(super) type ViolationEvent;

    #[wasm_bindgen(method, getter, catch, js_name = blockedURI)]
    pub(super) fn blocked_uri(this: &ViolationEvent) -> Result<String, JsValue>;

    #[wasm_bindgen(method, getter, catch, js_name = effectiveDirective)]
    pub(super) fn effective_directive(this: &ViolationEvent) -> Result<String, JsValue>;

    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn disposition(this: &ViolationEvent) -> Result<String, JsValue>;

    /// What the TypeScript class hands over to be told of everything that happens.
    pub type Receiver;

    /// The connection has been announced.
    #[wasm_bindgen(method, catch)]
    pub(super) fn open(this: &Receiver, response: &Response) -> Result<(), JsValue>;

    /// Messages have come, laid out as in [`crate::batch`]. The bytes are a view of the memory of
    /// wasm, to be read before anything else is done. May return a promise: nothing further is
    /// delivered or read before it resolves.
    #[wasm_bindgen(method, catch)]
    pub(super) fn messages(this: &Receiver, batch: &[u8]) -> Result<Option<Promise>, JsValue>;

    /// Comments have come, each with a CR behind it; a view as above.
    #[wasm_bindgen(method, catch)]
    pub(super) fn comments(this: &Receiver, batch: &[u8]) -> Result<(), JsValue>;

    /// The connection has been lost; `detail` tells why, and what comes now.
    #[wasm_bindgen(method, catch)]
    pub(super) fn error(this: &Receiver, detail: &JsValue) -> Result<(), JsValue>;

    /// Whether the device may be online, as far as the browser knows.
    #[wasm_bindgen(method, catch, js_name = isOnline)]
    pub(super) fn is_online(this: &Receiver) -> Result<bool, JsValue>;

    /// What `fetch` resolves to.
    #[derive(Clone)]
    pub(super) type Response;

    #[wasm_bindgen(method, getter, catch, js_name = bodyUsed)]
    pub(super) fn body_used(this: &Response) -> Result<bool, JsValue>;

    /// Empty, or none at all, where a `fetch` of the user's has made up the response.
    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn url(this: &Response) -> Result<Option<String>, JsValue>;

    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn redirected(this: &Response) -> Result<Option<bool>, JsValue>;

    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn status(this: &Response) -> Result<u16, JsValue>;

    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn headers(this: &Response) -> Result<Headers, JsValue>;

    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn body(this: &Response) -> Result<Option<Body>, JsValue>;

    /// The body of a response: a `ReadableStream` of `Uint8Array`s.
    pub(super) type Body;

    #[wasm_bindgen(method, catch, js_name = getReader)]
    pub(super) fn get_reader(this: &Body) -> Result<Reader, JsValue>;

    /// A `ReadableStreamDefaultReader`.
    pub(super) type Reader;

    /// Resolves to an object of the shape of an iterator's result.
    #[wasm_bindgen(method, catch)]
    pub(super) fn read(this: &Reader) -> Result<Promise<IteratorNext>, JsValue>;
}
