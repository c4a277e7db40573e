//! The surface that is exported to JavaScript, nothing else.

mod driver;
mod options;
mod policy_watch;
mod request;
mod sys;

use std::cell::RefCell;
use std::panic;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;

use driver::Driver;
pub use sys::Receiver;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

thread_local! {
    static PANIC_CALLBACK: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Calls `callback` if this instance panics. None of its exports may be called after that: a panic
/// does not unwind, so whatever was under way is left half done.
#[wasm_bindgen(js_name = onPanic)]
pub fn on_panic(callback: Function) {
    PANIC_CALLBACK.replace(Some(callback));
    panic::set_hook(Box::new(|_| {
        if let Some(callback) = PANIC_CALLBACK.take() {
            // Should it throw, there is nobody left to tell.
            let _ = callback.call0(&JsValue::UNDEFINED);
        }
    }));
}

/// The engine behind one `EventSource`.
#[wasm_bindgen]
pub struct Source {
    driver: Rc<Driver>,
}

#[wasm_bindgen]
impl Source {
    /// Connects to `url`, which is absolute, soon after this returns. What happens is told to
    /// `receiver`. Throws a `TypeError` or a `RangeError` that names the option that is wrong.
    #[wasm_bindgen(constructor)]
    pub fn new(url: String, options: JsValue, receiver: Receiver) -> Result<Source, JsValue> {
        let (request, connection) = options::parse(&options)?;
        let driver = Driver::new(url, request, &connection, receiver);
        Rc::clone(&driver).start();
        Ok(Source { driver })
    }

    /// Closes the connection for good, at any time, and frees this object: no callback follows.
    pub fn close(self) {
        self.driver.close();
    }
}
