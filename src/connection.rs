//! The connection of one event source: a state machine without I/O.
//!
//! Whoever drives it does what the returned [`Step`] says and tells it what happened, through the
//! `handle_*` methods; it never calls out, and it has no clock and no randomness of its own: both come
//! with each input, as a [`Moment`]. After the HTML standard, section 9.2.3 ("announce", "reestablish"
//! and "fail the connection").
//!
//! | state ╲ input | good response | bad response | chunk | failure | probe | decision | timer, online | suspend | resume | close |
//! |---|---|---|---|---|---|---|---|---|---|---|
//! | Connecting | Open, `Announce` | *lost* | – | *lost*, or Probing, `Probe` | – | – | – | Suspended | – | Closed |
//! | Open | – | – | messages | *lost* | – | – | – | Suspended | – | Closed |
//! | Probing | – | – | – | *lost* | *lost* | – | – | Suspended | – | Closed |
//! | Deciding | – | – | – | – | – | *settled* | – | Suspended | – | Closed |
//! | Waiting | – | – | – | – | – | – | *due* | Suspended | – | Closed |
//! | Suspended | – | – | – | – | – | – | – | – | *back* | Closed |
//! | Closed | – | – | – | – | – | – | – | – | – | Closed |
//!
//! - *Lost* is Deciding and `Decide` where the user wants to have a say and there is something to say, and
//!   *settled* otherwise.
//! - *Settled* is Waiting and `Reestablish`, or Closed and `Fail`.
//! - *Due* is Connecting and `Send`; but Waiting and `Wait` as long as the server has asked to be left
//!   alone, or while the device seems to be offline.
//! - *Back* is Connecting and `Send` where the request may be repeated, and *lost* where it may not be. A
//!   connection that was Deciding is asked about again, and one that was Waiting is *due*.
//!
//! Where the user brings a stream of their own, no request is sent: in place of a good response, there is
//! [`Connection::handle_own_stream`].
//!
//! An input that has no place in a state (–) is ignored: it changes nothing.
//!
//! # What is tried again
//!
//! | failure | unasked | may the user decide? |
//! |---|---|---|
//! | [final](Failure::is_final) | no | no |
//! | a status among [those worth another try](ConnectionOptions::statuses) | yes | yes |
//! | another status, where the user has named some; 204 | no | no |
//! | another status, a wrong content type | no | yes |
//! | any other | where [the request may be repeated](ConnectionOptions::repeats) | yes |
//!
//! And nothing is tried again, nor asked, once [enough attempts in a row](Policy::max_attempts) have
//! failed.

use crate::batch::Batch;
use crate::content_type::is_event_stream;
use crate::error::Failure;
use crate::event_stream::{EventStreamParser, Remarks};
use crate::last_event_id::is_field_value;
use crate::origin::{is_http, is_loopback, origin};
use crate::reconnection::{LONGEST_DELAY, Policy, Progress, Reconnection};
use crate::redirect::is_followed;
use crate::retry_after::retry_after;

/// While the device seems to be offline, it is looked at again after so many ms.
const OFFLINE_CHECK: f64 = 2_000.0;

/// How many ms a device is believed that it is offline. It is a hint: it may be wrong, and the end of it is
/// not announced everywhere.
const OFFLINE_PATIENCE: f64 = 30_000.0;

const NO_CONTENT: u16 = 204;

/// What the driver does next.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing: the input has come too late, or too early.
    Ignore,
    /// Send a request for [`Connection::url`]. No other one is on its way.
    Send,
    /// Start a timer, and call [`Connection::handle_timer`] when the time has come; there is no event. It
    /// takes the place of a timer that runs.
    Wait {
        /// The length of the timer, in ms.
        delay: u32,
    },
    /// Fire `open`, then read the body.
    Announce,
    /// Ask for the same URL without CORS, and call [`Connection::handle_probe`] once it is known what
    /// answers.
    Probe,
    /// Ask the user whether to go on, and call [`Connection::handle_decision`] with the answer.
    Decide {
        /// What the user is told; [`Loss::retry_in`] is what would happen unasked.
        loss: Loss,
    },
    /// Deliver what the batch still holds, start a timer, fire `error`, and call
    /// [`Connection::handle_timer`] when the time has come. The timer comes first: then `close()`
    /// in a handler of the event finds it.
    Reestablish {
        /// What the event tells.
        loss: Loss,
        /// The length of the timer, in ms: [`Loss::retry_in`].
        delay: u32,
    },
    /// Deliver what the batch still holds, then fire `error`: there will be no further attempt.
    Fail {
        /// What the event tells.
        loss: Loss,
        /// Whether nothing more was to come, which a loop over the messages takes for their end and not for
        /// a failure: the server has said so with a 204, or has ended a stream that, by its options or by
        /// what the user has decided, is not to be asked for again.
        is_complete: bool,
    },
}

