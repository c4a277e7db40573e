//! Does what [`Connection`] asks, and tells it what happened: `fetch`, the loop that reads the body,
//! timers, abort signals, the user's functions. It decides nothing.
//!
//! Code of the user may run whenever JavaScript is called, and may call back into this object, to
//! close it for example. So no borrow is alive during such a call, and the state that counts is
//! always the one that [`Connection`] has now.
//!
//! An attempt is a task that waits for JavaScript most of the time. When it wakes up, the source may
//! have been closed, suspended, or have timed out, and another attempt may be under way: then its
//! [epoch](Driver::epoch) has passed, and it ends without a word.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{ArrayBuffer, Date, Math, Promise, TypeError, Uint8Array};
use serde::Serialize;
use serde_wasm_bindgen::{preserve, to_value};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, AbortSignal};

use super::options::Options;
use super::policy_watch::PolicyWatch;
use super::request::{Attempt, made_for, probe_init, request};
use super::response::head;
use super::sys::{Body, Receiver, Response};
use super::tasks::{call, next_task, report};
use crate::batch::Batch;
use crate::connection::{Connection, Decision, ResponseHead, State, Step};
use crate::error::Failure;
use crate::reconnection::LONGEST_DELAY;

/// How many bytes are interpreted, and their messages delivered, at a time. JavaScript cuts its
/// strings from the text of one delivery, and engines keep that text alive as long as any of them:
/// this bounds what a kept string costs, and what a `close()` in a listener leaves unused.
const PIECE: u32 = 16 * 1024;

/// How long a flood of messages may keep the event loop waiting, in ms.
const LONGEST_TASK: f64 = 50.0;

/// How long a probe may take, in ms, unless the user has set how long a response may.
const PROBE_TIMEOUT: Option<u32> = Some(10_000);

/// One event source, from its first request until it is closed.
pub(super) struct Driver {
    options: Options,
    receiver: Receiver,
    connection: RefCell<Connection>,
    /// Grows whenever an attempt begins, or is cut short.
    epoch: Cell<u32>,
    /// Aborts the attempt that is under way.
    attempt: RefCell<Option<AbortController>>,
    /// Runs while the server has to do something, to answer or to send a byte.
    deadline: RefCell<Option<Timeout>>,
    reconnection_timer: RefCell<Option<Timeout>>,
    /// What the receiver was told of the last loss, or null.
    last_failure: RefCell<JsValue>,
}

/// How an attempt ended.
struct End {
    step: Step,
    /// What JavaScript threw, or `undefined`.
    cause: JsValue,
    /// The response that was refused, if one was.
    response: Option<Response>,
}

/// What the receiver, and the user's functions, are told of a loss.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailureDetail {
    reason: &'static str,
    status: Option<u16>,
    /// The number of the attempt among those in a row that have failed, from 1 on.
    attempt: u32,
    /// The delay in ms before the next attempt; null where there will be none.
    #[serde(with = "preserve")]
    retry_in: JsValue,
    #[serde(with = "preserve")]
    error: JsValue,
    #[serde(with = "preserve")]
    response: JsValue,
}

impl Driver {
    pub(super) fn new(url: String, options: Options, receiver: Receiver) -> Rc<Self> {
        Rc::new(Self {
            connection: RefCell::new(Connection::new(url, &options.connection)),
            options,
            receiver,
            epoch: Cell::default(),
            attempt: RefCell::default(),
            deadline: RefCell::default(),
            reconnection_timer: RefCell::default(),
            last_failure: RefCell::new(JsValue::NULL),
        })
    }

    /// Sends a request, soon: nothing happens before the caller has returned.
    pub(super) fn start(self: Rc<Self>) {
        spawn_local(self.run_attempt());
    }

    /// Closes the connection, whatever it is doing.
    pub(super) fn close(&self) {
        self.connection.borrow_mut().close();
        self.stop();
    }

    /// Puts the connection aside, whatever it is doing.
    pub(super) fn suspend(&self) {
        self.connection.borrow_mut().suspend();
        self.stop();
    }

    /// Connects again, if the connection was put aside.
    pub(super) fn resume(self: Rc<Self>) {
        let connects = self.connection.borrow_mut().resume();
        if connects {
            self.start();
        }
    }

