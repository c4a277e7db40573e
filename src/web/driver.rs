//! Does what [`Connection`] asks, and tells it what happened: `fetch`, the loop that reads the body,
//! the reconnection timer, the abort signal. It decides nothing.
//!
//! Code of the user may run whenever JavaScript is called, and may call back into this object, to
//! close it for example. So no borrow is alive during such a call, and the state that counts is
//! always the one that [`Connection`] has now.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Date, Math, Promise, TypeError, Uint8Array};
use serde::Serialize;
use serde_wasm_bindgen::{preserve, to_value};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, AbortSignal};

use super::options::RequestOptions;
use super::policy_watch::PolicyWatch;
use super::request::request_init;
use super::sys::{self, Body, Receiver, Response};
use crate::batch::Batch;
use crate::connection::{Connection, ConnectionOptions, State, Step};
use crate::error::Failure;

/// How many bytes are interpreted, and their messages delivered, at a time. JavaScript cuts its
/// strings from the text of one delivery, and engines keep that text alive as long as any of them:
/// this bounds what a kept string costs, and what a `close()` in a listener leaves unused.
const PIECE: u32 = 16 * 1024;

/// How long a flood of messages may keep the event loop waiting, in ms.
const LONGEST_TASK: f64 = 50.0;

/// One event source, from its first request until it is closed.
pub(super) struct Driver {
    request: RequestOptions,
    receiver: Receiver,
    connection: RefCell<Connection>,
    /// Aborts the attempt that is under way.
    attempt: RefCell<Option<AbortController>>,
    reconnection_timer: RefCell<Option<Timeout>>,
}

/// How an attempt ended, with what JavaScript threw, or `undefined`.
struct End {
    step: Step,
    cause: JsValue,
}

/// What the receiver is told of a lost connection.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorDetail {
    reason: &'static str,
    status: Option<u16>,
    /// The delay in ms before the next attempt; none where there will be none.
    retry_in: Option<u32>,
    /// What JavaScript threw, or `undefined`.
    #[serde(with = "preserve")]
    error: JsValue,
}

impl Driver {
    pub(super) fn new(
        url: String,
        request: RequestOptions,
        connection: &ConnectionOptions,
        receiver: Receiver,
    ) -> Rc<Self> {
        Rc::new(Self {
            request,
            receiver,
            connection: RefCell::new(Connection::new(url, connection)),
            attempt: RefCell::default(),
            reconnection_timer: RefCell::default(),
        })
    }

    /// Sends a request, soon: nothing happens before the caller has returned.
    pub(super) fn start(self: Rc<Self>) {
        spawn_local(self.run_attempt());
    }

    /// Closes the connection, whatever it is doing.
    pub(super) fn close(&self) {
        self.connection.borrow_mut().close();
        self.reconnection_timer.take();
        self.abort();
    }

    async fn run_attempt(self: Rc<Self>) {
        if self.connection.borrow().state() == State::Closed {
            return;
        }
        let mut batch = Batch::new();
        let end = match AbortController::new() {
            Ok(controller) => {
                let signal = controller.signal();
                self.attempt.replace(Some(controller));
                self.fetch_and_read(signal, &mut batch).await
            }
            Err(cause) => self.fail(Failure::Network, cause),
        };
        // Only this frees the connection of a body that has not been read to its end. DIFFERENCE:
        // where the fetch was redirected, nothing does in Firefox, until its page is left.
        self.abort();
        self.conclude(end);
    }

    /// One attempt, from its request to the end of its body.
    async fn fetch_and_read(&self, signal: AbortSignal, batch: &mut Batch) -> End {
        let obstacle = self.connection.borrow().obstacle();
        if let Some(failure) = obstacle {
            // No event comes before the task is over that the source was made in.
            yield_to_event_loop().await;
            return self.fail(failure, JsValue::UNDEFINED);
        }
        let response = match self.fetch(signal).await {
            Ok(response) => response,
            Err((failure, cause)) => return self.fail(failure, cause),
        };
        let Head { status, content_type, redirected_to, body } = match head(&response) {
            Ok(head) => head,
            Err(cause) => return self.fail(Failure::Network, cause),
        };
        let step = self.connection.borrow_mut().handle_response(
            status,
            content_type.as_deref(),
            Date::now(),
        );
        if step != Step::Announce {
            return End { step, cause: JsValue::UNDEFINED };
        }
        if let Some(url) = redirected_to {
            self.connection.borrow_mut().handle_redirect(&url);
        }
        report(self.receiver.open(&response));
        match body {
            Some(body) => self.read(&body, batch).await,
            None => self.fail(Failure::Ended, JsValue::UNDEFINED),
        }
    }

    async fn fetch(&self, signal: AbortSignal) -> Result<Response, (Failure, JsValue)> {
        let url = self.connection.borrow().url().to_owned();
        let policy = PolicyWatch::new(&url);
        match self.response(&url, signal).await {
            Ok(response) => Ok(response),
            Err(cause) => {
                // The event of a violation has a task of its own, which may come after the failure.
                yield_to_event_loop().await;
                let blocked = policy.has_blocked();
                Err((if blocked { Failure::Blocked } else { Failure::Network }, cause))
            }
        }
    }