/// An attempt, or the connection that came of it, was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Why.
    pub failure: Failure,
    /// The number of the loss among those in a row, from 1 on: see [`Reconnection::losses`].
    pub attempt: u32,
    /// The delay before the next attempt, in ms, or `None` where there will be none.
    pub retry_in: Option<u32>,
}

/// What the user wants of the connection.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionOptions {
    /// What is asked first: absolute and serialised.
    pub url: String,
    /// The origin of the page, serialised. `None` where there is no page: then CORS refuses nothing.
    pub page_origin: Option<String>,
    /// Whether the method is GET.
    pub is_get: bool,
    /// Whether the user adds to requests what may be a secret: headers, or a `fetch` that adds whatever it
    /// wants.
    pub may_leak: bool,
    /// Whether a request that the user has not asked for may be sent, to find out what a failure means.
    /// It may not with a `fetch` of the user's, which CORS need not bind, nor where the user's request
    /// would not go where the probe does (mode `same-origin`, a redirect that is not to be followed).
    pub may_probe: bool,
    /// How to reconnect.
    pub reconnection: Policy,
    /// Whether the request may be repeated, unasked, after its stream has ended or was cut off, after a
    /// network error, a time-out, or the page having been put aside. Not with `reconnect: false`, nor
    /// with a method other than GET unless the user says so.
    pub repeats: bool,
    /// The statuses that are worth another try, though they are not 200: for any method, as the server has
    /// not done then what it was asked. `None` where the user has named none.
    pub statuses: Option<Vec<u16>>,
    /// Whether the user decides after each loss: see [`Step::Decide`].
    pub asks_the_user: bool,
    /// The last event ID string to begin with: bytes in UTF-8.
    pub last_event_id: Vec<u8>,
    /// How many bytes one event may buffer.
    pub max_event_size: usize,
    /// Whether comments are kept: see [`Batch::remarks`].
    pub keeps_comments: bool,
}

/// When an input came, and chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// In ms, on a monotonic clock.
    pub now: f64,
    /// A number from 0 (inclusive) to 1 (exclusive), drawn anew each time.
    pub random: f64,
}

/// The head of a response.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResponseHead<'a> {
    /// The status.
    pub status: u16,
    /// The value of `Content-Type`; empty where there is none.
    pub content_type: &'a str,
    /// The value of `Retry-After`; empty where there is none.
    pub retry_after: &'a str,
    /// The URL of the response, after redirects; empty for one that is not from the network.
    pub url: &'a str,
    /// Whether there were redirects.
    pub is_redirected: bool,
    /// The present, in ms of Unix time, on the clock that dates are told by.
    pub date: f64,
}

/// What answers to a [`Step::Probe`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeAnswer {
    /// A server of another origin: the response is opaque.
    Opaque,
    /// A server of the page's own origin, so that CORS had no say.
    Readable,
    /// Nothing.
    Nothing,
}

/// What the user says to a [`Step::Decide`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// No further attempt.
    GiveUp,
    /// What would happen unasked: see [`Loss::retry_in`].
    Unasked,
    /// Another attempt, after the delay of the policy.
    Continue,
    /// Another attempt, after this delay in ms, even if the server has asked for a longer one.
    After(u32),
}

/// The state of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A request is on its way.
    Connecting,
    /// The response is being read.
    Open,
    /// The attempt failed, and it is being found out whether the server answers at all.
    Probing,
    /// The connection was lost, and the user is being asked.
    Deciding,
    /// The connection was lost, and the timer runs.
    Waiting,
    /// The page has been put aside.
    Suspended,
    /// For good.
    Closed,
}

/// The state as the interface has it: the attribute `readyState`, with the numbers of its constants.
///
/// ```
/// # use wasm_eventsource::connection::ReadyState;
/// assert_eq!(ReadyState::Open as u8, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyState {
    /// Connected not yet, or no more.
    Connecting = 0,
    /// Connected.
    Open = 1,
    /// Closed for good.
    Closed = 2,
}

/// What a connection that takes the place of another one goes on from, beside the last event ID.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Standing {
    /// The reconnection time that the server has set, in ms, if it has.
    pub reconnection_time: Option<u32>,
    /// How far the row of losses has come.
    pub progress: Progress,
}

