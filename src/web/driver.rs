//! Does what [`Connection`] asks, and tells it what happened: requests, responses, bodies, timers, the
//! page that comes and goes, the user's decisions. It decides nothing.
//!
//! Code of the user may run whenever JavaScript is called, and may call back into this object, to close
//! it for example. So no borrow is alive during such a call, and the state that counts is always the
//! one that [`Connection`] has now.
//!
//! What is under way belongs to one [`Attempt`]. To begin one ends the one before it; what comes for
//! another than the current one comes too late, and is dropped. Whatever waits for JavaScript holds
//! this object weakly: where a promise never settles, it goes all the same.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::{Array, Date};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

use super::attempt::{Attempt, new_controller};
use super::body::{Body, Consumer, Taken};
use super::chunk::{Chunk, Messages};
use super::clock::{Deadline, moment, timer};
use super::lifecycle::{Lifecycle, Signal, is_hidden, seems_offline};
use super::policy_watch::{GRACE, PolicyWatch};
use super::promise::{Settled, then};
use super::receiver::{LossEvent, Receiver};
use super::request::{LastEventId, RequestOptions, Requests};
use super::response::Head;
use super::sys::{Reader, Response, now};
use crate::connection::{
    Connection, ConnectionOptions, Loss, ProbeAnswer, ReadyState, ResponseHead, Standing, State,
    Step,
};
use crate::error::Failure;
use crate::last_event_id::text;
use crate::origin::can_be_fetched;

/// How long a probe may take, in ms, where the user lets a response take longer.
const PROBE_TIMEOUT: f64 = 10_000.0;

/// What a source is to do, beside what [`ConnectionOptions`] say.
pub(crate) struct DriverOptions {
    pub(crate) connection: ConnectionOptions,
    pub(crate) request: RequestOptions,
    /// How long a response may take, in ms; infinity is no limit.
    pub(crate) connect_timeout: f64,
    /// How long a stream may be silent, in ms; infinity is no limit.
    pub(crate) idle_timeout: f64,
    /// Whether a hidden page counts as put aside.
    pub(crate) pause_when_hidden: bool,
    /// When the source was made, on the clock of `performance.now()`, if that was before: its first
    /// attempt has to be answered in time from then on.
    pub(crate) made_at: Option<f64>,
    /// Aborted when the source is over; or by whoever gives it, should this instance crash.
    pub(crate) lifetime: Option<AbortController>,
    /// What is read in the place of a response, once and for all.
    pub(crate) reader: Option<Reader>,
    /// What the source has lost before it began, if it takes the place of another one.
    pub(crate) lost: Option<Failure>,
    /// What the source goes on from, if it takes the place of another one.
    pub(crate) standing: Option<Standing>,
    /// How long its first attempt waits then, in ms.
    pub(crate) first_delay: f64,
}

/// One event source, from its first request until it is closed or dropped.
pub(crate) struct Driver {
    receiver: Box<dyn Receiver>,
    requests: Requests,
    reader: Option<Reader>,
    connect_timeout: f64,
    idle_timeout: f64,
    /// When the source was made, until its first attempt begins.
    made_at: Cell<Option<f64>>,
    connection: RefCell<Connection>,
    attempt: RefCell<Option<Rc<Attempt>>>,
    /// Runs until the next attempt.
    timer: RefCell<Option<Timeout>>,
    lifecycle: RefCell<Option<Lifecycle>>,
    messages: Messages,
}

impl Driver {
    /// Connects, soon: nothing happens before the caller has returned.
    pub(crate) fn start(options: DriverOptions, receiver: Box<dyn Receiver>) -> Rc<Self> {
        let DriverOptions { connection, request, connect_timeout, idle_timeout, .. } = options;
        let driver = Rc::new_cyclic(|weak: &Weak<Self>| {
            let weak = Weak::clone(weak);
            let tell = move |signal| {
                if let Some(driver) = weak.upgrade() {
                    driver.handle_signal(signal);
                }
            };
            let lifetime = options.lifetime.unwrap_or_else(new_controller);
            let lifecycle = Lifecycle::new(options.pause_when_hidden, lifetime, tell);
            Self {
                receiver,
                requests: Requests::new(request),
                reader: options.reader,
                connect_timeout,
                idle_timeout,
                made_at: Cell::new(options.made_at),
                connection: RefCell::new(Connection::new(connection)),
                attempt: RefCell::default(),
                timer: RefCell::default(),
                lifecycle: RefCell::new(Some(lifecycle)),
                messages: Messages::default(),
            }
        });
        let weak = Rc::downgrade(&driver);
        then(&JsValue::UNDEFINED, move |_| {
            if let Some(driver) = weak.upgrade() {
                let standing = options.standing.map(|standing| (standing, options.first_delay));
                driver.begin(options.lost, standing, options.pause_when_hidden);
            }
        });
        driver
    }

