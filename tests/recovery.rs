//! The ways of a connection after a loss, beyond what the standard knows: statuses worth another
//! try, `Retry-After`, the user's decision, requests that are not to be repeated, redirects, the probe
//! that tells a refusal from a dead server, a device without network, and a page that is put aside.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

mod defaults;

use wasm_eventsource::batch::Batch;
use wasm_eventsource::connection::{
    Connection, ConnectionOptions, Decision, Moment, ProbeAnswer, ReadyState, ResponseHead, State,
    Step,
};
use wasm_eventsource::error::Failure;
use wasm_eventsource::reconnection::{Jitter, LONGEST_DELAY, Policy, Strategy};

use defaults::POLICY;
use defaults::connecting::{
    ELSEWHERE, PAGE, START, URL, asked, at, completed, failed, head, lost, open_at, options,
};

const DELAY: u32 = 3_000;

const NETWORK: Failure = Failure::Network;

fn connection(options: ConnectionOptions) -> Connection {
    Connection::new(options)
}

/// The head of a refusal.
fn refusal(status: u16, retry_after: &str) -> ResponseHead<'_> {
    ResponseHead { retry_after, ..head(status) }
}

fn respond(connection: &mut Connection, status: u16) -> Step {
    connection.handle_response(&head(status), START)
}

fn lose(connection: &mut Connection) -> Step {
    connection.handle_failure(NETWORK, START)
}

/// The next attempt.
fn send_at(connection: &mut Connection, now: f64) {
    assert_eq!(connection.handle_timer(at(now), false), Step::Send);
}

/// Delivers a message.
fn deliver(connection: &mut Connection) {
    assert_eq!(connection.handle_chunk(b"data: a\n\n", &mut Batch::new()), Ok(()));
}

fn retrying(statuses: &[u16]) -> ConnectionOptions {
    ConnectionOptions { statuses: Some(statuses.to_vec()), ..options() }
}

fn asking() -> ConnectionOptions {
    ConnectionOptions { asks_the_user: true, ..options() }
}

/// One that is told not to repeat anything: a POST, or `reconnect: false`.
fn once() -> ConnectionOptions {
    ConnectionOptions { repeats: false, ..options() }
}

fn with_most_attempts(max_attempts: f64, options: ConnectionOptions) -> ConnectionOptions {
    ConnectionOptions { reconnection: Policy { max_attempts, ..POLICY }, ..options }
}

// Statuses

#[test]
fn a_status_that_is_worth_another_try_reestablishes_and_another_fails() {
    let mut connection = connection(retrying(&[429, 503]));
    assert_eq!(respond(&mut connection, 503), lost(Failure::Status(503), 1, DELAY));
    send_at(&mut connection, 0.0);
    assert_eq!(respond(&mut connection, 500), failed(Failure::Status(500), 2));
}

#[test]
fn spec_31_a_204_is_final_unless_it_is_named() {
    let end = completed(Failure::Status(204), 1);
    for options in [options(), retrying(&[503]), retrying(&[]), asking()] {
        assert_eq!(respond(&mut connection(options), 204), end);
    }
    let named = ConnectionOptions { asks_the_user: false, ..retrying(&[204]) };
    assert_eq!(respond(&mut connection(named), 204), lost(Failure::Status(204), 1, DELAY));
    let named = ConnectionOptions { asks_the_user: true, ..retrying(&[204]) };
    let step = respond(&mut connection(named), 204);
    assert_eq!(step, asked(Failure::Status(204), 1, Some(DELAY)));
}

#[test]
fn where_statuses_are_named_nobody_is_asked_about_others() {
    let options = ConnectionOptions { asks_the_user: true, ..retrying(&[503]) };
    let step = respond(&mut connection(options.clone()), 503);
    assert_eq!(step, asked(Failure::Status(503), 1, Some(DELAY)));
    for status in [404, 500] {
        let failure = Failure::Status(status);
        assert_eq!(respond(&mut connection(options.clone()), status), failed(failure, 1));
        let step = respond(&mut connection(asking()), status);
        assert_eq!(step, asked(failure, 1, None), "where none is named");
    }
    assert_eq!(lose(&mut connection(options)), asked(NETWORK, 1, Some(DELAY)));
}

#[test]
fn a_wrong_content_type_is_tried_again_only_if_the_user_says_so() {
    let page = ResponseHead { content_type: "text/html", ..head(200) };
    for statuses in [None, Some(vec![200, 503])] {
        let options = ConnectionOptions { statuses, ..asking() };
        let mut connection = connection(options);
        let step = connection.handle_response(&page, START);
        assert_eq!(step, asked(Failure::ContentType, 1, None));
        let step = connection.handle_decision(Decision::Continue, START);
        assert_eq!(step, lost(Failure::ContentType, 1, DELAY));
    }
}