/// The connection of one event source, from its first attempt until it is closed.
#[derive(Debug)]
pub struct Connection {
    options: ConnectionOptions,
    state: State,
    parser: EventStreamParser,
    reconnection: Reconnection,
    /// What is asked next.
    url: String,
    /// Of the last stream.
    origin: String,
    has_been_open: bool,
    has_probed: bool,
    /// Until when the server has asked to be left alone.
    not_before: f64,
    /// Since when the device has seemed to be offline, where that is why nothing is sent.
    offline_since: Option<f64>,
    /// The loss that the user is being asked about, and the delay that another attempt would have.
    pending: Option<(Loss, u32)>,
    /// What was put aside, and when.
    put_aside: (State, f64),
}

impl Connection {
    /// A connection whose first request is to be sent now.
    #[inline]
    pub fn new(options: ConnectionOptions) -> Self {
        let mut parser = EventStreamParser::new(options.max_event_size, &options.last_event_id);
        if options.keeps_comments {
            parser.keep(Remarks::Comments);
        }
        Self {
            state: State::Connecting,
            parser,
            reconnection: Reconnection::new(options.reconnection),
            url: options.url.clone(),
            origin: origin(&options.url),
            has_been_open: false,
            has_probed: false,
            not_before: f64::NEG_INFINITY,
            offline_since: None,
            pending: None,
            put_aside: (State::Connecting, 0.0),
            options,
        }
    }

    /// The state.
    pub fn state(&self) -> State {
        self.state
    }

    /// The state as the interface has it, derived from the other.
    pub fn ready_state(&self) -> ReadyState {
        match self.state {
            State::Open => ReadyState::Open,
            State::Closed => ReadyState::Closed,
            _ => ReadyState::Connecting,
        }
    }

    /// The URL that the next request asks for, or the one under way: the user's, or
    /// [where redirects have led](crate::redirect).
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The origin of the messages: that of the URL of the response, after redirects.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The last event ID string, for the `Last-Event-ID` header of the next request; none is sent
    /// when it is empty. The bytes that the server sent, not yet checked for UTF-8.
    pub fn last_event_id(&self) -> &[u8] {
        self.parser.last_event_id()
    }

    /// Whether the last event ID can be sent as a header. A browser sends control characters as they are,
    /// as the native class does; elsewhere `fetch` fails, so that no request would ever be sent.
    pub fn is_last_event_id_a_header(&self) -> bool {
        self.options.page_origin.is_some() || is_field_value(self.last_event_id())
    }

    /// The reconnection time in ms, as it is now: the one that the server has set, or the user's.
    pub fn reconnection_time(&self) -> f64 {
        self.reconnection.reconnection_time(self.parser.reconnection_time())
    }

    /// What that was when message number `index` of the last chunk, from 0 on, was dispatched.
    pub fn reconnection_time_at(&self, index: u32) -> f64 {
        self.reconnection.reconnection_time(self.parser.reconnection_time_at(index))
    }

    /// What another connection would go on from.
    pub fn standing(&self, now: f64) -> Standing {
        Standing {
            reconnection_time: self.parser.reconnection_time(),
            progress: self.reconnection.progress(now),
        }
    }

    /// Takes the place of another connection, before anything else has happened. What is left of its last
    /// delay, in ms, is waited for.
    pub fn take_over(&mut self, standing: Standing, delay: f64) -> Step {
        if self.state != State::Connecting {
            return Step::Ignore;
        }
        self.parser.set_reconnection_time(standing.reconnection_time);
        self.reconnection.go_on(standing.progress);
        if delay > 0.0 {
            self.state = State::Waiting;
            return Step::Wait { delay: whole(delay) };
        }
        Step::Send
    }

    /// The number of the attempt under way, or of the next one, from 1 on: one more than
    /// [`Reconnection::losses`].
    pub fn attempt(&self) -> u32 {
        self.reconnection.losses().saturating_add(1)
    }

    /// Whether the URL is of another origin than the page, if there is one.
    pub fn is_cross_origin(&self) -> bool {
        let page_origin = self.options.page_origin.as_ref();
        page_origin.is_some_and(|page_origin| *page_origin != origin(&self.url))
    }

