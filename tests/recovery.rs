//! The ways of a connection after a loss, beyond what the standard knows: statuses worth another
//! try, `Retry-After`, the user's decision, the probe that tells a refusal from a dead server, a
//! device without network, and a page that is put aside.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

mod defaults;

use wasm_eventsource::batch::Batch;
use wasm_eventsource::connection::{
    Connection, ConnectionOptions, Decision, ResponseHead, State, Step,
};
use wasm_eventsource::error::Failure;
use wasm_eventsource::reconnection::{LONGEST_DELAY, Policy};

use defaults::{OPTIONS, POLICY};

fn connection(options: ConnectionOptions) -> Connection {
    Connection::new(options.clone())
}

fn respond(connection: &mut Connection, status: u16, retry_after: u32) -> Step {
    let head = ResponseHead { status, is_event_stream: true, retry_after };
    connection.handle_response(head, 0.0, 0.0)
}

fn lose(connection: &mut Connection) -> Step {
    connection.handle_failure(Failure::Network, 0.0, 0.0)
}

fn reestablish(failure: Failure, delay: u32) -> Step {
    Step::Reestablish { failure, delay }
}

fn retrying(statuses: &[u16]) -> ConnectionOptions {
    ConnectionOptions { statuses: statuses.to_vec(), ..OPTIONS }
}

#[test]
fn a_status_that_is_worth_another_try_reestablishes_and_another_fails() {
    let mut connection = connection(retrying(&[429, 503]));
    let failure = Failure::Status(503);
    assert_eq!(respond(&mut connection, 503, 0), reestablish(failure, 3_000));
    assert!(connection.handle_timer(true));
    let failure = Failure::Status(500);
    assert_eq!(respond(&mut connection, 500, 10), Step::Fail { failure });
}

#[test]
fn retry_after_is_the_least_delay_and_does_not_shorten_a_longer_one() {
    for (retry_after, delay) in [(0, 3_000), (5_000, 5_000), (1, 3_000), (u32::MAX, LONGEST_DELAY)]
    {
        let mut connection = connection(retrying(&[429]));
        let step = respond(&mut connection, 429, retry_after);
        assert_eq!(step, reestablish(Failure::Status(429), delay), "{retry_after:?}");
    }
}

#[test]
fn retry_after_revives_no_connection_that_is_not_to_be_reestablished() {
    let options = ConnectionOptions {
        reconnection: Policy { max_attempts: 1.0, ..POLICY },
        ..retrying(&[503])
    };
    let failure = Failure::Status(503);
    assert_eq!(respond(&mut connection(options), 503, 1_000), Step::Fail { failure });
}

fn asking() -> Connection {
    connection(ConnectionOptions { asks_the_user: true, ..OPTIONS })
}

#[test]
fn the_user_is_told_what_would_happen_unasked() {
    let failure = Failure::Network;
    assert_eq!(lose(&mut asking()), Step::Decide { failure, delay: Some(3_000) });
    let failure = Failure::Status(404);
    assert_eq!(respond(&mut asking(), 404, 0), Step::Decide { failure, delay: None });
}

#[test]
fn the_decision_of_the_user_is_followed() {
    let failure = Failure::Status(404);
    for (decision, step, state) in [
        (Decision::GiveUp, Step::Fail { failure }, State::Closed),
        (Decision::Continue, reestablish(failure, 3_000), State::Waiting),
        (Decision::After(7), reestablish(failure, 7), State::Waiting),
        (Decision::After(u32::MAX), reestablish(failure, LONGEST_DELAY), State::Waiting),
    ] {
        let mut connection = asking();
        let _ = respond(&mut connection, 404, 0);
        assert_eq!(connection.state(), State::Deciding);
        assert_eq!(connection.handle_decision(decision), step);
        assert_eq!(connection.state(), state);
        assert_eq!(connection.handle_decision(decision), Step::Ignore, "it was asked once");
    }
}

#[test]
fn the_user_is_not_asked_where_no_attempt_can_follow() {
    let failure = Failure::Limit;
    assert_eq!(asking().handle_failure(failure, 0.0, 0.0), Step::Fail { failure });
    let last = Policy { max_attempts: 1.0, ..POLICY };
    let mut connection =
        connection(ConnectionOptions { asks_the_user: true, reconnection: last, ..OPTIONS });
    assert_eq!(lose(&mut connection), Step::Fail { failure: Failure::Network });
}

