//! A stream of numbered events over connections that are lost in every way and at every byte, in simulated
//! time: each event comes once, in order.
//!
//! `DISCONNECTS` sets how many connections are lost, and `DISCONNECTS_SEED` the chance. What was tried is
//! printed as one line of JSON for each fault:
//!
//! ```text
//! DISCONNECTS=1000000 cargo test --release --test chaos -- --nocapture
//! ```

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::panic, missing_docs)]

mod chance;
mod defaults;
#[allow(dead_code, reason = "only messages are compared here")]
mod oracle;

use std::time::Instant;

use wasm_eventsource::batch::Batch;
use wasm_eventsource::connection::{
    Connection, ConnectionOptions, Moment, ReadyState, ResponseHead, Step,
};
use wasm_eventsource::error::Failure;
use wasm_eventsource::reconnection::Policy;

use chance::Chance;
use defaults::POLICY;
use defaults::connecting::{head, options};
use oracle::Message;

/// Few enough for `cargo test`, which does not optimise.
const DISCONNECTS: u64 = if cfg!(miri) { 1_000 } else { 100_000 };
const DEFAULT_SEED: u64 = 92;

/// What is worth another try.
const BUSY: u16 = 503;

/// The shortest delay that the policy of the test allows, in ms.
const MIN_DELAY: f64 = 1.0;

/// How a connection is lost, and the attempts that never become one.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// The body ends.
    End,
    /// The connection breaks, or its coding is cut off: `fetch` tells no difference.
    Cut,
    /// Nothing comes any more.
    Silence,
    /// The page is put aside, and comes back.
    PutAside,
    /// Bytes that are no event stream follow the last event.
    Garbage,
    /// Nothing answers.
    Refused,
    /// Nothing answers in time.
    Late,
    /// The server asks to be left alone for a while.
    Busy,
}

const FAULTS: [Fault; 8] = [
    Fault::End,
    Fault::Cut,
    Fault::Silence,
    Fault::PutAside,
    Fault::Garbage,
    Fault::Refused,
    Fault::Late,
    Fault::Busy,
];

impl Fault {
    fn name(self) -> &'static str {
        match self {
            Fault::End => "end",
            Fault::Cut => "cut",
            Fault::Silence => "silence",
            Fault::PutAside => "page put aside",
            Fault::Garbage => "garbage",
            Fault::Refused => "no answer",
            Fault::Late => "late answer",
            Fault::Busy => "status 503",
        }
    }

    /// What the connection is told.
    fn failure(self) -> Failure {
        match self {
            Fault::End | Fault::Garbage => Failure::Ended,
            Fault::Silence => Failure::IdleTimeout,
            Fault::Late => Failure::ConnectTimeout,
            _ => Failure::Network,
        }
    }
}

/// What has become of the events while connections were lost in one way.
#[derive(Clone, Copy, Default)]
struct Figures {
    tried: u64,
    events: u64,
    lost: u64,
    doubled: u64,
}

/// A number from `DISCONNECTS`, for example; the default where it is not set.
fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")),
        Err(_) => default,
    }
}

/// A whole number below `limit`.
fn below(chance: &mut Chance, limit: usize) -> usize {
    (chance.draw() * limit as f64) as usize
}

/// One of several.
fn one_of<'a>(chance: &mut Chance, several: &[&'a str]) -> &'a str {
    several[below(chance, several.len())]
}

/// What an event says: from its number alone, so that whoever receives it can tell.
fn expected(number: u64) -> Message {
    let text =
        if number.is_multiple_of(7) { format!("{number} \u{1F433}") } else { number.to_string() };
    Message {
        event_type: if number.is_multiple_of(3) { "numbered" } else { "message" }.to_owned(),
        data: if number.is_multiple_of(5) { format!("{text}\n{text}") } else { text },
        last_event_id: number.to_string(),
    }
}

/// Writes an event, with its fields in some order, some line end, and other lines among them.
fn write(number: u64, chance: &mut Chance, stream: &mut String) {
    let Message { event_type, data, last_event_id } = expected(number);
    let mut lines: Vec<String> = data.split('\n').map(|line| format!("data: {line}")).collect();
    if event_type != "message" {
        lines.insert(below(chance, lines.len() + 1), format!("event:{event_type}"));
    }
    lines.insert(below(chance, lines.len() + 1), format!("id: {last_event_id}"));
    let other = match below(chance, 8) {
        0 => ": kept alive".to_owned(),
        1 => "unknown: field".to_owned(),
        2 => format!("retry: {}", below(chance, 10_000)),
        // Where it comes last, a blank line is missing behind it.
        3 => "id: \0".to_owned(),
        _ => String::new(),
    };
    if !other.is_empty() {
        lines.insert(below(chance, lines.len()), other);
    }
    let end = one_of(chance, &["\n", "\r", "\r\n"]);
    for line in lines {
        stream.push_str(&line);
        stream.push_str(end);
    }
    stream.push_str(end);
}