// Retry-After

#[test]
fn retry_after_is_the_least_delay_and_does_not_shorten_a_longer_one() {
    for (retry_after, delay) in [
        ("", DELAY),
        ("0", DELAY),
        ("5", 5_000),
        ("1", DELAY),
        ("soon 2099", DELAY),
        ("-5", DELAY),
        ("Thu, 01 Jan 1970 00:00:07 GMT", 7_000),
        // Beyond the greatest delay of the policy, and what a timer can take.
        ("3600", 3_600_000),
        ("99999999999", LONGEST_DELAY),
    ] {
        let mut connection = connection(retrying(&[429]));
        let step = connection.handle_response(&refusal(429, retry_after), START);
        assert_eq!(step, lost(Failure::Status(429), 1, delay), "{retry_after:?}");
    }
}

#[test]
fn retry_after_goes_beneath_jitter() {
    for (jitter, delay) in [
        (Jitter::None, 10_000),
        (Jitter::Full, 10_000 + 1_500),
        (Jitter::Equal, 10_000 + 750),
        (Jitter::Decorrelated, 10_000 + 3_000),
    ] {
        let reconnection = Policy { jitter, min_delay: 0.0, ..POLICY };
        let mut connection = connection(ConnectionOptions { reconnection, ..retrying(&[429]) });
        let moment = Moment { now: 0.0, random: 0.5 };
        let step = connection.handle_response(&refusal(429, "10"), moment);
        assert_eq!(step, lost(Failure::Status(429), 1, delay), "{jitter:?}");
    }
}

#[test]
fn no_request_comes_before_retry_after_has_passed() {
    let mut connection = connection(retrying(&[429]));
    let step = connection.handle_response(&refusal(429, "3600"), at(1_000.0));
    assert_eq!(step, lost(Failure::Status(429), 1, 3_600_000));
    for now in [1_000.0, 1_000.5, 2_000.0, 3_600_999.0] {
        let rest = Step::Wait { delay: (3_601_000.0_f64 - now).ceil() as u32 };
        assert_eq!(connection.handle_online(at(now)), rest);
        assert_eq!(connection.handle_timer(at(now), false), rest, "a timer that came early");
        connection.suspend(at(now));
        assert_eq!(connection.resume(at(now)), rest);
        assert_eq!(connection.state(), State::Waiting);
    }
    assert_eq!(connection.handle_online(at(3_601_000.0)), Step::Send);
}

#[test]
fn a_retry_after_beyond_what_a_timer_can_take_takes_several_timers() {
    let mut connection = connection(retrying(&[429]));
    let month = 30.0 * 86_400_000.0;
    let step = connection.handle_response(&refusal(429, "2592000"), START);
    assert_eq!(step, lost(Failure::Status(429), 1, LONGEST_DELAY));
    let first = f64::from(LONGEST_DELAY);
    let rest = Step::Wait { delay: (month - first) as u32 };
    assert_eq!(connection.handle_timer(at(first), false), rest);
    send_at(&mut connection, month);
}

#[test]
fn retry_after_revives_no_connection_that_is_not_to_be_reestablished() {
    let options = with_most_attempts(1.0, retrying(&[503]));
    let step = connection(options).handle_response(&refusal(503, "1"), START);
    assert_eq!(step, failed(Failure::Status(503), 1));
}

#[test]
fn the_user_may_come_back_before_retry_after_has_passed() {
    for (decision, delay, online) in [
        (Decision::Continue, 60_000, Step::Wait { delay: 60_000 }),
        (Decision::Unasked, 60_000, Step::Wait { delay: 60_000 }),
        (Decision::After(7), 7, Step::Wait { delay: 7 }),
        (Decision::After(90_000), 90_000, Step::Wait { delay: 60_000 }),
    ] {
        let options = ConnectionOptions { asks_the_user: true, ..retrying(&[503]) };
        let mut connection = connection(options);
        let step = connection.handle_response(&refusal(503, "60"), START);
        assert_eq!(step, asked(Failure::Status(503), 1, Some(60_000)));
        let step = connection.handle_decision(decision, START);
        assert_eq!(step, lost(Failure::Status(503), 1, delay), "{decision:?}");
        assert_eq!(connection.handle_online(START), online, "{decision:?}");
    }
}

// The user's decision

