//! Does what [`Connection`] asks, and tells it what happened: requests, the bytes of bodies, timers,
//! abort signals, the user's decisions. It decides nothing.
//!
//! Code of the user may run whenever JavaScript is called, and may call back into this object, to
//! close it for example. So no borrow is alive during such a call, and the state that counts is
//! always the one that [`Connection`] has now.
//!
//! An attempt is a task that waits for one promise of JavaScript after another. When it wakes up,
//! the source may have been closed, suspended, or have timed out, and another attempt may be under
//! way: then its [epoch](Driver::epoch) has passed, and it ends without a word. What it does between
//! two promises are plain functions: an async one is compiled to several times the code.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Date, Math, Promise};
use serde_wasm_bindgen::to_value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, AbortSignal};

use super::Signal;
use super::exchange::Messages;
use super::sys::{Answer, Receiver, number};
use crate::connection::{Connection, ConnectionOptions, Decision, ResponseHead, State, Step};
use crate::error::Failure;
use crate::reconnection::LONGEST_DELAY;

/// How long a probe may take, in ms, where the user lets a response take longer.
const PROBE_TIMEOUT: f64 = 10_000.0;

/// One event source, from its first request until it is closed.
pub(super) struct Driver {
    receiver: Receiver,
    timeouts: Timeouts,
    connection: RefCell<Connection>,
    /// Grows whenever an attempt begins, or is cut short.
    epoch: Cell<u32>,
    /// Aborts the attempt that is under way.
    attempt: RefCell<Option<AbortController>>,
    /// Runs while the server has to do something, to answer or to send a byte.
    deadline: RefCell<Option<Timeout>>,
    reconnection_timer: RefCell<Option<Timeout>>,
    messages: Messages,
    /// What ended the body that is being read, if it was no event of the network.
    end_of_body: Cell<Option<Step>>,
}

/// What the clock asks of a server, in ms; infinity is no limit.
pub(super) struct Timeouts {
    /// How long a response may take.
    pub(super) connect: f64,
    /// How long a stream may be silent.
    pub(super) idle: f64,
}

/// What an attempt waits for.
enum Wait {
    /// The response.
    Response,
    /// The end of the body, which JavaScript reads.
    Body,
    /// Whether anything answers without CORS.
    Probe,
    /// The user's decision.
    Decision,
    /// Whether somebody reads the body of the response that was refused.
    Listeners(AbortController),
}

/// The promise that an attempt waits for next; nothing when it is over.
type Next = Option<(Promise, Wait)>;

impl Driver {
    pub(super) fn new(
        options: ConnectionOptions,
        timeouts: Timeouts,
        receiver: Receiver,
    ) -> Rc<Self> {
        Rc::new(Self {
            receiver,
            timeouts,
            connection: RefCell::new(Connection::new(options)),
            epoch: Cell::default(),
            attempt: RefCell::default(),
            deadline: RefCell::default(),
            reconnection_timer: RefCell::default(),
            messages: Messages::default(),
            end_of_body: Cell::default(),
        })
    }

    /// Sends a request, soon: nothing happens before the caller has returned.
    pub(super) fn start(self: Rc<Self>) {
        spawn_local(self.run(None));
    }

    /// Does what a signal asks for, whatever the connection is doing.
    pub(super) fn handle_signal(self: &Rc<Self>, signal: Signal) {
        let connects = match signal {
            Signal::Suspend => {
                self.connection.borrow_mut().suspend();
                self.stop();
                false
            }
            Signal::Close => {
                self.connection.borrow_mut().close();
                self.stop();
                false
            }
            Signal::Resume => self.connection.borrow_mut().resume(),
            Signal::GoOnline => self.connection.borrow_mut().handle_online(),
            // Stops the clock for a silent server, or starts it anew: whoever is slow now is not the
            // server.
            Signal::BeBusy | Signal::BeReady => {
                let is_busy = signal == Signal::BeBusy;
                let timeout = if is_busy { f64::INFINITY } else { self.timeouts.idle };
                self.set_deadline(timeout, Failure::IdleTimeout);
                false
            }
        };
        if connects {
            self.reconnection_timer.take();
            Rc::clone(self).start();
        }
    }