    /// Connects again, if the connection is waiting to.
    pub(super) fn go_online(self: Rc<Self>) {
        let connects = self.connection.borrow_mut().handle_online();
        if connects {
            self.reconnection_timer.take();
            self.start();
        }
    }

    async fn run_attempt(self: Rc<Self>) {
        if self.connection.borrow().state() != State::Connecting {
            return;
        }
        let epoch = self.next_epoch();
        let mut batch = Batch::new();
        let end = match AbortController::new() {
            Ok(controller) => {
                let signal = controller.signal();
                self.attempt.replace(Some(controller));
                self.arm_deadline(self.options.connect_timeout, Failure::ConnectTimeout);
                self.fetch_and_read(epoch, &signal, &mut batch).await
            }
            Err(cause) => Some(self.fail(Failure::Network, cause)),
        };
        if let Some(end) = end {
            // A task of its own, so that its code is not copied into this one.
            spawn_local(self.conclude(epoch, end));
        }
    }

    /// One attempt, from its request to the end of its body. Returns how it ended, unless its epoch
    /// has passed.
    async fn fetch_and_read(
        self: &Rc<Self>,
        epoch: u32,
        signal: &AbortSignal,
        batch: &mut Batch,
    ) -> Option<End> {
        let obstacle = self.connection.borrow().obstacle();
        if let Some(failure) = obstacle {
            // No event comes before the task is over that the source was made in.
            let _ = next_task().await;
            return self.is_now(epoch).then(|| self.fail(failure, JsValue::UNDEFINED));
        }
        let response = self.fetch(epoch, signal).await;
        if !self.is_now(epoch) {
            return None;
        }
        let response = match response {
            Ok(response) => response,
            Err((failure, cause)) => return Some(self.fail(failure, cause)),
        };
        let head = match head(&response) {
            Ok(head) => head,
            Err(cause) => return Some(self.fail(Failure::Network, cause)),
        };
        let step = self.connection.borrow_mut().handle_response(
            ResponseHead {
                status: head.status,
                content_type: head.content_type.as_deref(),
                retry_after: head.retry_after,
            },
            Date::now(),
            Math::random(),
        );
        if step != Step::Announce {
            return Some(End { step, cause: JsValue::UNDEFINED, response: Some(response) });
        }
        if let Some(url) = head.redirected_to {
            self.connection.borrow_mut().handle_redirect(&url);
        }
        self.arm_deadline(self.options.idle_timeout, Failure::IdleTimeout);
        report(self.receiver.open(&response));
        match head.body {
            Some(body) => self.read(epoch, &body, batch).await,
            None => Some(self.fail(Failure::Ended, JsValue::UNDEFINED)),
        }
    }

    async fn fetch(
        &self,
        epoch: u32,
        signal: &AbortSignal,
    ) -> Result<Response, (Failure, JsValue)> {
        let (url, attempt) = {
            let connection = self.connection.borrow();
            let attempt = Attempt {
                number: connection.failures() + 1,
                last_event_id: connection.last_event_id(),
                failure: self.last_failure.borrow().clone(),
            };
            (connection.url().to_owned(), attempt)
        };
        let id = attempt.last_event_id.clone();
        let made = match made_for(&self.options.request, &attempt) {
            Ok(promise) => JsFuture::from(promise).await,
            Err(cause) => Err(cause),
        };
        let (url, init) = made
            .and_then(|made| request(&self.options.request, &url, &id, &made, signal.clone()))
            .map_err(|cause| (Failure::Request, cause))?;
        if !self.is_now(epoch) {
            // Closed while a function of the user's ran. A `fetch` of the user's may not look at
            // the signal.
            return Err((Failure::Network, JsValue::UNDEFINED));
        }
        let policy = PolicyWatch::new(&url);
        let response = match self.options.request.fetch(&url, &init) {
            Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await,
            Err(cause) => Err(cause),
        };
        match response {
            Ok(response) => Ok(response.unchecked_into()),
            Err(cause) => {
                // The event of a violation has a task of its own, which may come after the failure.
                let _ = next_task().await;
                let blocked = policy.has_blocked();
                Err((if blocked { Failure::Blocked } else { Failure::Network }, cause))
            }
        }
    }

