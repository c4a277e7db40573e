//! One attempt: all that is to end with it, in one place.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::body::Body;
use super::clock::{Deadline, timer};
use super::policy_watch::PolicyWatch;
use super::sys::Response;

/// An attempt, from its request until the next one begins.
pub(super) struct Attempt {
    controller: AbortController,
    /// What the server has to do in time: to answer, or to send a byte.
    pub(super) deadline: RefCell<Option<Rc<Deadline>>>,
    pub(super) policy: RefCell<Option<PolicyWatch>>,
    /// The response that was refused.
    response: RefCell<Option<Response>>,
    /// Whether somebody has cloned it.
    is_cloned: Rc<Cell<bool>>,
    pub(super) body: RefCell<Option<Rc<Body>>>,
    /// What was thrown; undefined if nothing was.
    pub(super) error: RefCell<JsValue>,
    pub(super) has_sent_id: Cell<bool>,
}

impl Attempt {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Self {
            controller: new_controller(),
            deadline: RefCell::default(),
            policy: RefCell::default(),
            response: RefCell::default(),
            is_cloned: Rc::default(),
            body: RefCell::default(),
            error: RefCell::default(),
            has_sent_id: Cell::default(),
        })
    }

    /// What ends its request.
    pub(super) fn controller(&self) -> &AbortController {
        &self.controller
    }

    /// Keeps a response that was refused, for listeners that want to read it. They may clone it first,
    /// of which Firefox leaves no trace: the body of a response of the browser's own stays unlocked.
    pub(super) fn refuse(&self, response: Response) {
        let clone = response.clone_method().ok().and_then(|it| it.dyn_into::<Function>().ok());
        if let Some(clone) = clone {
            let (is_cloned, original) = (Rc::clone(&self.is_cloned), response.clone());
            let told = Closure::<dyn Fn() -> Result<JsValue, JsValue>>::new(move || {
                is_cloned.set(true);
                clone.call0(&original)
            });
            // Where it cannot be replaced, nobody is told.
            let _ = response.set_clone_method(&told.into_js_value());
        }
        self.response.replace(Some(response));
    }

    /// The response that was refused.
    pub(super) fn response(&self) -> Option<Response> {
        self.response.borrow().clone()
    }

    /// Ends whatever of it is under way. Runs the listeners of the signal, which may be the user's.
    ///
    /// Only aborting frees the connection of a body that has not been read to its end, in Firefox;
    /// only cancelling frees that of a body that does not look at the signal.
    ///
    /// DIFFERENCE: where the fetch was redirected, nothing does in Firefox, until its page is left.
    pub(super) fn end(&self) {
        self.deadline.take();
        self.policy.take();
        let body = self.body.take();
        self.controller.abort();
        if let Some(body) = body {
            body.cancel();
        }
    }

    /// Ends it, unless there is a response that listeners may read.
    pub(super) fn settle(&self) {
        self.deadline.take();
        if self.response.borrow().is_none() {
            self.end();
        }
    }

    /// Ends it soon, unless somebody has begun to read the response by then. Whatever happens to the
    /// source, nothing takes it from them.
    pub(super) fn leave_to_listeners(self: Rc<Self>) {
        let Some(response) = self.response.take() else { return };
        timer(0.0, move || {
            let is_read = response.body().is_ok_and(|body| {
                body.is_some_and(|it| it.locked().is_ok_and(|it| it.is_truthy()))
            });
            if !is_read && !self.is_cloned.get() {
                self.end();
            }
        })
        .forget();
    }
}

/// Makes a controller.
pub(super) fn new_controller() -> AbortController {
    // This never throws, so that there is no code for what to do then.
    AbortController::new().unwrap_or_else(JsCast::unchecked_into)
}
