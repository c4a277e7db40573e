//! The state machine: each cell of its table, and each statement that concerns it.

#![cfg(not(target_arch = "wasm32"))]

mod defaults;
#[allow(dead_code, reason = "only messages are compared here")]
mod oracle;

use wasm_eventsource::batch::Batch;
use wasm_eventsource::connection::{
    Connection, ConnectionOptions, Decision, Moment, ProbeAnswer, ReadyState, ResponseHead, State,
    Step,
};
use wasm_eventsource::error::Failure;
use wasm_eventsource::reconnection::{self, Jitter, Policy};

use defaults::POLICY;
use defaults::connecting::{
    ELSEWHERE, PAGE, START, asked, at, completed, failed, head, lost, options,
};
use oracle::Message;

/// The delay while nobody has set another.
const DELAY: u32 = 3_000;

/// What can happen to a connection.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Input {
    GoodResponse,
    BadStatus,
    BadType,
    Chunk(&'static str),
    Failure(Failure),
    Probe(ProbeAnswer),
    Decision(Decision),
    Timer,
    Online,
    Suspend,
    Resume,
    Close,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Output {
    Step(Step),
    Chunk(Result<(), Failure>),
    Nothing,
}

fn apply(connection: &mut Connection, input: Input, batch: &mut Batch) -> Output {
    Output::Step(match input {
        Input::GoodResponse => connection.handle_response(&head(200), START),
        Input::BadStatus => connection.handle_response(&head(500), START),
        Input::BadType => connection.handle_response(&head_of_page(200), START),
        Input::Chunk(text) => {
            return Output::Chunk(connection.handle_chunk(text.as_bytes(), batch));
        }
        Input::Failure(failure) => connection.handle_failure(failure, START),
        Input::Probe(answer) => connection.handle_probe(answer, START),
        Input::Decision(decision) => connection.handle_decision(decision, START),
        Input::Timer => connection.handle_timer(START, false),
        Input::Online => connection.handle_online(START),
        Input::Suspend => {
            connection.suspend(START);
            return Output::Nothing;
        }
        Input::Resume => connection.resume(START),
        Input::Close => {
            connection.close();
            return Output::Nothing;
        }
    })
}

/// The head of something that is no event stream.
fn head_of_page(status: u16) -> ResponseHead<'static> {
    ResponseHead { content_type: "text/html", ..head(status) }
}

/// A connection that has come to `state` the shortest way. One that is deciding was lost by a network
/// error, and one that is suspended was connecting.
fn connection_in(state: State) -> Connection {
    let mut connection = Connection::new(match state {
        State::Probing => ConnectionOptions {
            url: ELSEWHERE.to_string(),
            page_origin: Some(PAGE.to_string()),
            ..options()
        },
        State::Deciding => ConnectionOptions { asks_the_user: true, ..options() },
        _ => options(),
    });
    let network = Failure::Network;
    match state {
        State::Connecting => {}
        State::Open => open(&mut connection),
        State::Probing => assert_eq!(connection.handle_failure(network, START), Step::Probe),
        State::Deciding => {
            assert_eq!(connection.handle_failure(network, START), asked(network, 1, Some(DELAY)));
        }
        State::Waiting => fail(&mut connection, network),
        State::Suspended => connection.suspend(START),
        State::Closed => connection.close(),
    }
    assert_eq!(connection.state(), state);
    connection
}

const STATES: [State; 7] = [
    State::Connecting,
    State::Open,
    State::Probing,
    State::Deciding,
    State::Waiting,
    State::Suspended,
    State::Closed,
];

fn open(connection: &mut Connection) {
    assert_eq!(connection.handle_response(&head(200), START), Step::Announce);
}

/// Loses the connection and lets the driver wait for the next attempt.
fn fail(connection: &mut Connection, failure: Failure) {
    let step = connection.handle_failure(failure, START);
    assert!(matches!(step, Step::Reestablish { .. }), "{step:?}");
}

/// Loses the connection and opens it anew.
fn reopen(connection: &mut Connection) {
    fail(connection, Failure::Ended);
    assert_eq!(connection.handle_timer(START, false), Step::Send);
    open(connection);
}

