//! What web-sys does not declare, or declares without `catch`.
//!
//! The methods here can run the user's code, listeners for example. So they are declared with `catch`:
//! an exception that passes through a wasm frame unseen leaves it half done. The getters are those of
//! objects that the receiver has made, and cannot throw.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

#[wasm_bindgen]
extern "C" {
    /// What the TypeScript class hands over: it sends the requests, and is told of everything that
    /// happens.
    pub type Receiver;

    /// Sends the request of an attempt. `number` counts the attempts in a row, from 1 on; the last
    /// event ID is a view of the memory of wasm, to be decoded at once. Resolves to an [`Answer`], or
    /// rejects with a [`Refusal`].
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

    /// The connection has been announced: begin to read the body of the response. Returns a promise
    /// that resolves at its end, if it has one, and rejects with what its reader throws.
    #[wasm_bindgen(method, catch)]
    pub(super) fn open(this: &Receiver, response: &JsValue) -> Result<Option<Promise>, JsValue>;

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
    #[wasm_bindgen(method, getter)]
    pub(super) fn reason(this: &Refusal) -> String;

    /// What was thrown.
    #[wasm_bindgen(method, getter)]
    pub(super) fn error(this: &Refusal) -> JsValue;

    /// A response, and what there is to know of it before its body is read.
    pub(super) type Answer;

    /// What `fetch` has resolved to, which is the user's to look at.
    #[wasm_bindgen(method, getter)]
    pub(super) fn response(this: &Answer) -> JsValue;

    #[wasm_bindgen(method, getter)]
    pub(super) fn status(this: &Answer) -> u16;

    /// The header `Content-Type`, empty if there is none.
    #[wasm_bindgen(method, getter, js_name = contentType)]
    pub(super) fn content_type(this: &Answer) -> String;

    /// The header `Retry-After`, likewise.
    #[wasm_bindgen(method, getter, js_name = retryAfter)]
    pub(super) fn retry_after(this: &Answer) -> String;

    /// Its URL, if redirects have led there.
    #[wasm_bindgen(method, getter, js_name = redirectedTo)]
    pub(super) fn redirected_to(this: &Answer) -> Option<String>;
}