    async fn read(self: &Rc<Self>, epoch: u32, body: &Body, batch: &mut Batch) -> Option<End> {
        let mut piece = vec![0; PIECE as usize];
        let mut busy = 0.0;
        let reader = match body.get_reader() {
            Ok(reader) => reader,
            Err(cause) => return Some(self.fail(Failure::Network, cause)),
        };
        loop {
            let result = match reader.read() {
                Ok(result) => JsFuture::from(result).await,
                Err(cause) => Err(cause),
            };
            if !self.is_now(epoch) {
                return None;
            }
            let chunk = match result {
                Ok(result) if result.done() => {
                    return Some(self.fail(Failure::Ended, JsValue::UNDEFINED));
                }
                Ok(result) => result.value(),
                Err(cause) => return Some(self.fail(Failure::Network, cause)),
            };
            // Not by `instanceof`: a `fetch` of another realm has a `Uint8Array` of its own.
            if !ArrayBuffer::is_view(&chunk) {
                let cause = TypeError::new("a chunk of the body is no Uint8Array");
                return Some(self.fail(Failure::Network, cause.into()));
            }
            let chunk: Uint8Array = chunk.unchecked_into();
            self.arm_deadline(self.options.idle_timeout, Failure::IdleTimeout);

            let end = self.handle_chunk(epoch, &chunk, &mut piece, batch, &mut busy).await;
            if end.is_some() || !self.is_now(epoch) {
                return end;
            }
        }
    }

    /// Interprets a chunk and delivers its messages. Returns how the attempt ended, if it did. `busy`
    /// is how long the event loop has been kept waiting, in ms; it may go on between two pieces, as
    /// slow listeners make a chunk, which can be large, last for seconds.
    async fn handle_chunk(
        self: &Rc<Self>,
        epoch: u32,
        chunk: &Uint8Array,
        piece: &mut [u8],
        batch: &mut Batch,
        busy: &mut f64,
    ) -> Option<End> {
        let length = chunk.length();
        for start in (0..length).step_by(PIECE as usize) {
            let before = Date::now();
            let end = length.min(start + PIECE);
            let piece = &mut piece[..(end - start) as usize];
            chunk.subarray(start, end).copy_to(piece);

            let step = self.connection.borrow_mut().handle_chunk(piece, batch);
            if step == Step::Ignore {
                return None;
            }
            if !batch.remarks().is_empty() {
                report(self.receiver.comments(batch.remarks()));
            }
            let hold = match batch.finished() {
                [] => Ok(None),
                messages => self.receiver.messages(messages),
            };
            batch.clear_finished();
            if step != Step::Deliver {
                return Some(End { step, cause: JsValue::UNDEFINED, response: None });
            }
            match hold {
                Ok(None) => {}
                Ok(Some(hold)) => {
                    // It is the reader that is slow, and not the server.
                    self.deadline.take();
                    let _ = JsFuture::from(hold).await;
                    if !self.is_now(epoch) {
                        return None;
                    }
                    self.arm_deadline(self.options.idle_timeout, Failure::IdleTimeout);
                    *busy = 0.0;
                    continue;
                }
                Err(error) => report(Err(error)),
            }
            *busy += Date::now() - before;
            if *busy >= LONGEST_TASK {
                let _ = next_task().await;
                *busy = 0.0;
            }
            if !self.is_now(epoch) {
                return None;
            }
        }
        None
    }

    fn fail(&self, failure: Failure, cause: JsValue) -> End {
        let step =
            self.connection.borrow_mut().handle_failure(failure, Date::now(), Math::random());
        End { step, cause, response: None }
    }