#[test]
fn the_user_is_told_what_would_happen_unasked() {
    assert_eq!(lose(&mut connection(asking())), asked(NETWORK, 1, Some(DELAY)));
    let step = respond(&mut connection(asking()), 404);
    assert_eq!(step, asked(Failure::Status(404), 1, None));
}

#[test]
fn the_decision_of_the_user_is_followed() {
    let failure = Failure::Status(404);
    for (decision, step, state) in [
        (Decision::GiveUp, failed(failure, 1), State::Closed),
        (Decision::Unasked, failed(failure, 1), State::Closed),
        (Decision::Continue, lost(failure, 1, DELAY), State::Waiting),
        (Decision::After(7), lost(failure, 1, 7), State::Waiting),
        (Decision::After(u32::MAX), lost(failure, 1, LONGEST_DELAY), State::Waiting),
    ] {
        let mut connection = connection(asking());
        let _ = respond(&mut connection, 404);
        assert_eq!(connection.state(), State::Deciding);
        assert_eq!(connection.handle_decision(decision, START), step);
        assert_eq!(connection.state(), state);
        assert_eq!(connection.handle_decision(decision, START), Step::Ignore, "it was asked once");
    }
    let mut connection = connection(asking());
    let _ = lose(&mut connection);
    let step = connection.handle_decision(Decision::Unasked, START);
    assert_eq!(step, lost(NETWORK, 1, DELAY));
}

#[test]
fn spec_57_while_the_user_decides_it_is_connecting() {
    let mut connection = connection(asking());
    open_at(&mut connection, START);
    assert_eq!(connection.ready_state(), ReadyState::Open);
    let _ = lose(&mut connection);
    assert_eq!(connection.state(), State::Deciding);
    assert_eq!(connection.ready_state(), ReadyState::Connecting);
}

#[test]
fn the_user_is_not_asked_where_no_attempt_can_follow() {
    for failure in [
        Failure::Cors,
        Failure::Blocked,
        Failure::UnsupportedScheme,
        Failure::Limit,
        Failure::Request,
    ] {
        let step = connection(asking()).handle_failure(failure, START);
        assert_eq!(step, failed(failure, 1));
    }
    let last = with_most_attempts(1.0, asking());
    assert_eq!(lose(&mut connection(last)), failed(NETWORK, 1));
}

#[test]
fn a_decision_after_close_changes_nothing() {
    let mut connection = connection(asking());
    let _ = lose(&mut connection);
    connection.close();
    assert_eq!(connection.handle_decision(Decision::Continue, START), Step::Ignore);
    assert_eq!(connection.state(), State::Closed);
}

// Causes

#[test]
fn what_a_function_of_the_users_threw_may_be_mended_and_what_is_impossible_may_not() {
    for failure in [Failure::Hook, Failure::Internal] {
        let mut connection = connection(options());
        assert_eq!(connection.handle_failure(failure, START), lost(failure, 1, DELAY));
        let step = Connection::new(once()).handle_failure(failure, START);
        assert_eq!(step, failed(failure, 1));
    }
    let step = connection(options()).handle_failure(Failure::Request, START);
    assert_eq!(step, failed(Failure::Request, 1));
}

#[test]
fn an_event_that_is_too_large_would_be_too_large_again() {
    let mut connection = connection(options());
    open_at(&mut connection, START);
    deliver(&mut connection);
    let step = connection.handle_failure(Failure::Limit, START);
    assert_eq!(step, failed(Failure::Limit, 1));
}

// Requests that are not to be repeated

#[test]
fn only_named_statuses_repeat_what_is_not_to_be_repeated() {
    let options = || ConnectionOptions { repeats: false, is_get: false, ..retrying(&[429]) };
    let failure = Failure::Status(429);
    assert_eq!(respond(&mut connection(options()), 429), lost(failure, 1, DELAY));
    assert_eq!(respond(&mut connection(options()), 503), failed(Failure::Status(503), 1));
    for failure in [NETWORK, Failure::ConnectTimeout] {
        let step = connection(options()).handle_failure(failure, START);
        assert_eq!(step, failed(failure, 1));
    }
    for (failure, end) in [
        (NETWORK, failed(NETWORK, 1)),
        (Failure::IdleTimeout, failed(Failure::IdleTimeout, 1)),
        (Failure::Ended, completed(Failure::Ended, 1)),
    ] {
        // Also after one that was repeated for its status.
        let mut connection = connection(options());
        let _ = respond(&mut connection, 429);
        send_at(&mut connection, 0.0);
        open_at(&mut connection, START);
        deliver(&mut connection);
        assert_eq!(connection.handle_failure(failure, START), end);
    }
}

