//! A connection, and what is known of it from the outside: what no order of inputs may ever do.

use wasm_eventsource::batch::Batch;
use wasm_eventsource::connection::{
    Connection, ConnectionOptions, Decision, Moment, ProbeAnswer, ReadyState, ResponseHead, State,
    Step,
};
use wasm_eventsource::error::Failure;
use wasm_eventsource::reconnection::{DEFAULT_MAX_DELAY, LONGEST_DELAY, Policy};

use crate::inputs::{
    CHUNKS, ELSEWHERE, FAILURES, HERE, Input, RETRY_AFTERS, STATUSES, Wanted, decision, pick,
};
use crate::oracle::{self, Message};

/// What an input has led to, as far as it can be seen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) step: Step,
    pub(crate) state: State,
    pub(crate) attempt: u32,
    pub(crate) url: String,
    pub(crate) origin: String,
    pub(crate) last_event_id: Vec<u8>,
    pub(crate) messages: usize,
}

pub(crate) struct Machine {
    connection: Connection,
    options: ConnectionOptions,
    batch: Batch,
    /// Whether a request, a body or a probe is under way.
    is_under_way: bool,
    /// Whether another request has been asked for, by a status that was named or a decision.
    is_asked_for: bool,
    /// Until when the server has asked to be left alone.
    not_before: f64,
    /// What the connection was when the page was put aside.
    put_aside: State,
    /// How long that was when the last attempt was lost.
    floor: f64,
    /// How many attempts in a row were lost that never opened, and were not excused.
    failures: u32,
    is_excused: bool,
    body: Vec<u8>,
    first_event_id: String,
    last_event_id: String,
    /// How many numbers have been given to messages, and whether all IDs are such numbers.
    numbers: u64,
    are_all_numbers: bool,
    greatest: u64,
}

impl Machine {
    pub(crate) fn new(wanted: &Wanted) -> Self {
        let options = wanted.options();
        let mut connection = Connection::new(options.clone());
        let mut is_waiting = false;
        if let Some((standing, rest)) = wanted.taken_over() {
            let step = connection.take_over(standing, rest);
            is_waiting = rest > 0.0;
            match step {
                Step::Send => assert!(!is_waiting),
                Step::Wait { delay } => assert!(is_waiting && (1..=LONGEST_DELAY).contains(&delay)),
                _ => panic!("{step:?}"),
            }
        }
        Self {
            connection,
            options,
            batch: Batch::new(),
            is_under_way: !is_waiting,
            // This one has asked for nothing yet.
            is_asked_for: is_waiting,
            not_before: f64::NEG_INFINITY,
            put_aside: State::Connecting,
            floor: 0.0,
            failures: 0,
            is_excused: false,
            body: Vec::new(),
            first_event_id: String::new(),
            last_event_id: String::new(),
            numbers: 0,
            are_all_numbers: true,
            greatest: 0,
        }
    }

    /// Does what a driver does with an input, and checks what comes of it.
    pub(crate) fn apply(&mut self, input: Input<'_>, now: f64, random: f64) -> Seen {
        let before = self.connection.state();
        let former = self.seen(Step::Ignore);
        let bytes_before = self.body.len();
        let step = self.feed(input, Moment { now, random });
        let seen = self.seen(step);
        self.check(input, before, &former, &seen, now);
        if let (State::Open, Input::Bytes(_) | Input::Chunk(_) | Input::Numbered) = (before, input)
        {
            self.check_stream(bytes_before, &seen);
        }
        let id = String::from_utf8_lossy(&seen.last_event_id);
        assert_eq!(id, self.last_event_id, "{input:?}");
        if self.are_all_numbers && !id.is_empty() {
            let Ok(number) = id.parse::<u64>() else { panic!("{id:?} was never sent") };
            assert!(number >= self.greatest, "the last event ID has gone back to {number}");
            self.greatest = number;
        }
        seen
    }

    fn seen(&self, step: Step) -> Seen {
        let connection = &self.connection;
        Seen {
            step,
            state: connection.state(),
            attempt: connection.attempt(),
            url: connection.url().to_string(),
            origin: connection.origin().to_string(),
            last_event_id: connection.last_event_id().to_vec(),
            messages: self.batch.messages().count(),
        }
    }

