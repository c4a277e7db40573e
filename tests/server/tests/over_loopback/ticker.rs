//! `/ticker`.

use serde_json::Value;

use crate::support::{BodyEnd, EventReader, Request, server};

fn read(request: Request) -> EventReader {
    let (chunks, end) = request.answer(server().origin).chunks();
    assert_eq!(end, BodyEnd::Broken);
    let mut reader = EventReader::default();
    reader.read(&chunks.concat());
    reader
}

#[test]
fn sends_prices_and_messages_until_it_is_cut() {
    let reader = read(Request::get("/ticker?interval=10&cut=8&retry=123"));
    assert_eq!(reader.retry, Some(123));
    let ids: Vec<_> = reader
        .events
        .iter()
        .map(|event| (event.event_type.as_str(), event.last_event_id.as_str()))
        .collect();
    let price = |id| ("price", id);
    let message = |id| ("message", id);
    assert_eq!(
        ids,
        [
            price("1"),
            price("2"),
            price("3"),
            price("4"),
            message("4"),
            price("5"),
            price("6"),
            price("7"),
            price("8"),
            message("8"),
        ]
    );
    for event in reader.events {
        if event.event_type == "price" {
            let data: Value = serde_json::from_str(&event.data).unwrap();
            assert!(data["symbol"].is_string());
            assert!(data["price"].as_f64().unwrap() > 0.0);
            assert!(data["time"].as_u64().unwrap() > 1_700_000_000_000);
        } else {
            assert_eq!(event.data, format!("{} prices so far", event.last_event_id));
        }
    }
}

#[test]
fn goes_on_after_the_last_event_id() {
    let target = "/ticker?interval=10&cut=1";
    let header = read(Request::get(target).header("Last-Event-ID", "41"));
    assert_eq!(header.last_event_id, "42");
    let parameter = format!("{target}&lastEventId=6");
    assert_eq!(read(Request::get(&parameter)).last_event_id, "7");
    let both = read(Request::get(&parameter).header("Last-Event-ID", "41"));
    assert_eq!(both.last_event_id, "42");
}

#[test]
fn keeps_a_quiet_stream_alive_with_comments() {
    let mut response = Request::get("/ticker?interval=60000&comment=10").answer(server().origin);
    assert_eq!(response.text(), "retry: 2000\n\n");
    assert!(response.text().starts_with("event: price\n"));
    for _ in 0..3 {
        assert_eq!(response.text(), ": still here\n\n");
    }
}

#[test]
fn says_what_is_wrong() {
    for query in ["interval=9", "comment=0", "cut=0", "retry=x", "lastEventId=x"] {
        let response = Request::get(&format!("/ticker?{query}")).answer(server().origin);
        assert_eq!(response.status, 400, "{query}");
    }
}
