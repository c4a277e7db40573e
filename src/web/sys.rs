//! What the engine asks of the TypeScript class, and what it gets from it.
//!
//! The methods here can run the user's code, listeners for example. Those that do are async functions,
//! so that an exception is a rejection: one that passes through a wasm frame unseen leaves it half
//! done. The getters are those of objects that the receiver has made, and cannot throw.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

#[wasm_bindgen]
extern "C" {
    /// A value of JavaScript, as a number.
    #[wasm_bindgen(js_name = Number)]
    pub(super) fn number(value: &JsValue) -> f64;

    /// What the TypeScript class hands over: it sends the requests, and is told of everything that
    /// happens.
    pub type Receiver;

    /// Sends the request of an attempt. `number` counts the attempts in a row, from 1 on; the last
    /// event ID is a view of the memory of wasm, to be decoded at once. Resolves to an [`Answer`], or
    /// rejects with the [number](crate::error::Failure::number) of a reason.
    #[wasm_bindgen(method)]
    pub(super) fn fetch(
        this: &Receiver,
        number: u32,
        last_event_id: &[u8],
        signal: &AbortSignal,
    ) -> Promise;

    /// Sends a request to the same URL that succeeds whenever anything answers.
    #[wasm_bindgen(method)]
    pub(super) fn probe(this: &Receiver, signal: &AbortSignal) -> Promise;

    /// Asks the user whether to go on. Resolves to a delay in ms, to a negative number where the policy
    /// is to say, or to NaN to give up.
    #[wasm_bindgen(method)]
    pub(super) fn decide(this: &Receiver, detail: &JsValue) -> Promise;

    /// The connection has been announced: begin to read the body of the response. Resolves at its
    /// end, and rejects if it cannot be read to it.
    #[wasm_bindgen(method)]
    pub(super) fn open(this: &Receiver) -> Promise;

    /// The connection has been lost, and why. Resolves to whether somebody reads the body of the
    /// response that was refused.
    #[wasm_bindgen(method)]
    pub(super) fn error(this: &Receiver, detail: &JsValue) -> Promise;

    /// Whether the device may be online, as far as the browser knows.
    #[wasm_bindgen(method, js_name = isOnline)]
    pub(super) fn is_online(this: &Receiver) -> bool;

    /// What there is to know of a response before its body is read. The response itself, its headers,
    /// and what is thrown stay with the receiver.
    pub(super) type Answer;

    #[wasm_bindgen(method, getter)]
    pub(super) fn status(this: &Answer) -> u16;

    /// Whether its type is that of event streams.
    #[wasm_bindgen(method, getter, js_name = isEventStream)]
    pub(super) fn is_event_stream(this: &Answer) -> bool;

    /// The delay in ms that its header `Retry-After` asks for, or NaN.
    #[wasm_bindgen(method, getter, js_name = retryAfter)]
    pub(super) fn retry_after(this: &Answer) -> f64;
}