    fn feed(&mut self, input: Input<'_>, moment: Moment) -> Step {
        let connection = &mut self.connection;
        match input {
            Input::Response { status, is_html, retry_after, redirected } => {
                let head = ResponseHead {
                    status: pick(&STATUSES, status),
                    content_type: if is_html { "text/html" } else { "text/event-stream" },
                    retry_after: pick(&RETRY_AFTERS, retry_after).0,
                    url: if redirected == Some(true) { ELSEWHERE } else { HERE },
                    is_redirected: redirected.is_some(),
                    date: 0.0,
                };
                connection.handle_response(&head, moment)
            }
            Input::OwnStream => connection.handle_own_stream(moment),
            Input::Chunk(index) => {
                self.are_all_numbers &= !pick(&CHUNKS, index).contains("id");
                self.take(pick(&CHUNKS, index).as_bytes(), moment)
            }
            Input::Numbered => {
                self.numbers += 1;
                self.take(format!("id: {}\ndata: x\n\n", self.numbers).as_bytes(), moment)
            }
            Input::Bytes(bytes) => {
                self.are_all_numbers = false;
                self.take(bytes, moment)
            }
            Input::Failure(index) => connection.handle_failure(pick(&FAILURES, index), moment),
            Input::Probe(index) => {
                use ProbeAnswer::{Nothing, Opaque, Readable};
                connection.handle_probe(pick(&[Opaque, Readable, Nothing], index), moment)
            }
            Input::Decision(_) => connection.handle_decision(decision(input), moment),
            Input::Timer { seems_offline } => connection.handle_timer(moment, seems_offline),
            Input::Online => connection.handle_online(moment),
            Input::Suspend => {
                connection.suspend(moment);
                Step::Ignore
            }
            Input::Resume => connection.resume(moment),
            Input::Reset => {
                if connection.state() == State::Open {
                    connection.reset();
                    self.begin_stream();
                }
                Step::Ignore
            }
            Input::Close => {
                connection.close();
                Step::Ignore
            }
        }
    }

    fn take(&mut self, bytes: &[u8], moment: Moment) -> Step {
        if self.connection.state() == State::Open {
            self.body.extend_from_slice(bytes);
        }
        match self.connection.handle_chunk(bytes, &mut self.batch) {
            Ok(()) => Step::Ignore,
            Err(failure) => self.connection.handle_failure(failure, moment),
        }
    }

    fn begin_stream(&mut self) {
        self.batch = Batch::new();
        self.body.clear();
        self.first_event_id.clone_from(&self.last_event_id);
    }

    fn check(&mut self, input: Input<'_>, before: State, former: &Seen, seen: &Seen, now: f64) {
        let (step, after) = (seen.step, seen.state);
        let context = format!("{before:?}, {input:?} at {now}: {step:?}, {after:?}");
        let ready_state = match after {
            State::Open => ReadyState::Open,
            State::Closed => ReadyState::Closed,
            _ => ReadyState::Connecting,
        };
        assert_eq!(self.connection.ready_state(), ready_state);
        if before == State::Closed {
            assert_eq!(seen, former, "closed is for good: {context}");
        }
        match step {
            Step::Ignore => {
                let expected = match input {
                    Input::Close => State::Closed,
                    Input::Suspend if before != State::Closed => State::Suspended,
                    _ => before,
                };
                assert_eq!(after, expected, "{context}");
            }
            Step::Send => {
                assert_eq!(after, State::Connecting, "{context}");
                assert!(!self.is_under_way, "two requests at once: {context}");
                assert!(now >= self.not_before, "before Retry-After is over: {context}");
                assert!(self.options.repeats || self.is_asked_for, "unasked: {context}");
                self.is_under_way = true;
                self.is_asked_for = false;
                self.is_excused = matches!(input, Input::Timer { seems_offline: true });
            }
            Step::Wait { delay } => {
                assert_eq!(after, State::Waiting, "{context}");
                assert!((1..=LONGEST_DELAY).contains(&delay), "{context}");
            }
            Step::Announce => {
                assert_eq!((before, after), (State::Connecting, State::Open), "{context}");
                self.failures = 0;
                self.begin_stream();
            }
            Step::Probe => {
                assert_eq!((before, after), (State::Connecting, State::Probing), "{context}");
                assert!(self.options.is_get && self.options.may_probe, "{context}");
            }
            Step::Decide { loss } => {
                assert_eq!(after, State::Deciding, "{context}");
                assert!(self.options.asks_the_user && !loss.failure.is_final(), "{context}");
                self.lose(input, before, now, &context);
            }
            Step::Reestablish { loss, delay } => {
                assert_eq!((after, loss.retry_in), (State::Waiting, Some(delay)), "{context}");
                assert!(loss.attempt >= 1 && !loss.failure.is_final(), "{context}");
                self.lose(input, before, now, &context);
                self.check_delay(input, delay, now, &context);
                self.is_asked_for = match decision(input) {
                    Decision::Continue | Decision::After(_) => true,
                    _ => matches!(loss.failure, Failure::Status(_)),
                };
                assert!(self.options.repeats || self.is_asked_for, "unasked: {context}");
            }
            Step::Fail { loss, is_complete } => {
                assert_eq!((after, loss.retry_in), (State::Closed, None), "{context}");
                let may_be = matches!(loss.failure, Failure::Ended | Failure::Status(204));
                assert!(may_be || !is_complete, "{context}");
            }
        }
        if matches!(input, Input::Suspend) && before != State::Suspended {
            self.put_aside = before;
        }
        let is_live = matches!(after, State::Connecting | State::Open | State::Probing);
        self.is_under_way &= is_live;
        assert_eq!(self.is_under_way, is_live, "{context}");
    }

