//! A connection in a browser: what becomes of what the engine tells.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use js_sys::{Array, Error as JsError, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

use super::assembly::Assembly;
use super::builder::HeadersHook;
use super::excerpt::read_excerpt;
use super::json::thrown;
use super::next_task::next_task;
use super::options::{FixedHeaders, driver_options, resolved};
use super::queue::{Excerpt, Queue};
use super::reconnect::{DecideHook, milliseconds};
use super::running::Running;
use super::{Attempt, Decision, Error, Event, EventSourceBuilder, Headers, Loss, Open, ReadyState};
use crate::batch::Batch;
use crate::connection;
use crate::web::driver::Driver;
use crate::web::receiver::{LossEvent, Receiver};
use crate::web::response::status_of;
use crate::web::sys::{Response, now};

/// How long a flood of messages may keep the event loop waiting, in ms.
const LONGEST_TASK: f64 = 50.0;

/// A connection, and what it has told. It is closed when this is dropped.
pub(super) struct Live {
    driver: Rc<Driver>,
    shared: Rc<Shared>,
    /// That of the last message that has been polled.
    polled_id: Arc<str>,
    /// What the engine calls for headers, if the user has given a function.
    _headers: Option<Closure<dyn Fn() -> Promise>>,
}

impl Live {
    pub(super) fn connect(builder: EventSourceBuilder) -> Result<Self, Error> {
        let (url, authorization) = resolved(&builder.url)?;
        let fixed = FixedHeaders::of(&builder, authorization);
        let mut options = driver_options(&builder, url, &fixed)?;
        let decide = builder.reconnect.and_then(|reconnect| reconnect.decide);
        let shared = Rc::new(Shared { decide, ..Shared::default() });
        let headers = builder.headers_hook.map(|hook| asking(&shared, hook, fixed));
        if let Some(headers) = &headers {
            options.request.headers = headers.as_ref().clone();
        }
        Ok(Self {
            driver: Driver::start(options, Box::new(Rc::clone(&shared))),
            shared,
            polled_id: builder.last_event_id.into(),
            _headers: headers,
        })
    }

    pub(super) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Event, Error>>> {
        let (polled, is_full) = {
            let mut queue = self.shared.queue.borrow_mut();
            (queue.poll(context), queue.is_full())
        };
        if !is_full {
            self.shared.make_room();
        }
        if let Poll::Ready(Some(Ok(Event::Message(message)))) = &polled {
            self.polled_id = Arc::clone(message.shared_id());
        }
        polled
    }

    pub(super) fn has_ended(&self) -> bool {
        self.shared.queue.borrow().has_ended()
    }

    pub(super) fn close(&self) {
        self.driver.close();
        self.shared.close();
    }

    pub(super) fn last_event_id(&self) -> String {
        // An ID may have come without a message.
        if self.shared.queue.borrow().is_empty() {
            self.driver.last_event_id()
        } else {
            (*self.polled_id).into()
        }
    }

    pub(super) fn ready_state(&self) -> ReadyState {
        self.driver.ready_state()
    }

    pub(super) fn reconnection_time(&self) -> Duration {
        duration(self.driver.reconnection_time(None))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.close();
    }
}

/// What asks the user's function for the headers of an attempt.
fn asking(
    shared: &Rc<Shared>,
    hook: HeadersHook,
    fixed: FixedHeaders,
) -> Closure<dyn Fn() -> Promise> {
    let shared = Rc::downgrade(shared);
    let fixed = Rc::new(fixed);
    Closure::new(move || {
        let shared = shared.upgrade();
        let attempt = shared.as_ref().and_then(|shared| shared.attempt.take());
        let (Some(shared), Some(attempt)) = (shared, attempt) else {
            return Promise::reject(&JsValue::UNDEFINED);
        };
        let (hook, fixed) = (Rc::clone(&hook), Rc::clone(&fixed));
        shared.run(async move {
            let given = hook(attempt).await.map_err(|error| JsError::new(&error.to_string()))?;
            fixed.with(&given).map(JsValue::from)
        })
    })
}

