//! The surface that is exported to JavaScript, nothing else.

mod decoder;
mod driver;
mod options;
mod policy_watch;
mod request;
mod response;
mod sys;
mod tasks;

use std::rc::Rc;

use wasm_bindgen::prelude::*;

pub use decoder::{Decoder, decoder_input, is_event_stream};
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
        let driver = Driver::new(url, options::parse(&options)?, receiver);
        Rc::clone(&driver).start();
        Ok(Source { driver })
    }

    /// Closes the connection for good, at any time, and frees this object: no callback follows.
    pub fn close(self) {
        self.driver.close();
    }

    /// Puts the connection aside, at any time: no callback follows until it is resumed.
    pub fn suspend(&self) {
        self.driver.suspend();
    }

    /// Connects again, if the connection was put aside.
    pub fn resume(&self) {
        Rc::clone(&self.driver).resume();
    }

    /// Connects again at once, if the connection is waiting to.
    #[wasm_bindgen(js_name = goOnline)]
    pub fn go_online(&self) {
        Rc::clone(&self.driver).go_online();
    }
}
