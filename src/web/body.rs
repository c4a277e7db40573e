//! Reads the body of a response.
//!
//! Two closures serve a whole body: those that hear what the reader gives, or fails with. A future
//! for each chunk would make two for each.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::chunk::{Chunk, bytes};
use super::promise::then;
use super::sys::{ReadResult, Reader, Thenable, promise_of};

/// What is done with a body.
pub(super) trait Consumer {
    /// Takes the next piece of a chunk.
    fn take(&self, chunk: &mut Chunk) -> Taken;
    /// Told that nothing is read while it is busy, and when it no longer is.
    fn set_busy(&self, is_busy: bool);
    /// Told that the body has ended, or what it has failed with.
    fn end(&self, result: Result<(), JsValue>);
}

/// What has become of a piece.
pub(super) enum Taken {
    /// There was none left in the chunk.
    Nothing,
    /// Its messages are delivered.
    Delivered,
    /// They are, and nothing further is to be read before this settles.
    Busy(Promise),
    /// Nothing further is to be read.
    Enough,
}

/// A body that is being read, until it ends or [`Body::cancel`].
pub(super) struct Body {
    this: Weak<Self>,
    reader: Reader,
    consumer: Box<dyn Consumer>,
    is_over: Cell<bool>,
    /// Whether the reader has still to answer.
    is_asked: Cell<bool>,
    /// What hears the reader. They hold this object until it is over: a closure that is called after it
    /// has been dropped throws.
    hearing: RefCell<Option<Rc<Hearing>>>,
    /// What is left of a chunk while the consumer is busy.
    left: RefCell<Option<Chunk>>,
    /// What hears that it no longer is, from the first time on. JavaScript owns it: what it waits for may
    /// never settle.
    on_idle: OnceCell<JsValue>,
}

/// What hears a result, and what hears an error.
type Hearing = [Closure<dyn Fn(JsValue)>; 2];

impl Body {
    /// Begins to read what a reader gives.
    pub(super) fn read(reader: Reader, consumer: Box<dyn Consumer>) -> Rc<Self> {
        let body = Rc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            reader,
            consumer,
            is_over: Cell::new(false),
            is_asked: Cell::new(false),
            hearing: RefCell::default(),
            left: RefCell::default(),
            on_idle: OnceCell::new(),
        });
        let (on_result, on_error) = (Rc::clone(&body), Rc::clone(&body));
        body.hearing.replace(Some(Rc::new([
            Closure::new(move |result| on_result.handle_answer(Ok(result))),
            Closure::new(move |error| on_error.handle_answer(Err(error))),
        ])));
        body.ask();
        body
    }

    /// Reads no further, and has the stream let go of its source.
    pub(super) fn cancel(&self) {
        if self.finish()
            && let Ok(cancelled) = self.reader.cancel()
        {
            // Fails as the stream has failed, which nobody needs to hear.
            then(&cancelled, |_| ());
        }
    }

    /// Asks the reader for the next chunk.
    fn ask(&self) {
        // Cloned, as the reader may run the user's code.
        let hearing = self.hearing.borrow().clone();
        let Some(hearing) = hearing else { return };
        let [on_result, on_error] = &*hearing;
        self.is_asked.set(true);
        // A reader of the user's may give what calls back at once, or twice; a promise does neither. One of
        // the browser's own stays what it is.
        let answer = self.reader.read().and_then(|answer| promise_of(&answer));
        let heard = answer.and_then(|answer| {
            let answer: &Thenable = answer.unchecked_ref();
            answer.then(on_result.as_ref(), on_error.as_ref())
        });
        if let Err(error) = heard {
            self.is_asked.set(false);
            self.end(Err(error));
        }
    }

    fn handle_answer(&self, answer: Result<JsValue, JsValue>) {
        self.is_asked.set(false);
        if self.is_over.get() {
            drop(self.hearing.take());
            return;
        }
        match answer.and_then(chunk_of) {
            Ok(Some(chunk)) => self.feed(chunk),
            Ok(None) => self.end(Ok(())),
            Err(error) => self.end(Err(error)),
        }
    }

    /// Has a chunk taken, piece by piece, and then asks for the next one.
    fn feed(&self, mut chunk: Chunk) {
        while !self.is_over.get() {
            match self.consumer.take(&mut chunk) {
                Taken::Delivered if chunk.is_spent() => return self.ask(),
                Taken::Delivered => {}
                Taken::Nothing => return self.ask(),
                Taken::Busy(busy) => return self.wait(&busy, chunk),
                Taken::Enough => return,
            }
        }
    }

    fn wait(&self, busy: &Promise, chunk: Chunk) {
        self.consumer.set_busy(true);
        self.left.replace(Some(chunk));
        let on_idle = self.on_idle.get_or_init(|| {
            let body = Weak::clone(&self.this);
            Closure::<dyn Fn(JsValue)>::new(move |_| {
                if let Some(body) = body.upgrade() {
                    body.go_on();
                }
            })
            .into_js_value()
        });
        let busy = promise_of(busy).unwrap_or_else(|error| Promise::reject(&error));
        // A promise of the browser's own, whose `then` throws nothing.
        let _ = busy.unchecked_ref::<Thenable>().then(on_idle, on_idle);
    }

    fn go_on(&self) {
        let left = self.left.take();
        if let (Some(chunk), false) = (left, self.is_over.get()) {
            self.consumer.set_busy(false);
            self.feed(chunk);
        }
    }

    fn end(&self, result: Result<(), JsValue>) {
        if self.finish() {
            self.consumer.end(result);
        }
    }

    /// Returns whether it was not over before.
    fn finish(&self) -> bool {
        if !self.is_asked.get() {
            drop(self.hearing.take());
        }
        !self.is_over.replace(true)
    }
}

/// What a reader has answered: a chunk, or that there is none left. With a chunk, no stream says that.
fn chunk_of(answer: JsValue) -> Result<Option<Chunk>, JsValue> {
    let answer: ReadResult = answer.unchecked_into();
    match bytes(answer.value()?) {
        Ok(bytes) => Ok(Some(Chunk::of(bytes))),
        Err(_) if answer.done()?.is_truthy() => Ok(None),
        Err(value) => Chunk::new(value).map(Some),
    }
}