    /// One attempt, from its request to what follows from its end; or, after a failure that the clock
    /// has found, what follows from that.
    async fn run(self: Rc<Self>, failure: Option<Failure>) {
        match failure {
            None if self.connection.borrow().state() != State::Connecting => return,
            None => {}
            // First of all: what is under way ends without a word, and what follows may begin a probe.
            Some(_) => self.cut_short(),
        }
        let epoch = self.next_epoch();
        let mut next = match failure {
            None => self.send(),
            Some(failure) => self.fail(failure),
        };
        // From promise to promise, until the attempt is over, or its epoch has passed.
        while let Some((promise, wait)) = next {
            let result = JsFuture::from(promise).await;
            if let Wait::Listeners(controller) = wait {
                // Only this frees the connection of a body that has not been read to its end.
                // DIFFERENCE: where the fetch was redirected, nothing does in Firefox, until its
                // page is left.
                if !report(result).is_some_and(|is_being_read| number(&is_being_read) > 0.0) {
                    controller.abort();
                }
                return;
            }
            if !self.is_now(epoch) {
                return;
            }
            next = match wait {
                Wait::Response => self.handle_response(result),
                Wait::Body => self.handle_end_of_body(result.is_ok()),
                Wait::Probe => self.handle_probe(result.is_ok()),
                Wait::Decision => self.handle_decision(result.unwrap_or_default()),
                Wait::Listeners(_) => None,
            };
        }
    }

    /// Sends the request of an attempt.
    fn send(self: &Rc<Self>) -> Next {
        let (number, last_event_id) = {
            let connection = self.connection.borrow();
            (connection.failures() + 1, connection.last_event_id().to_owned())
        };
        let signal = self.begin(self.timeouts.connect, Failure::ConnectTimeout);
        Some((self.receiver.fetch(number, &last_event_id, &signal), Wait::Response))
    }

    /// Looks at the head of a response.
    fn handle_response(self: &Rc<Self>, result: Result<JsValue, JsValue>) -> Next {
        let answer: Answer = match result {
            Ok(answer) => answer.unchecked_into(),
            Err(reason) => {
                return self.fail(Failure::of_request(number(&reason)));
            }
        };
        let step = self.connection.borrow_mut().handle_response(
            ResponseHead {
                status: answer.status(),
                is_event_stream: answer.is_event_stream(),
                // A cast saturates, and makes zero of NaN.
                retry_after: answer.retry_after() as u32,
            },
            Date::now(),
            Math::random(),
        );
        if step != Step::Announce {
            return self.conclude(step);
        }
        self.set_deadline(self.timeouts.idle, Failure::IdleTimeout);
        self.messages.clear();
        Some((self.receiver.open(), Wait::Body))
    }

    /// Interprets the first `length` bytes of the buffer for the input, which are the next ones of
    /// the body. Returns what [`Messages::interpret`] does.
    pub(super) fn interpret(self: &Rc<Self>, length: usize) -> isize {
        self.set_deadline(self.timeouts.idle, Failure::IdleTimeout);
        self.messages.interpret(length, |bytes, batch| {
            let step = self.connection.borrow_mut().handle_chunk(bytes, batch);
            let may_follow = step == Step::Deliver;
            if !may_follow {
                self.end_of_body.set(Some(step));
            }
            may_follow
        })
    }

    fn handle_end_of_body(self: &Rc<Self>, has_ended: bool) -> Next {
        match self.end_of_body.take() {
            Some(step) => self.conclude(step),
            None => self.fail(if has_ended { Failure::Ended } else { Failure::Network }),
        }
    }

    fn fail(self: &Rc<Self>, failure: Failure) -> Next {
        let step =
            self.connection.borrow_mut().handle_failure(failure, Date::now(), Math::random());
        self.conclude(step)
    }

    /// Finds out what follows from the end of an attempt, and tells the receiver.
    fn conclude(self: &Rc<Self>, step: Step) -> Next {
        self.deadline.take();
        let (failure, retry_in) = match step {
            Step::Probe => return self.probe(),
            Step::Decide { failure, delay } => {
                let detail = self.detail(failure, delay);
                return Some((self.receiver.decide(&detail), Wait::Decision));
            }
            Step::Reestablish { failure, delay } => (failure, Some(delay)),
            Step::Fail { failure } => (failure, None),
            _ => return None,
        };
        if let Some(delay) = retry_in {
            self.reconnection_timer.replace(Some(self.timer(delay, None)));
        }
        // From here on, whoever closes the source does not take the response from the listeners.
        let controller = self.attempt.take();
        let is_being_read = self.receiver.error(&self.detail(failure, retry_in));
        Some((is_being_read, Wait::Listeners(controller?)))
    }

