//! What is kept of a stream beside its messages, for who wants to be told.

use wasm_eventsource::batch::Batch;
use wasm_eventsource::event_stream::{EventStreamParser, Remarks};

/// What is kept of a stream that comes whole, and byte by byte.
fn remarks(remarks: Remarks, stream: &str) -> String {
    let [whole, cut] = [stream.len().max(1), 1].map(|length| {
        let mut parser = EventStreamParser::new(1_000, b"");
        parser.keep(remarks);
        let mut batch = Batch::new();
        for chunk in stream.as_bytes().chunks(length) {
            assert_eq!(parser.parse(chunk, &mut batch), Ok(()));
        }
        String::from_utf8_lossy(batch.remarks()).into_owned()
    });
    assert_eq!(whole, cut);
    whole
}

const STREAM: &str = ": a\n:b\nid: 1\ndata: c\n\nretry: 7\nretry: x\nevent: t\ndata: d\nfoo: e\nbar\n\nid: 2\n\n:\ndata: f\n\n:not ended";

#[test]
fn nothing_is_kept_unasked() {
    assert_eq!(remarks(Remarks::None, STREAM), "");
    assert_eq!(remarks(Remarks::default(), STREAM), "");
}

#[test]
fn comments_are_kept_with_their_places_among_the_messages() {
    assert_eq!(remarks(Remarks::Comments, STREAM), "a\rb\r\n\n\r\n");
}

#[test]
fn all_is_kept_in_the_order_of_the_stream() {
    let expected = ":a\r:b\ri1\rM\rr7\rRretry: x\r?foo: e\r?bar\rmt\ri2\r:\rm\r";
    assert_eq!(remarks(Remarks::All, STREAM), expected);
}

#[test]
fn an_id_that_is_ignored_for_its_nul_is_nothing_to_tell_of() {
    assert_eq!(remarks(Remarks::All, "id: a\0b\ndata: c\n\n"), "m\r");
}

#[test]
fn what_is_kept_goes_with_the_messages_and_a_new_stream_keeps_on() {
    let mut parser = EventStreamParser::new(1_000, b"");
    parser.keep(Remarks::Comments);
    let mut batch = Batch::new();
    parser.parse(b": a\n", &mut batch).unwrap();
    batch.clear_finished();
    assert_eq!(batch.remarks(), b"");
    parser.start_stream();
    parser.parse(b": b\n", &mut batch).unwrap();
    assert_eq!(batch.remarks(), b"b\r");
}

#[test]
fn the_reconnection_time_is_known_for_each_message_of_a_chunk() {
    let mut parser = EventStreamParser::new(1_000, b"");
    let mut batch = Batch::new();
    let stream =
        b"data: a\n\nretry: 1\ndata: b\n\ndata: c\n\nretry: 2\nretry: 3\ndata: d\n\nretry: 4\n";
    parser.parse(stream, &mut batch).unwrap();
    let times = [0, 1, 2, 3].map(|index| parser.reconnection_time_at(index));
    assert_eq!(times, [None, Some(1), Some(1), Some(3)]);
    assert_eq!(parser.reconnection_time(), Some(4));
    // Only the last chunk is told of.
    parser.parse(b"data: e\n\nretry: 5\ndata: f\n\n", &mut batch).unwrap();
    assert_eq!([0, 1].map(|index| parser.reconnection_time_at(index)), [Some(4), Some(5)]);
}
