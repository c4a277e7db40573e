//! The connection of one event source: a state machine without I/O.
//!
//! Whoever drives it does what the returned [`Step`] says and tells it what happened, through the
//! `handle_*` methods; it never calls out, and it has no clock and no randomness of its own. After
//! the HTML standard, section 9.2.3 ("announce", "reestablish" and "fail the connection").
//!
//! | state ╲ input | good response | bad response | chunk | failure | timer | online | close |
//! |---|---|---|---|---|---|---|---|
//! | Connecting | Open, `Announce` | *lost* | – | *lost* | – | – | Closed |
//! | Open | – | – | `Deliver` | *lost* | – | – | Closed |
//! | Waiting | – | – | – | – | Connecting, fetch | Connecting, fetch | Closed |
//! | Closed | `Ignore` | `Ignore` | `Ignore` | `Ignore` | – | – | Closed |
//!
//! *Lost* is one of: Waiting and `Reestablish`, where the [`Policy`] gives a delay; Closed and
//! `Fail`, where it does not, where the cause [is final](Failure::is_final), and after a bad
//! response whose status is not among those [worth another
//! try](ConnectionOptions::statuses). Two more states may come before either, each with a question
//! that the driver puts to somebody else: Probing (`Probe`), where it is not known yet whether a
//! network error was a refusal by CORS, and Deciding (`Decide`), where the user wants to have a say.
//!
//! An input that has no place in a state (–) is ignored: it changes nothing. A connection in any
//! state but Closed can be suspended, while its page is put aside, and resumed.

use crate::batch::Batch;
use crate::error::Failure;
use crate::event_stream::{EventStreamParser, Remarks};
use crate::reconnection::{LONGEST_DELAY, Policy, Reconnection};

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
    /// Ask for the same URL without CORS, and call [`Connection::handle_probe`] once it is known
    /// whether anything answers.
    Probe,
    /// Ask the user whether to go on, and call [`Connection::handle_decision`] with the answer.
    Decide {
        /// Why the connection was lost.
        failure: Failure,
        /// What would happen unasked: the delay before the next attempt, in ms, or no attempt.
        delay: Option<u32>,
    },
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

/// What the user wants of the connection.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionOptions {
    /// How to reconnect. At most one attempt is not at all.
    pub reconnection: Policy,
    /// The last event ID string to begin with: bytes in UTF-8.
    pub last_event_id: Vec<u8>,
    /// How many bytes one event may buffer.
    pub max_event_size: usize,
    /// The statuses that are worth another try, though they are not 200.
    pub statuses: Vec<u16>,
    /// Whether the user decides after each loss: see [`Step::Decide`].
    pub asks_the_user: bool,
    /// Whether comments are kept: see [`Batch::remarks`].
    pub keeps_comments: bool,
}

/// The head of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseHead {
    /// The status.
    pub status: u16,
    /// Whether the type of the content is `text/event-stream`.
    pub is_event_stream: bool,
    /// What the `Retry-After` header asks for, in ms: the least delay before another attempt.
    pub retry_after: u32,
}

/// What the user says to a [`Step::Decide`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// No further attempt.
    GiveUp,
    /// Another attempt, after the delay of the policy.
    Continue,
    /// Another attempt, after this delay in ms.
    After(u32),
}

/// The state of a connection. To whoever asks for the `readyState`, all but `Open` and `Closed` are
/// CONNECTING.
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

/// The connection of one event source, from its first attempt until it is closed.
#[derive(Debug)]
pub struct Connection {
    state: State,
    parser: EventStreamParser,
    reconnection: Reconnection,
    statuses: Vec<u16>,
    asks_the_user: bool,
    /// The loss that the user is being asked about, and the delay that another attempt would have.
    loss: Option<(Failure, Option<u32>)>,
    has_been_open: bool,
}

impl Connection {
    /// A connection whose first request is to be sent now.
    #[inline(always)]
    pub fn new(options: ConnectionOptions) -> Self {
        let mut parser = EventStreamParser::new(options.max_event_size, &options.last_event_id);
        if options.keeps_comments {
            parser.keep(Remarks::Comments);
        }
        Self {
            state: State::Connecting,
            parser,
            reconnection: Reconnection::new(options.reconnection),
            statuses: options.statuses,
            asks_the_user: options.asks_the_user,
            loss: None,
            has_been_open: false,
        }
    }

    /// The state.
    pub fn state(&self) -> State {
        self.state
    }

    /// The last event ID string, for the `Last-Event-ID` header of the next request; none is sent
    /// when it is empty. The bytes that the server sent, not yet checked for UTF-8.
    pub fn last_event_id(&self) -> &[u8] {
        self.parser.last_event_id()
    }

    /// How many attempts in a row have failed, up to and with the last one.
    pub fn failures(&self) -> u32 {
        self.reconnection.failures()
    }

