//! The time that parsing takes grows with the length of the stream, and with nothing else.
//!
//! One long stream may take a few times as long as 64 short ones that are as long together: caches
//! are small, and the machine may be busy. Where anything is copied or searched once more for each
//! chunk or line, it takes about 64 times as long.

#![cfg(not(any(target_arch = "wasm32", miri)))]

use std::time::{Duration, Instant};

use wasm_eventsource::batch::Batch;
use wasm_eventsource::event_stream::EventStreamParser;

const SHORT_STREAMS: usize = 64;
const MAY_TAKE: u32 = 8;
/// What else the machine does can spoil one measurement, but hardly both.
const ATTEMPTS: usize = 2;

/// The payload of a TCP segment on Ethernet, which is how streams often arrive.
const SEGMENT: usize = 1_460;
const MIB: usize = 1024 * 1024;

/// Parses as a connection does: the messages are taken after each chunk.
fn parse(stream: &[u8], chunk: usize) {
    let mut parser = EventStreamParser::new(usize::MAX, b"");
    let mut batch = Batch::new();
    for chunk in stream.chunks(chunk) {
        assert_eq!(parser.parse(chunk, &mut batch), Ok(()));
        batch.clear_finished();
    }
}

/// How long it takes to parse the stream that many times.
fn time(stream: &str, times: usize, chunk: usize) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        parse(stream.as_bytes(), chunk);
    }
    start.elapsed()
}

/// Asserts it for a stream of `length` bytes, or a little more, in chunks of `chunk` bytes.
fn assert_linear(length: usize, chunk: usize, stream: impl Fn(usize) -> String) {
    let (short, long) = (stream(length / SHORT_STREAMS), stream(length));
    let mut failures = Vec::new();
    while failures.len() < ATTEMPTS {
        let many = time(&short, SHORT_STREAMS, chunk);
        let one = time(&long, 1, chunk);
        if one < many * MAY_TAKE {
            return;
        }
        failures.push((one, many));
    }
    assert!(failures.is_empty(), "one stream, and {SHORT_STREAMS} as long together: {failures:?}");
}

#[test]
fn one_data_line_of_8_mib_in_tcp_segments() {
    assert_linear(8 * MIB, SEGMENT, |length| format!("data: {}\n\n", "x".repeat(length)));
}

#[test]
fn one_data_line_byte_by_byte() {
    assert_linear(MIB / 4, 1, |length| format!("data: {}\n\n", "x".repeat(length)));
}

#[test]
fn one_comment_of_8_mib_in_tcp_segments() {
    assert_linear(8 * MIB, SEGMENT, |length| format!(":{}\n\n", "x".repeat(length)));
}

#[test]
fn one_line_of_another_field_in_tcp_segments() {
    assert_linear(8 * MIB, SEGMENT, |length| format!("event: {}\n\n", "x".repeat(length)));
}

#[test]
fn one_line_of_another_field_byte_by_byte() {
    assert_linear(MIB / 4, 1, |length| format!("id: {}\n\n", "x".repeat(length)));
}

#[test]
fn one_event_of_many_lines() {
    assert_linear(MIB / 4, SEGMENT, |length| "data: x\n".repeat(length / 8) + "\n");
}

#[test]
fn one_event_of_many_lines_in_one_chunk() {
    assert_linear(MIB / 4, usize::MAX, |length| "data: x\r\n".repeat(length / 9) + "\r\n");
}

#[test]
fn many_events() {
    assert_linear(MIB / 4, SEGMENT, |length| "id: 1\ndata: x\n\n".repeat(length / 15));
}

#[test]
fn many_events_in_one_chunk() {
    assert_linear(MIB / 4, usize::MAX, |length| "id: 1\ndata: x\n\n".repeat(length / 15));
}

#[test]
fn many_events_that_each_end_and_begin_within_a_chunk() {
    assert_linear(8 * MIB, SEGMENT, |length| {
        let event = format!("data: {}\n\n", "x".repeat(10 * SEGMENT));
        event.repeat(length.div_ceil(event.len()))
    });
}

#[test]
fn many_blank_lines_after_a_long_id() {
    assert_linear(MIB, SEGMENT, |length| {
        format!("id: {}\n\n{}", "x".repeat(length / 8 * 7), "\n".repeat(length / 8))
    });
}

#[test]
fn many_events_in_one_chunk_after_a_long_id() {
    assert_linear(MIB, usize::MAX, |length| {
        format!("id: {}\n\n{}", "x".repeat(length / 8 * 7), "data\n\n".repeat(length / 48))
    });
}
