//! The state machine: each cell of its table, each statement that concerns it, and random inputs.
//!
//! `PROPTEST_RNG_SEED` and `PROPTEST_CASES` work as in `properties.rs`.

#![cfg(not(target_arch = "wasm32"))]

mod defaults;
mod oracle;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use wasm_eventsource::batch::Batch;
use wasm_eventsource::connection::{Connection, ConnectionOptions, ResponseHead, State, Step};
use wasm_eventsource::error::Failure;
use wasm_eventsource::reconnection::{self, Jitter, Policy};

use defaults::{OPTIONS, POLICY};
use oracle::Message;

const DEFAULT_SEED: u64 = 92;

/// Not to reconnect.
const ONCE: Policy = Policy { max_attempts: 1.0, ..POLICY };

/// What can happen to a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Input {
    GoodResponse,
    BadStatus,
    BadType,
    Chunk(&'static str),
    Failure(Failure),
    Timer,
    Close,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Output {
    Step(Step),
    /// Whether to send the next request.
    Timer(bool),
    Nothing,
}

fn apply(connection: &mut Connection, input: Input, batch: &mut Batch) -> Output {
    match input {
        Input::GoodResponse => Output::Step(connection.handle_response(head(200), 0.0, 0.0)),
        Input::BadStatus => Output::Step(connection.handle_response(head(500), 0.0, 0.0)),
        Input::BadType => Output::Step(connection.handle_response(head_of_page(200), 0.0, 0.0)),
        Input::Chunk(text) => Output::Step(connection.handle_chunk(text.as_bytes(), batch)),
        Input::Failure(failure) => Output::Step(connection.handle_failure(failure, 0.0, 0.0)),
        Input::Timer => Output::Timer(connection.handle_timer(true)),
        Input::Close => {
            connection.close();
            Output::Nothing
        }
    }
}

/// The head of an event stream, with a status.
fn head(status: u16) -> ResponseHead {
    ResponseHead { status, is_event_stream: true, retry_after: 0 }
}

/// The head of something else, likewise.
fn head_of_page(status: u16) -> ResponseHead {
    ResponseHead { is_event_stream: false, ..head(status) }
}

/// The step after a loss, as long as nobody has set another reconnection time.
fn lost(failure: Failure) -> Step {
    Step::Reestablish { failure, delay: 3_000 }
}

/// A connection that has come to `state` the shortest way.
fn connection_in(state: State) -> Connection {
    let mut connection = Connection::new(OPTIONS);
    match state {
        State::Connecting => {}
        State::Open => open(&mut connection),
        State::Waiting => fail(&mut connection, Failure::Network),
        State::Closed => connection.close(),
        State::Probing | State::Deciding | State::Suspended => {
            unreachable!("see tests/recovery.rs")
        }
    }
    assert_eq!(connection.state(), state);
    connection
}

fn open(connection: &mut Connection) {
    assert_eq!(connection.handle_response(head(200), 0.0, 0.0), Step::Announce);
}

/// Loses the connection and lets the driver wait for the next attempt.
fn fail(connection: &mut Connection, failure: Failure) {
    let step = connection.handle_failure(failure, 0.0, 0.0);
    assert!(matches!(step, Step::Reestablish { .. }), "{step:?}");
}

/// Loses the connection and opens it anew.
fn reopen(connection: &mut Connection) {
    fail(connection, Failure::Ended);
    assert!(connection.handle_timer(true));
    open(connection);
}

/// Reads a chunk of a new body and returns the messages that it completes.
fn read(connection: &mut Connection, chunk: &str) -> Vec<Message> {
    let mut batch = Batch::new();
    assert_eq!(connection.handle_chunk(chunk.as_bytes(), &mut batch), Step::Deliver);
    batch.messages().map(Message::from).collect()
}

fn message(event_type: &str, data: &str, last_event_id: &str) -> Message {
    Message {
        event_type: event_type.to_string(),
        data: data.to_string(),
        last_event_id: last_event_id.to_string(),
    }
}

#[test]
fn every_cell_of_the_table_is_as_documented() {
    use Input::{BadStatus, BadType, Close, GoodResponse, Timer};
    use State::{Closed, Connecting, Open, Waiting};

    const CHUNK: Input = Input::Chunk("id: 1\ndata: x\n\n");
    const ENDED: Input = Input::Failure(Failure::Ended);
    const NETWORK: Input = Input::Failure(Failure::Network);
    const LIMIT: Input = Input::Failure(Failure::Limit);
    let step = Output::Step;
    let ignore = Output::Step(Step::Ignore);
    let failed = |failure| Output::Step(Step::Fail { failure });
    let lost = |failure| Output::Step(lost(failure));

    let cells = [
        (Connecting, GoodResponse, Open, step(Step::Announce)),
        (Connecting, BadStatus, Closed, failed(Failure::Status(500))),
        (Connecting, BadType, Closed, failed(Failure::ContentType)),
        (Connecting, CHUNK, Connecting, ignore),
        (Connecting, ENDED, Waiting, lost(Failure::Ended)),
        (Connecting, NETWORK, Waiting, lost(Failure::Network)),
        (Connecting, LIMIT, Closed, failed(Failure::Limit)),
        (Connecting, Timer, Connecting, Output::Timer(false)),
        (Connecting, Close, Closed, Output::Nothing),
        (Open, GoodResponse, Open, ignore),
        (Open, BadStatus, Open, ignore),
        (Open, BadType, Open, ignore),
        (Open, CHUNK, Open, step(Step::Deliver)),
        (Open, ENDED, Waiting, lost(Failure::Ended)),
        (Open, NETWORK, Waiting, lost(Failure::Network)),
        (Open, LIMIT, Closed, failed(Failure::Limit)),
        (Open, Timer, Open, Output::Timer(false)),
        (Open, Close, Closed, Output::Nothing),
        (Waiting, GoodResponse, Waiting, ignore),
        (Waiting, BadStatus, Waiting, ignore),
        (Waiting, BadType, Waiting, ignore),
        (Waiting, CHUNK, Waiting, ignore),
        (Waiting, ENDED, Waiting, ignore),
        (Waiting, NETWORK, Waiting, ignore),
        (Waiting, LIMIT, Waiting, ignore),
        (Waiting, Timer, Connecting, Output::Timer(true)),
        (Waiting, Close, Closed, Output::Nothing),
        (Closed, GoodResponse, Closed, ignore),
        (Closed, BadStatus, Closed, ignore),
        (Closed, BadType, Closed, ignore),
        (Closed, CHUNK, Closed, ignore),
        (Closed, ENDED, Closed, ignore),
        (Closed, NETWORK, Closed, ignore),
        (Closed, LIMIT, Closed, ignore),
        (Closed, Timer, Closed, Output::Timer(false)),
        (Closed, Close, Closed, Output::Nothing),
    ];
    for (before, input, after, output) in cells {
        let mut connection = connection_in(before);
        let mut batch = Batch::new();
        let untouched = format!("{connection:?} {batch:?}");
        assert_eq!(apply(&mut connection, input, &mut batch), output, "{before:?}, {input:?}");
        assert_eq!(connection.state(), after, "{before:?}, {input:?}");
        if output == ignore || output == Output::Timer(false) {
            let now = format!("{connection:?} {batch:?}");
            assert_eq!(now, untouched, "{before:?}, {input:?}");
        }
    }
}

#[test]
fn a_new_connection_is_connecting() {
    let connection = Connection::new(OPTIONS);
    assert_eq!(connection.state(), State::Connecting);
    assert_eq!(connection.last_event_id(), b"");
}

// Responses

#[test]
fn spec_30_no_status_but_200_opens() {
    let seen = [
        201, 202, 203, 204, 205, 206, 207, 226, 299, 304, 400, 401, 403, 404, 410, 429, 500, 502,
        503, 504,
    ];
    for status in seen.into_iter().chain(0..200).chain(201..=999) {
        let mut connection = connection_in(State::Connecting);
        let step = connection.handle_response(head(status), 0.0, 0.0);
        assert_eq!(step, Step::Fail { failure: Failure::Status(status) });
        assert_eq!(connection.state(), State::Closed, "status {status}");
        assert!(!connection.handle_timer(true));
    }
}

#[test]
fn spec_31_a_204_ends_the_reconnecting_and_so_does_a_503() {
    for status in [204, 503] {
        let mut connection = connection_in(State::Open);
        fail(&mut connection, Failure::Ended);
        assert!(connection.handle_timer(true));
        let step = connection.handle_response(head(status), 0.0, 0.0);
        assert_eq!(step, Step::Fail { failure: Failure::Status(status) });
        assert_eq!(connection.state(), State::Closed);
        assert!(!connection.handle_timer(true));
    }
}

#[test]
fn spec_30_the_status_is_told_rather_than_the_content_type() {
    let mut connection = connection_in(State::Connecting);
    let step = connection.handle_response(head_of_page(404), 0.0, 0.0);
    assert_eq!(step, Step::Fail { failure: Failure::Status(404) });
}

#[test]
fn spec_33_another_content_type_fails_for_good() {
    let mut connection = connection_in(State::Connecting);
    let step = connection.handle_response(head_of_page(200), 0.0, 0.0);
    assert_eq!(step, Step::Fail { failure: Failure::ContentType });
    assert_eq!(connection.state(), State::Closed);
}

#[test]
fn spec_37_it_is_announced_before_any_byte_of_the_body() {
    let mut connection = connection_in(State::Connecting);
    assert_eq!(connection.handle_response(head(200), 0.0, 0.0), Step::Announce);
}

// Events

#[test]
fn spec_57_the_state_is_the_new_one_when_the_step_is_known() {
    let mut connection = connection_in(State::Connecting);
    assert_eq!(connection.handle_response(head(200), 0.0, 0.0), Step::Announce);
    assert_eq!(connection.state(), State::Open);
    assert_eq!(connection.handle_failure(Failure::Network, 0.0, 0.0), lost(Failure::Network));
    assert_eq!(connection.state(), State::Waiting);
    assert!(connection.handle_timer(true));
    let step = connection.handle_response(head(404), 0.0, 0.0);
    assert_eq!(step, Step::Fail { failure: Failure::Status(404) });
    assert_eq!(connection.state(), State::Closed);
}

#[test]
fn spec_58_one_loss_is_one_error() {
    for state in [State::Connecting, State::Open] {
        let mut connection = connection_in(state);
        assert_eq!(connection.handle_failure(Failure::Network, 0.0, 0.0), lost(Failure::Network));
        for failure in [Failure::Network, Failure::Ended] {
            assert_eq!(connection.handle_failure(failure, 0.0, 0.0), Step::Ignore);
        }
    }
}

#[test]
fn spec_58_a_failed_connection_has_no_second_error() {
    let mut connection = connection_in(State::Connecting);
    let step = connection.handle_response(head(500), 0.0, 0.0);
    assert_eq!(step, Step::Fail { failure: Failure::Status(500) });
    assert_eq!(connection.handle_failure(Failure::Network, 0.0, 0.0), Step::Ignore);
    assert_eq!(connection.handle_response(head(500), 0.0, 0.0), Step::Ignore);
}

#[test]
fn spec_59_what_no_blank_line_ended_is_never_delivered() {
    let mut connection = connection_in(State::Open);
    let mut batch = Batch::new();
    let step = connection.handle_chunk(b"data: a\n\ndata: b\n", &mut batch);
    assert_eq!(step, Step::Deliver);
    assert_eq!(connection.handle_failure(Failure::Ended, 0.0, 0.0), lost(Failure::Ended));
    let messages: Vec<_> = batch.messages().map(Message::from).collect();
    assert_eq!(messages, [message("message", "a", "")]);
}

// close()

#[test]
fn spec_60_close_works_in_any_state_and_any_number_of_times() {
    for state in [State::Connecting, State::Open, State::Waiting, State::Closed] {
        let mut connection = connection_in(state);
        connection.close();
        assert_eq!(connection.state(), State::Closed);
        connection.close();
        assert_eq!(connection.state(), State::Closed);
    }
}

#[test]
fn spec_63_nothing_is_delivered_after_close() {
    let mut connection = connection_in(State::Open);
    let mut batch = Batch::new();
    assert_eq!(connection.handle_chunk(b"data: a\n\nda", &mut batch), Step::Deliver);
    batch.clear_finished();
    connection.close();
    assert_eq!(connection.handle_chunk(b"ta: b\n\ndata: c\n\n", &mut batch), Step::Ignore);
    assert_eq!(batch.messages().count(), 0);
    assert_eq!(connection.handle_failure(Failure::Ended, 0.0, 0.0), Step::Ignore);
}

#[test]
fn spec_64_close_right_after_the_announcement_lets_no_message_through() {
    let mut connection = connection_in(State::Open);
    connection.close();
    let mut batch = Batch::new();
    assert_eq!(connection.handle_chunk(b"data: a\n\n", &mut batch), Step::Ignore);
    assert_eq!(batch.messages().count(), 0);
}

#[test]
fn spec_65_close_while_waiting_lets_no_request_follow() {
    let mut connection = connection_in(State::Waiting);
    connection.close();
    assert!(!connection.handle_timer(true));
    assert_eq!(connection.state(), State::Closed);
}

#[test]
fn spec_66_a_closed_connection_never_reopens() {
    for state in [State::Connecting, State::Open, State::Waiting] {
        let mut connection = connection_in(state);
        connection.close();
        let mut batch = Batch::new();
        for input in [
            Input::Timer,
            Input::GoodResponse,
            Input::Chunk("data: a\n\n"),
            Input::Failure(Failure::Network),
            Input::Timer,
            Input::GoodResponse,
        ] {
            let output = apply(&mut connection, input, &mut batch);
            assert!([Output::Step(Step::Ignore), Output::Timer(false)].contains(&output));
            assert_eq!(connection.state(), State::Closed);
        }
    }
}

// Requests

#[test]
fn spec_10_a_url_of_another_scheme_fails_for_good() {
    let mut connection = connection_in(State::Connecting);
    let failure = Failure::UnsupportedScheme;
    assert_eq!(connection.handle_failure(failure, 0.0, 0.0), Step::Fail { failure });
    assert_eq!(connection.state(), State::Closed);
}

#[test]
fn spec_46_a_request_that_the_pages_policy_blocks_fails_for_good() {
    let mut connection = connection_in(State::Connecting);
    let failure = Failure::Blocked;
    assert_eq!(connection.handle_failure(failure, 0.0, 0.0), Step::Fail { failure });
    assert_eq!(connection.state(), State::Closed);
}

// Reconnection

#[test]
fn spec_69_the_end_and_the_loss_of_a_stream_reestablish_the_connection() {
    for failure in [Failure::Ended, Failure::Network] {
        let mut connection = connection_in(State::Open);
        assert_eq!(connection.handle_failure(failure, 0.0, 0.0), lost(failure));
        assert_eq!(connection.state(), State::Waiting);
        assert!(connection.handle_timer(true));
        assert_eq!(connection.state(), State::Connecting);
    }
}

#[test]
fn spec_70_an_attempt_that_failed_is_followed_by_another() {
    let mut connection = connection_in(State::Connecting);
    for _ in 0..100 {
        assert_eq!(connection.handle_failure(Failure::Network, 0.0, 0.0), lost(Failure::Network));
        assert!(connection.handle_timer(true));
    }
    open(&mut connection);
}

#[test]
fn spec_71_the_delay_is_the_reconnection_time_that_the_stream_has_set() {
    let mut connection = connection_in(State::Open);
    assert_eq!(read(&mut connection, "retry: 1234\n"), []);
    let step = connection.handle_failure(Failure::Ended, 0.0, 0.0);
    assert_eq!(step, Step::Reestablish { failure: Failure::Ended, delay: 1_234 });
}

#[test]
fn spec_72_the_delay_is_that_of_the_policy_until_a_stream_has_set_one() {
    let policy = Policy { delay: 500.0, ..POLICY };
    let options = ConnectionOptions { reconnection: policy, ..OPTIONS };
    let mut connection = Connection::new(options.clone());
    let step = connection.handle_failure(Failure::Network, 0.0, 0.0);
    assert_eq!(step, Step::Reestablish { failure: Failure::Network, delay: 500 });
}

#[test]
fn spec_74_between_the_error_and_the_request_there_is_the_timer_alone() {
    let mut connection = connection_in(State::Waiting);
    let mut batch = Batch::new();
    for input in [Input::GoodResponse, Input::Chunk("data: a\n\n"), Input::BadStatus] {
        assert_eq!(apply(&mut connection, input, &mut batch), Output::Step(Step::Ignore));
    }
    assert!(connection.handle_timer(true));
    assert!(!connection.handle_timer(true), "a timer fires once");
}

#[test]
fn spec_75_the_next_request_bears_the_last_event_id() {
    let mut connection = connection_in(State::Open);
    read(&mut connection, "id: 7\ndata: a\n\ndata: b\n\n");
    fail(&mut connection, Failure::Ended);
    assert_eq!(connection.last_event_id(), b"7");
    assert!(connection.handle_timer(true));
    assert_eq!(connection.last_event_id(), b"7");
}

#[test]
fn spec_76_each_success_is_announced() {
    let mut connection = connection_in(State::Open);
    for _ in 0..3 {
        reopen(&mut connection);
    }
}

#[test]
fn spec_77_the_reconnection_time_outlives_the_connection() {
    let mut connection = connection_in(State::Open);
    read(&mut connection, "retry: 1234\n");
    reopen(&mut connection);
    reopen(&mut connection);
    let step = connection.handle_failure(Failure::Ended, 0.0, 0.0);
    assert_eq!(step, Step::Reestablish { failure: Failure::Ended, delay: 1_234 });
    assert!(connection.handle_timer(true));
    let step = connection.handle_failure(Failure::Network, 0.0, 0.0);
    assert_eq!(step, Step::Reestablish { failure: Failure::Network, delay: 1_234 });
}

#[test]
fn spec_78_each_body_may_begin_with_a_byte_order_mark() {
    let mut connection = connection_in(State::Open);
    for _ in 0..3 {
        let expected = [message("message", "a", "")];
        assert_eq!(read(&mut connection, "\u{FEFF}data: a\n\n"), expected);
        reopen(&mut connection);
    }
}

#[test]
fn spec_78_a_byte_order_mark_that_was_cut_off_is_not_continued_by_the_next_body() {
    let mut connection = connection_in(State::Open);
    assert_eq!(connection.handle_chunk(b"\xEF\xBB", &mut Batch::new()), Step::Deliver);
    reopen(&mut connection);
    let mut batch = Batch::new();
    let step = connection.handle_chunk(b"\xBFdata: no\n\ndata: a\n\n", &mut batch);
    assert_eq!(step, Step::Deliver);
    let messages: Vec<_> = batch.messages().map(Message::from).collect();
    assert_eq!(messages, [message("message", "a", "")]);
}

#[test]
fn spec_79_unfinished_data_type_and_line_do_not_outlive_the_connection() {
    for unfinished in [
        "data: lost\n",
        "data: lost",
        "event: lost\n",
        "event: lost\ndata: lost\n",
        "da",
        "unknown",
        ": comment",
        "data: lost\r",
    ] {
        let mut connection = connection_in(State::Open);
        assert_eq!(read(&mut connection, unfinished), []);
        reopen(&mut connection);
        let expected = [message("message", "a", "")];
        assert_eq!(read(&mut connection, "data: a\n\n"), expected, "after {unfinished:?}");
    }
}

#[test]
fn spec_80_an_id_that_no_blank_line_made_valid_does_not_outlive_the_connection() {
    for unfinished in ["id: 2\n", "id: 2", "id: 2\ndata: lost\n"] {
        let mut connection = connection_in(State::Open);
        read(&mut connection, "id: 1\n\n");
        read(&mut connection, unfinished);
        assert_eq!(connection.last_event_id(), b"1");
        reopen(&mut connection);
        assert_eq!(connection.last_event_id(), b"1");
        assert_eq!(read(&mut connection, "data: a\n\n"), [message("message", "a", "1")]);
    }
}

// The last event ID

#[test]
fn spec_89_the_last_event_id_is_empty_or_what_the_user_begins_with() {
    let options = ConnectionOptions { last_event_id: b"41".to_vec(), ..OPTIONS };
    let mut connection = Connection::new(options.clone());
    assert_eq!(connection.last_event_id(), b"41");
    open(&mut connection);
    assert_eq!(read(&mut connection, "data: a\n\n"), [message("message", "a", "41")]);
    assert_eq!(read(&mut connection, "id\n\n"), []);
    assert_eq!(connection.last_event_id(), b"");
}

#[test]
fn spec_90_an_id_without_data_is_in_the_next_request() {
    let mut connection = connection_in(State::Open);
    assert_eq!(read(&mut connection, "id: 5\n"), []);
    assert_eq!(connection.last_event_id(), b"");
    assert_eq!(read(&mut connection, "\n"), []);
    assert_eq!(connection.last_event_id(), b"5");
}

#[test]
fn spec_91_the_last_event_id_outlives_any_number_of_connections() {
    let mut connection = connection_in(State::Open);
    read(&mut connection, "id: 5\n\n");
    for _ in 0..3 {
        reopen(&mut connection);
        assert_eq!(read(&mut connection, "data: a\n\n"), [message("message", "a", "5")]);
        assert_eq!(connection.last_event_id(), b"5");
    }
    connection.close();
    assert_eq!(connection.last_event_id(), b"5");
}

#[test]
fn spec_93_an_id_that_was_reset_stays_reset() {
    let mut connection = connection_in(State::Open);
    read(&mut connection, "id: 5\ndata: a\n\n");
    reopen(&mut connection);
    read(&mut connection, "id\ndata: a\n\n");
    reopen(&mut connection);
    assert_eq!(connection.last_event_id(), b"");
    assert_eq!(read(&mut connection, "data: a\n\n"), [message("message", "a", "")]);
}

#[test]
fn spec_95_the_last_event_id_is_kept_in_the_bytes_that_the_server_sent() {
    let mut connection = connection_in(State::Open);
    let mut batch = Batch::new();
    let step = connection.handle_chunk(b"id: \xE2\x80\xA6\xFF\n\n", &mut batch);
    assert_eq!(step, Step::Deliver);
    assert_eq!(connection.last_event_id(), b"\xE2\x80\xA6\xFF");
}

// What goes beyond the standard

#[test]
fn without_reconnection_the_first_loss_is_the_last() {
    let options = ConnectionOptions { reconnection: ONCE, ..OPTIONS };
    for failure in [Failure::Ended, Failure::Network] {
        let mut connection = Connection::new(options.clone());
        open(&mut connection);
        let step = connection.handle_failure(failure, 0.0, 0.0);
        assert_eq!(step, Step::Fail { failure });
        assert_eq!(connection.state(), State::Closed);
        assert!(!connection.handle_timer(true));
    }
}

#[test]
fn the_last_attempt_of_the_policy_fails_the_connection() {
    let policy = Policy { max_attempts: 3.0, ..POLICY };
    let options = ConnectionOptions { reconnection: policy, ..OPTIONS };
    let mut connection = Connection::new(options.clone());
    for _ in 0..2 {
        assert_eq!(connection.handle_failure(Failure::Network, 0.0, 0.0), lost(Failure::Network));
        assert!(connection.handle_timer(true));
    }
    let step = connection.handle_failure(Failure::Network, 0.0, 0.0);
    assert_eq!(step, Step::Fail { failure: Failure::Network });
    assert_eq!(connection.state(), State::Closed);
}

#[test]
fn time_and_chance_reach_the_policy() {
    let policy = Policy {
        strategy: reconnection::Strategy::Exponential { factor: 2.0 },
        jitter: Jitter::Full,
        min_delay: 0.0,
        ..POLICY
    };
    let options = ConnectionOptions { reconnection: policy, ..OPTIONS };
    let mut connection = Connection::new(options.clone());
    let delays = [(0.0, 0.5, 1_500), (0.0, 0.5, 3_000), (0.0, 0.25, 3_000), (4_999.0, 0.5, 12_000)];
    for (now, random, delay) in delays {
        open(&mut connection);
        let step = connection.handle_failure(Failure::Ended, now, random);
        assert_eq!(step, Step::Reestablish { failure: Failure::Ended, delay });
        assert!(connection.handle_timer(true));
    }
    assert_eq!(connection.handle_response(head(200), 10_000.0, 0.0), Step::Announce);
    let step = connection.handle_failure(Failure::Ended, 15_000.0, 0.5);
    assert_eq!(step, Step::Reestablish { failure: Failure::Ended, delay: 1_500 });
}

#[test]
fn the_number_of_a_failure_is_the_place_of_its_name_in_typescript() {
    let events = include_str!("../pkg-template/events.ts");
    let (_, messages) = events.split_once("const MESSAGES").unwrap();
    // Each message is a property in a line of its own, or begins in one.
    let names: Vec<_> = messages
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once(':'))
        .map(|(name, _)| name.trim_matches('\''))
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
        .collect();
    let failures = [
        (Failure::Network, "network"),
        (Failure::Ended, "ended"),
        (Failure::Status(500), "status"),
        (Failure::ContentType, "content-type"),
        (Failure::Cors, "cors"),
        (Failure::Blocked, "blocked"),
        (Failure::UnsupportedScheme, "unsupported-scheme"),
        (Failure::ConnectTimeout, "connect-timeout"),
        (Failure::IdleTimeout, "idle-timeout"),
        (Failure::Limit, "limit"),
        (Failure::Request, "request"),
    ];
    for (number, (failure, name)) in failures.into_iter().enumerate() {
        assert_eq!(usize::from(failure.number()), number);
        assert_eq!(names[number], name);
    }
    for failure in [
        Failure::Network,
        Failure::Cors,
        Failure::Blocked,
        Failure::UnsupportedScheme,
        Failure::Request,
    ] {
        assert_eq!(Failure::of_request(failure.number().into()), failure);
    }
    assert_eq!(Failure::of_request(3.0), Failure::Network);
    assert_eq!(Failure::of_request(f64::NAN), Failure::Network);
}

