//! A clock that jumps, as that of a machine which has slept, and timers that come late: no delay leaves its
//! bounds, no two requests are in flight, and a connection goes on as soon as it is told that time is up.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::panic, missing_docs)]

mod chance;
mod defaults;

use wasm_eventsource::batch::Batch;
use wasm_eventsource::connection::{
    Connection, ConnectionOptions, Moment, ReadyState, State, Step,
};
use wasm_eventsource::error::Failure;
use wasm_eventsource::reconnection::{Jitter, LONGEST_DELAY, Policy, Strategy};

use chance::Chance;
use defaults::POLICY;
use defaults::connecting::{head, options};

/// Fewer in Miri, which takes a thousand times as long.
const DAYS: u32 = if cfg!(miri) { 30 } else { 1_000 };
const HOUR: f64 = 3_600_000.0;
/// How long machines sleep, in ms: not at all, a moment, a night, a year, longer than numbers are exact.
const JUMPS: [f64; 6] = [0.0, 1.0, 50.0, 8.0 * HOUR, 8_760.0 * HOUR, 1e17];

fn policies() -> impl Iterator<Item = Policy> {
    let strategies = [
        Strategy::Constant,
        Strategy::Linear { factor: 3.0 },
        Strategy::Exponential { factor: 2.0 },
    ];
    let jitters = [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated];
    strategies.into_iter().flat_map(move |strategy| {
        jitters.into_iter().map(move |jitter| Policy { strategy, jitter, ..POLICY })
    })
}

/// What the connection of a machine is when it falls asleep.
#[derive(Clone, Copy)]
enum Day {
    /// Open: it is lost meanwhile.
    Open,
    /// Lost before, and waiting to be made anew.
    Waiting,
    /// Being made.
    Connecting,
}

#[test]
fn a_connection_outlives_a_thousand_sleeps_wherever_they_fall() {
    for policy in policies() {
        for seed in 0..3 {
            live(policy, seed);
        }
    }
}

/// [`DAYS`] of a machine that sleeps at random moments for random times.
fn live(policy: Policy, seed: u64) {
    let mut chance = Chance::seeded(seed);
    let mut connection = Connection::new(ConnectionOptions { reconnection: policy, ..options() });
    let mut now = 0.0;
    for day in 0..DAYS {
        let draw = chance.draw();
        let jump = JUMPS[(draw * JUMPS.len() as f64) as usize];
        let mut moment = |now| Moment { now, random: chance.draw() };
        let kind = [Day::Open, Day::Waiting, Day::Connecting][day as usize % 3];

        assert_eq!(connection.state(), State::Connecting);
        if !matches!(kind, Day::Connecting) {
            assert_eq!(connection.handle_response(&head(200), moment(now)), Step::Announce);
            let event = format!("id: {day}\ndata: a\n\n");
            assert_eq!(connection.handle_chunk(event.as_bytes(), &mut Batch::new()), Ok(()));
            assert_eq!(connection.last_event_id(), day.to_string().as_bytes());
        }
        if !matches!(kind, Day::Waiting) {
            now += jump;
        }
        let Step::Reestablish { loss, delay } =
            connection.handle_failure(Failure::Network, moment(now))
        else {
            panic!("it has given up on day {day}");
        };
        assert_eq!(loss.retry_in, Some(delay));
        assert!(f64::from(delay) >= policy.min_delay && delay <= LONGEST_DELAY, "{delay} ms");
        // However long it was away, no delay is longer than the policy's longest.
        assert!(f64::from(delay) <= policy.max_delay.max(policy.delay), "{delay} ms");
        assert_eq!(connection.ready_state(), ReadyState::Connecting);

        // The timer comes when the machine is awake.
        now += f64::from(delay);
        if matches!(kind, Day::Waiting) {
            now += jump;
        }
        assert_eq!(connection.handle_timer(moment(now), false), Step::Send);
        // A second timer, or a device that is online again, makes no second request.
        assert_eq!(connection.handle_timer(moment(now), false), Step::Ignore);
        assert_eq!(connection.handle_online(moment(now)), Step::Ignore);
    }
}

#[test]
fn a_connection_that_was_open_through_a_sleep_has_lasted() {
    let mut connection = Connection::new(ConnectionOptions {
        reconnection: Policy { strategy: Strategy::Exponential { factor: 2.0 }, ..POLICY },
        ..options()
    });
    let at = |now| Moment { now, random: 0.0 };
    for (attempt, now) in [(1, 0.0), (2, 100.0), (3, 200.0)] {
        let Step::Reestablish { loss, .. } = connection.handle_failure(Failure::Network, at(now))
        else {
            panic!("it has given up");
        };
        assert_eq!(loss.attempt, attempt);
        assert_eq!(connection.handle_timer(at(now), false), Step::Send);
    }
    assert_eq!(connection.handle_response(&head(200), at(300.0)), Step::Announce);
    let Step::Reestablish { loss, .. } =
        connection.handle_failure(Failure::Network, at(300.0 + 8.0 * HOUR))
    else {
        panic!("it has given up");
    };
    assert_eq!(loss.attempt, 1);
}
