//! The surface that is exported to JavaScript, nothing else.

mod decoder;
mod driver;
mod exchange;
mod options;
mod sys;

use std::rc::Rc;

use wasm_bindgen::prelude::*;

pub use decoder::Decoder;
use driver::{Driver, Timeouts};
pub use exchange::input;
pub use sys::Receiver;

use crate::connection::ConnectionOptions;
use crate::reconnection::Policy;

#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// The engine behind one `EventSource`.
#[wasm_bindgen]
pub struct Source {
    driver: Rc<Driver>,
}

#[wasm_bindgen]
impl Source {
    /// Connects, soon after this returns. What happens is told to `receiver`.
    ///
    /// The options have been checked: see [`ConnectionOptions`] and [`Policy`]. `max_event_size` is in
    /// bytes, `max_attempts` a number of attempts in a row; `strategy` and `jitter` are places in the lists
    /// of `read-options.ts`. All other numbers but `factor` are times in ms. Infinity is a limit that has
    /// not been set.
    ///
    /// They are many parameters, and not the members of an object: to read one of those crosses the
    /// boundary with its name, and the deserializer of serde-wasm-bindgen links the texts of its errors,
    /// the formatting of floats included, which are more than all the rest of this crate.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::too_many_arguments)]
    pub fn connect(
        receiver: Receiver,
        last_event_id: String,
        statuses: Vec<u16>,
        asks_the_user: bool,
        keeps_comments: bool,
        max_event_size: f64,
        connect_timeout: f64,
        idle_timeout: f64,
        strategy: u32,
        factor: f64,
        jitter: u32,
        delay: f64,
        min_delay: f64,
        max_delay: f64,
        max_attempts: f64,
        reset_after: f64,
    ) -> Source {
        let options = ConnectionOptions {
            reconnection: Policy {
                strategy: options::strategy(strategy, factor),
                jitter: options::jitter(jitter),
                delay,
                min_delay,
                max_delay,
                max_attempts,
                reset_after,
            },
            last_event_id: last_event_id.into_bytes(),
            // A cast saturates.
            max_event_size: max_event_size as usize,
            statuses,
            asks_the_user,
            keeps_comments,
        };
        let timeouts = Timeouts { connect: connect_timeout, idle: idle_timeout };
        let driver = Driver::new(options, timeouts, receiver);
        Rc::clone(&driver).start();
        Source { driver }
    }

    /// Interprets the first `length` bytes of the [buffer for the input](exchange::input), which are
    /// the next ones of the body. Returns how many bytes there are to be read, in the layout of
    /// [`crate::batch`], twice, and one more if the first 64 of them are ASCII; the complement of that if
    /// the body is to be read no further. The buffer for the input tells then where they are; they are
    /// there until the next call for any stream. It begins with three numbers of four bytes each, the
    /// least significant first: the address of the batch, that of the comments, if they are kept, each
    /// with a CR behind it, and how many bytes the comments have.
    pub fn interpret(&self, length: usize) -> isize {
        self.driver.interpret(length)
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
