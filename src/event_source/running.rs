//! Futures of the user's, which end with what waits for them.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

type Boxed = Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>;

/// A future that runs; it is dropped with this. What is left of its task then goes with its wakers.
pub(super) struct Running(Rc<Slot>);

#[derive(Default)]
struct Slot {
    /// Taken out while it is polled, since it may drop what holds it.
    future: Cell<Option<Boxed>>,
    is_over: Cell<bool>,
}

impl Running {
    /// Runs a future, which begins after the caller has returned, and returns a promise of what it
    /// comes to.
    pub(super) fn start(
        future: impl Future<Output = Result<JsValue, JsValue>> + 'static,
    ) -> (Self, Promise) {
        let slot = Rc::new(Slot::default());
        slot.future.set(Some(Box::pin(future)));
        let running = Self(Rc::clone(&slot));
        let promise = future_to_promise(poll_fn(move |context| {
            let Some(mut future) = slot.future.take() else { return Poll::Pending };
            let result = future.as_mut().poll(context);
            if result.is_pending() && !slot.is_over.get() {
                slot.future.set(Some(future));
            }
            result
        }));
        (running, promise)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.is_over.set(true);
        drop(self.0.future.take());
    }
}
