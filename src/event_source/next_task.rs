//! A task of its own for what comes next.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::MessageChannel;

/// Resolves once the event loop has been let in.
///
/// The task is a message, since browsers hold up timers: those of a hidden page run once a second or
/// more seldom.
pub(super) fn next_task() -> Promise {
    Promise::new(&mut |resolve, _| {
        let resolve = move || drop(resolve.call0(&JsValue::UNDEFINED));
        let Ok(channel) = MessageChannel::new() else { return resolve() };
        let port = channel.port1();
        let hearing = port.clone();
        let on_message = Closure::once_into_js(move || {
            hearing.close();
            resolve();
        });
        port.set_onmessage(Some(on_message.unchecked_ref()));
        // This fails only for what cannot be cloned.
        let _ = channel.port2().post_message(&JsValue::NULL);
    })
}