// Random inputs

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

fn inputs() -> impl Strategy<Value = Vec<Input>> {
    let input = prop_oneof![
        3 => Just(Input::GoodResponse),
        1 => Just(Input::BadStatus),
        1 => Just(Input::BadType),
        8 => proptest::sample::select(&CHUNKS[..]).prop_map(Input::Chunk),
        1 => Just(Input::Failure(Failure::Ended)),
        1 => Just(Input::Failure(Failure::Network)),
        3 => Just(Input::Timer),
        1 => Just(Input::Close),
    ];
    vec(input, 0..40)
}

fn options() -> impl Strategy<Value = ConnectionOptions> {
    let reconnection = prop_oneof![
        3 => Just(POLICY),
        1 => Just(Policy { max_attempts: 3.0, ..POLICY }),
        1 => Just(ONCE),
    ];
    let limit = prop_oneof![3 => Just(1_000), 1 => Just(SMALL_LIMIT)];
    (reconnection, limit).prop_map(|(reconnection, max_event_size)| ConnectionOptions {
        reconnection,
        max_event_size,
        ..OPTIONS
    })
}

/// What is known of a connection from the outside.
#[derive(Default)]
struct Model {
    requests: usize,
    announced: usize,
    errors: usize,
    /// What has come of the body, and the last event ID when it began.
    body: String,
    first_event_id: String,
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
    let check_all = |(options, inputs): (ConnectionOptions, Vec<Input>)| {
        let mut connection = Connection::new(options.clone());
        let mut batch = Batch::new();
        let mut model = Model { requests: 1, ..Model::default() };
        for input in inputs {
            check(&mut connection, &mut batch, &mut model, &options, input)?;
        }
        Ok(())
    };
    let result = TestRunner::new(config).run(&(options(), inputs()), check_all);
    assert_eq!(result, Ok(()), "with PROPTEST_RNG_SEED={seed}");
}

