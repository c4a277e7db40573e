//! The connection of one event source: a state machine without I/O.
//!
//! Whoever drives it does what the returned [`Step`] says and tells it what happened, through the
//! `handle_*` methods; it never calls out, and it has no clock and no randomness of its own. After
//! the HTML standard, section 9.2.3 ("announce", "reestablish" and "fail the connection").
//!
//! | state ╲ input | good response | bad response | chunk | failure | timer | close |
//! |---|---|---|---|---|---|---|
//! | Connecting | Open, `Announce` | Closed, `Fail` | – | Waiting, `Reestablish` | – | Closed |
//! | Open | – | – | `Deliver` | Waiting, `Reestablish` | – | Closed |
//! | Waiting | – | – | – | – | Connecting, fetch | Closed |
//! | Closed | `Ignore` | `Ignore` | `Ignore` | `Ignore` | `Ignore` | Closed |
//!
//! A failure leads to Closed and `Fail` instead where its cause [is final](Failure::is_final),
//! where the user wants no reconnection, and where the [`Policy`] says that there have been enough.
//! An input that has no place in a state (–) is ignored: it changes nothing.
//!
//! A redirect of an open connection changes no state, but maybe the URL of the next attempt: see
//! [`Connection::handle_redirect`].

use crate::batch::Batch;
use crate::content_type::is_event_stream;
use crate::error::Failure;
use crate::event_stream::EventStreamParser;
use crate::reconnection::{Policy, Reconnection};
use crate::url::{can_be_fetched, is_same_origin};

/// How many bytes one event may buffer, unless told otherwise: 64 MiB.
///
/// The memory of a wasm instance never shrinks, so that there has to be a limit. Precedents:
/// Chromium holds back a server whose response nobody reads at about this size; the WebSocket
/// server `ws` takes messages of up to 100 MiB; Go's `bufio.Scanner`, which many servers read event
/// streams with, stops at 64 KiB a line.
///
/// DIFFERENCE: the native class has no limit.
pub const DEFAULT_MAX_EVENT_SIZE: usize = 64 * 1024 * 1024;

/// What the driver does next.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing: the input has come too late.
    Ignore,
    /// Fire `open`, then read the body.
    Announce,
    /// Deliver the finished messages of the batch, then read on.
    Deliver,
    /// Deliver what the batch still holds, start a timer, fire `error`, and call
    /// [`Connection::handle_timer`] when the time has come. The timer comes first: then `close()`
    /// in a handler of the event finds it.
    Reestablish {
        /// Why the connection was lost.
        failure: Failure,
        /// The length of the timer, in ms.
        delay: u32,
    },
    /// Deliver what the batch still holds, then fire `error`: there will be no further attempt.
    Fail {
        /// Why the connection was failed.
        failure: Failure,
    },
}

/// What the user has put into the requests, as far as it matters where redirects lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requests {
    /// GET, with nothing of the user's own, as the native class sends it.
    Plain,
    /// GET with headers of the user's own, which may be secrets.
    WithHeaders,
    /// Another method, maybe with a body.
    NotGet,
}

/// What the user wants of the connection.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionOptions {
    /// What the requests are like.
    pub requests: Requests,
    /// How to reconnect, or `None` for not at all.
    pub reconnection: Option<Policy>,
    /// The last event ID string to begin with: bytes in UTF-8.
    pub last_event_id: Vec<u8>,
    /// How many bytes one event may buffer.
    pub max_event_size: usize,
}

impl Default for ConnectionOptions {
    fn default() -> Self {
        Self {
            requests: Requests::Plain,
            reconnection: Some(Policy::default()),
            last_event_id: Vec::new(),
            max_event_size: DEFAULT_MAX_EVENT_SIZE,
        }
    }
}

/// The state of a connection. `Waiting` is CONNECTING too to whoever asks for the `readyState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A request is on its way.
    Connecting,
    /// The response is being read.
    Open,
    /// The connection was lost, and the timer runs.
    Waiting,
    /// For good.
    Closed,
}

/// The connection of one event source, from its first attempt until it is closed.
#[derive(Debug)]
pub struct Connection {
    state: State,
    /// The URL that the user asked for.
    asked_url: String,
    /// The URL that redirects led to, if the next attempt is to start there.
    final_url: Option<String>,
    requests: Requests,
    parser: EventStreamParser,
    reconnection: Option<Reconnection>,
}

