//! Ten thousand clients and a server that dies for a minute, or asks all of them to come back after two
//! seconds, in simulated time: how many come back together. `cargo test --test herd -- --nocapture` prints the figures.
#![cfg(not(any(target_arch = "wasm32", miri)))]
#![allow(clippy::panic, missing_docs)]

mod chance;
mod defaults;

use wasm_eventsource::connection::{Connection, ConnectionOptions, Moment, ResponseHead, Step};
use wasm_eventsource::reconnection::{Jitter, Policy, Reconnection, Strategy};

use chance::Chance;
use defaults::POLICY;
use defaults::connecting::{head, options};

const CLIENTS: usize = 10_000;
/// How long the server is down, in ms.
const OUTAGE: f64 = 60_000.0;

/// The most reconnections in one second once the server is back.
fn peak(policy: Policy) -> usize {
    let mut chance = Chance::seeded(92);
    let mut per_second = vec![0; 3_600];
    for _ in 0..CLIENTS {
        let mut client = Reconnection::new(policy);
        let mut now = 0.0;
        while now < OUTAGE {
            now += client.handle_loss(None, now, chance.draw()).map_or(OUTAGE, f64::from);
        }
        per_second[(now / 1_000.0) as usize] += 1;
    }
    per_second.into_iter().max().unwrap_or_default()
}

#[test]
fn with_full_jitter_a_crowd_does_not_return_at_once() {
    let constant = peak(POLICY);
    let exponential = Strategy::Exponential { factor: 2.0 };
    let jitter = Policy { strategy: exponential, jitter: Jitter::Full, ..POLICY };
    let spread = peak(jitter);
    println!("{CLIENTS} clients, most reconnections in one second:");
    println!("constant delay, no jitter: {constant}");
    println!("exponential delay, full jitter: {spread}");
    assert!(spread * 10 < constant, "{spread} and {constant}");
}

/// When each of the clients sends its next request, in ms, after all have been told to stay away for two
/// seconds. Each sees its network come and go after one.
fn returns(jitter: Jitter) -> Vec<f64> {
    let mut chance = Chance::seeded(92);
    let mut returns = Vec::new();
    for _ in 0..CLIENTS {
        let mut client = Connection::new(ConnectionOptions {
            reconnection: Policy { jitter, delay: 1_000.0, ..POLICY },
            statuses: Some(vec![503]),
            ..options()
        });
        let mut moment = |now| Moment { now, random: chance.draw() };
        let busy = ResponseHead { retry_after: "2", ..head(503) };
        assert!(matches!(client.handle_response(&busy, moment(0.0)), Step::Reestablish { .. }));
        let Step::Wait { delay } = client.handle_online(moment(1_000.0)) else {
            panic!("it did not wait");
        };
        let now = 1_000.0 + f64::from(delay);
        assert_eq!(client.handle_timer(moment(now), false), Step::Send);
        returns.push(now);
    }
    returns
}

#[test]
fn retry_after_does_not_gather_a_crowd_that_jitter_spreads() {
    for (jitter, most) in [
        (Jitter::None, CLIENTS),
        (Jitter::Full, CLIENTS / 50),
        (Jitter::Equal, CLIENTS / 25),
        (Jitter::Decorrelated, CLIENTS / 100),
    ] {
        let mut together = vec![0; 1_000];
        for now in returns(jitter) {
            assert!(now >= 2_000.0, "{jitter:?}: {now}");
            together[(now / 10.0) as usize] += 1;
        }
        let peak = together.into_iter().max().unwrap_or_default();
        println!("{jitter:?}: {peak} of {CLIENTS} clients in the same 10 ms after Retry-After: 2");
        assert!(peak <= most, "{jitter:?}: {peak}");
    }
}