#[test]
fn the_user_may_repeat_what_is_not_to_be_repeated_unasked() {
    let mut connection = connection(ConnectionOptions { asks_the_user: true, ..once() });
    open_at(&mut connection, START);
    deliver(&mut connection);
    let step = connection.handle_failure(Failure::Ended, START);
    assert_eq!(step, asked(Failure::Ended, 1, None));
    let step = connection.handle_decision(Decision::Continue, START);
    assert_eq!(step, lost(Failure::Ended, 1, DELAY));
}

#[test]
fn the_end_of_a_stream_that_is_not_to_be_repeated_completes_it() {
    let ended = |options, decision: Option<Decision>| {
        let mut connection = connection(options);
        open_at(&mut connection, START);
        let step = connection.handle_failure(Failure::Ended, START);
        decision.map_or(step, |decision| connection.handle_decision(decision, START))
    };
    assert_eq!(ended(once(), None), completed(Failure::Ended, 1));
    let asking_once = ConnectionOptions { asks_the_user: true, ..once() };
    for decision in [Decision::GiveUp, Decision::Unasked] {
        assert_eq!(ended(asking_once.clone(), Some(decision)), completed(Failure::Ended, 1));
    }
    let given_up = ended(asking(), Some(Decision::GiveUp));
    assert_eq!(given_up, completed(Failure::Ended, 1), "the user says that it was all");
    let spent = with_most_attempts(1.0, options());
    assert_eq!(ended(spent, None), failed(Failure::Ended, 1), "attempts ran out");
}

// Progress

#[test]
fn a_connection_that_delivered_a_message_was_a_success() {
    let mut connection = connection(with_most_attempts(1.0, options()));
    for _ in 0..10 {
        open_at(&mut connection, START);
        deliver(&mut connection);
        let step = connection.handle_failure(Failure::Ended, START);
        assert_eq!(step, lost(Failure::Ended, 1, DELAY));
        assert_eq!(connection.attempt(), 2);
        send_at(&mut connection, 0.0);
    }
    open_at(&mut connection, START);
    assert_eq!(connection.handle_chunk(b"id: 7\n\ndata: unfinished\n", &mut Batch::new()), Ok(()));
    let step = connection.handle_failure(Failure::Ended, START);
    assert_eq!(step, failed(Failure::Ended, 2), "accepted and closed without a message");
}

#[test]
fn a_message_of_many_chunks_is_progress_when_it_is_finished() {
    let mut connection = connection(with_most_attempts(1.0, options()));
    open_at(&mut connection, START);
    let mut batch = Batch::new();
    for _ in 0..3 {
        assert_eq!(
            connection.handle_chunk(&b"data: 0123456789\n".repeat(2_000), &mut batch),
            Ok(())
        );
        batch.hand_out_data();
        batch.clear_finished();
    }
    assert_eq!(connection.handle_chunk(b"\n", &mut batch), Ok(()));
    let step = connection.handle_failure(Failure::Ended, START);
    assert_eq!(step, lost(Failure::Ended, 1, DELAY));
}

#[test]
fn a_message_before_one_that_is_too_large_is_progress() {
    let options = with_most_attempts(5.0, options());
    let mut connection = connection(ConnectionOptions { max_event_size: 8, ..options });
    let _ = lose(&mut connection);
    send_at(&mut connection, 0.0);
    open_at(&mut connection, START);
    let result = connection.handle_chunk(b"data: a\n\ndata: 0123456789", &mut Batch::new());
    assert_eq!(result, Err(Failure::Limit));
    assert_eq!(connection.handle_failure(Failure::Limit, START), failed(Failure::Limit, 1));
}

#[test]
fn a_connection_that_lasted_was_a_success() {
    let mut connection = connection(with_most_attempts(1.0, options()));
    open_at(&mut connection, at(1_000.0));
    let step = connection.handle_failure(NETWORK, at(6_000.0));
    assert_eq!(step, lost(NETWORK, 1, DELAY));
    send_at(&mut connection, 9_000.0);
    open_at(&mut connection, at(10_000.0));
    assert_eq!(connection.handle_failure(NETWORK, at(14_999.0)), failed(NETWORK, 2));
}

#[test]
fn attempts_are_counted_from_1() {
    let mut connection = connection(asking());
    assert_eq!(connection.attempt(), 1);
    for attempt in 1..=3 {
        assert_eq!(connection.attempt(), attempt);
        assert_eq!(lose(&mut connection), asked(NETWORK, attempt, Some(DELAY)));
        let step = connection.handle_decision(Decision::Continue, START);
        assert_eq!(step, lost(NETWORK, attempt, DELAY));
        send_at(&mut connection, 0.0);
    }
    assert_eq!(respond(&mut connection, 404), asked(Failure::Status(404), 4, None));
}