    async fn response(&self, url: &str, signal: AbortSignal) -> Result<Response, JsValue> {
        let last_event_id = self.connection.borrow().last_event_id();
        let init = request_init(&self.request, &last_event_id, signal)?;
        let response = Promise::resolve(&sys::fetch(url, &init)?);
        Ok(JsFuture::from(response).await?.unchecked_into())
    }

    async fn read(&self, body: &Body, batch: &mut Batch) -> End {
        let mut piece = vec![0; PIECE as usize];
        let mut busy = 0.0;
        let reader = match body.get_reader() {
            Ok(reader) => reader,
            Err(cause) => return self.fail(Failure::Network, cause),
        };
        loop {
            let result = match reader.read() {
                Ok(result) => JsFuture::from(result).await,
                Err(cause) => Err(cause),
            };
            let chunk = match result {
                Ok(result) if result.done() => {
                    return self.fail(Failure::Ended, JsValue::UNDEFINED);
                }
                Ok(result) => result.value().dyn_into::<Uint8Array>(),
                Err(cause) => return self.fail(Failure::Network, cause),
            };
            let Ok(chunk) = chunk else {
                let cause = TypeError::new("a chunk of the body is no Uint8Array");
                return self.fail(Failure::Network, cause.into());
            };

            let before = Date::now();
            if let Some(end) = self.handle_chunk(&chunk, &mut piece, batch) {
                return end;
            }
            busy += Date::now() - before;
            if busy >= LONGEST_TASK {
                yield_to_event_loop().await;
                busy = 0.0;
            }
        }
    }

    /// Interprets a chunk and delivers its messages. Returns how the attempt ended, if it did.
    fn handle_chunk(&self, chunk: &Uint8Array, piece: &mut [u8], batch: &mut Batch) -> Option<End> {
        let length = chunk.length();
        for start in (0..length).step_by(PIECE as usize) {
            let end = length.min(start + PIECE);
            let piece = &mut piece[..(end - start) as usize];
            chunk.subarray(start, end).copy_to(piece);

            let step = self.connection.borrow_mut().handle_chunk(piece, batch);
            if step == Step::Ignore {
                return Some(End { step, cause: JsValue::UNDEFINED });
            }
            if !batch.finished().is_empty() {
                report(self.receiver.messages(batch.finished()));
                batch.clear_finished();
            }
            if step != Step::Deliver {
                return Some(End { step, cause: JsValue::UNDEFINED });
            }
        }
        None
    }

    fn fail(&self, failure: Failure, cause: JsValue) -> End {
        let (now, random) = (Date::now(), Math::random());
        let step = self.connection.borrow_mut().handle_failure(failure, now, random);
        End { step, cause }
    }

    fn conclude(self: Rc<Self>, End { step, cause }: End) {
        let (failure, retry_in) = match step {
            Step::Reestablish { failure, delay } => (failure, Some(delay)),
            Step::Fail { failure } => (failure, None),
            Step::Ignore | Step::Announce | Step::Deliver => return,
        };
        if let Some(delay) = retry_in {
            let driver = Rc::clone(&self);
            let timer = Timeout::new(delay, move || driver.handle_timer());
            self.reconnection_timer.replace(Some(timer));
        }
        let detail = ErrorDetail {
            reason: failure.reason(),
            status: match failure {
                Failure::Status(status) => Some(status),
                _ => None,
            },
            retry_in,
            error: cause,
        };
        report(to_value(&detail).map_err(JsValue::from).and_then(|it| self.receiver.error(it)));
    }

    fn handle_timer(self: Rc<Self>) {
        if self.connection.borrow_mut().handle_timer() {
            self.start();
        }
    }

    fn abort(&self) {
        if let Some(controller) = self.attempt.take() {
            controller.abort();
        }
    }
}

/// What there is to know of a response.
struct Head {
    status: u16,
    content_type: Option<String>,
    /// Its URL, if redirects have led there.
    redirected_to: Option<String>,
    body: Option<Body>,
}

fn head(response: &Response) -> Result<Head, JsValue> {
    Ok(Head {
        content_type: response.headers()?.get("Content-Type")?,
        status: response.status()?,
        redirected_to: if response.redirected()? == Some(true) { response.url()? } else { None },
        body: response.body()?,
    })
}

/// Lets the event loop run its other tasks. (gloo-timers has a future for this, which brings the
/// channels of another crate along.)
async fn yield_to_event_loop() {
    let promise = Promise::new(&mut |resolve, _| {
        Timeout::new(0, move || report(resolve.call0(&JsValue::UNDEFINED).map(drop))).forget();
    });
    // Nobody rejects it.
    let _ = JsFuture::from(promise).await;
}

/// The receiver reports what listeners throw. Should it throw all the same, the stream goes on, and
/// the error becomes an unhandled rejection, which every runtime reports.
fn report(result: Result<(), JsValue>) {
    if let Err(error) = result {
        let _ = Promise::reject(&error);
    }
}