    /// An attempt, or a connection, has come to an end, and it is not the last.
    fn lose(&mut self, input: Input<'_>, before: State, now: f64, context: &str) {
        self.is_under_way = false;
        if let Input::Response { retry_after, .. } = input {
            self.not_before = self.not_before.max(now + pick(&RETRY_AFTERS, retry_after).1);
        }
        let is_decided = before == State::Deciding;
        let is_asked_again = matches!(input, Input::Resume) && self.put_aside == State::Deciding;
        if !is_decided && !is_asked_again {
            self.floor = (self.not_before - now).max(0.0);
        }
        let never_opened = matches!(before, State::Connecting | State::Probing);
        if never_opened && !is_decided && !self.is_excused {
            self.failures += 1;
            let failures = f64::from(self.failures);
            assert!(failures < self.options.reconnection.max_attempts, "too many: {context}");
        }
    }

    /// The delay is within what the user, the server and a timer allow.
    fn check_delay(&mut self, input: Input<'_>, delay: u32, now: f64, context: &str) {
        if let Decision::After(chosen) = decision(input) {
            assert_eq!(delay, chosen.min(LONGEST_DELAY), "{context}");
            self.not_before = self.not_before.min(now + f64::from(chosen));
            return;
        }
        let Policy { min_delay, max_delay, .. } = self.options.reconnection;
        let longest = f64::from(LONGEST_DELAY);
        let default = self.connection.reconnection_time().max(DEFAULT_MAX_DELAY);
        let most = if max_delay.is_finite() { max_delay } else { default }.min(longest);
        let least = min_delay.min(most).floor();
        let delay = f64::from(delay);
        assert!((least..=longest).contains(&delay), "{context}");
        // A decision may come late; the delay begins with it.
        assert!(delay <= most.max(self.floor + most + 1.0), "{context}");
        assert!(delay >= self.floor.min(longest), "before Retry-After is over: {context}");
    }

    /// The messages and the last event ID are the oracle's.
    fn check_stream(&mut self, bytes_before: usize, seen: &Seen) {
        let messages: Vec<_> = self.batch.messages().map(Message::from).collect();
        let outcome = oracle::interpret(&self.body, &self.first_event_id);
        if seen.state == State::Open {
            assert_eq!(messages, outcome.messages);
            self.last_event_id = outcome.last_event_id;
            return;
        }
        // An event was too large: what came before it is delivered, and its IDs are valid.
        assert!(outcome.messages.starts_with(&messages));
        let id = String::from_utf8_lossy(&seen.last_event_id).into_owned();
        let may_be = (bytes_before..=self.body.len()).any(|end| {
            oracle::interpret(&self.body[..end], &self.first_event_id).last_event_id == id
        });
        assert!(may_be, "{id:?} was never valid");
        self.last_event_id = id;
    }
}