    /// The head of a response has come. `now` is in ms on any clock (one that is set back makes the
    /// connection look shorter than it was, no more), `random` a number from 0 (inclusive) to 1 (exclusive).
    #[inline]
    pub fn handle_response(&mut self, head: ResponseHead, now: f64, random: f64) -> Step {
        if self.state != State::Connecting {
            return Step::Ignore;
        }
        let failure = if head.status != 200 {
            Failure::Status(head.status)
        } else if !head.is_event_stream {
            Failure::ContentType
        } else {
            self.state = State::Open;
            self.has_been_open = true;
            self.parser.start_stream();
            self.reconnection.handle_open(now);
            return Step::Announce;
        };
        let floor = head.retry_after.min(LONGEST_DELAY);
        let delay = self.next_delay(failure, now, random).map(|delay| delay.max(floor));
        self.lose(failure, delay)
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

    /// The attempt, or the connection, has come to an end. `now` and `random` are as above.
    ///
    /// To a page, a refusal by CORS looks like a lost network. The native class knows better: it
    /// gives up after the one and tries again after the other. So here [`Failure::Cors`] is a suspicion,
    /// for a request that went to another origin and may have been refused there; it leads to a [`Step::Probe`], until the connection has once been open.
    pub fn handle_failure(&mut self, mut failure: Failure, now: f64, random: f64) -> Step {
        if !matches!(self.state, State::Connecting | State::Open | State::Probing) {
            return Step::Ignore;
        }
        if failure == Failure::Cors {
            if !self.has_been_open && self.state == State::Connecting {
                self.state = State::Probing;
                return Step::Probe;
            }
            failure = Failure::Network;
        }
        let delay = self.next_delay(failure, now, random);
        self.lose(failure, delay)
    }

    /// It is known whether the server answers a request without CORS.
    #[inline]
    pub fn handle_probe(&mut self, answers: bool, now: f64, random: f64) -> Step {
        if self.state != State::Probing {
            return Step::Ignore;
        }
        let failure = if answers { Failure::Cors } else { Failure::Network };
        let delay = self.next_delay(failure, now, random);
        self.lose(failure, delay)
    }

    /// The user has decided.
    #[inline]
    pub fn handle_decision(&mut self, decision: Decision) -> Step {
        if self.state != State::Deciding {
            return Step::Ignore;
        }
        let Some((failure, delay)) = self.loss.take() else {
            return Step::Ignore;
        };
        self.settle(
            failure,
            match decision {
                Decision::GiveUp => None,
                Decision::Continue => delay,
                Decision::After(chosen) => delay.map(|_| chosen.min(LONGEST_DELAY)),
            },
        )
    }

    /// The timer has fired, and the device says whether it is `online`. Returns whether to send the
    /// next request; where it is not online, no attempt is wasted: see [`Connection::handle_online`].
    #[must_use]
    pub fn handle_timer(&mut self, online: bool) -> bool {
        online && self.handle_online()
    }

    /// The device is online again. Returns whether to send the next request, now.
    #[must_use]
    pub fn handle_online(&mut self) -> bool {
        self.connect_from(State::Waiting)
    }

    /// The page is put aside. Whatever is under way is to be aborted, without an event.
    pub fn suspend(&mut self) {
        if self.state != State::Closed {
            self.state = State::Suspended;
        }
    }

    /// The page is back. Returns whether to send the next request, now.
    #[must_use]
    pub fn resume(&mut self) -> bool {
        self.connect_from(State::Suspended)
    }

    /// Closes for good; whatever comes after it is ignored.
    pub fn close(&mut self) {
        self.state = State::Closed;
    }

    fn connect_from(&mut self, state: State) -> bool {
        let connects = self.state == state;
        if connects {
            self.state = State::Connecting;
        }
        connects
    }

    /// The delay that another attempt after this failure would have, if there may be one.
    fn next_delay(&mut self, failure: Failure, now: f64, random: f64) -> Option<u32> {
        if failure.is_final() {
            return None;
        }
        let reconnection_time = self.parser.reconnection_time();
        self.reconnection.handle_failure(reconnection_time, now, random)
    }

    /// The connection is lost. `delay` is that of another attempt, if there may be one.
    fn lose(&mut self, failure: Failure, delay: Option<u32>) -> Step {
        let unasked = delay.filter(|_| match failure {
            Failure::Status(status) => self.statuses.contains(&status),
            Failure::ContentType => false,
            _ => true,
        });
        if self.asks_the_user && delay.is_some() {
            self.state = State::Deciding;
            self.loss = Some((failure, delay));
            return Step::Decide { failure, delay: unasked };
        }
        self.settle(failure, unasked)
    }

    fn settle(&mut self, failure: Failure, delay: Option<u32>) -> Step {
        match delay {
            Some(delay) => {
                self.state = State::Waiting;
                Step::Reestablish { failure, delay }
            }
            None => self.fail(failure),
        }
    }

    fn fail(&mut self, failure: Failure) -> Step {
        self.state = State::Closed;
        Step::Fail { failure }
    }
}