    /// The `readyState`.
    pub(crate) fn ready_state(&self) -> ReadyState {
        self.connection.borrow().ready_state()
    }

    /// The last event ID string.
    pub(crate) fn last_event_id(&self) -> String {
        text(self.connection.borrow().last_event_id())
    }

    /// The reconnection time in ms when a message of the batch was dispatched that is being delivered, or
    /// as it is now.
    pub(crate) fn reconnection_time(&self, message: Option<u32>) -> f64 {
        let connection = self.connection.borrow();
        match message {
            Some(index) => connection.reconnection_time_at(index),
            None => connection.reconnection_time(),
        }
    }

    /// What another source would go on from.
    #[cfg(feature = "source")]
    pub(crate) fn standing(&self) -> Standing {
        self.connection.borrow().standing(now())
    }

    /// What follows is a stream of its own.
    #[cfg(feature = "source")]
    pub(crate) fn reset(&self) {
        self.connection.borrow_mut().reset();
        self.messages.clear();
    }

    /// Closes for good: nothing follows.
    pub(crate) fn close(&self) {
        self.connection.borrow_mut().close();
        self.timer.take();
        self.lifecycle.take();
        self.messages.clear();
        self.end_attempt();
    }

    fn begin(
        self: &Rc<Self>,
        lost: Option<Failure>,
        standing: Option<(Standing, f64)>,
        pause_when_hidden: bool,
    ) {
        if let Some((standing, delay)) = standing {
            let step = self.connection.borrow_mut().take_over(standing, delay);
            if step != Step::Send {
                return self.perform(step);
            }
        }
        if pause_when_hidden && is_hidden() {
            return self.handle_signal(Signal::Suspend);
        }
        match lost {
            _ if self.connection.borrow().state() != State::Connecting => {}
            Some(failure) => self.fail(failure),
            None if self.reader.is_some() => self.read_own_stream(),
            None => self.send(),
        }
    }

    /// Reads a stream of the user's own.
    fn read_own_stream(self: &Rc<Self>) {
        let attempt = self.begin_attempt();
        let step = self.connection.borrow_mut().handle_own_stream(moment());
        if step == Step::Announce {
            self.announce(&attempt, None);
        }
    }

    fn handle_signal(self: &Rc<Self>, signal: Signal) {
        let step = {
            let mut connection = self.connection.borrow_mut();
            match signal {
                Signal::Suspend => {
                    connection.suspend(moment());
                    Step::Ignore
                }
                Signal::Resume => connection.resume(moment()),
                Signal::GoOnline => connection.handle_online(moment()),
            }
        };
        if signal == Signal::Suspend {
            self.timer.take();
            self.end_attempt();
        }
        self.perform(step);
    }

    /// Does what the connection says is next.
    fn perform(self: &Rc<Self>, step: Step) {
        match step {
            Step::Ignore | Step::Announce => {}
            Step::Send => self.send(),
            Step::Wait { delay } => self.wait(delay),
            Step::Probe => self.probe(),
            Step::Decide { loss } => self.decide(loss),
            Step::Reestablish { loss, delay } => {
                // First of all: then `close()` in a handler of the event finds it.
                self.wait(delay);
                self.tell(loss, false);
            }
            Step::Fail { loss, is_complete } => {
                self.lifecycle.take();
                self.tell(loss, is_complete);
            }
        }
    }

    fn wait(self: &Rc<Self>, delay: u32) {
        let weak = Rc::downgrade(self);
        let next = timer(f64::from(delay), move || {
            if let Some(driver) = weak.upgrade() {
                let step = driver.connection.borrow_mut().handle_timer(moment(), seems_offline());
                driver.perform(step);
            }
        });
        self.timer.replace(Some(next));
    }

    // The request.