    /// Whether a network error of the attempt under way may be a refusal by CORS, and may be looked into.
    ///
    /// To a page, the two look the same. The native class knows better: it gives up after a refusal, and
    /// tries again after a loss. What has once been open was not refused. To a URL of the page's own
    /// origin, it can only be a redirect to another one that was refused; whether that is so is found out
    /// once.
    pub fn may_be_refused(&self) -> bool {
        let ConnectionOptions { page_origin, is_get, may_probe, .. } = &self.options;
        !self.has_been_open
            && *is_get
            && *may_probe
            && is_http(&self.url)
            && page_origin.is_some()
            && (!self.has_probed || self.is_cross_origin())
    }

    /// The head of a response has come.
    #[inline]
    pub fn handle_response(&mut self, head: &ResponseHead<'_>, moment: Moment) -> Step {
        if self.state != State::Connecting {
            return Step::Ignore;
        }
        let failure = if head.status != 200 {
            Failure::Status(head.status)
        } else if !is_event_stream(head.content_type) {
            Failure::ContentType
        } else {
            self.announce(moment);
            self.origin = origin(if head.url.is_empty() { &self.url } else { head.url });
            if head.is_redirected {
                let ConnectionOptions { url: asked, is_get, may_leak, .. } = &self.options;
                let is_followed = is_followed(asked, head.url, *is_get, *may_leak);
                self.url = if is_followed { head.url } else { asked }.to_string();
            }
            return Step::Announce;
        };
        let floor = retry_after(head.retry_after, head.date).unwrap_or_default();
        self.lose(failure, floor, moment)
    }

    /// There is no response, but a stream of the user's own that is to be read in its place.
    pub fn handle_own_stream(&mut self, moment: Moment) -> Step {
        if self.state != State::Connecting {
            return Step::Ignore;
        }
        self.announce(moment);
        Step::Announce
    }

    /// What follows is a stream of its own: what is unfinished is dropped. The batch is to be a new one.
    pub fn reset(&mut self) {
        self.parser.start_stream();
    }

    /// Bytes of the body have come: appends the messages that they finish to the batch.
    ///
    /// `batch` holds the unfinished message, so it has to be the same one for the whole body, and a
    /// new one for the next.
    ///
    /// # Errors
    ///
    /// [`Failure::Limit`], where an event is too large. The connection is still open then: deliver what the
    /// batch holds, and call [`Connection::handle_failure`].
    pub fn handle_chunk(&mut self, chunk: &[u8], batch: &mut Batch) -> Result<(), Failure> {
        if self.state != State::Open {
            return Ok(());
        }
        let before = batch.finished().len();
        let result = self.parser.parse(chunk, batch);
        if batch.finished().len() > before {
            self.reconnection.handle_message();
        }
        result.map_err(|_| Failure::Limit)
    }

    /// The attempt, or the connection, has come to an end. A [`Failure::Network`] leads to a
    /// [`Step::Probe`] where it [may be a refusal](Self::may_be_refused).
    pub fn handle_failure(&mut self, failure: Failure, moment: Moment) -> Step {
        match self.state {
            State::Connecting if failure == Failure::Network && self.may_be_refused() => {
                self.state = State::Probing;
                self.has_probed = true;
                Step::Probe
            }
            State::Connecting | State::Open | State::Probing => self.lose(failure, 0.0, moment),
            _ => Step::Ignore,
        }
    }

    /// It is known what answers a request without CORS.
    #[inline]
    pub fn handle_probe(&mut self, answer: ProbeAnswer, moment: Moment) -> Step {
        if self.state != State::Probing {
            return Step::Ignore;
        }
        let is_refused = answer == ProbeAnswer::Opaque;
        let failure = if is_refused { Failure::Cors } else { Failure::Network };
        self.lose(failure, 0.0, moment)
    }

    /// The user has decided.
    #[inline]
    pub fn handle_decision(&mut self, decision: Decision, moment: Moment) -> Step {
        if self.state != State::Deciding {
            return Step::Ignore;
        }
        let Some((loss, delay)) = self.pending.take() else {
            return Step::Ignore;
        };
        let retry_in = match decision {
            Decision::GiveUp => None,
            Decision::Unasked => loss.retry_in,
            Decision::Continue => Some(delay),
            Decision::After(chosen) => {
                self.not_before = self.not_before.min(moment.now + f64::from(chosen));
                Some(chosen.min(LONGEST_DELAY))
            }
        };
        self.settle(Loss { retry_in, ..loss })
    }