#[test]
fn a_decision_after_close_changes_nothing() {
    let mut connection = asking();
    let _ = lose(&mut connection);
    connection.close();
    assert_eq!(connection.handle_decision(Decision::Continue), Step::Ignore);
    assert_eq!(connection.state(), State::Closed);
}

/// A request fails that went to another origin.
fn lose_elsewhere(connection: &mut Connection) -> Step {
    connection.handle_failure(Failure::Cors, 0.0, 0.0)
}

#[test]
fn spec_0f_44_a_refusal_by_cors_is_final() {
    let mut connection = connection(OPTIONS);
    assert_eq!(lose_elsewhere(&mut connection), Step::Probe);
    assert_eq!(connection.handle_probe(true, 0.0, 0.0), Step::Fail { failure: Failure::Cors });
}

#[test]
fn spec_0f_70_100_a_dead_server_of_another_origin_is_tried_again_and_probed_again() {
    let mut connection = connection(OPTIONS);
    for _ in 0..2 {
        assert_eq!(lose_elsewhere(&mut connection), Step::Probe);
        let step = connection.handle_probe(false, 0.0, 0.0);
        assert_eq!(step, reestablish(Failure::Network, 3_000));
        assert!(connection.handle_timer(true));
    }
}

#[test]
fn a_probe_that_takes_too_long_says_that_nothing_answers() {
    let mut connection = connection(OPTIONS);
    assert_eq!(lose_elsewhere(&mut connection), Step::Probe);
    assert_eq!(lose(&mut connection), reestablish(Failure::Network, 3_000));
}

#[test]
fn what_has_once_been_open_was_lost_and_not_refused() {
    let network = Failure::Network;
    let mut connection = connection(OPTIONS);
    assert_eq!(respond(&mut connection, 200, 0), Step::Announce);
    assert_eq!(lose(&mut connection), reestablish(network, 3_000));
    assert!(connection.handle_timer(true));
    assert_eq!(lose_elsewhere(&mut connection), reestablish(network, 3_000));
}

#[test]
fn spec_71_without_a_network_no_attempt_is_made_until_there_is_one() {
    let mut connection = connection(OPTIONS);
    let _ = lose(&mut connection);
    assert!(!connection.handle_timer(false));
    assert_eq!(connection.state(), State::Waiting);
    assert!(connection.handle_online());
    assert_eq!(connection.state(), State::Connecting);
    assert!(!connection.handle_online(), "it was waiting no more");
}

#[test]
fn spec_81_a_page_that_is_put_aside_resumes_from_any_state_but_closed() {
    let mut open = connection(OPTIONS);
    assert_eq!(respond(&mut open, 200, 0), Step::Announce);
    let mut batch = Batch::new();
    assert_eq!(open.handle_chunk(b"id: 7\ndata: a\n\ndata: lost", &mut batch), Step::Deliver);
    let mut waiting = connection(OPTIONS);
    let _ = lose(&mut waiting);
    let mut probing = connection(OPTIONS);
    let _ = lose(&mut probing);
    let mut deciding = asking();
    let _ = lose(&mut deciding);
    for mut connection in [open, waiting, probing, deciding] {
        connection.suspend();
        assert_eq!(connection.state(), State::Suspended);
        assert!(!connection.handle_timer(true));
        assert!(!connection.handle_online());
        assert_eq!(lose(&mut connection), Step::Ignore);
        assert_eq!(connection.handle_probe(true, 0.0, 0.0), Step::Ignore);
        assert_eq!(connection.handle_decision(Decision::GiveUp), Step::Ignore);
        assert!(connection.resume());
        assert_eq!(connection.state(), State::Connecting);
        assert!(!connection.resume());
    }

    let mut closed = connection(OPTIONS);
    closed.close();
    closed.suspend();
    assert!(!closed.resume());
    assert_eq!(closed.state(), State::Closed);
}

#[test]
fn comments_are_kept_only_where_they_are_wanted() {
    for (keeps_comments, comments) in [(true, &b"one\rtwo\r\r"[..]), (false, b"")] {
        let options = ConnectionOptions { keeps_comments, ..OPTIONS };
        let mut connection = connection(options);
        let mut batch = Batch::new();
        assert_eq!(respond(&mut connection, 200, 0), Step::Announce);
        for chunk in [&b": on"[..], b"e\ndata: a\n:two\n", b"\n:\n"] {
            assert_eq!(connection.handle_chunk(chunk, &mut batch), Step::Deliver);
        }
        assert_eq!(batch.remarks(), comments);
        assert_eq!(batch.messages().count(), 1);
        batch.clear_finished();
        assert_eq!(batch.remarks(), b"");
    }
}