/// Reads a chunk of a new body and returns the messages that it completes.
fn read(connection: &mut Connection, chunk: &str) -> Vec<Message> {
    let mut batch = Batch::new();
    assert_eq!(connection.handle_chunk(chunk.as_bytes(), &mut batch), Ok(()));
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
    use State::{Closed, Connecting, Deciding, Open, Probing, Suspended, Waiting};

    const CHUNK: Input = Input::Chunk("id: 1\ndata: x\n\n");
    const ENDED: Input = Input::Failure(Failure::Ended);
    const NETWORK: Input = Input::Failure(Failure::Network);
    const LIMIT: Input = Input::Failure(Failure::Limit);
    const OPAQUE: Input = Input::Probe(ProbeAnswer::Opaque);
    const NO_ANSWER: Input = Input::Probe(ProbeAnswer::Nothing);
    const GIVE_UP: Input = Input::Decision(Decision::GiveUp);
    const CONTINUE: Input = Input::Decision(Decision::Continue);
    const INPUTS: [Input; 16] = [
        Input::GoodResponse,
        Input::BadStatus,
        Input::BadType,
        CHUNK,
        ENDED,
        NETWORK,
        LIMIT,
        OPAQUE,
        NO_ANSWER,
        GIVE_UP,
        CONTINUE,
        Input::Timer,
        Input::Online,
        Input::Suspend,
        Input::Resume,
        Input::Close,
    ];
    let step = Output::Step;
    let lost = |failure| step(lost(failure, 1, DELAY));
    let failed = |failure| step(failed(failure, 1));

    // The cells that are not empty, but for the last column; in all others, the input is ignored.
    let cells = [
        (Connecting, Input::GoodResponse, Open, step(Step::Announce)),
        (Connecting, Input::BadStatus, Closed, failed(Failure::Status(500))),
        (Connecting, Input::BadType, Closed, failed(Failure::ContentType)),
        (Connecting, ENDED, Waiting, lost(Failure::Ended)),
        (Connecting, NETWORK, Waiting, lost(Failure::Network)),
        (Connecting, LIMIT, Closed, failed(Failure::Limit)),
        (Connecting, Input::Suspend, Suspended, Output::Nothing),
        (Open, CHUNK, Open, Output::Chunk(Ok(()))),
        (Open, ENDED, Waiting, lost(Failure::Ended)),
        (Open, NETWORK, Waiting, lost(Failure::Network)),
        (Open, LIMIT, Closed, failed(Failure::Limit)),
        (Open, Input::Suspend, Suspended, Output::Nothing),
        (Probing, ENDED, Waiting, lost(Failure::Ended)),
        (Probing, NETWORK, Waiting, lost(Failure::Network)),
        (Probing, LIMIT, Closed, failed(Failure::Limit)),
        (Probing, OPAQUE, Closed, failed(Failure::Cors)),
        (Probing, NO_ANSWER, Waiting, lost(Failure::Network)),
        (Probing, Input::Suspend, Suspended, Output::Nothing),
        (Deciding, GIVE_UP, Closed, failed(Failure::Network)),
        (Deciding, CONTINUE, Waiting, lost(Failure::Network)),
        (Deciding, Input::Suspend, Suspended, Output::Nothing),
        (Waiting, Input::Timer, Connecting, step(Step::Send)),
        (Waiting, Input::Online, Connecting, step(Step::Send)),
        (Waiting, Input::Suspend, Suspended, Output::Nothing),
        (Suspended, Input::Resume, Connecting, step(Step::Send)),
    ];
    for (state, input) in STATES.into_iter().flat_map(|state| INPUTS.map(|input| (state, input))) {
        let mut connection = connection_in(state);
        let mut batch = Batch::new();
        let untouched = format!("{connection:?} {batch:?}");
        let output = apply(&mut connection, input, &mut batch);
        let cell = cells.iter().find(|(before, which, ..)| (*before, *which) == (state, input));
        if input == Input::Close {
            assert_eq!((connection.state(), output), (Closed, Output::Nothing), "{state:?}");
        } else if let Some(&(_, _, after, expected)) = cell {
            assert_eq!((connection.state(), output), (after, expected), "{state:?}, {input:?}");
        } else {
            let ignored = [step(Step::Ignore), Output::Chunk(Ok(())), Output::Nothing];
            assert!(ignored.contains(&output), "{state:?}, {input:?}: {output:?}");
            let now = format!("{connection:?} {batch:?}");
            assert_eq!(now, untouched, "{state:?}, {input:?}");
        }
    }
}