    /// Asks whether anything answers at the URL, to a page that may not read it.
    fn probe(self: &Rc<Self>) -> Next {
        let signal = self.begin(self.timeouts.connect.min(PROBE_TIMEOUT), Failure::Network);
        Some((self.receiver.probe(&signal), Wait::Probe))
    }

    fn handle_probe(self: &Rc<Self>, answers: bool) -> Next {
        let step = self.connection.borrow_mut().handle_probe(answers, Date::now(), Math::random());
        self.conclude(step)
    }

    /// What the user has decided, as TypeScript has checked it.
    fn handle_decision(self: &Rc<Self>, answer: JsValue) -> Next {
        let decision = match number(&answer) {
            // A cast saturates.
            delay if delay >= 0.0 => Decision::After(delay as u32),
            other if other.is_nan() => Decision::GiveUp,
            _ => Decision::Continue,
        };
        let step = self.connection.borrow_mut().handle_decision(decision);
        self.conclude(step)
    }

    /// What the receiver is told of a loss: the number of the reason, the status if that is why or 0,
    /// the number of the attempt among those in a row that have failed, and the delay in ms before
    /// the next one, or NaN if there is none.
    fn detail(&self, failure: Failure, retry_in: Option<u32>) -> JsValue {
        let status = match failure {
            Failure::Status(status) => f64::from(status),
            _ => 0.0,
        };
        let attempt = self.connection.borrow().failures().max(1);
        // Numbers, because for texts and the names of members serde-wasm-bindgen has much more code.
        // Nothing in it can fail to be serialised.
        to_value(&[
            f64::from(failure.number()),
            status,
            f64::from(attempt),
            retry_in.map_or(f64::NAN, f64::from),
        ])
        .unwrap_or_default()
    }

    /// Begins a request, which the server has so long to answer. Returns the signal that ends it.
    fn begin(self: &Rc<Self>, timeout: f64, failure: Failure) -> AbortSignal {
        self.set_deadline(timeout, failure);
        // This never throws, so that there is no code for what to do then.
        let controller = AbortController::new().unwrap_or_else(JsCast::unchecked_into);
        let signal = controller.signal();
        self.attempt.replace(Some(controller));
        signal
    }

    /// Starts the deadline anew, if there is one.
    fn set_deadline(self: &Rc<Self>, timeout: f64, failure: Failure) {
        // A cast saturates.
        let timer = timeout.is_finite().then(|| self.timer(timeout as u32, Some(failure)));
        self.deadline.replace(timer);
    }

    /// A timer whose time comes for a failure, if there is one, and for the next attempt otherwise.
    fn timer(self: &Rc<Self>, delay: u32, failure: Option<Failure>) -> Timeout {
        let driver = Rc::clone(self);
        Timeout::new(delay.min(LONGEST_DELAY), move || driver.handle_timer(failure))
    }

    /// Not a part of the closure, of which there are two copies.
    #[inline(never)]
    fn handle_timer(self: Rc<Self>, failure: Option<Failure>) {
        if failure.is_some() || self.is_next_attempt_due() {
            spawn_local(self.run(failure));
        }
    }

    /// The time has come for the next attempt, if the device is online.
    fn is_next_attempt_due(&self) -> bool {
        let online = self.receiver.is_online();
        self.connection.borrow_mut().handle_timer(online)
    }

    /// Ends everything that is under way.
    fn stop(&self) {
        self.reconnection_timer.take();
        self.deadline.take();
        self.cut_short();
    }

    /// Ends the attempt that is under way.
    fn cut_short(&self) {
        self.next_epoch();
        if let Some(controller) = self.attempt.take() {
            controller.abort();
        }
    }

    fn next_epoch(&self) -> u32 {
        self.epoch.replace(self.epoch.get().wrapping_add(1)).wrapping_add(1)
    }

    fn is_now(&self, epoch: u32) -> bool {
        self.epoch.get() == epoch
    }
}

/// Reports what must not hold up the stream: it becomes an unhandled rejection, of which every
/// runtime tells. The receiver reports what listeners throw by itself.
fn report(result: Result<JsValue, JsValue>) -> Option<JsValue> {
    result.map_err(|error| drop(Promise::reject(&error))).ok()
}