impl Connection {
    /// A connection whose first request is to be sent now. `url` is absolute and serialised.
    pub fn new(url: String, options: &ConnectionOptions) -> Self {
        Self {
            state: State::Connecting,
            asked_url: url,
            final_url: None,
            requests: options.requests,
            parser: EventStreamParser::new(options.max_event_size, &options.last_event_id),
            reconnection: options.reconnection.map(Reconnection::new),
        }
    }

    /// The state.
    pub fn state(&self) -> State {
        self.state
    }

    /// The URL to ask next.
    pub fn url(&self) -> &str {
        self.final_url.as_ref().unwrap_or(&self.asked_url)
    }

    /// What makes a request futile before it has been sent, if anything does: to be told to
    /// [`Connection::handle_failure`], once an event may be fired.
    pub fn obstacle(&self) -> Option<Failure> {
        (!can_be_fetched(self.url())).then_some(Failure::UnsupportedScheme)
    }

    /// The last event ID string, for the `Last-Event-ID` header of the next request; none is sent
    /// when it is empty. Malformed UTF-8 has become U+FFFD, as in the `lastEventId` of the events.
    pub fn last_event_id(&self) -> String {
        String::from_utf8_lossy(self.parser.last_event_id()).into_owned()
    }

    /// The head of a response has come. `content_type` is the combined value of the header; `now`
    /// is in ms on any clock that does not run backwards.
    pub fn handle_response(&mut self, status: u16, content_type: Option<&str>, now: f64) -> Step {
        if self.state != State::Connecting {
            return Step::Ignore;
        }
        if status != 200 {
            return self.fail(Failure::Status(status));
        }
        if !content_type.is_some_and(is_event_stream) {
            return self.fail(Failure::ContentType);
        }
        self.state = State::Open;
        self.parser.start_stream();
        if let Some(reconnection) = &mut self.reconnection {
            reconnection.handle_open(now);
        }
        Step::Announce
    }

    /// The response that was announced comes from `url`, where redirects have led.
    ///
    /// The standard leaves open which URL a reconnection asks. Chromium asks the final one, whatever
    /// the status of the redirects, and so does this, but for two cases, where it asks the user's
    /// again. Headers of the user's own do not go straight to another origin: on its way there
    /// `fetch` may have dropped some of them, `Authorization` for one. And a method other than GET
    /// is not repeated where a redirect may just have made a GET of it.
    pub fn handle_redirect(&mut self, url: &str) {
        if self.state != State::Open {
            return;
        }
        let follow = match self.requests {
            Requests::Plain => true,
            Requests::WithHeaders => is_same_origin(&self.asked_url, url),
            Requests::NotGet => false,
        };
        self.final_url = follow.then(|| url.to_owned());
    }

    /// Bytes of the body have come. `batch` holds the unfinished message, so it has to be the same
    /// one for the whole body, and a new one for the next.
    pub fn handle_chunk(&mut self, chunk: &[u8], batch: &mut Batch) -> Step {
        if self.state != State::Open {
            return Step::Ignore;
        }
        match self.parser.parse(chunk, batch) {
            Ok(()) => Step::Deliver,
            Err(_) => self.fail(Failure::Limit),
        }
    }

    /// The attempt, or the connection, has come to an end. `now` is in ms as above, `random` a
    /// number from 0 (inclusive) to 1 (exclusive).
    pub fn handle_failure(&mut self, failure: Failure, now: f64, random: f64) -> Step {
        if !matches!(self.state, State::Connecting | State::Open) {
            return Step::Ignore;
        }
        let reconnection_time = self.parser.reconnection_time();
        let reconnection = self.reconnection.as_mut().filter(|_| !failure.is_final());
        let delay = reconnection
            .and_then(|reconnection| reconnection.handle_failure(reconnection_time, now, random));
        match delay {
            Some(delay) => {
                self.state = State::Waiting;
                Step::Reestablish { failure, delay }
            }
            None => self.fail(failure),
        }
    }

    /// The timer has fired. Returns whether to send the next request.
    #[must_use]
    pub fn handle_timer(&mut self) -> bool {
        if self.state != State::Waiting {
            return false;
        }
        self.state = State::Connecting;
        true
    }

    /// Closes for good; whatever comes after it is ignored.
    pub fn close(&mut self) {
        self.state = State::Closed;
    }

    fn fail(&mut self, failure: Failure) -> Step {
        self.state = State::Closed;
        Step::Fail { failure }
    }
}
