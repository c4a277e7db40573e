//! How much one event may buffer: its data, type and ID, and the line that is not finished.

#![cfg(not(target_arch = "wasm32"))]

mod defaults;

use wasm_eventsource::batch::{Batch, Message};
use wasm_eventsource::connection::{Connection, ConnectionOptions, State, Step};
use wasm_eventsource::error::Failure;
use wasm_eventsource::event_stream::{EventStreamParser, EventTooLarge};

use defaults::connecting::{START, failed, head, options};

/// The limit of most tests; longer than `data: ` and the other names.
const LIMIT: usize = 16;

/// Parses the chunks in turn, up to the first error.
fn parse<'a>(
    max_event_size: usize,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> (Result<(), EventTooLarge>, Batch) {
    let mut parser = EventStreamParser::new(max_event_size, b"");
    let mut batch = Batch::new();
    let result = chunks.into_iter().try_for_each(|chunk| parser.parse(chunk, &mut batch));
    (result, batch)
}

/// Asserts that the limit holds for the stream, whole and byte by byte.
fn assert_fits(stream: &str) {
    let stream = stream.as_bytes();
    assert_eq!(parse(LIMIT, [stream]).0, Ok(()), "{}", stream.escape_ascii());
    assert_eq!(parse(LIMIT, stream.chunks(1)).0, Ok(()), "{}, in bytes", stream.escape_ascii());
}

/// Asserts that the stream exceeds the limit, whole and byte by byte.
fn assert_too_large(stream: &str) {
    let stream = stream.as_bytes();
    let error = Err(EventTooLarge);
    assert_eq!(parse(LIMIT, [stream]).0, error, "{}", stream.escape_ascii());
    assert_eq!(parse(LIMIT, stream.chunks(1)).0, error, "{}, in bytes", stream.escape_ascii());
}

fn message<'a>(data: &'a str, event_type: &'a str, last_event_id: &'a str) -> Message<'a> {
    Message {
        event_type: event_type.as_bytes(),
        data: data.as_bytes(),
        last_event_id: last_event_id.as_bytes(),
    }
}

#[test]
fn data_may_be_as_long_as_the_limit_and_no_longer() {
    assert_fits("data: 0123456789abcdef\n\n");
    assert_too_large("data: 0123456789abcdefg\n\n");
}

#[test]
fn the_error_comes_before_the_line_ends() {
    assert_fits("data: 0123456789abcdef");
    assert_too_large("data: 0123456789abcdefg");
}

#[test]
fn data_counts_over_all_of_its_lines_with_the_line_ends_between_them() {
    assert_fits("data: 01234567\ndata: 9abcdef\n\n");
    assert_too_large("data: 01234567\ndata: 9abcdefg\n\n");
    assert_eq!(parse(LIMIT, ["data\n".repeat(17).as_bytes()]).0, Ok(()));
    assert_eq!(parse(LIMIT, ["data\n".repeat(18).as_bytes()]).0, Err(EventTooLarge));
}

#[test]
fn a_type_counts() {
    // Whole: byte by byte, the line counts with its name until it has ended.
    assert_eq!(parse(LIMIT, [&b"event: 0123456789abcdef\n"[..]]).0, Ok(()));
    assert_eq!(parse(LIMIT, [&b"event: 0123456789abcdefg\n"[..]]).0, Err(EventTooLarge));
    assert_fits("event: 01234\ndata: 56789abcdef\n\n");
    assert_too_large("event: 01234\ndata: 56789abcdefg\n\n");
}

#[test]
fn an_id_counts() {
    assert_eq!(parse(LIMIT, [&b"id: 0123456789abcdef\n"[..]]).0, Ok(()));
    assert_eq!(parse(LIMIT, [&b"id: 0123456789abcdefg\n"[..]]).0, Err(EventTooLarge));
    assert_fits("id: 01234\ndata: 56789abcdef\n\n");
    assert_too_large("id: 01234\ndata: 56789abcdefg\n\n");
}

#[test]
fn data_type_and_id_count_together_in_any_order() {
    let (result, _) = parse(LIMIT, [&b"data: 012345\nevent: 6789a\nid: bcdef\n"[..]]);
    assert_eq!(result, Ok(()));
    for stream in [
        "data: 012345\nevent: 6789a\nid: bcdefg\n",
        "data: 012345\nid: bcdef\nevent: 6789ag\n",
        "event: 6789a\nid: bcdef\ndata: 012345g\n",
    ] {
        assert_too_large(stream);
    }
}

#[test]
fn a_line_that_has_not_ended_counts_with_its_name() {
    for line in ["event: 789abcdef", "id: 456789abcdef", "retry: 789abcdef", "foo: 56789abcdef"] {
        assert_fits(line);
        assert_too_large(&format!("{line}g"));
    }
    assert_fits("data: 01234567\n01234567");
    assert_too_large("data: 01234567\n012345678");
}