/// What the engine and the stream have in common.
#[derive(Default)]
struct Shared {
    queue: RefCell<Queue>,
    decide: Option<DecideHook>,
    /// Makes the engine go on reading.
    room: Cell<Option<Function>>,
    /// When the event loop was let in last, in ms.
    let_in_at: Cell<f64>,
    assembly: RefCell<Assembly>,
    attempt: Cell<Option<Attempt>>,
    /// Ends the request of the attempt.
    controller: RefCell<Option<AbortController>>,
    last_loss: RefCell<Option<(Loss, Option<Excerpt>)>>,
    /// What is being read of the response that was refused.
    excerpt: RefCell<Option<Excerpt>>,
    /// Ends the requests whose responses are being read for that.
    reading: RefCell<Vec<AbortController>>,
    /// What is asked of the user.
    running: RefCell<Option<Running>>,
    decision: Cell<Option<Decision>>,
}

impl Shared {
    fn push(&self, event: Result<Event, Error>, excerpt: Option<Excerpt>) {
        let is_last = event.is_err();
        {
            let mut queue = self.queue.borrow_mut();
            queue.push(event, excerpt);
            if is_last {
                queue.end();
            }
        }
        self.wake();
    }

    fn wake(&self) {
        let waker = self.queue.borrow_mut().waker();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn make_room(&self) {
        if let Some(resolve) = self.room.take() {
            // To resolve a promise runs nothing yet.
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    }

    /// Runs a future of the user's, in the place of the one before.
    fn run(&self, future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
        let (running, promise) = Running::start(future);
        let before = self.running.replace(Some(running));
        drop(before);
        promise
    }

    fn close(&self) {
        self.queue.borrow_mut().clear();
        let running = self.running.take();
        drop(running);
        for controller in self.reading.take() {
            controller.abort();
        }
        self.make_room();
        self.wake();
    }

    fn loss(&self, event: &LossEvent) -> Loss {
        let is_thrown = !event.error.is_undefined();
        Loss {
            reason: event.loss.failure,
            attempt: event.loss.attempt,
            retry_in: event.loss.retry_in.map(|delay| Duration::from_millis(delay.into())),
            url: event.url.clone(),
            headers: event.response.as_ref().map(headers_of).unwrap_or_default(),
            body: String::new(),
            cause: is_thrown.then(|| thrown(&event.error)),
            has_sent_id_elsewhere: event.has_sent_id && event.is_cross_origin,
        }
    }

    /// What is known of the body of a response that was refused, and what reads it, unless it is being
    /// read already.
    fn excerpt(
        self: &Rc<Self>,
        response: Option<&Response>,
    ) -> Option<(Excerpt, Option<impl Future<Output = ()> + use<>>)> {
        let response = response?;
        if let Some(excerpt) = self.excerpt.borrow().clone() {
            return Some((excerpt, None));
        }
        let controller = self.controller.borrow().clone()?;
        self.reading.borrow_mut().push(controller.clone());
        let excerpt = Excerpt::default();
        self.excerpt.replace(Some(Excerpt::clone(&excerpt)));
        let (shared, read) = (Rc::downgrade(self), Excerpt::clone(&excerpt));
        let reading = read_excerpt(response, controller.clone());
        let reading = async move {
            // Nobody else sets it.
            let _ = read.set(reading.await);
            if let Some(shared) = shared.upgrade() {
                shared.reading.borrow_mut().retain(|other| *other != controller);
                shared.wake();
            }
        };
        Some((excerpt, Some(reading)))
    }
}

impl Receiver for Rc<Shared> {
    fn attempt(&self, number: u32, last_event_id: &str, controller: &AbortController) -> JsValue {
        let loss = self.last_loss.borrow().clone();
        let loss = loss.map(|(loss, excerpt)| Loss { body: text_of(excerpt.as_ref()), ..loss });
        self.attempt.set(Some(Attempt { number, last_event_id: last_event_id.into(), loss }));
        self.controller.replace(Some(controller.clone()));
        self.excerpt.take();
        JsValue::UNDEFINED
    }

    fn open(&self, response: Option<&Response>, origin: &str) {
        self.assembly.borrow_mut().start_stream(origin);
        // A stream of one's own would have none.
        let Some(response) = response else { return };
        let open = Open {
            url: response.url().ok().and_then(|url| url.as_string()).unwrap_or_default(),
            status: status_of(&response.status().unwrap_or_default()),
            headers: headers_of(response),
        };
        self.push(Ok(Event::Open(open)), None);
    }

    fn deliver(&self, batch: &Batch) -> Option<Promise> {
        let is_full = {
            let mut queue = self.queue.borrow_mut();
            let take = |message| queue.push(Ok(Event::Message(message)), None);
            self.assembly.borrow_mut().read(batch, take);
            queue.is_full()
        };
        self.wake();
        if is_full {
            return Some(Promise::new(&mut |resolve, _| self.room.set(Some(resolve))));
        }
        let now = now();
        if now - self.let_in_at.get() < LONGEST_TASK {
            return None;
        }
        self.let_in_at.set(now);
        Some(next_task())
    }

    fn decide(&self, event: LossEvent) -> JsValue {
        let mut loss = self.loss(&event);
        let (excerpt, reading) = self.excerpt(event.response.as_ref()).unzip();
        let shared = Rc::downgrade(self);
        let decide = self.decide.clone();
        let asking = async move {
            if let Some(reading) = reading.flatten() {
                reading.await;
            }
            loss.body = text_of(excerpt.as_ref());
            if let Some(decide) = decide {
                let decision = decide(loss).await;
                if let Some(shared) = shared.upgrade() {
                    shared.decision.set(Some(decision));
                }
            }
            Ok(JsValue::UNDEFINED)
        };
        self.run(asking).into()
    }

    fn decision(&self, _: Result<JsValue, JsValue>) -> connection::Decision {
        match self.decision.take() {
            Some(Decision::AsUsual) => connection::Decision::Unasked,
            Some(Decision::Retry) => connection::Decision::Continue,
            // A cast saturates.
            Some(Decision::RetryAfter(delay)) => {
                connection::Decision::After(milliseconds(delay) as u32)
            }
            Some(Decision::GiveUp) | None => connection::Decision::GiveUp,
        }
    }

    fn lose(&self, event: LossEvent) {
        if event.is_complete {
            self.queue.borrow_mut().end();
            return self.wake();
        }
        let (excerpt, reading) = self.excerpt(event.response.as_ref()).unzip();
        if let Some(reading) = reading.flatten() {
            spawn_local(reading);
        }
        let loss = self.loss(&event);
        self.last_loss.replace(Some((loss.clone(), excerpt.clone())));
        let is_final = loss.retry_in.is_none();
        let event = if is_final { Err(Error::Lost(loss.into())) } else { Ok(Event::Lost(loss)) };
        self.push(event, excerpt);
    }
}

fn text_of(excerpt: Option<&Excerpt>) -> String {
    excerpt.and_then(|excerpt| excerpt.get()).cloned().unwrap_or_default()
}

fn headers_of(response: &Response) -> Headers {
    let Ok(headers) = response.headers() else { return Headers::default() };
    // Headers are iterated over as pairs.
    let pairs = Array::from(&headers).into_iter().map(|pair| Array::from(&pair));
    let text = |value: JsValue| value.as_string().unwrap_or_default();
    pairs.map(|pair| (text(pair.get(0)), text(pair.get(1)))).collect()
}

/// Of ms.
fn duration(time: f64) -> Duration {
    Duration::try_from_secs_f64(time / 1_000.0).unwrap_or(Duration::MAX)
}
