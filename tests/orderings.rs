//! Random orders of inputs, in simulated time: whatever comes when, some things never happen.
//!
//! Whatever can race in a browser is an order of inputs here: a timer that fires late, a page that is put
//! aside while the user is being asked, an answer to a request that was given up. `PROPTEST_RNG_SEED` and
//! `PROPTEST_CASES` work as in `properties.rs`.

#![cfg(not(target_arch = "wasm32"))]

mod defaults;
mod oracle;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseResult, TestRunner};

use wasm_eventsource::batch::Batch;
use wasm_eventsource::connection::{
    Connection, ConnectionOptions, Decision, Moment, ProbeAnswer, ReadyState, ResponseHead, State,
    Step,
};
use wasm_eventsource::error::Failure;
use wasm_eventsource::reconnection::{Jitter, LONGEST_DELAY, Policy};

use defaults::POLICY;
use defaults::connecting::{ELSEWHERE, PAGE, URL, head, options};
use oracle::Message;

const DEFAULT_SEED: u64 = 92;

/// Pieces of bodies: whole events, and parts that add up to more than the small limit.
const CHUNKS: [&str; 9] = [
    "data: a\n\n",
    "id: 1\ndata: b\n\n",
    "id: 2\n\n",
    "id: 3\n",
    "id\n",
    "event: t\n",
    "da",
    "ta: c\n",
    "data: 0123456789abcdef\n",
];

const SMALL_LIMIT: usize = 20;

/// The status that is worth another try, where one is.
const NAMED: u16 = 503;

const MAX_DELAY: f64 = 10_000.0;

/// What can happen to a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Input {
    Response { status: u16, content_type: &'static str, retry_after: u32 },
    Chunk(&'static str),
    Failure(Failure),
    Probe(ProbeAnswer),
    Decision(Decision),
    Timer { seems_offline: bool },
    Online,
    Suspend,
    Resume,
    Close,
}

/// An input, when it comes after the one before it, in ms, and chance.
type Timed = (Input, f64, f64);

fn inputs() -> impl Strategy<Value = Vec<Timed>> {
    let response = |status, content_type| {
        proptest::sample::select(vec![0, 2, 60]).prop_map(move |retry_after| Input::Response {
            status,
            content_type,
            retry_after,
        })
    };
    let failures = vec![
        Failure::Ended,
        Failure::Network,
        Failure::Network,
        Failure::IdleTimeout,
        Failure::Hook,
        Failure::Internal,
        Failure::Request,
    ];
    let answers = vec![ProbeAnswer::Opaque, ProbeAnswer::Readable, ProbeAnswer::Nothing];
    let decisions = vec![
        Decision::GiveUp,
        Decision::Unasked,
        Decision::Continue,
        Decision::After(0),
        Decision::After(5_000),
        Decision::After(u32::MAX),
    ];
    let input = prop_oneof![
        6 => response(200, "text/event-stream"),
        1 => response(200, "text/html"),
        4 => response(NAMED, "text/event-stream"),
        1 => response(404, "text/event-stream"),
        1 => response(204, ""),
        6 => proptest::sample::select(&CHUNKS[..]).prop_map(Input::Chunk),
        4 => proptest::sample::select(failures).prop_map(Input::Failure),
        2 => proptest::sample::select(answers).prop_map(Input::Probe),
        4 => proptest::sample::select(decisions).prop_map(Input::Decision),
        6 => any::<bool>().prop_map(|seems_offline| Input::Timer { seems_offline }),
        2 => Just(Input::Online),
        2 => Just(Input::Suspend),
        3 => Just(Input::Resume),
        1 => Just(Input::Close),
    ];
    let time = prop_oneof![Just(0.0), 0.0..100.0, 0.0..70_000.0];
    vec((input, time, 0.0..1.0), 0..50)
}

prop_compose! {
    fn connections()(
        jitter in proptest::sample::select(vec![Jitter::None, Jitter::Full, Jitter::Decorrelated]),
        max_attempts in prop_oneof![3 => Just(f64::INFINITY), 1 => Just(3.0)],
        repeats in any::<bool>(),
        names_statuses in any::<bool>(),
        asks_the_user in any::<bool>(),
        is_elsewhere in any::<bool>(),
        has_page in any::<bool>(),
        max_event_size in prop_oneof![3 => Just(1_000), 1 => Just(SMALL_LIMIT)],
    ) -> ConnectionOptions {
        ConnectionOptions {
            url: if is_elsewhere { ELSEWHERE } else { URL }.to_string(),
            page_origin: has_page.then(|| PAGE.to_string()),
            reconnection: Policy { jitter, max_attempts, max_delay: MAX_DELAY, ..POLICY },
            repeats,
            statuses: names_statuses.then(|| vec![NAMED]),
            asks_the_user,
            max_event_size,
            ..options()
        }
    }
}

/// What is known of a connection from the outside.
struct Model {
    options: ConnectionOptions,
    now: f64,
    /// Whether a request, a body or a probe is under way.
    is_under_way: bool,
    /// Whether a further request has been asked for: by a status that was named, or a decision.
    is_asked_for: bool,
    /// Until when the server has asked to be left alone.
    not_before: f64,
    /// What has come of the body, and the last event ID when it began.
    body: String,
    first_event_id: String,
    batch: Batch,
    /// What the body has delivered, and the last event ID by now.
    messages: Vec<Message>,
    last_event_id: String,
}

#[test]
fn no_order_of_inputs_breaks_the_rules() {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 5_000;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(DEFAULT_SEED);
    }
    let seed = config.rng_seed;
    let check_all = |(options, inputs): (ConnectionOptions, Vec<Timed>)| {
        let mut connection = Connection::new(options.clone());
        let mut model = Model {
            options,
            now: 0.0,
            is_under_way: true,
            is_asked_for: false,
            not_before: f64::NEG_INFINITY,
            body: String::new(),
            first_event_id: String::new(),
            batch: Batch::new(),
            messages: Vec::new(),
            last_event_id: String::new(),
        };
        for (input, later, random) in inputs {
            model.now += later;
            let before = connection.state();
            let step = apply(&mut connection, &mut model, input, random);
            check(&connection, &mut model, before, input, step)?;
        }
        Ok(())
    };
    let result = TestRunner::new(config).run(&(connections(), inputs()), check_all);
    assert_eq!(result, Ok(()), "with PROPTEST_RNG_SEED={seed}");
}