    fn send(self: &Rc<Self>) {
        self.timer.take();
        let attempt = self.begin_attempt();
        let (number, last_event_id, can_be_fetched) = {
            let connection = self.connection.borrow();
            let id = text(connection.last_event_id());
            (connection.attempt(), id, can_be_fetched(connection.url()))
        };
        if !can_be_fetched {
            // No event comes before the task is over that the source was made in.
            return self.set_deadline(&attempt, 0.0, Failure::UnsupportedScheme);
        }
        let waited = self.made_at.take().map_or(0.0, |made_at| now() - made_at);
        self.set_deadline(&attempt, self.connect_timeout - waited, Failure::ConnectTimeout);
        let told = self.receiver.attempt(number, &last_event_id, attempt.controller());
        let given = self.requests.ask(&told);
        match given {
            Ok(given) => self.then(&attempt, &given, Self::handle_given),
            Err(error) => self.fail_with(&attempt, Failure::Hook, error),
        }
    }

    /// The user's functions have given headers and body.
    fn handle_given(self: &Rc<Self>, attempt: &Rc<Attempt>, given: Settled) {
        let given: Array = match given {
            Ok(given) => given.unchecked_into(),
            Err(error) => return self.fail_with(attempt, Failure::Hook, error),
        };
        let (url, last_event_id) = {
            let connection = self.connection.borrow();
            let value = text(connection.last_event_id());
            let fits_header = connection.is_last_event_id_a_header();
            (connection.url().to_owned(), LastEventId { value, fits_header })
        };
        attempt.has_sent_id.set(!last_event_id.value.is_empty());
        let signal = attempt.controller().signal();
        attempt.policy.replace(Some(PolicyWatch::new(&url, &signal)));
        match self.requests.send(&url, &last_event_id, &given, &signal) {
            Ok(answer) => self.then_or(attempt, &answer, Self::handle_answer, discard),
            Err(error) => self.fail_with(attempt, Failure::Request, error),
        }
    }

    fn handle_answer(self: &Rc<Self>, attempt: &Rc<Attempt>, answer: Settled) {
        let response = match answer {
            Ok(response) => response.unchecked_into::<Response>(),
            Err(error) => return self.handle_refusal(attempt, error),
        };
        attempt.policy.take();
        let head = match Head::of(&response) {
            Ok(head) => head,
            Err(error) => return self.fail_with(attempt, Failure::Network, error),
        };
        let step = self.connection.borrow_mut().handle_response(
            &ResponseHead {
                status: head.status,
                content_type: &head.content_type,
                retry_after: &head.retry_after,
                url: &head.url,
                is_redirected: head.is_redirected,
                date: Date::now(),
            },
            moment(),
        );
        if step == Step::Announce {
            self.announce(attempt, Some(&response));
        } else {
            attempt.deadline.take();
            attempt.refuse(response);
            self.perform(step);
        }
    }

    /// `fetch` has failed. Whether a policy is why may be told a little later.
    fn handle_refusal(self: &Rc<Self>, attempt: &Rc<Attempt>, error: JsValue) {
        attempt.error.replace(error);
        let (has_blocked, may_tell) = {
            let policy = attempt.policy.borrow();
            policy.as_ref().map_or((false, false), |it| (it.has_blocked(), it.may_tell()))
        };
        if has_blocked || !may_tell {
            attempt.policy.take();
            return self.fail(if has_blocked { Failure::Blocked } else { Failure::Network });
        }
        attempt.deadline.take();
        let late = self.on_current(attempt, |driver, attempt| {
            let policy = attempt.policy.take();
            let has_blocked = policy.is_some_and(|policy| policy.has_blocked());
            driver.fail(if has_blocked { Failure::Blocked } else { Failure::Network });
        });
        attempt.deadline.replace(Some(Deadline::new(GRACE, late)));
    }

    // The response.

    fn announce(self: &Rc<Self>, attempt: &Rc<Attempt>, response: Option<&Response>) {
        self.messages.clear();
        self.set_deadline(attempt, self.idle_timeout, Failure::IdleTimeout);
        let origin = self.connection.borrow().origin().to_owned();
        self.receiver.open(response, &origin);
        if !self.is_current(attempt) {
            return;
        }
        let consumer =
            Box::new(BodyConsumer { driver: Rc::downgrade(self), attempt: Rc::downgrade(attempt) });
        let reader = match response {
            Some(response) => {
                response.body().and_then(|body| body.map(|it| it.get_reader()).transpose())
            }
            None => Ok(self.reader.clone()),
        };
        match reader {
            Ok(Some(reader)) => drop(attempt.body.replace(Some(Body::read(reader, consumer)))),
            // It is empty.
            Ok(None) => self.fail(Failure::Ended),
            Err(error) => self.fail_with(attempt, Failure::Network, error),
        }
    }