#[test]
fn spec_57_all_states_but_open_and_closed_are_connecting_to_the_interface() {
    for state in STATES {
        let expected = match state {
            State::Open => (ReadyState::Open, 1),
            State::Closed => (ReadyState::Closed, 2),
            _ => (ReadyState::Connecting, 0),
        };
        let ready_state = connection_in(state).ready_state();
        assert_eq!((ready_state, ready_state as u8), expected, "{state:?}");
    }
}

#[test]
fn a_new_connection_is_connecting() {
    let connection = Connection::new(options());
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
        let step = connection.handle_response(&head(status), START);
        let failure = Failure::Status(status);
        let is_complete = status == 204;
        let expected = if is_complete { completed(failure, 1) } else { failed(failure, 1) };
        assert_eq!(step, expected);
        assert_eq!(connection.state(), State::Closed, "status {status}");
        assert_eq!(connection.handle_timer(START, false), Step::Ignore);
    }
}

#[test]
fn spec_31_a_204_ends_the_reconnecting_and_so_does_a_503() {
    for (status, end) in [(204, completed as fn(_, _) -> _), (503, failed)] {
        let mut connection = connection_in(State::Open);
        fail(&mut connection, Failure::Ended);
        assert_eq!(connection.handle_timer(START, false), Step::Send);
        let step = connection.handle_response(&head(status), START);
        assert_eq!(step, end(Failure::Status(status), 2));
        assert_eq!(connection.state(), State::Closed);
        assert_eq!(connection.handle_timer(START, false), Step::Ignore);
    }
}

#[test]
fn spec_30_the_status_is_told_rather_than_the_content_type() {
    let mut connection = connection_in(State::Connecting);
    let step = connection.handle_response(&head_of_page(404), START);
    assert_eq!(step, failed(Failure::Status(404), 1));
}

#[test]
fn spec_33_another_content_type_fails_for_good() {
    let mut connection = connection_in(State::Connecting);
    let step = connection.handle_response(&head_of_page(200), START);
    assert_eq!(step, failed(Failure::ContentType, 1));
    assert_eq!(connection.state(), State::Closed);
}

#[test]
fn spec_37_it_is_announced_before_any_byte_of_the_body() {
    let mut connection = connection_in(State::Connecting);
    assert_eq!(connection.handle_response(&head(200), START), Step::Announce);
}

// Events

#[test]
fn spec_57_the_state_is_the_new_one_when_the_step_is_known() {
    let mut connection = connection_in(State::Connecting);
    assert_eq!(connection.handle_response(&head(200), START), Step::Announce);
    assert_eq!(connection.state(), State::Open);
    assert_eq!(
        connection.handle_failure(Failure::Network, START),
        lost(Failure::Network, 1, DELAY)
    );
    assert_eq!(connection.state(), State::Waiting);
    assert_eq!(connection.handle_timer(START, false), Step::Send);
    let step = connection.handle_response(&head(404), START);
    assert_eq!(step, failed(Failure::Status(404), 2));
    assert_eq!(connection.state(), State::Closed);
}

#[test]
fn spec_58_one_loss_is_one_error() {
    for state in [State::Connecting, State::Open] {
        let mut connection = connection_in(state);
        assert_eq!(
            connection.handle_failure(Failure::Network, START),
            lost(Failure::Network, 1, DELAY)
        );
        for failure in [Failure::Network, Failure::Ended] {
            assert_eq!(connection.handle_failure(failure, START), Step::Ignore);
        }
    }
}

