//! Whom the engine works for.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::sys::Response;
use crate::batch::Batch;
use crate::connection::{Decision, Loss};

/// What is told of everything that happens to a connection, and asked what only the user can say.
///
/// Each of these may run the user's code, which may close the connection. None of them throws.
pub(crate) trait Receiver {
    /// An attempt begins, the one of this number among those in a row. `controller` ends it, for when
    /// this engine can no longer do it. Returns what the user's functions for headers and body are called
    /// with.
    fn attempt(&self, number: u32, last_event_id: &str, controller: &AbortController) -> JsValue;
    /// The connection is established; `origin` is that of its messages. There is no response to a stream
    /// of the user's own.
    fn open(&self, response: Option<&Response>, origin: &str);
    /// Messages have come. Returns what to wait for before further ones are read, if that is not now.
    fn deliver(&self, batch: &Batch) -> Option<Promise>;
    /// The server has changed the reconnection time, which is told in ms.
    fn set_reconnection_time(&self, _time: f64) {}
    /// Asks the user whether to go on. Returns a promise of what [`Receiver::decision`] takes.
    fn decide(&self, event: LossEvent) -> JsValue;
    /// What the user has said.
    fn decision(&self, answer: Result<JsValue, JsValue>) -> Decision;
    /// The connection is lost, or was never established.
    fn lose(&self, event: LossEvent);
}

/// A loss, and what came with it.
pub(crate) struct LossEvent {
    pub(crate) loss: Loss,
    /// Whether nothing more was to come, so that this is no failure to whoever reads to the end.
    pub(crate) is_complete: bool,
    /// The URL that was asked.
    pub(crate) url: String,
    /// Whether that is of another origin than the page.
    pub(crate) is_cross_origin: bool,
    /// Whether the request had a last event ID.
    pub(crate) has_sent_id: bool,
    /// The response that was refused.
    pub(crate) response: Option<Response>,
    /// What was thrown.
    pub(crate) error: JsValue,
}
