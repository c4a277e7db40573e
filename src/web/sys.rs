//! What web-sys does not declare, or declares without `catch`.
//!
//! Everything here can run the user's code: listeners behind the receiver's methods, a `fetch` that
//! a page has replaced, a `Response` that such a `fetch` has made up. So everything is declared
//! with `catch`: an exception that passes through a wasm frame unseen leaves it half done.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Headers};

#[wasm_bindgen]
extern "C" {
    /// What the TypeScript class hands over: it sends the requests, and is told of everything that
    /// happens.
    pub type Receiver;

    /// Sends the request of an attempt. `number` counts the attempts in a row, from 1 on; the last
    /// event ID is a view of the memory of wasm, to be decoded at once. Resolves to a [`Response`], or rejects with a [`Refusal`].
    #[wasm_bindgen(method, catch)]
    pub(super) fn fetch(
        this: &Receiver,
        url: &str,
        number: u32,
        last_event_id: &[u8],
        signal: &AbortSignal,
    ) -> Result<Promise, JsValue>;

    /// Sends a request for the same URL that succeeds whenever anything answers.
    #[wasm_bindgen(method, catch)]
    pub(super) fn probe(
        this: &Receiver,
        url: &str,
        signal: &AbortSignal,
    ) -> Result<Promise, JsValue>;

    /// Asks the user whether to go on. Resolves to a boolean or to a delay in ms.
    #[wasm_bindgen(method, catch)]
    pub(super) fn decide(
        this: &Receiver,
        detail: &JsValue,
        cause: &JsValue,
        response: &JsValue,
    ) -> Result<Promise, JsValue>;

    /// The connection has been announced.
    #[wasm_bindgen(method, catch)]
    pub(super) fn open(this: &Receiver, response: &Response) -> Result<(), JsValue>;

    /// Messages have come, laid out as in [`crate::batch`]. The bytes are a view of the memory of
    /// wasm, to be read before anything else is done. Where a promise is returned, no more are
    /// wanted until it is settled.
    #[wasm_bindgen(method, catch)]
    pub(super) fn messages(this: &Receiver, batch: &[u8]) -> Result<Option<Promise>, JsValue>;

    /// Comments have come, each with a CR behind it; a view as above.
    #[wasm_bindgen(method, catch)]
    pub(super) fn comments(this: &Receiver, batch: &[u8]) -> Result<(), JsValue>;

    /// The connection has been lost: why, what was thrown, and the response that was refused, the
    /// latter two `undefined` where there is none. A promise that is returned resolves to whether
    /// somebody reads the body of the response.
    #[wasm_bindgen(method, catch)]
    pub(super) fn error(
        this: &Receiver,
        detail: &JsValue,
        cause: &JsValue,
        response: &JsValue,
    ) -> Result<Option<Promise>, JsValue>;

    /// Whether the device may be online, as far as the browser knows.
    #[wasm_bindgen(method, catch, js_name = isOnline)]
    pub(super) fn is_online(this: &Receiver) -> Result<bool, JsValue>;

    /// Why there is no response.
    pub(super) type Refusal;

    /// `network`, `blocked` or `request`.
    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn reason(this: &Refusal) -> Result<String, JsValue>;

    /// What was thrown.
    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn error(this: &Refusal) -> Result<JsValue, JsValue>;

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
    pub(super) fn read(this: &Reader) -> Result<Promise, JsValue>;
}
