//! Whether the Content Security Policy of a page is why its request failed.
//!
//! `fetch` does not tell: it rejects as it does for a lost network. But the page is told of each
//! violation (<https://w3c.github.io/webappsec-csp/#violation-events>), and while a lost network may
//! come back, a policy stays as it is.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::lifecycle::until;
use super::sys;
use crate::origin::stripped_for_reports;

const EVENT: &str = "securitypolicyviolation";

/// How long after the failure of a request its event may come, in ms; in Firefox it does.
pub(super) const GRACE: f64 = 50.0;

#[wasm_bindgen]
extern "C" {
    /// A `SecurityPolicyViolationEvent`.
    type Violation;
    #[wasm_bindgen(method, getter, structural)]
    fn disposition(this: &Violation) -> String;
    #[wasm_bindgen(method, getter, structural, js_name = effectiveDirective)]
    fn effective_directive(this: &Violation) -> String;
    #[wasm_bindgen(method, getter, structural, js_name = blockedURI)]
    fn blocked_uri(this: &Violation) -> String;
}

/// Watches for a policy that blocks the request for a URL, until it is dropped or the signal of the
/// request is aborted.
pub(super) struct PolicyWatch {
    listener: Closure<dyn Fn(JsValue)>,
    has_blocked: Rc<Cell<bool>>,
    /// Whether there may be policies here: a runtime that has no such events has none.
    is_possible: bool,
}

impl PolicyWatch {
    pub(super) fn new(url: &str, signal: &AbortSignal) -> Self {
        let has_blocked = Rc::new(Cell::new(false));
        let told = Rc::clone(&has_blocked);
        let reported = stripped_for_reports(url).to_owned();
        // The events bubble up from the document; in a worker they are fired at the global object.
        let listener = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            let event: Violation = event.unchecked_into();
            if event.disposition() == "enforce"
                && event.effective_directive() == "connect-src"
                && event.blocked_uri() == reported
            {
                told.set(true);
            }
        });
        let is_possible = sys::add_event_listener(EVENT, listener.as_ref(), &until(signal)).is_ok();
        Self { listener, has_blocked, is_possible }
    }

    /// Whether the request has been blocked, as far as has been told.
    pub(super) fn has_blocked(&self) -> bool {
        self.has_blocked.get()
    }

    /// Whether it may still be told.
    pub(super) fn may_tell(&self) -> bool {
        self.is_possible
    }
}

impl Drop for PolicyWatch {
    fn drop(&mut self) {
        let _ = sys::remove_event_listener(EVENT, self.listener.as_ref());
    }
}
