//! A connection that goes on in the place of another one: nothing of the policy starts anew.

#![cfg(not(target_arch = "wasm32"))]

mod defaults;

use wasm_eventsource::batch::Batch;
use wasm_eventsource::connection::{Connection, ConnectionOptions, Moment, Standing, State, Step};
use wasm_eventsource::error::Failure;
use wasm_eventsource::reconnection::{Jitter, Policy, Progress, Strategy};

use defaults::POLICY;
use defaults::connecting::{START, at, lost, open_at, options};

fn connection(reconnection: Policy) -> Connection {
    Connection::new(ConnectionOptions { reconnection, ..options() })
}

/// The delay after a loss.
fn lose(connection: &mut Connection, now: f64) -> Option<u32> {
    match connection.handle_failure(Failure::Ended, at(now)) {
        Step::Reestablish { delay, .. } => {
            assert_eq!(connection.handle_timer(at(now + f64::from(delay)), false), Step::Send);
            Some(delay)
        }
        step => {
            assert!(matches!(step, Step::Fail { .. }), "{step:?}");
            None
        }
    }
}

const DOUBLING: Policy = Policy { strategy: Strategy::Exponential { factor: 2.0 }, ..POLICY };

#[test]
fn the_row_of_losses_goes_on() {
    let mut first = connection(DOUBLING);
    let delays: Vec<_> = (0..2).map(|_| lose(&mut first, 0.0)).collect();
    assert_eq!(delays, [Some(3_000), Some(6_000)]);
    let mut second = connection(DOUBLING);
    assert_eq!(second.take_over(first.standing(0.0), 0.0), Step::Send);
    assert_eq!(second.attempt(), 3);
    assert_eq!(lose(&mut second, 0.0), Some(12_000));
}

#[test]
fn so_do_the_attempts_that_may_fail() {
    let policy = Policy { max_attempts: 3.0, ..POLICY };
    let mut first = connection(policy);
    let _ = lose(&mut first, 0.0);
    let mut second = connection(policy);
    let _ = second.take_over(first.standing(0.0), 0.0);
    assert_eq!(lose(&mut second, 0.0), Some(3_000));
    let mut third = connection(policy);
    let _ = third.take_over(second.standing(0.0), 0.0);
    assert_eq!(lose(&mut third, 0.0), None);
}

#[test]
fn so_does_a_delay_that_depends_on_the_last_one() {
    let policy = Policy { jitter: Jitter::Decorrelated, max_delay: 1e6, ..POLICY };
    let standing = Standing {
        progress: Progress { losses: 4, failures: 4, last_delay: Some(20_000.0) },
        ..Standing::default()
    };
    let mut second = connection(policy);
    let _ = second.take_over(standing, 0.0);
    let step = second.handle_failure(Failure::Ended, Moment { random: 0.5, ..START });
    // Half way between the reconnection time and three times the last delay.
    assert_eq!(step, lost(Failure::Ended, 5, 31_500));
}

#[test]
fn so_does_the_reconnection_time_of_the_server() {
    let mut first = connection(POLICY);
    open_at(&mut first, START);
    assert_eq!(first.handle_chunk(b"retry: 700\n", &mut Batch::new()), Ok(()));
    let mut second = connection(POLICY);
    let _ = second.take_over(first.standing(0.0), 0.0);
    assert_eq!(second.reconnection_time(), 700.0);
    assert_eq!(lose(&mut second, 0.0), Some(700));
}

#[test]
fn a_success_leaves_no_row() {
    let mut first = connection(DOUBLING);
    let _ = lose(&mut first, 0.0);
    open_at(&mut first, at(3_000.0));
    // Not yet one.
    assert_eq!(first.standing(3_000.0).progress.losses, 1);
    assert_eq!(first.standing(8_000.0).progress, Progress::default());
    assert_eq!(first.handle_chunk(b"data: a\n\n", &mut Batch::new()), Ok(()));
    assert_eq!(first.standing(3_000.0).progress, Progress::default());
}

#[test]
fn what_is_left_of_a_delay_is_waited_for() {
    let mut connection = connection(POLICY);
    assert_eq!(connection.take_over(Standing::default(), 1_200.5), Step::Wait { delay: 1_201 });
    assert_eq!(connection.state(), State::Waiting);
    assert_eq!(connection.handle_timer(at(1_201.0), false), Step::Send);
}

#[test]
fn a_connection_that_has_been_closed_takes_no_place() {
    let mut connection = connection(POLICY);
    connection.close();
    assert_eq!(connection.take_over(Standing::default(), 0.0), Step::Ignore);
    assert_eq!(connection.handle_timer(START, false), Step::Ignore);
}