fn check(
    connection: &mut Connection,
    batch: &mut Batch,
    model: &mut Model,
    options: &ConnectionOptions,
    input: Input,
) -> Result<(), TestCaseError> {
    let before = connection.state();
    let output = apply(connection, input, batch);
    let after = connection.state();

    let in_time = match input {
        Input::GoodResponse | Input::BadStatus | Input::BadType => before == State::Connecting,
        Input::Chunk(_) => before == State::Open,
        Input::Failure(_) => matches!(before, State::Connecting | State::Open),
        Input::Timer => before == State::Waiting,
        Input::Close => true,
    };
    let expected = match (in_time, input, output) {
        (false, Input::Timer, Output::Timer(false)) => before,
        (false, _, Output::Step(Step::Ignore)) => before,
        (true, Input::Timer, Output::Timer(true)) => State::Connecting,
        (true, Input::Close, Output::Nothing) => State::Closed,
        (true, Input::GoodResponse, Output::Step(Step::Announce)) => State::Open,
        (true, Input::Chunk(_), Output::Step(Step::Deliver)) => State::Open,
        (true, _, Output::Step(Step::Reestablish { failure, delay: 3_000 })) => {
            prop_assert_eq!(input, Input::Failure(failure));
            prop_assert!(options.reconnection != ONCE);
            State::Waiting
        }
        (true, _, Output::Step(Step::Fail { failure })) => {
            let limited = options.max_event_size == SMALL_LIMIT;
            let enough = options.reconnection.max_attempts.is_finite();
            match input {
                Input::BadStatus => prop_assert_eq!(failure, Failure::Status(500)),
                Input::BadType => prop_assert_eq!(failure, Failure::ContentType),
                Input::Chunk(_) if limited => prop_assert_eq!(failure, Failure::Limit),
                Input::Failure(cause) if enough => prop_assert_eq!(failure, cause),
                _ => prop_assert!(false, "{input:?} failed the connection"),
            }
            State::Closed
        }
        _ => return Err(TestCaseError::fail(format!("{before:?}, {input:?}: {output:?}"))),
    };
    prop_assert_eq!(after, expected, "{:?}, {:?}: {:?}", before, input, output);
    prop_assert!(before != State::Closed || after == State::Closed, "closed is final");

    let mut messages: Vec<_> = batch.messages().map(Message::from).collect();
    match output {
        Output::Timer(true) => model.requests += 1,
        Output::Step(Step::Announce) => {
            model.announced += 1;
            model.body.clear();
            model.first_event_id.clone_from(&model.last_event_id);
            model.messages.clear();
            messages.clear();
            *batch = Batch::new();
        }
        Output::Step(Step::Deliver) => {
            if let Input::Chunk(text) = input {
                model.body += text;
            }
            let outcome = oracle::interpret(model.body.as_bytes(), &model.first_event_id);
            model.messages = outcome.messages;
            model.last_event_id = outcome.last_event_id;
        }
        Output::Step(Step::Reestablish { .. } | Step::Fail { .. }) => model.errors += 1,
        _ => {}
    }
    prop_assert!(model.announced <= model.requests, "a request is announced once");
    prop_assert!(model.errors <= model.requests, "a request comes to one end");
    // Each of the chunks holds one event at most, so none has come with the one that is too large.
    prop_assert_eq!(&messages, &model.messages);
    prop_assert_eq!(connection.last_event_id(), model.last_event_id.as_bytes());
    Ok(())
}
