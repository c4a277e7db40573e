//! Promises: what the user's functions give, the next task of the event loop, and the reporting of
//! errors that are nobody's to handle.
//!
//! They are promises and not async functions because the code of those is copied into whatever
//! awaits them.

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// What a function of the user's returns, or what the promise that it returns resolves to.
pub(super) fn call(function: &Function, argument: &JsValue) -> Promise {
    match function.call1(&JsValue::UNDEFINED, argument) {
        Ok(result) => Promise::resolve(&result),
        Err(error) => Promise::reject(&error),
    }
}

/// Lets the event loop run its other tasks. (gloo-timers has a future for this, which brings the
/// channels of another crate along.)
pub(super) fn next_task() -> JsFuture {
    JsFuture::from(Promise::new(&mut |resolve, _| {
        Timeout::new(0, move || report(resolve.call0(&JsValue::UNDEFINED).map(drop))).forget();
    }))
}

/// Reports what must not hold up the stream: it becomes an unhandled rejection, of which every
/// runtime tells. The receiver reports what listeners throw by itself.
pub(super) fn report(result: Result<(), JsValue>) {
    if let Err(error) = result {
        let _ = Promise::reject(&error);
    }
}