#[test]
fn the_reconnection_time_is_the_policys_until_a_stream_sets_one() {
    let mut connection = connection(options());
    assert_eq!(connection.reconnection_time(), 3_000.0);
    open_at(&mut connection, START);
    assert_eq!(connection.handle_chunk(b"retry: 1234\nretry: x\n", &mut Batch::new()), Ok(()));
    assert_eq!(connection.reconnection_time(), 1_234.0);
}

// Redirects

/// The head of a stream that redirects have led to.
fn redirected_to(url: &str) -> ResponseHead<'_> {
    ResponseHead { url, is_redirected: true, ..head(200) }
}

/// The URL that is asked after one that redirected to `url`, and the origin of its messages.
fn after_redirect(options: ConnectionOptions, url: &str) -> (String, String) {
    let mut connection = connection(options);
    assert_eq!(connection.url(), URL);
    assert_eq!(connection.handle_response(&redirected_to(url), START), Step::Announce);
    (connection.url().to_string(), connection.origin().to_string())
}

#[test]
fn spec_41_42_the_next_attempt_asks_where_redirects_have_led_unless_something_could_leak() {
    let same = "https://page.test/moved";
    let post = ConnectionOptions { is_get: false, ..options() };
    let secret = ConnectionOptions { may_leak: true, ..options() };
    for (options, url, next, origin) in [
        (options(), ELSEWHERE, ELSEWHERE, "https://other.test"),
        (options(), same, same, PAGE),
        (secret.clone(), ELSEWHERE, URL, "https://other.test"),
        (secret, same, same, PAGE),
        (post.clone(), ELSEWHERE, URL, "https://other.test"),
        (post, same, URL, PAGE),
    ] {
        let expected = (next.to_string(), origin.to_string());
        assert_eq!(after_redirect(options, url), expected, "{url}");
    }
}

#[test]
fn the_next_attempt_goes_by_the_last_redirect_and_by_the_origin_that_was_asked_first() {
    let mut connection = connection(ConnectionOptions { may_leak: true, ..options() });
    let same = "https://page.test/moved";
    for (url, next) in [(same, same), (ELSEWHERE, URL), (same, same)] {
        assert_eq!(connection.handle_response(&redirected_to(url), START), Step::Announce);
        assert_eq!(connection.url(), next);
        let _ = lose(&mut connection);
        send_at(&mut connection, 0.0);
    }
}

#[test]
fn a_response_without_redirect_changes_no_url() {
    let mut connection = connection(ConnectionOptions {
        url: "https://page.test/events?a#b".to_string(),
        ..options()
    });
    for url in ["https://page.test/events?a", "https://page.test/events?a&id=7", ""] {
        let head = ResponseHead { url, ..head(200) };
        assert_eq!(connection.handle_response(&head, START), Step::Announce);
        assert_eq!(connection.url(), "https://page.test/events?a#b");
        assert_eq!(connection.origin(), PAGE);
        let _ = lose(&mut connection);
        send_at(&mut connection, 0.0);
    }
}

#[test]
fn a_redirect_to_a_refusal_is_not_followed() {
    let mut connection = connection(retrying(&[503]));
    let head = ResponseHead { status: 503, ..redirected_to(ELSEWHERE) };
    let step = connection.handle_response(&head, START);
    assert_eq!(step, lost(Failure::Status(503), 1, DELAY));
    assert_eq!(connection.url(), URL);
}

// CORS

/// A GET of a page, to another origin.
fn elsewhere() -> ConnectionOptions {
    ConnectionOptions {
        url: ELSEWHERE.to_string(),
        page_origin: Some(PAGE.to_string()),
        ..options()
    }
}

#[test]
fn spec_0f_44_a_refusal_by_cors_is_final() {
    let mut connection = connection(elsewhere());
    assert!(connection.may_be_refused());
    assert_eq!(lose(&mut connection), Step::Probe);
    assert_eq!(connection.state(), State::Probing);
    assert_eq!(connection.ready_state(), ReadyState::Connecting);
    let step = connection.handle_probe(ProbeAnswer::Opaque, START);
    assert_eq!(step, failed(Failure::Cors, 1));
}

#[test]
fn spec_0f_70_100_a_dead_server_of_another_origin_is_tried_again_and_probed_again() {
    let mut connection = connection(elsewhere());
    for (attempt, answer) in [(1, ProbeAnswer::Nothing), (2, ProbeAnswer::Readable)] {
        assert_eq!(lose(&mut connection), Step::Probe);
        assert_eq!(connection.handle_probe(answer, START), lost(NETWORK, attempt, DELAY));
        send_at(&mut connection, 0.0);
    }
    assert_eq!(lose(&mut connection), Step::Probe);
}