    // The end of an attempt.

    fn fail_with(self: &Rc<Self>, attempt: &Rc<Attempt>, failure: Failure, error: JsValue) {
        attempt.error.replace(error);
        self.fail(failure);
    }

    fn fail(self: &Rc<Self>, failure: Failure) {
        let step = self.connection.borrow_mut().handle_failure(failure, moment());
        self.perform(step);
    }

    /// Asks whether anything answers at the URL, to a page that may not read it.
    fn probe(self: &Rc<Self>) {
        let error = self.current().map_or(JsValue::UNDEFINED, |it| it.error.take());
        let attempt = self.begin_attempt();
        attempt.error.replace(error);
        let timeout = self.connect_timeout.min(PROBE_TIMEOUT);
        let url = self.connection.borrow().url().to_owned();
        let late = self.on_current(&attempt, |driver, _| driver.handle_probe(ProbeAnswer::Nothing));
        attempt.deadline.replace(Some(Deadline::new(timeout, late)));
        match self.requests.probe(&url, &attempt.controller().signal()) {
            Ok(response) => self.then(&attempt, &response, |driver, _, response| {
                let answer =
                    response.and_then(|it| it.unchecked_into::<Response>().response_type());
                driver.handle_probe(match answer {
                    Ok(answer) if answer == "opaque" => ProbeAnswer::Opaque,
                    Ok(_) => ProbeAnswer::Readable,
                    Err(_) => ProbeAnswer::Nothing,
                });
            }),
            Err(_) => self.handle_probe(ProbeAnswer::Nothing),
        }
    }

    fn handle_probe(self: &Rc<Self>, answer: ProbeAnswer) {
        let step = self.connection.borrow_mut().handle_probe(answer, moment());
        self.perform(step);
    }

    /// Asks the user.
    fn decide(self: &Rc<Self>, loss: Loss) {
        let attempt = self.current().unwrap_or_else(|| self.begin_attempt());
        attempt.deadline.take();
        let decision = self.receiver.decide(self.event(&attempt, loss, false));
        self.then(&attempt, &decision, |driver, _, answer| {
            let decision = driver.receiver.decision(answer);
            let step = driver.connection.borrow_mut().handle_decision(decision, moment());
            driver.perform(step);
        });
    }

    /// Tells the receiver of a loss, and ends what is left of the attempt.
    fn tell(self: &Rc<Self>, loss: Loss, is_complete: bool) {
        let attempt = self.attempt.take().unwrap_or_else(Attempt::new);
        // Nothing of it is to go on while listeners run, but for the response that they may read.
        attempt.settle();
        self.receiver.lose(self.event(&attempt, loss, is_complete));
        attempt.leave_to_listeners();
    }

    fn event(&self, attempt: &Attempt, loss: Loss, is_complete: bool) -> LossEvent {
        let connection = self.connection.borrow();
        LossEvent {
            loss,
            is_complete,
            url: connection.url().to_owned(),
            is_cross_origin: connection.is_cross_origin(),
            has_sent_id: attempt.has_sent_id.get(),
            response: attempt.response(),
            error: attempt.error.borrow().clone(),
        }
    }

    // Attempts.

    /// Begins one, which ends the one before it.
    fn begin_attempt(&self) -> Rc<Attempt> {
        self.end_attempt();
        let attempt = Attempt::new();
        self.attempt.replace(Some(Rc::clone(&attempt)));
        attempt
    }

    fn end_attempt(&self) {
        if let Some(attempt) = self.attempt.take() {
            attempt.end();
        }
    }

    fn current(&self) -> Option<Rc<Attempt>> {
        self.attempt.borrow().clone()
    }

    fn is_current(&self, attempt: &Rc<Attempt>) -> bool {
        self.current().is_some_and(|current| Rc::ptr_eq(&current, attempt))
    }

    /// Starts the clock of an attempt, if it has one.
    fn set_deadline(self: &Rc<Self>, attempt: &Rc<Attempt>, limit: f64, failure: Failure) {
        let deadline = limit.is_finite().then(|| {
            Deadline::new(limit, self.on_current(attempt, move |driver, _| driver.fail(failure)))
        });
        attempt.deadline.replace(deadline);
    }