    /// Finds out what follows from the end of an attempt, and tells the receiver.
    async fn conclude(self: Rc<Self>, epoch: u32, end: End) {
        self.deadline.take();
        let End { mut step, cause, response } = end;
        if step == Step::Probe {
            self.arm_deadline(self.options.connect_timeout.or(PROBE_TIMEOUT), Failure::Network);
            let answers = self.probe().await;
            if !self.is_now(epoch) {
                return;
            }
            self.deadline.take();
            step = self.connection.borrow_mut().handle_probe(answers, Date::now(), Math::random());
        }
        if let Step::Decide { failure, delay } = step {
            let detail = self.detail(failure, delay, &cause, response.as_ref());
            let decision = self.decide(&detail).await;
            if !self.is_now(epoch) {
                return;
            }
            step = self.connection.borrow_mut().handle_decision(decision);
        }
        let (failure, retry_in) = match step {
            Step::Reestablish { failure, delay } => (failure, Some(delay)),
            Step::Fail { failure } => (failure, None),
            _ => return,
        };
        if let Some(delay) = retry_in {
            let driver = Rc::clone(&self);
            let timer = Timeout::new(delay, move || driver.handle_timer());
            self.reconnection_timer.replace(Some(timer));
        }
        // From here on, whoever closes the source does not take the response from the listeners.
        let controller = self.attempt.take();
        let detail = self.detail(failure, retry_in, &cause, response.as_ref());
        self.last_failure.replace(detail.clone());
        report(self.receiver.error(&detail));
        if response.is_some() {
            // Time for whoever awaits the event to begin to read the body.
            let _ = next_task().await;
        }
        let is_being_read = response.is_some_and(|it| it.body_used().unwrap_or(false));
        if let Some(controller) = controller.filter(|_| !is_being_read) {
            // Only this frees the connection of a body that has not been read to its end.
            // DIFFERENCE: where the fetch was redirected, nothing does in Firefox, until its page
            // is left.
            controller.abort();
        }
    }

    fn detail(
        &self,
        failure: Failure,
        retry_in: Option<u32>,
        cause: &JsValue,
        response: Option<&Response>,
    ) -> JsValue {
        let detail = FailureDetail {
            reason: failure.reason(),
            status: match failure {
                Failure::Status(status) => Some(status),
                _ => None,
            },
            attempt: self.connection.borrow().failures().max(1),
            retry_in: retry_in.map_or(JsValue::NULL, JsValue::from),
            error: cause.clone(),
            response: response.map_or(JsValue::UNDEFINED, |it| it.clone().into()),
        };
        // Nothing in it can fail to be serialised.
        to_value(&detail).unwrap_or_default()
    }

    /// Whether anything answers at the URL, to a page that may not read it.
    async fn probe(&self) -> bool {
        let url = self.connection.borrow().url().to_owned();
        let Ok(controller) = AbortController::new() else {
            return false;
        };
        let promise = probe_init(&self.options.request, controller.signal())
            .and_then(|init| self.options.request.fetch(&url, &init));
        self.attempt.replace(Some(controller));
        match promise {
            Ok(promise) => JsFuture::from(Promise::resolve(&promise)).await.is_ok(),
            Err(_) => false,
        }
    }

    /// Asks the user. Whatever is no decision is reported, and means to give up.
    async fn decide(&self, detail: &JsValue) -> Decision {
        let Some(decide) = &self.options.decide else {
            return Decision::GiveUp;
        };
        match JsFuture::from(call(decide, detail)).await {
            Ok(answer) => match (answer.as_bool(), answer.as_f64()) {
                (Some(true), _) => Decision::Continue,
                (Some(false), _) => Decision::GiveUp,
                // A cast saturates.
                (_, Some(delay)) if delay >= 0.0 => {
                    Decision::After((delay as u32).min(LONGEST_DELAY))
                }
                _ => {
                    let error = TypeError::new(
                        "reconnect.decide: must return a boolean or a delay in ms, 0 or more",
                    );
                    report(Err(error.into()));
                    Decision::GiveUp
                }
            },
            Err(error) => {
                report(Err(error));
                Decision::GiveUp
            }
        }
    }

    fn handle_timer(self: Rc<Self>) {
        let online = self.receiver.is_online().unwrap_or(true);
        let connects = self.connection.borrow_mut().handle_timer(online);
        if connects {
            self.start();
        }
    }

    /// Starts the timer anew, if the user wants one.
    fn arm_deadline(self: &Rc<Self>, timeout: Option<u32>, failure: Failure) {
        let deadline = timeout.map(|timeout| {
            let driver = Rc::clone(self);
            Timeout::new(timeout, move || driver.handle_deadline(failure))
        });
        self.deadline.replace(deadline);
    }

    fn handle_deadline(self: Rc<Self>, failure: Failure) {
        let end = self.fail(failure, JsValue::UNDEFINED);
        self.cut_short();
        let epoch = self.epoch.get();
        spawn_local(self.conclude(epoch, end));
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