#[test]
fn spec_0f_a_redirect_of_the_pages_own_server_that_is_refused_is_found_out_once() {
    let own = || ConnectionOptions { url: URL.to_string(), ..elsewhere() };
    let mut refused = connection(own());
    assert_eq!(lose(&mut refused), Step::Probe);
    let step = refused.handle_probe(ProbeAnswer::Opaque, START);
    assert_eq!(step, failed(Failure::Cors, 1));

    let mut dead = connection(own());
    assert_eq!(lose(&mut dead), Step::Probe);
    let step = dead.handle_probe(ProbeAnswer::Readable, START);
    assert_eq!(step, lost(NETWORK, 1, DELAY));
    send_at(&mut dead, 0.0);
    assert!(!dead.may_be_refused());
    assert_eq!(lose(&mut dead), lost(NETWORK, 2, DELAY));
}

#[test]
fn nothing_is_probed_where_cors_had_no_say_or_the_user_sent_something_else() {
    for options in [
        ConnectionOptions { page_origin: None, ..elsewhere() },
        ConnectionOptions { is_get: false, ..elsewhere() },
        ConnectionOptions { may_probe: false, ..elsewhere() },
        ConnectionOptions { url: "data:text/event-stream,".to_string(), ..elsewhere() },
        ConnectionOptions { url: "blob:https://page.test/6f2c".to_string(), ..elsewhere() },
    ] {
        let mut connection = connection(options);
        assert!(!connection.may_be_refused());
        assert_eq!(lose(&mut connection), lost(NETWORK, 1, DELAY));
    }
    for failure in [Failure::ConnectTimeout, Failure::Hook] {
        let step = connection(elsewhere()).handle_failure(failure, START);
        assert_eq!(step, lost(failure, 1, DELAY), "no network error");
    }
}

#[test]
fn a_probe_that_takes_too_long_says_that_nothing_answers() {
    let mut connection = connection(elsewhere());
    assert_eq!(lose(&mut connection), Step::Probe);
    assert_eq!(lose(&mut connection), lost(NETWORK, 1, DELAY));
}

#[test]
fn what_has_once_been_open_was_lost_and_not_refused() {
    let mut connection = connection(elsewhere());
    open_at(&mut connection, START);
    assert_eq!(lose(&mut connection), lost(NETWORK, 1, DELAY));
    send_at(&mut connection, 0.0);
    assert_eq!(lose(&mut connection), lost(NETWORK, 2, DELAY));
}

// A device without network

#[test]
fn spec_71_without_a_network_the_next_attempt_is_put_off_until_there_is_one() {
    let mut connection = connection(options());
    let _ = lose(&mut connection);
    for now in [3_000.0, 5_000.0] {
        assert_eq!(connection.handle_timer(at(now), true), Step::Wait { delay: 2_000 });
        assert_eq!(connection.state(), State::Waiting);
    }
    assert_eq!(connection.handle_online(at(6_000.0)), Step::Send);
    assert_eq!(connection.state(), State::Connecting);
    assert_eq!(connection.handle_online(at(6_000.0)), Step::Ignore, "it was waiting no more");
    let _ = lose(&mut connection);
    assert_eq!(connection.handle_timer(at(9_000.0), true), Step::Wait { delay: 2_000 });
    send_at(&mut connection, 11_000.0);
}

/// Waits as a device that says all the time that it is offline, and returns when the attempt is made.
fn wait_offline(connection: &mut Connection, mut now: f64) -> f64 {
    loop {
        match connection.handle_timer(at(now), true) {
            Step::Wait { delay } => now += f64::from(delay),
            step => {
                assert_eq!(step, Step::Send);
                return now;
            }
        }
    }
}

#[test]
fn after_half_a_minute_the_device_is_not_believed_and_the_attempt_does_not_count() {
    let mut connection = connection(with_most_attempts(2.0, options()));
    let mut now = 3_000.0;
    assert_eq!(lose(&mut connection), lost(NETWORK, 1, DELAY));
    for attempt in 2..=5 {
        let sent = wait_offline(&mut connection, now);
        assert_eq!(sent, now + 30_000.0);
        assert_eq!(connection.handle_failure(NETWORK, at(sent)), lost(NETWORK, attempt, DELAY));
        now = sent + f64::from(DELAY);
    }
    send_at(&mut connection, now);
    assert_eq!(connection.handle_failure(NETWORK, at(now)), failed(NETWORK, 6));
}