#[test]
fn an_id_goes_on_to_count_after_its_event_as_it_is_kept() {
    assert_fits("id: 0123\n\ndata: 456789abcdef\n\n");
    assert_too_large("id: 0123\n\ndata: 456789abcdefg\n\n");
    assert_fits("id: 0123\n\nid\ndata: 0123456789abcdef\n\n");
}

#[test]
fn the_id_that_a_parser_starts_with_counts() {
    let mut batch = Batch::new();
    let mut parser = EventStreamParser::new(LIMIT, b"0123");
    assert_eq!(parser.parse(b"data: 456789abcdef", &mut batch), Ok(()));
    assert_eq!(parser.parse(b"g", &mut batch), Err(EventTooLarge));
}

#[test]
fn a_blank_line_makes_room_again() {
    assert_fits(&"data: 0123456789abcdef\n\n".repeat(100));
    assert_fits(&"event: 01234567\n\n".repeat(100));
    assert_fits("event: 0123\n\ndata: 0123456789abcdef\n\n");
}

#[test]
fn finished_messages_that_nobody_has_taken_do_not_count() {
    let (result, batch) = parse(LIMIT, b"data: 0123456789abcdef\n\n".repeat(100).chunks(7));
    assert_eq!(result, Ok(()));
    assert_eq!(batch.messages().count(), 100);
}

#[test]
fn data_that_has_been_handed_out_counts() {
    const LARGE: usize = 100_000;
    let mut batch = Batch::new();
    let mut parser = EventStreamParser::new(LARGE, b"");
    let data = vec![b'x'; LARGE];
    parser.parse(b"data:", &mut batch).unwrap();
    for chunk in data.chunks(1_000) {
        assert_eq!(parser.parse(chunk, &mut batch), Ok(()));
        batch.hand_out_data();
        batch.clear_finished();
    }
    assert_eq!(parser.parse(b"x", &mut batch), Err(EventTooLarge));
}

#[test]
fn what_is_not_kept_does_not_count() {
    assert_fits(&format!("\u{FEFF}:{}\ndata: 0123456789abcdef\n\n", "x".repeat(1000)));
    assert_fits("data: 0123456789abcdef\n:\n:\n\n");
    assert_fits(&format!("{}data: 0123456789abcdef\n\n", "foo: bar\n".repeat(100)));
}

#[test]
fn a_limit_of_nothing_lets_empty_messages_pass() {
    let (result, batch) = parse(0, [&b"data\n\n"[..]]);
    assert_eq!(result, Ok(()));
    assert_eq!(batch.messages().collect::<Vec<_>>(), [message("", "message", "")]);
    assert_eq!(parse(0, [&b"data: x\n\n"[..]]).0, Err(EventTooLarge));
}

#[test]
fn messages_that_were_finished_before_in_the_same_chunk_are_still_there() {
    let stream = b"data: a\nevent: t\nid: 1\n\ndata: b\n\ndata: 0123456789abcdefg\n\ndata: c\n\n";
    let (result, batch) = parse(LIMIT, [&stream[..]]);
    assert_eq!(result, Err(EventTooLarge));
    let expected = [message("a", "t", "1"), message("b", "message", "1")];
    assert_eq!(batch.messages().collect::<Vec<_>>(), expected);
}

#[test]
fn a_parser_is_as_good_as_new_for_the_next_stream() {
    let mut parser = EventStreamParser::new(LIMIT, b"");
    parser.parse(b"id: 1\n\n", &mut Batch::new()).unwrap();
    let too_large = b"event: t\ndata: 0123456789abcdefg";
    assert_eq!(parser.parse(too_large, &mut Batch::new()), Err(EventTooLarge));

    parser.start_stream();
    let mut batch = Batch::new();
    assert_eq!(parser.parse(b"data: 0123456789abcde\n\n", &mut batch), Ok(()));
    assert_eq!(batch.messages().collect::<Vec<_>>(), [message("0123456789abcde", "message", "1")]);
}

#[test]
fn a_connection_fails_for_good_and_has_delivered_what_came_before() {
    let mut connection = Connection::new(ConnectionOptions { max_event_size: LIMIT, ..options() });
    let mut batch = Batch::new();
    assert_eq!(connection.handle_response(&head(200), START), Step::Announce);
    assert_eq!(connection.handle_chunk(b"data: a\n\ndata: 0123456789abcdef", &mut batch), Ok(()));
    batch.clear_finished();

    let result = connection.handle_chunk(b"\n\ndata: b\n\ndata: 0123456789abcdefg", &mut batch);
    assert_eq!(result, Err(Failure::Limit));
    assert_eq!(connection.state(), State::Open, "as long as what came before is delivered");
    let expected = [message("0123456789abcdef", "message", ""), message("b", "message", "")];
    assert_eq!(batch.messages().collect::<Vec<_>>(), expected);

    let step = connection.handle_failure(Failure::Limit, START);
    assert_eq!(step, failed(Failure::Limit, 1));
    assert_eq!(connection.handle_chunk(b"\n\n", &mut batch), Ok(()));
    assert_eq!(batch.messages().count(), 2);
    assert_eq!(connection.handle_timer(START, false), Step::Ignore);
}
