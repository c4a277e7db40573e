//! Watches for a Content Security Policy that blocks a request.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::sys::{ViolationEvent, add_event_listener, remove_event_listener};
use crate::security_policy::Violation;

const EVENT: &str = "securitypolicyviolation";

/// Listens from its creation until it is dropped.
#[must_use]
pub(super) struct PolicyWatch {
    has_blocked: Rc<Cell<bool>>,
    listener: Closure<dyn Fn(ViolationEvent)>,
}

impl PolicyWatch {
    /// Watches for a request for `url`.
    pub(super) fn new(url: &str) -> Self {
        let has_blocked = Rc::new(Cell::new(false));
        let (noted, url) = (Rc::clone(&has_blocked), url.to_owned());
        let listener = Closure::new(move |event| {
            if violation(&event).is_ok_and(|violation| violation.blocks(&url)) {
                noted.set(true);
            }
        });
        // The events bubble up from the document; in a worker they are fired at the global object.
        // A runtime that has no such method has no policies either.
        let _ = add_event_listener(EVENT, listener.as_ref());
        Self { has_blocked, listener }
    }

    /// Whether the request has been blocked, as far as the page has been told.
    pub(super) fn has_blocked(&self) -> bool {
        self.has_blocked.get()
    }
}

impl Drop for PolicyWatch {
    fn drop(&mut self) {
        let _ = remove_event_listener(EVENT, self.listener.as_ref());
    }
}

fn violation(event: &ViolationEvent) -> Result<Violation, JsValue> {
    Ok(Violation {
        blocked_uri: event.blocked_uri()?,
        effective_directive: event.effective_directive()?,
        disposition: event.disposition()?,
    })
}