    /// The timer has fired. `seems_offline` is what the device says, which is a hint: the next attempt is
    /// put off for a while, but not for ever, and not where no network is needed.
    pub fn handle_timer(&mut self, moment: Moment, seems_offline: bool) -> Step {
        if self.state != State::Waiting || !seems_offline || is_loopback(&self.url) {
            return self.handle_online(moment);
        }
        let since = *self.offline_since.get_or_insert(moment.now);
        let patience = OFFLINE_PATIENCE - (moment.now - since);
        if patience > 0.0 {
            return Step::Wait { delay: whole(patience.min(OFFLINE_CHECK)) };
        }
        let step = self.connect(moment);
        if step == Step::Send {
            self.reconnection.excuse();
        }
        step
    }

    /// The device is online again.
    pub fn handle_online(&mut self, moment: Moment) -> Step {
        if self.state == State::Waiting { self.connect(moment) } else { Step::Ignore }
    }

    /// The page is put aside. Whatever is under way is to be aborted, without an event.
    pub fn suspend(&mut self, moment: Moment) {
        if !matches!(self.state, State::Suspended | State::Closed) {
            self.put_aside = (self.state, moment.now);
            self.state = State::Suspended;
        }
    }

    /// The page is back.
    pub fn resume(&mut self, moment: Moment) -> Step {
        if self.state != State::Suspended {
            return Step::Ignore;
        }
        let (state, since) = self.put_aside;
        self.state = state;
        match (state, self.pending) {
            (State::Deciding, Some((loss, _))) => return Step::Decide { loss },
            (State::Waiting, _) => {}
            _ if self.options.repeats => self.reconnection.handle_interruption(since),
            // It had failed before.
            (State::Probing, _) => return self.lose(Failure::Network, 0.0, moment),
            _ => return self.lose(Failure::Suspended, 0.0, Moment { now: since, ..moment }),
        }
        self.connect(moment)
    }

    /// Closes for good; whatever comes after it is ignored.
    pub fn close(&mut self) {
        self.state = State::Closed;
    }

    /// "Announce the connection."
    fn announce(&mut self, moment: Moment) {
        self.state = State::Open;
        self.has_been_open = true;
        self.parser.start_stream();
        self.reconnection.handle_open(moment.now);
    }

    /// Sends the next request, unless the server has asked to be left alone.
    fn connect(&mut self, moment: Moment) -> Step {
        self.offline_since = None;
        let rest = self.not_before - moment.now;
        if rest > 0.0 {
            self.state = State::Waiting;
            return Step::Wait { delay: whole(rest) };
        }
        self.state = State::Connecting;
        Step::Send
    }

    /// The connection is lost. `floor` is how many ms the server has asked to be left alone.
    fn lose(&mut self, failure: Failure, floor: f64, moment: Moment) -> Step {
        let delay = self.reconnection.handle_loss(
            self.parser.reconnection_time(),
            moment.now,
            moment.random,
        );
        let attempt = self.reconnection.losses();
        let ConnectionOptions { repeats, statuses, asks_the_user, .. } = &self.options;
        let (is_retried, may_be_asked) = match (failure, statuses) {
            (Failure::Status(status), Some(statuses)) => {
                let is_named = statuses.contains(&status);
                (is_named, is_named)
            }
            (Failure::Status(NO_CONTENT), None) => (false, false),
            (Failure::Status(_), None) | (Failure::ContentType, _) => (false, true),
            _ => (*repeats, true),
        };
        let Some(mut delay) = delay.filter(|_| may_be_asked && !failure.is_final()) else {
            return self.settle(Loss { failure, attempt, retry_in: None });
        };
        if floor > 0.0 {
            // On top of it there is what jitter has given: otherwise a crowd would meet there.
            let floor = floor + self.reconnection.jitter();
            self.not_before = moment.now + floor;
            delay = delay.max(whole(floor));
        }
        let loss = Loss { failure, attempt, retry_in: is_retried.then_some(delay) };
        if *asks_the_user {
            self.state = State::Deciding;
            self.pending = Some((loss, delay));
            return Step::Decide { loss };
        }
        self.settle(loss)
    }

    /// "Reestablish" or "fail the connection."
    fn settle(&mut self, loss: Loss) -> Step {
        match loss.retry_in {
            Some(delay) => {
                self.state = State::Waiting;
                Step::Reestablish { loss, delay }
            }
            None => {
                self.state = State::Closed;
                let is_complete = match loss.failure {
                    Failure::Status(status) => status == NO_CONTENT,
                    Failure::Ended => !self.reconnection.is_exhausted(),
                    _ => false,
                };
                Step::Fail { loss, is_complete }
            }
        }
    }
}

/// A time in ms for a timer, which is not to fire before.
fn whole(time: f64) -> u32 {
    // A cast saturates.
    (time.ceil() as u32).min(LONGEST_DELAY)
}