#[test]
fn spec_58_a_failed_connection_has_no_second_error() {
    let mut connection = connection_in(State::Connecting);
    let step = connection.handle_response(&head(500), START);
    assert_eq!(step, failed(Failure::Status(500), 1));
    assert_eq!(connection.handle_failure(Failure::Network, START), Step::Ignore);
    assert_eq!(connection.handle_response(&head(500), START), Step::Ignore);
}

#[test]
fn spec_59_what_no_blank_line_ended_is_never_delivered() {
    let mut connection = connection_in(State::Open);
    let mut batch = Batch::new();
    assert_eq!(connection.handle_chunk(b"data: a\n\ndata: b\n", &mut batch), Ok(()));
    assert_eq!(connection.handle_failure(Failure::Ended, START), lost(Failure::Ended, 1, DELAY));
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
    assert_eq!(connection.handle_chunk(b"data: a\n\nda", &mut batch), Ok(()));
    batch.clear_finished();
    connection.close();
    assert_eq!(connection.handle_chunk(b"ta: b\n\ndata: c\n\n", &mut batch), Ok(()));
    assert_eq!(batch.messages().count(), 0);
    assert_eq!(connection.handle_failure(Failure::Ended, START), Step::Ignore);
}

#[test]
fn spec_64_close_right_after_the_announcement_lets_no_message_through() {
    let mut connection = connection_in(State::Open);
    connection.close();
    let mut batch = Batch::new();
    assert_eq!(connection.handle_chunk(b"data: a\n\n", &mut batch), Ok(()));
    assert_eq!(batch.messages().count(), 0);
}

#[test]
fn spec_65_close_while_waiting_lets_no_request_follow() {
    let mut connection = connection_in(State::Waiting);
    connection.close();
    assert_eq!(connection.handle_timer(START, false), Step::Ignore);
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
            assert!([Output::Step(Step::Ignore), Output::Chunk(Ok(()))].contains(&output));
            assert_eq!(connection.state(), State::Closed);
        }
    }
}

// Requests

#[test]
fn spec_10_a_url_of_another_scheme_fails_for_good() {
    let mut connection = connection_in(State::Connecting);
    let failure = Failure::UnsupportedScheme;
    assert_eq!(connection.handle_failure(failure, START), failed(failure, 1));
    assert_eq!(connection.state(), State::Closed);
}

#[test]
fn spec_46_a_request_that_the_pages_policy_blocks_fails_for_good() {
    let mut connection = connection_in(State::Connecting);
    let failure = Failure::Blocked;
    assert_eq!(connection.handle_failure(failure, START), failed(failure, 1));
    assert_eq!(connection.state(), State::Closed);
}

// Reconnection

#[test]
fn spec_69_the_end_and_the_loss_of_a_stream_reestablish_the_connection() {
    for failure in [Failure::Ended, Failure::Network] {
        let mut connection = connection_in(State::Open);
        assert_eq!(connection.handle_failure(failure, START), lost(failure, 1, DELAY));
        assert_eq!(connection.state(), State::Waiting);
        assert_eq!(connection.handle_timer(START, false), Step::Send);
        assert_eq!(connection.state(), State::Connecting);
    }
}

#[test]
fn spec_70_an_attempt_that_failed_is_followed_by_another() {
    let mut connection = connection_in(State::Connecting);
    for attempt in 1..=100 {
        assert_eq!(
            connection.handle_failure(Failure::Network, START),
            lost(Failure::Network, attempt, DELAY)
        );
        assert_eq!(connection.handle_timer(START, false), Step::Send);
    }
    open(&mut connection);
}

#[test]
fn spec_71_the_delay_is_the_reconnection_time_that_the_stream_has_set() {
    let mut connection = connection_in(State::Open);
    assert_eq!(read(&mut connection, "retry: 1234\n"), []);
    let step = connection.handle_failure(Failure::Ended, START);
    assert_eq!(step, lost(Failure::Ended, 1, 1_234));
}

