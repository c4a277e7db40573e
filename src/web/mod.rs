//! The surface that is exported to JavaScript, nothing else.

mod driver;
mod options;
mod policy_watch;
mod request;
mod sys;

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use driver::Driver;
pub use sys::Receiver;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

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
