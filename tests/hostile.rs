//! Servers that mean harm: streams without an end, and headers without a sense. How much memory each takes at
//! most is measured, in bytes; `cargo test --test hostile -- --nocapture` prints it.

#![cfg(not(any(target_arch = "wasm32", miri)))]
#![allow(missing_docs)]

mod defaults;

use std::hint::black_box;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;

use wasm_eventsource::batch::Batch;
use wasm_eventsource::connection::{Connection, ConnectionOptions, Step};
use wasm_eventsource::content_type::is_event_stream;
use wasm_eventsource::error::Failure;
use wasm_eventsource::last_event_id::byte_string;
use wasm_eventsource::origin::origin;
use wasm_eventsource::query_parameter::with_parameter;
use wasm_eventsource::redirect::is_followed;
use wasm_eventsource::retry_after::retry_after;

use defaults::connecting::{START, head, options};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What is allocated is counted for all threads, so that one test runs at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// How much is interpreted at a time.
const PIECE: usize = 16 * KIB;

/// How many bytes an event may have here. By default, it is sixteen times as many, which takes as many times as
/// long to try, and no more memory where what is told here is less than the limit.
const LIMIT: usize = 4 * MIB;

/// What a stream has come to.
#[derive(Debug)]
struct Outcome {
    result: Result<(), Failure>,
    /// How many bytes were taken of it.
    taken: usize,
    messages: usize,
    /// How many bytes were in use at most, beside those before.
    peak: usize,
}

/// Has a connection receive a beginning, and then a part again and again until it has `length` bytes.
fn receive(what: &str, beginning: &[u8], part: &[u8], length: usize, comments: bool) -> Outcome {
    let piece: Vec<u8> =
        part.iter().copied().cycle().take(PIECE / part.len() * part.len()).collect();
    let mut connection = Connection::new(ConnectionOptions {
        max_event_size: LIMIT,
        keeps_comments: comments,
        ..options()
    });
    assert_eq!(connection.handle_response(&head(200), START), Step::Announce);
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let mut batch = Batch::new();
    let mut outcome = Outcome { result: Ok(()), taken: 0, messages: 0, peak: 0 };
    for chunk in beginning.chunks(PIECE).chain(std::iter::repeat(&*piece)) {
        if outcome.taken >= length || outcome.result.is_err() {
            break;
        }
        outcome.result = connection.handle_chunk(chunk, &mut batch);
        outcome.taken += chunk.len();
        // As it is delivered.
        batch.hand_out_data();
        outcome.messages += batch.messages().count();
        batch.clear_finished();
    }
    outcome.peak = MEMORY.peak_usage() - before;
    println!("{what}: {} bytes taken, {} bytes of memory", outcome.taken, outcome.peak);
    outcome
}

/// Asserts that the limit ends a stream soon after it is reached, with so much memory at most.
fn assert_limited(what: &str, beginning: &[u8], part: &[u8], memory: usize, comments: bool) {
    let outcome = receive(what, beginning, part, 1024 * MIB, comments);
    assert_eq!(outcome.result, Err(Failure::Limit), "{what}");
    // The names of fields do not count.
    assert!(outcome.taken < 3 * LIMIT, "{what}: {outcome:?}");
    assert!(outcome.peak <= memory, "{what}: {outcome:?}");
}

/// Asserts that a stream may go on for ever, with so much memory at most.
fn assert_flat(what: &str, beginning: &[u8], part: &[u8], length: usize, memory: usize) -> Outcome {
    let outcome = receive(what, beginning, part, length, false);
    assert_eq!(outcome.result, Ok(()), "{what}");
    assert!(outcome.peak <= memory, "{what}: {outcome:?}");
    outcome
}

#[test]
fn a_data_line_without_an_end_is_limited_and_takes_little_memory() {
    let _alone = alone();
    assert_limited("an endless data line", b"data: ", b"x", 256 * KIB, false);
}

#[test]
fn data_without_a_blank_line_is_limited_and_takes_little_memory() {
    let _alone = alone();
    let line = format!("data: {}\n", "x".repeat(1_000));
    assert_limited("endless data lines", b"", line.as_bytes(), 256 * KIB, false);
    assert_limited("endless lines of two bytes of data", b"", b"data:xx\n", 256 * KIB, false);
}

