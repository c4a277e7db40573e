//! Waiting for promises by plain functions: an async one is compiled to several times the code.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::sys::{Thenable, promise_of};

/// What a promise comes to.
pub(super) type Settled = Result<JsValue, JsValue>;

/// Calls `settle` with what the value comes to, if it is a promise, or else with the value itself.
/// That is never now, but in a microtask at the earliest.
///
/// The two closures belong to the promise: where it never settles, the garbage collector frees them
/// with it. So they must not hold what the promise is to outlive.
pub(super) fn then(value: &JsValue, settle: impl FnOnce(Settled) + 'static) {
    then_boxed(value, Box::new(settle));
}

fn then_boxed(value: &JsValue, settle: Box<dyn FnOnce(Settled)>) {
    let settle: Once = Rc::new(Cell::new(Some(settle)));
    let promise = match promise_of(value) {
        Ok(promise) => promise,
        Err(error) => js_sys::Promise::reject(&error),
    };
    // A promise of the browser's own, whose `then` throws nothing.
    let _ =
        promise.unchecked_ref::<Thenable>().then(&closure(&settle, true), &closure(&settle, false));
}

/// What is called by whichever of two closures comes first.
type Once = Rc<Cell<Option<Box<dyn FnOnce(Settled)>>>>;

fn closure(settle: &Once, is_fulfilled: bool) -> JsValue {
    let settle = Rc::clone(settle);
    Closure::<dyn Fn(JsValue)>::new(move |value| {
        if let Some(settle) = settle.take() {
            settle(if is_fulfilled { Ok(value) } else { Err(value) });
        }
    })
    .into_js_value()
}