#[test]
fn an_attempt_that_was_answered_in_spite_of_the_hint_counts() {
    let mut connection = connection(with_most_attempts(2.0, options()));
    assert_eq!(lose(&mut connection), lost(NETWORK, 1, DELAY));
    let now = wait_offline(&mut connection, 3_000.0);
    open_at(&mut connection, at(now));
    assert_eq!(connection.handle_failure(Failure::Ended, at(now)), failed(Failure::Ended, 2));
}

#[test]
fn a_device_needs_no_network_for_itself() {
    for url in ["http://localhost:3000/a", "http://127.0.0.1/", "http://[::1]/"] {
        let mut connection = connection(ConnectionOptions { url: url.to_string(), ..options() });
        let _ = lose(&mut connection);
        assert_eq!(connection.handle_timer(at(3_000.0), true), Step::Send, "{url}");
    }
}

#[test]
fn retry_after_is_kept_to_by_a_device_that_seems_to_be_offline() {
    let mut connection = connection(retrying(&[503]));
    let _ = connection.handle_response(&refusal(503, "3600"), START);
    let sent = wait_offline(&mut connection, 3_000.0);
    assert!(sent >= 3_600_000.0, "{sent}");
}

// A page that is put aside

#[test]
fn spec_81_a_page_that_is_put_aside_resumes_from_any_state_but_closed() {
    let mut open = connection(options());
    open_at(&mut open, START);
    let mut batch = Batch::new();
    assert_eq!(open.handle_chunk(b"id: 7\ndata: a\n\ndata: lost", &mut batch), Ok(()));
    let mut waiting = connection(options());
    let _ = lose(&mut waiting);
    let mut probing = connection(elsewhere());
    let _ = lose(&mut probing);
    assert_eq!(probing.state(), State::Probing);
    for mut connection in [connection(options()), open, waiting, probing] {
        connection.suspend(START);
        assert_eq!(connection.state(), State::Suspended);
        assert_eq!(connection.ready_state(), ReadyState::Connecting);
        connection.suspend(START);
        assert_eq!(connection.handle_timer(START, false), Step::Ignore);
        assert_eq!(connection.handle_online(START), Step::Ignore);
        assert_eq!(lose(&mut connection), Step::Ignore);
        assert_eq!(connection.handle_probe(ProbeAnswer::Opaque, START), Step::Ignore);
        assert_eq!(connection.handle_decision(Decision::GiveUp, START), Step::Ignore);
        assert_eq!(connection.resume(START), Step::Send);
        assert_eq!(connection.state(), State::Connecting);
        assert_eq!(connection.resume(START), Step::Ignore);
    }

    let mut closed = connection(options());
    closed.close();
    closed.suspend(START);
    assert_eq!(closed.resume(START), Step::Ignore);
    assert_eq!(closed.state(), State::Closed);
}

#[test]
fn where_nothing_repeats_coming_back_is_the_end() {
    for opens in [false, true] {
        let suspended = |options| {
            let mut connection = connection(options);
            if opens {
                open_at(&mut connection, START);
                deliver(&mut connection);
            }
            connection.suspend(START);
            connection
        };
        let mut connection = suspended(once());
        assert_eq!(connection.resume(START), failed(Failure::Suspended, 1));
        assert_eq!(connection.state(), State::Closed);

        let mut connection = suspended(ConnectionOptions { asks_the_user: true, ..once() });
        assert_eq!(connection.resume(START), asked(Failure::Suspended, 1, None));
        let step = connection.handle_decision(Decision::Continue, START);
        assert_eq!(step, lost(Failure::Suspended, 1, DELAY));
    }

    let mut probing = connection(ConnectionOptions { repeats: false, ..elsewhere() });
    assert_eq!(lose(&mut probing), Step::Probe);
    probing.suspend(START);
    assert_eq!(probing.resume(START), failed(NETWORK, 1), "it had failed before");
}

#[test]
fn the_time_in_which_a_page_was_put_aside_does_not_count_as_a_lasting_connection() {
    let mut connection = connection(ConnectionOptions { asks_the_user: true, ..once() });
    assert_eq!(lose(&mut connection), asked(NETWORK, 1, None));
    let _ = connection.handle_decision(Decision::Continue, START);
    assert_eq!(connection.handle_timer(START, false), Step::Send);
    open_at(&mut connection, START);
    connection.suspend(at(10.0));
    // It has failed twice in a row, unless the connection had lasted long enough to count as a success.
    assert_eq!(connection.resume(at(3_600_000.0)), asked(Failure::Suspended, 2, None));
}

