//! Ten thousand clients and a server that dies for a minute, in simulated time: how many come back
//! in the same second. `cargo test --test herd -- --nocapture` prints the figures.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

mod chance;
mod defaults;

use wasm_eventsource::reconnection::{Jitter, Policy, Reconnection, Strategy};

use chance::Chance;
use defaults::POLICY;

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
            now += client.handle_failure(None, now, chance.draw()).map_or(OUTAGE, f64::from);
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