/// What the server sends to whoever has received everything up to `last`, until the fault; and with how
/// many events it is complete.
fn body(last: u64, fault: Fault, chance: &mut Chance) -> (Vec<u8>, u64) {
    let mut stream = one_of(chance, &["", "\u{FEFF}", "\n", ": hello\n\n"]).to_owned();
    let mut ends = Vec::new();
    for number in last + 1..=last + 1 + below(chance, 4) as u64 {
        write(number, chance, &mut stream);
        ends.push(stream.len());
    }
    let mut bytes = stream.into_bytes();
    if fault == Fault::Garbage {
        // Directly behind what is complete: what is in the middle of an event is that event.
        bytes.extend((0..below(chance, 40)).map(|_| below(chance, 256) as u8));
    } else {
        bytes.truncate(below(chance, bytes.len() + 1));
    }
    // The second byte of a CR and LF is not needed.
    let is_complete = |end: &&usize| {
        **end <= bytes.len() || bytes.len() + 1 == **end && bytes.ends_with(b"\r\n\r")
    };
    let complete = ends.iter().filter(is_complete).count() as u64;
    (bytes, complete)
}

#[test]
fn each_event_comes_once_and_in_order_however_often_the_connection_is_lost() {
    let total = setting("DISCONNECTS", DISCONNECTS);
    let mut chance = Chance::seeded(setting("DISCONNECTS_SEED", DEFAULT_SEED));
    let started = Instant::now();
    let mut connection = Connection::new(ConnectionOptions {
        reconnection: Policy { min_delay: MIN_DELAY, ..POLICY },
        statuses: Some(vec![BUSY]),
        ..options()
    });
    let mut batch = Batch::new();
    let mut figures = [Figures::default(); FAULTS.len()];
    let mut now = 0.0;
    // The number of the last event.
    let mut last = 0;

    for _ in 0..total {
        let which = below(&mut chance, FAULTS.len());
        let fault = FAULTS[which];
        let figures = &mut figures[which];
        figures.tried += 1;
        let asked = str::from_utf8(connection.last_event_id()).unwrap();
        let asked: u64 = if asked.is_empty() { 0 } else { asked.parse().unwrap() };
        assert_eq!(asked, last, "what is asked for goes on behind the last event");

        let mut floor = MIN_DELAY;
        let step = if matches!(fault, Fault::Refused | Fault::Late) {
            connection.handle_failure(fault.failure(), at(now, &mut chance))
        } else if fault == Fault::Busy {
            floor = 2_000.0;
            let head = ResponseHead { retry_after: "2", ..head(BUSY) };
            connection.handle_response(&head, at(now, &mut chance))
        } else {
            let step = connection.handle_response(&head(200), at(now, &mut chance));
            assert_eq!(step, Step::Announce);
            batch.clear_finished();
            batch = Batch::new();
            let (bytes, complete) = body(asked, fault, &mut chance);
            let mut rest = bytes.as_slice();
            let mut received = 0;
            while !rest.is_empty() {
                let (chunk, others) = rest.split_at(rest.len().min(1 + below(&mut chance, 60)));
                rest = others;
                now += chance.draw() * 100.0;
                assert_eq!(connection.handle_chunk(chunk, &mut batch), Ok(()));
                for message in batch.messages().map(Message::from) {
                    let number: u64 = message.last_event_id.parse().unwrap();
                    figures.lost += number.saturating_sub(last + 1);
                    figures.doubled += u64::from(number <= last);
                    assert_eq!(message, expected(number));
                    last = number.max(last);
                    received += 1;
                }
                batch.clear_finished();
            }
            assert_eq!(received, complete, "of {}", bytes.escape_ascii());
            figures.events += received;
            if fault == Fault::PutAside {
                connection.suspend(at(now, &mut chance));
                now += chance.draw() * 3_600_000.0;
                assert_eq!(connection.handle_chunk(b"data: late\n\n", &mut batch), Ok(()));
                connection.resume(at(now, &mut chance))
            } else {
                connection.handle_failure(fault.failure(), at(now, &mut chance))
            }
        };
        // What comes late changes nothing.
        assert_eq!(connection.handle_chunk(b"id: 0\ndata: late\n\n", &mut batch), Ok(()));
        assert_eq!(batch.messages().count(), 0);
        if step == Step::Send {
            assert_eq!(fault, Fault::PutAside);
            continue;
        }
        let Step::Reestablish { delay, .. } = step else { panic!("{fault:?}: {step:?}") };
        assert_eq!(connection.ready_state(), ReadyState::Connecting);
        let at_least = floor.max(connection.reconnection_time());
        assert_eq!(f64::from(delay), at_least, "after {fault:?}");
        now += f64::from(delay);
        if chance.draw() < 0.1 {
            // For a while the device seems to be offline.
            let step = connection.handle_timer(at(now, &mut chance), true);
            assert!(matches!(step, Step::Wait { .. }), "{step:?}");
            now += 1_000.0;
            assert_eq!(connection.handle_online(at(now, &mut chance)), Step::Send);
        } else {
            assert_eq!(connection.handle_timer(at(now, &mut chance), false), Step::Send);
        }
    }

    for (fault, Figures { tried, events, lost, doubled }) in FAULTS.iter().zip(figures) {
        let fault = fault.name();
        println!(
            "{{\"test\":\"chaos, simulated time\",\"subject\":\"wasm-eventsource\",\"fault\":\"{fault}\",\
             \"tried\":{tried},\"events\":{events},\"lost\":{lost},\"doubled\":{doubled}}}"
        );
        assert_eq!((lost, doubled), (0, 0), "{fault}");
        assert!(tried > total / 20, "{fault}");
    }
    println!("{total} lost connections, {last} events, {} ms", started.elapsed().as_millis());
}

fn at(now: f64, chance: &mut Chance) -> Moment {
    Moment { now, random: chance.draw() }
}