fn apply(connection: &mut Connection, model: &mut Model, input: Input, random: f64) -> Step {
    let moment = Moment { now: model.now, random };
    match input {
        Input::Response { status, content_type, retry_after } => {
            let retry_after = retry_after.to_string();
            let head =
                ResponseHead { content_type, retry_after: &retry_after, url: "", ..head(status) };
            connection.handle_response(&head, moment)
        }
        Input::Chunk(text) => {
            if connection.state() == State::Open {
                model.body += text;
            }
            match connection.handle_chunk(text.as_bytes(), &mut model.batch) {
                Ok(()) => Step::Ignore,
                // As the driver does.
                Err(failure) => connection.handle_failure(failure, moment),
            }
        }
        Input::Failure(failure) => connection.handle_failure(failure, moment),
        Input::Probe(answer) => connection.handle_probe(answer, moment),
        Input::Decision(decision) => connection.handle_decision(decision, moment),
        Input::Timer { seems_offline } => connection.handle_timer(moment, seems_offline),
        Input::Online => connection.handle_online(moment),
        Input::Suspend => {
            connection.suspend(moment);
            Step::Ignore
        }
        Input::Resume => connection.resume(moment),
        Input::Close => {
            connection.close();
            Step::Ignore
        }
    }
}

fn check(
    connection: &Connection,
    model: &mut Model,
    before: State,
    input: Input,
    step: Step,
) -> TestCaseResult {
    let after = connection.state();
    let now = model.now;
    let context = || format!("{before:?}, {input:?} at {now}: {step:?}, {after:?}");
    prop_assert_eq!(
        connection.ready_state(),
        match after {
            State::Open => ReadyState::Open,
            State::Closed => ReadyState::Closed,
            _ => ReadyState::Connecting,
        }
    );
    prop_assert!(connection.attempt() >= 1);

    if before == State::Closed {
        prop_assert_eq!(
            (step, after),
            (Step::Ignore, State::Closed),
            "closed is final: {}",
            context()
        );
    }
    match step {
        Step::Ignore => {
            let expected = match input {
                Input::Close => State::Closed,
                Input::Suspend if before != State::Closed => State::Suspended,
                _ => before,
            };
            prop_assert_eq!(after, expected, "{}", context());
        }
        Step::Send => {
            prop_assert_eq!(after, State::Connecting, "{}", context());
            prop_assert!(!model.is_under_way, "two requests at once: {}", context());
            prop_assert!(now >= model.not_before, "before Retry-After: {}", context());
            let is_repeated = model.options.repeats || model.is_asked_for;
            prop_assert!(is_repeated, "repeated unasked: {}", context());
            model.is_under_way = true;
            model.is_asked_for = false;
        }
        Step::Wait { delay } => {
            prop_assert_eq!(after, State::Waiting, "{}", context());
            prop_assert!((1..=LONGEST_DELAY).contains(&delay), "{}", context());
        }
        Step::Announce => {
            prop_assert_eq!((before, after), (State::Connecting, State::Open), "{}", context());
            model.body.clear();
            model.first_event_id.clone_from(&model.last_event_id);
            model.messages.clear();
            model.batch = Batch::new();
        }
        Step::Probe => {
            prop_assert_eq!((before, after), (State::Connecting, State::Probing), "{}", context());
        }
        Step::Decide { loss } => {
            prop_assert_eq!(after, State::Deciding, "{}", context());
            prop_assert!(model.options.asks_the_user && !loss.failure.is_final(), "{}", context());
            note_retry_after(model, input);
            model.is_under_way = false;
        }
        Step::Reestablish { loss, delay } => {
            prop_assert_eq!(after, State::Waiting, "{}", context());
            prop_assert_eq!(loss.retry_in, Some(delay), "{}", context());
            prop_assert!(loss.attempt >= 1 && !loss.failure.is_final(), "{}", context());
            note_retry_after(model, input);
            if let Input::Decision(Decision::After(chosen)) = input {
                model.not_before = model.not_before.min(now + f64::from(chosen));
                prop_assert_eq!(delay, chosen.min(LONGEST_DELAY), "{}", context());
            } else {
                // The longest that the server has asked for, and the jitter on top of it.
                let most = 60_000.0 + MAX_DELAY;
                prop_assert!((100.0..=most).contains(&f64::from(delay)), "{}", context());
                let is_decided = matches!(input, Input::Decision(_));
                let due = now + f64::from(delay);
                prop_assert!(is_decided || due >= model.not_before, "{}", context());
            }
            model.is_asked_for = match input {
                Input::Decision(Decision::Continue | Decision::After(_)) => true,
                _ => loss.failure == Failure::Status(NAMED),
            };
            prop_assert!(
                model.options.repeats || model.is_asked_for,
                "repeated unasked: {}",
                context()
            );
            model.is_under_way = false;
        }
        Step::Fail { loss, is_complete } => {
            prop_assert_eq!((after, loss.retry_in), (State::Closed, None), "{}", context());
            prop_assert!(loss.attempt >= 1, "{}", context());
            let may_be = match loss.failure {
                Failure::Status(status) => status == 204,
                failure => failure == Failure::Ended,
            };
            prop_assert!(may_be || !is_complete, "{}", context());
        }
    }
    if matches!(after, State::Suspended | State::Closed) {
        model.is_under_way = false;
    }
    let is_live = matches!(after, State::Connecting | State::Open | State::Probing);
    prop_assert_eq!(model.is_under_way, is_live, "{}", context());

    if let (Input::Chunk(_), State::Open) = (input, before) {
        let outcome = oracle::interpret(model.body.as_bytes(), &model.first_event_id);
        // Each of the chunks ends one event at most, so none has come with the one that is too large.
        if after == State::Open {
            model.messages = outcome.messages;
            model.last_event_id = outcome.last_event_id;
        }
        let messages: Vec<_> = model.batch.messages().map(Message::from).collect();
        prop_assert_eq!(&messages, &model.messages, "{}", context());
    }
    let last_event_id = String::from_utf8_lossy(connection.last_event_id());
    prop_assert_eq!(last_event_id, model.last_event_id.as_str(), "{}", context());
    Ok(())
}

/// The server may have asked to be left alone.
fn note_retry_after(model: &mut Model, input: Input) {
    if let Input::Response { retry_after, .. } = input {
        model.not_before = model.not_before.max(model.now + f64::from(retry_after) * 1_000.0);
    }
}