#[test]
fn spec_72_the_delay_is_that_of_the_policy_until_a_stream_has_set_one() {
    let policy = Policy { delay: 500.0, ..POLICY };
    let options = ConnectionOptions { reconnection: policy, ..options() };
    let mut connection = Connection::new(options.clone());
    let step = connection.handle_failure(Failure::Network, START);
    assert_eq!(step, lost(Failure::Network, 1, 500));
}

#[test]
fn spec_74_between_the_error_and_the_request_there_is_the_timer_alone() {
    let mut connection = connection_in(State::Waiting);
    let mut batch = Batch::new();
    for input in [Input::GoodResponse, Input::BadStatus] {
        assert_eq!(apply(&mut connection, input, &mut batch), Output::Step(Step::Ignore));
    }
    assert_eq!(connection.handle_chunk(b"data: a\n\n", &mut batch), Ok(()));
    assert_eq!(batch.messages().count(), 0);
    assert_eq!(connection.handle_timer(START, false), Step::Send);
    assert_eq!(connection.handle_timer(START, false), Step::Ignore, "a timer fires once");
}

#[test]
fn spec_75_the_next_request_bears_the_last_event_id() {
    let mut connection = connection_in(State::Open);
    read(&mut connection, "id: 7\ndata: a\n\ndata: b\n\n");
    fail(&mut connection, Failure::Ended);
    assert_eq!(connection.last_event_id(), b"7");
    assert_eq!(connection.handle_timer(START, false), Step::Send);
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
    let step = connection.handle_failure(Failure::Ended, START);
    assert_eq!(step, lost(Failure::Ended, 3, 1_234));
    assert_eq!(connection.handle_timer(START, false), Step::Send);
    let step = connection.handle_failure(Failure::Network, START);
    assert_eq!(step, lost(Failure::Network, 4, 1_234));
}

/// A connection that reads a stream of the user's own.
fn own_stream() -> Connection {
    let mut connection = Connection::new(ConnectionOptions {
        url: "about:event-stream".to_string(),
        repeats: false,
        ..options()
    });
    assert_eq!(connection.handle_own_stream(START), Step::Announce);
    connection
}

#[test]
fn spec_131_a_stream_of_ones_own_opens_with_an_opaque_origin() {
    let mut connection = own_stream();
    assert_eq!((connection.state(), connection.origin()), (State::Open, "null"));
    assert_eq!(read(&mut connection, "data: a\n\n"), [message("message", "a", "")]);
}

#[test]
fn spec_132_a_stream_of_ones_own_ends_for_good() {
    for failure in [Failure::Ended, Failure::Network] {
        let mut connection = own_stream();
        read(&mut connection, "retry: 1\ndata: a\n\ndata: b");
        let step = connection.handle_failure(failure, START);
        assert!(matches!(step, Step::Fail { .. }), "{step:?}");
        assert_eq!(connection.state(), State::Closed);
        assert_eq!(connection.handle_own_stream(START), Step::Ignore);
    }
}

#[test]
fn a_stream_of_ones_own_is_read_while_connecting_alone() {
    for state in STATES {
        let step = connection_in(state).handle_own_stream(START);
        let expected = if state == State::Connecting { Step::Announce } else { Step::Ignore };
        assert_eq!(step, expected, "{state:?}");
    }
}

#[test]
fn spec_133_the_reconnection_time_is_known_as_it_was_at_each_message() {
    let mut connection = own_stream();
    read(
        &mut connection,
        "retry: 1\ndata: a\n\ndata: b\n\nretry: 2\nretry: 3\ndata: c\n\nretry: 4\n",
    );
    let times: Vec<_> = (0..4).map(|index| connection.reconnection_time_at(index)).collect();
    assert_eq!(times, [1.0, 1.0, 3.0, 4.0]);
    // The messages of the next chunk are counted anew.
    read(&mut connection, "data: a\n\n");
    assert_eq!(connection.reconnection_time_at(0), 4.0);
    let mut unset = own_stream();
    read(&mut unset, "data: a\n\nretry: 5\n");
    assert_eq!(unset.reconnection_time_at(0), f64::from(DELAY));
    assert_eq!(unset.reconnection_time(), 5.0);
}

