//! The surface that is exported to JavaScript, nothing else.

mod decoder;
mod driver;
mod exchange;
mod options;
mod sys;

use std::rc::Rc;

use wasm_bindgen::prelude::*;

pub use decoder::{Decoder, is_event_stream};
use driver::Driver;
pub use exchange::input;
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
    /// `receiver`. `options` is a row of numbers, whose order `options.rs` tells; `page_origin` is the
    /// origin of the page, if a refusal by CORS is to be told from a network error, or empty.
    #[wasm_bindgen(constructor)]
    pub fn connect(
        url: String,
        options: &[f64],
        last_event_id: String,
        page_origin: String,
        receiver: Receiver,
    ) -> Source {
        let options = options::parse(options, last_event_id, page_origin);
        let driver = Driver::new(url, options, receiver);
        Rc::clone(&driver).start();
        Source { driver }
    }

    /// Interprets the first `length` bytes of the [buffer for the input](exchange::input), which are
    /// the next ones of the body. Returns how many bytes of finished messages there are, in the layout
    /// of [`crate::batch`], twice, and one more if all of them are ASCII; the complement of that if the
    /// body is to be read no further. Their address is at the beginning of the buffer then, in four
    /// bytes, the least significant first; they are there until the next call for any stream.
    pub fn interpret(&self, length: usize) -> isize {
        self.driver.interpret(length)
    }

    /// Tells of the comments, each with a CR behind it, if they are kept: how many bytes they have, and
    /// their address as above.
    pub fn remarks(&self) -> usize {
        self.driver.messages().remarks()
    }

    /// Frees this object, which is closed. Nothing of it may be running: who aborts a request runs the
    /// listeners of its signal, and they may close the source.
    pub fn release(self) {}

    /// Tells the connection of what it does not see itself, at any time, by the place of a [`Signal`].
    pub fn signal(&self, signal: u32) {
        self.driver.handle_signal(match signal {
            0 => Signal::Suspend,
            1 => Signal::Resume,
            2 => Signal::GoOnline,
            3 => Signal::BeBusy,
            4 => Signal::BeReady,
            _ => Signal::Close,
        });
    }
}

/// What a connection is told by its source. One function for all: each takes 150 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The page is put aside: no callback follows until it is resumed.
    Suspend,
    /// The page is back: connect again, if it was put aside.
    Resume,
    /// The device is online: connect again at once, if that is waited for.
    GoOnline,
    /// Nothing is read for a while, as the messages are not wanted yet.
    BeBusy,
    /// They are wanted again.
    BeReady,
    /// The source is closed for good: no callback follows.
    Close,
}