#[test]
fn another_field_without_an_end_is_limited_and_takes_no_more_than_growing_to_the_limit() {
    let _alone = alone();
    for field in ["event: ", "id: ", "retry: ", "unknown: "] {
        assert_limited(&format!("an endless {field}"), field.as_bytes(), b"1", 3 * LIMIT, false);
    }
}

#[test]
fn comments_without_an_end_take_no_memory() {
    let _alone = alone();
    assert_flat("an endless comment", b":", b"x", 64 * MIB, 64 * KIB);
    assert_flat("endless comments", b"", b": kept alive\n", 16 * MIB, 64 * KIB);
}

#[test]
fn a_comment_without_an_end_is_limited_where_comments_are_kept() {
    let _alone = alone();
    assert_limited("an endless comment that is kept", b":", b"x", 3 * LIMIT, true);
}

#[test]
fn unknown_fields_and_blank_lines_without_an_end_take_no_memory() {
    let _alone = alone();
    assert_flat("endless unknown fields", b"", b"unknown: field\n", 16 * MIB, 64 * KIB);
    assert_flat("16 million blank lines", b"", b"\n", 16 * MIB, 64 * KIB);
    assert_flat("endless types without data", b"", b"event: x\n\n", 16 * MIB, 64 * KIB);
}

#[test]
fn an_id_of_a_mebibyte_on_small_events_is_kept_a_few_times_and_no_more() {
    let _alone = alone();
    let id = format!("id: {}\n\n", "x".repeat(MIB));
    let part = b"data: x\n\n";
    let outcome = assert_flat("an ID of 1 MiB", id.as_bytes(), part, 8 * MIB, 8 * MIB);
    assert!(outcome.messages > 700_000, "{outcome:?}");
}

/// Asserts that 64 kB of a text take no longer than 64 times 1 kB of it, give or take.
fn assert_linear(what: &str, repeated: &str, judge: impl Fn(&str)) {
    let text = |length: usize| repeated.repeat(length / repeated.len());
    let time = |text: &str, times: usize| {
        let start = Instant::now();
        (0..times).for_each(|_| judge(black_box(text)));
        start.elapsed()
    };
    let (short, long) = (text(KIB), text(64 * KIB));
    let mut figures = Vec::new();
    // What else the machine does can spoil one measurement, but hardly all.
    for _ in 0..3 {
        let (many, one) = (time(&short, 64), time(&long, 1));
        if one < many * 8 + Duration::from_millis(1) {
            return;
        }
        figures.push((many, one));
    }
    assert!(figures.is_empty(), "{what}, {}: {figures:?}", repeated.escape_debug());
}

#[test]
fn headers_of_64_kb_are_judged_in_linear_time() {
    let _alone = alone();
    for repeated in [
        ";",
        " ",
        ",",
        "\"",
        "\\\"",
        ";a=\"",
        ";x=y",
        "text/",
        "/",
        "a",
        "a/b,",
        "text/event-stream,",
        "é",
    ] {
        assert_linear("a content type", repeated, |text| {
            black_box(is_event_stream(&format!("text/event-stream{text}")));
            black_box(is_event_stream(text));
        });
        assert_linear("Retry-After", repeated, |text| {
            black_box(retry_after(text, 0.0));
            black_box(retry_after(&format!("Wed, 21 Oct 2015{text}"), 0.0));
        });
    }
    assert_linear("Retry-After", "9", |text| {
        black_box(retry_after(text, 0.0));
    });
    for repeated in ["a", "&", "=", "&from=1", "?", "#", "/", "%", "%zz", ":", "@"] {
        assert_linear("a URL", repeated, |text| {
            let url = format!("https://other.test/{text}");
            black_box((origin(&url), origin(text), is_followed(&url, &url, true, true)));
            black_box(with_parameter(&url, "from", text));
            black_box(with_parameter(&format!("https://other.test/?{text}"), "from", "1"));
        });
    }
    assert_linear("an ID", "\u{1F980}", |text| {
        black_box(byte_string(text.as_bytes()));
    });
}