#[test]
fn spec_135_a_reset_drops_what_is_unfinished_and_keeps_what_was_valid() {
    let mut connection = own_stream();
    read(&mut connection, "id: 1\nretry: 7\n\nid: 2\nevent: x\ndata: dropped\nda");
    connection.reset();
    assert_eq!((connection.last_event_id(), connection.reconnection_time()), (&b"1"[..], 7.0));
    assert_eq!(read(&mut connection, "\u{FEFF}data: b\n\n"), [message("message", "b", "1")]);
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
    assert_eq!(connection.handle_chunk(b"\xEF\xBB", &mut Batch::new()), Ok(()));
    reopen(&mut connection);
    let mut batch = Batch::new();
    assert_eq!(connection.handle_chunk(b"\xBFdata: no\n\ndata: a\n\n", &mut batch), Ok(()));
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
fn only_a_page_sends_an_id_that_is_no_value_of_a_header() {
    for (id, elsewhere) in
        [("7", true), ("", true), ("a\u{e9}", true), ("a\u{1}b", false), ("a\u{7f}", false)]
    {
        for (page_origin, expected) in [(Some(PAGE.to_string()), true), (None, elsewhere)] {
            let last_event_id = id.as_bytes().to_vec();
            let connection =
                Connection::new(ConnectionOptions { last_event_id, page_origin, ..options() });
            assert_eq!(connection.is_last_event_id_a_header(), expected, "{id:?}");
        }
    }
}

#[test]
fn spec_89_the_last_event_id_is_empty_or_what_the_user_begins_with() {
    let options = ConnectionOptions { last_event_id: b"41".to_vec(), ..options() };
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
    assert_eq!(connection.handle_chunk(b"id: \xE2\x80\xA6\xFF\n\n", &mut batch), Ok(()));
    assert_eq!(connection.last_event_id(), b"\xE2\x80\xA6\xFF");
}

// What goes beyond the standard

#[test]
fn where_nothing_repeats_the_first_loss_is_the_last() {
    for (failure, end) in [
        (Failure::Ended, completed(Failure::Ended, 1)),
        (Failure::Network, failed(Failure::Network, 1)),
    ] {
        let mut connection = Connection::new(ConnectionOptions { repeats: false, ..options() });
        open(&mut connection);
        assert_eq!(connection.handle_failure(failure, START), end);
        assert_eq!(connection.state(), State::Closed);
        assert_eq!(connection.handle_timer(START, false), Step::Ignore);
    }
}

#[test]
fn the_last_attempt_of_the_policy_fails_the_connection() {
    let policy = Policy { max_attempts: 3.0, ..POLICY };
    let options = ConnectionOptions { reconnection: policy, ..options() };
    let mut connection = Connection::new(options.clone());
    for attempt in 1..=2 {
        assert_eq!(
            connection.handle_failure(Failure::Network, START),
            lost(Failure::Network, attempt, DELAY)
        );
        assert_eq!(connection.handle_timer(START, false), Step::Send);
    }
    let step = connection.handle_failure(Failure::Network, START);
    assert_eq!(step, failed(Failure::Network, 3));
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
    let options = ConnectionOptions { reconnection: policy, ..options() };
    let mut connection = Connection::new(options.clone());
    let delays = [(0.0, 0.5, 1_500), (0.0, 0.5, 3_000), (0.0, 0.25, 3_000), (4_999.0, 0.5, 12_000)];
    for (attempt, (now, random, delay)) in (1..).zip(delays) {
        open(&mut connection);
        let step = connection.handle_failure(Failure::Ended, Moment { now, random });
        assert_eq!(step, lost(Failure::Ended, attempt, delay));
        assert_eq!(connection.handle_timer(START, false), Step::Send);
    }
    assert_eq!(connection.handle_response(&head(200), at(10_000.0)), Step::Announce);
    let step = connection.handle_failure(Failure::Ended, Moment { now: 15_000.0, random: 0.5 });
    assert_eq!(step, lost(Failure::Ended, 1, 1_500));
}
