//! `/numbers`, followed as a client does.

use crate::support::{BodyEnd, Event, EventReader, Request, Response, log_of, server};

fn connect(query: &str, last_event_id: &str) -> Response {
    let mut request = Request::get(&format!("/numbers?{query}"));
    if !last_event_id.is_empty() {
        request = request.header("Last-Event-ID", last_event_id);
    }
    request.answer(server().origin)
}

/// What the documentation of the endpoint says of the n-th event.
fn event(n: u64) -> Event {
    let line = if n.is_multiple_of(7) { format!("{n} 🐳") } else { n.to_string() };
    Event {
        event_type: if n.is_multiple_of(3) { "numbered" } else { "message" }.to_owned(),
        data: if n.is_multiple_of(5) { format!("{line}\n{line}") } else { line },
        last_event_id: n.to_string(),
    }
}

#[test]
fn gives_every_event_once_over_many_connections() {
    let mut reader = EventReader::default();
    let mut ends = Vec::new();
    let mut chunks_in_all = 0;
    loop {
        let response = connect("key=numbers&retry=7", &reader.last_event_id);
        if response.status == 204 {
            break;
        }
        assert_eq!(response.header("content-type"), Some("text/event-stream"));
        let events_before = reader.events.len();
        let (chunks, end) = response.chunks();
        reader.read(&chunks.concat());
        chunks_in_all += chunks.len();
        ends.push(end);
        let progress = reader.events.len() - events_before;
        assert!((1..=1_000 / 20).contains(&progress), "{progress} events at once");
    }
    assert_eq!(reader.retry, Some(7));
    assert_eq!(reader.events, (1..=1_000).map(event).collect::<Vec<_>>());
    assert!(ends.len() >= 20, "only {} connections", ends.len());
    assert!(chunks_in_all > 5 * ends.len(), "only {chunks_in_all} pieces");
    for pair in ends.chunks_exact(2) {
        assert_eq!(pair, [BodyEnd::Clean, BodyEnd::Broken]);
    }
    assert_eq!(log_of("numbers").len(), ends.len() + 1);
}

#[test]
fn a_seed_gives_the_same_again_and_another_does_not() {
    let bytes = |seed| connect(&format!("seed={seed}"), "5").chunks().0;
    assert_eq!(bytes(3), bytes(3));
    assert_ne!(bytes(3), bytes(4));
}

#[test]
fn a_run_can_be_a_single_connection() {
    let mut reader = EventReader::default();
    while reader.events.len() < 3 {
        let (chunks, _) = connect("count=3&connections=1", &reader.last_event_id).chunks();
        reader.read(&chunks.concat());
    }
    assert_eq!(reader.events, [event(1), event(2), event(3)]);
    assert_eq!(connect("count=3&connections=1", "3").status, 204);
    assert_eq!(connect("count=3&connections=1", "4").status, 204);
}

#[test]
fn says_what_is_wrong() {
    for (query, last_event_id, problem) in [
        ("count=0", "", "count"),
        ("count=100001", "", "count"),
        ("count=5&connections=6", "", "connections"),
        ("connections=0", "", "connections"),
        ("seed=x", "", "seed"),
        ("", "x", "last event ID"),
        ("", "-1", "last event ID"),
    ] {
        let response = connect(query, last_event_id);
        assert_eq!(response.status, 400, "{query}");
        let text = response.rest();
        assert!(text.contains(problem), "{query}: {text}");
    }
}