    /// Goes on with an attempt once the promise has settled.
    fn then(self: &Rc<Self>, attempt: &Rc<Attempt>, promise: &JsValue, go_on: GoOn) {
        self.then_or(attempt, promise, go_on, drop);
    }

    /// Goes on with an attempt once the promise has settled, or does something else if that is too late.
    fn then_or(
        self: &Rc<Self>,
        attempt: &Rc<Attempt>,
        promise: &JsValue,
        go_on: GoOn,
        or_else: fn(Settled),
    ) {
        let (driver, attempt) = (Rc::downgrade(self), Rc::downgrade(attempt));
        then(promise, move |settled| {
            let mut late = Some(settled);
            with_current(&driver, &attempt, |driver, attempt| {
                if let Some(settled) = late.take() {
                    go_on(driver, attempt, settled);
                }
            });
            if let Some(settled) = late {
                or_else(settled);
            }
        });
    }

    /// A function that does something only if the attempt is still the current one.
    fn on_current(
        self: &Rc<Self>,
        attempt: &Rc<Attempt>,
        act: impl Fn(&Rc<Self>, &Rc<Attempt>) + 'static,
    ) -> impl Fn() + 'static {
        let (driver, attempt) = (Rc::downgrade(self), Rc::downgrade(attempt));
        move || with_current(&driver, &attempt, |driver, attempt| act(driver, attempt))
    }
}

/// How an attempt goes on.
type GoOn = fn(&Rc<Driver>, &Rc<Attempt>, Settled);

/// Lets go of a response that nobody waits for any more: one of a `fetch` that does not look at its
/// signal.
fn discard(answer: Settled) {
    if let Ok(response) = answer
        && let Ok(Some(body)) = response.unchecked_into::<Response>().body()
        && let Ok(cancelled) = body.cancel()
    {
        // Fails as the stream has failed, which nobody needs to hear.
        then(&cancelled, drop);
    }
}

fn with_current(
    driver: &Weak<Driver>,
    attempt: &Weak<Attempt>,
    act: impl FnOnce(&Rc<Driver>, &Rc<Attempt>),
) {
    if let (Some(driver), Some(attempt)) = (driver.upgrade(), attempt.upgrade())
        && driver.is_current(&attempt)
    {
        act(&driver, &attempt);
    }
}

/// The way of a body to the messages of its source.
struct BodyConsumer {
    driver: Weak<Driver>,
    attempt: Weak<Attempt>,
}

impl Consumer for BodyConsumer {
    fn take(&self, chunk: &mut Chunk) -> Taken {
        let mut taken = Taken::Enough;
        with_current(&self.driver, &self.attempt, |driver, attempt| {
            taken = driver.take(attempt, chunk)
        });
        taken
    }

    fn set_busy(&self, is_busy: bool) {
        with_current(&self.driver, &self.attempt, |driver, attempt| {
            // Whoever is slow now is not the server.
            let limit = if is_busy { f64::INFINITY } else { driver.idle_timeout };
            driver.set_deadline(attempt, limit, Failure::IdleTimeout);
        });
    }

    fn end(&self, result: Result<(), JsValue>) {
        with_current(&self.driver, &self.attempt, |driver, attempt| match result {
            Ok(_) => driver.fail(Failure::Ended),
            Err(error) => driver.fail_with(attempt, Failure::Network, error),
        });
    }
}

impl Driver {
    /// Has the next piece of a chunk interpreted, and its messages delivered.
    fn take(self: &Rc<Self>, attempt: &Rc<Attempt>, chunk: &mut Chunk) -> Taken {
        if let Some(deadline) = attempt.deadline.borrow().as_ref() {
            deadline.restart();
        }
        let taken = self.messages.interpret(
            chunk,
            |bytes, batch| {
                let former = self.connection.borrow().reconnection_time();
                let result = self.connection.borrow_mut().handle_chunk(bytes, batch);
                let time = self.connection.borrow().reconnection_time();
                if time != former {
                    self.receiver.set_reconnection_time(time);
                }
                result
            },
            |batch| self.receiver.deliver(batch),
        );
        match taken {
            None => Taken::Nothing,
            // A listener may have closed the source, or the page have put it aside.
            _ if !self.is_current(attempt) => Taken::Enough,
            Some((Err(failure), _)) => {
                self.fail(failure);
                Taken::Enough
            }
            Some((Ok(()), busy)) => busy.flatten().map_or(Taken::Delivered, Taken::Busy),
        }
    }
}