#[test]
fn what_is_to_be_tried_again_is_tried_after_coming_back_though_nothing_repeats() {
    let options = ConnectionOptions { repeats: false, ..retrying(&[429]) };
    let mut connection = connection(options);
    assert_eq!(respond(&mut connection, 429), lost(Failure::Status(429), 1, DELAY));
    connection.suspend(START);
    assert_eq!(connection.resume(START), Step::Send);
}

#[test]
fn a_loss_that_was_being_decided_is_asked_about_again() {
    for options in [asking(), ConnectionOptions { asks_the_user: true, ..once() }] {
        let mut connection = connection(options);
        let step = lose(&mut connection);
        assert!(matches!(step, Step::Decide { .. }));
        for _ in 0..2 {
            connection.suspend(START);
            assert_eq!(connection.handle_decision(Decision::Continue, START), Step::Ignore);
            assert_eq!(connection.resume(START), step);
            assert_eq!(connection.state(), State::Deciding);
        }
        let decided = connection.handle_decision(Decision::After(5), START);
        assert_eq!(decided, lost(NETWORK, 1, 5));
    }
}

#[test]
fn a_connection_that_was_put_aside_is_no_failed_attempt_and_its_success_is_remembered() {
    let reconnection =
        Policy { strategy: Strategy::Exponential { factor: 2.0 }, max_attempts: 3.0, ..POLICY };
    for (lasted, delivers, delay, attempt) in [
        (0.0, false, 6_000, 2),
        (4_999.0, false, 6_000, 2),
        (5_000.0, false, 3_000, 1),
        (0.0, true, 3_000, 1),
    ] {
        let mut connection = connection(ConnectionOptions { reconnection, ..options() });
        let _ = lose(&mut connection);
        send_at(&mut connection, 0.0);
        open_at(&mut connection, START);
        if delivers {
            deliver(&mut connection);
        }
        connection.suspend(at(lasted));
        // The time that the page was away is not the connection's.
        assert_eq!(connection.resume(at(100_000.0)), Step::Send);
        let step = connection.handle_failure(NETWORK, at(200_000.0));
        assert_eq!(step, lost(NETWORK, attempt, delay), "{lasted} ms, a message: {delivers}");
    }
}

// Comments

#[test]
fn comments_are_kept_only_where_they_are_wanted_and_in_their_place() {
    for (keeps_comments, comments) in [(true, &b"one\rtwo\r\n\rthree\r"[..]), (false, b"")] {
        let mut connection = connection(ConnectionOptions { keeps_comments, ..options() });
        let mut batch = Batch::new();
        open_at(&mut connection, START);
        for chunk in [&b": on"[..], b"e\ndata: a\n:two\n", b"\n:\n: three\n"] {
            assert_eq!(connection.handle_chunk(chunk, &mut batch), Ok(()));
        }
        assert_eq!(batch.remarks(), comments);
        assert_eq!(batch.messages().count(), 1);
        batch.clear_finished();
        assert_eq!(batch.remarks(), b"");
    }
}

/// The parts of a batch in the order of the stream, as TypeScript reads them.
fn in_order(batch: &Batch) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut messages = batch.messages().map(|message| format!("data: {}", text(message.data)));
    let mut parts = Vec::new();
    let mut comments = batch.remarks().split(|&byte| byte == b'\r').peekable();
    while let Some(piece) = comments.next() {
        let comment = piece.trim_ascii_start();
        parts.extend(messages.by_ref().take(piece.len() - comment.len()));
        // Behind the last comment there is no CR.
        if comments.peek().is_some() {
            parts.push(format!(": {}", text(comment)));
        }
    }
    assert_eq!(messages.next(), None, "each message has a place among the comments");
    parts
}

#[test]
fn comments_and_messages_can_be_told_in_the_order_of_the_stream() {
    let stream =
        b": a\ndata: 1\n\n: b\n:c\ndata: 2\n: d\n\ndata: 3\n\n: e\nid: 4\n\n\n:f\ndata: 5\n\n";
    let expected =
        [": a", "data: 1", ": b", ": c", ": d", "data: 2", "data: 3", ": e", ": f", "data: 5"];
    for length in 1..=stream.len() {
        let mut connection = connection(ConnectionOptions { keeps_comments: true, ..options() });
        open_at(&mut connection, START);
        let mut batch = Batch::new();
        let mut parts = Vec::new();
        for chunk in stream.chunks(length) {
            assert_eq!(connection.handle_chunk(chunk, &mut batch), Ok(()));
            parts.extend(in_order(&batch));
            batch.clear_finished();
        }
        assert_eq!(parts, expected, "in pieces of {length} bytes");
    }
}
