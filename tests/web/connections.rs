//! What comes of a connection, from its beginning to its end.

use std::cell::Cell;
use std::rc::Rc;

use futures_core::FusedStream;
use futures_util::StreamExt;
use serde::Deserialize;
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;
use wasm_eventsource::event_source::{Error, Event, EventSource, ReadyState, Reconnect};

use crate::server::{Server, is_firefox, milliseconds, sleep, spin};
use crate::{first_message, next_loss, next_message, next_open};

/// Comes back as soon as the server allows.
fn at_once() -> Reconnect {
    Reconnect::new().delay(milliseconds(0)).min_delay(milliseconds(0))
}

#[wasm_bindgen_test]
async fn open_tells_of_the_response() {
    let server = Server::new();
    let mut source = EventSource::connect(server.url("/raw", &[("end", "hold"), ("body", ":\n")]));
    let source = source.as_mut().unwrap();
    assert_eq!(source.ready_state(), ReadyState::Connecting);
    let open = next_open(source).await;
    assert_eq!(source.ready_state(), ReadyState::Open);
    assert_eq!(open.status, 200);
    assert_eq!(open.url, server.url("/raw", &[("end", "hold"), ("body", ":\n")]));
    assert_eq!(open.headers.get("Content-Type"), Some("text/event-stream"));
}

#[wasm_bindgen_test]
async fn a_relative_url_is_resolved_against_the_page() {
    let mut source = EventSource::connect("/there-is-no-such-file").unwrap();
    match source.next().await {
        Some(Err(Error::Lost(loss))) => {
            let page = js_sys::eval("origin").unwrap().as_string().unwrap();
            assert_eq!(loss.url, format!("{page}/there-is-no-such-file"));
        }
        other => panic!("{other:?}"),
    }
}

#[wasm_bindgen_test]
async fn messages_have_a_type_data_an_id_and_an_origin() {
    let server = Server::new();
    let body = "retry: 1234\nevent: price\nid: 7\ndata: a\ndata: b\n\ndata: c\n\nid: 8\n\n";
    let mut source = EventSource::connect(server.url("/raw", &[("end", "hold"), ("body", body)]));
    let source = source.as_mut().unwrap();
    let first = first_message(source).await;
    assert_eq!(first.event_type(), "price");
    assert_eq!(first.data(), "a\nb");
    assert_eq!(first.last_event_id(), "7");
    assert_eq!(first.origin(), Server::origin());
    // The ID that has come behind the message that is still to be polled is not the one to go on from.
    assert_eq!(source.last_event_id(), "7");
    let second = next_message(source).await;
    assert_eq!((second.event_type(), second.data()), ("message", "c"));
    assert_eq!(source.last_event_id(), "8");
    assert_eq!(source.reconnection_time(), milliseconds(1_234));
}

#[wasm_bindgen_test]
async fn resumes_1000_numbered_messages_over_40_cuts() {
    let server = Server::new();
    let url = server.url("/numbers", &[("count", "1000"), ("connections", "40")]);
    let mut source = EventSource::builder(url).reconnect(at_once()).connect().unwrap();
    let (mut expected, mut opened, mut lost) = (1, 0, 0);
    while let Some(event) = source.next().await {
        match event.unwrap() {
            Event::Open(_) => opened += 1,
            Event::Lost(loss) => {
                assert!(loss.retry_in.is_some());
                lost += 1;
            }
            Event::Message(message) => {
                assert_eq!(message.last_event_id(), expected.to_string());
                let line = if expected % 7 == 0 {
                    format!("{expected} 🐳")
                } else {
                    expected.to_string()
                };
                let data = if expected % 5 == 0 { format!("{line}\n{line}") } else { line };
                assert_eq!(message.data(), data);
                let event_type = if expected % 3 == 0 { "numbered" } else { "message" };
                assert_eq!(message.event_type(), event_type);
                expected += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(expected, 1_001);
    assert!(opened >= 40, "{opened} connections");
    assert_eq!(lost, opened, "each of them is cut");
    // The last one is answered with 204, which is the end.
    assert_eq!(server.log().await.len(), opened + 1);
}

#[derive(Debug, Deserialize, PartialEq)]
struct Token {
    index: u32,
    token: String,
}

#[wasm_bindgen_test]
async fn data_becomes_typed_values() {
    let server = Server::new();
    let source = EventSource::builder(server.url("/echo", &[]))
        .method("POST")
        .header("Authorization", "Bearer 1")
        .text("Grüße 🦀")
        .connect()
        .unwrap();
    let events: Vec<_> = source.collect().await;
    let messages: Vec<_> = events
        .into_iter()
        .filter_map(|event| match event.unwrap() {
            Event::Message(message) => Some(message),
            _ => None,
        })
        .collect();
    let [first, second, end] = messages.as_slice() else { panic!("{messages:?}") };
    let token = |index, token: &str| Token { index, token: token.into() };
    assert_eq!(first.json(), Ok(token(0, "Grüße")));
    assert_eq!(second.json(), Ok(token(1, " 🦀")));
    let syntax = end.json::<Token>().unwrap_err().to_string();
    assert!(syntax.contains("SyntaxError"), "{syntax}");
    let shape = first.json::<Vec<u32>>().unwrap_err().to_string();
    assert!(shape.contains("sequence") || shape.contains("type"), "{shape}");
}

#[wasm_bindgen_test]
async fn a_stream_that_is_not_polled_is_not_read() {
    let server = Server::new();
    let builder = EventSource::builder(server.url("/flood", &[("count", "1000")]));
    let mut source = builder.reconnect(Reconnect::never()).connect().unwrap();
    next_open(&mut source).await;
    server.wait(|log| log[0].has_been_sent()).await;
    sleep(100).await;
    // Whoever had read it to its end would know of that.
    assert_eq!(source.ready_state(), ReadyState::Open);
    for id in 1..=1_000 {
        assert_eq!(next_message(&mut source).await.last_event_id(), id.to_string());
    }
    assert!(source.next().await.is_none());
    assert_eq!(source.ready_state(), ReadyState::Closed);
}

/// Firefox takes what comes and keeps it, however much that is.
#[wasm_bindgen_test]
async fn a_stream_that_is_not_polled_blocks_the_server() {
    if is_firefox() {
        return;
    }
    let server = Server::new();
    let mut source = EventSource::connect(server.url("/flood", &[])).unwrap();
    assert_eq!(first_message(&mut source).await.last_event_id(), "1");

    let mut sent = 0.0;
    // The log says how much has been handed to the connection: nothing for a while.
    let (mut same, mut rounds) = (0, 0);
    while same < 10 {
        assert!(rounds < 100, "the server sends on: {sent} bytes");
        rounds += 1;
        sleep(30).await;
        let now = server.request().await.bytes_sent;
        same = if now == sent { same + 1 } else { 0 };
        sent = now;
    }

    let before = sent;
    let mut expected = 2;
    while sent <= before {
        for _ in 0..2_000 {
            assert_eq!(next_message(&mut source).await.last_event_id(), expected.to_string());
            expected += 1;
        }
        sent = server.request().await.bytes_sent;
    }
}

/// There is always more to read than is taken, so that no promise would ever wait for a task.
#[wasm_bindgen_test]
async fn a_flood_lets_the_event_loop_in_though_the_reader_is_slow() {
    let server = Server::new();
    let mut source = EventSource::connect(server.url("/flood", &[("count", "20000")])).unwrap();
    first_message(&mut source).await;
    server.wait(|log| log[0].bytes_sent > 1e6).await;
    let is_let_in = Rc::new(Cell::new(false));
    let telling = Rc::clone(&is_let_in);
    spawn_local(async move {
        sleep(1).await;
        telling.set(true);
    });
    let mut count = 0;
    while !is_let_in.get() {
        assert!(count < 500, "no timer has fired");
        next_message(&mut source).await;
        count += 1;
        spin(3.0);
    }
}

#[wasm_bindgen_test]
async fn dropping_it_is_seen_by_the_server_within_250_ms() {
    for body in ["data: a\n\n", ":\n"] {
        let server = Server::new();
        let parameters = [("end", "hold"), ("body", body)];
        let mut source = EventSource::connect(server.url("/raw", &parameters)).unwrap();
        next_open(&mut source).await;
        let dropped_at = Server::now().await;
        drop(source);
        let log = server.wait(|log| log[0].left_at().is_some()).await;
        let taken = log[0].left_at().unwrap() - dropped_at;
        assert!(taken <= 250.0, "{taken} ms");
    }
}

#[wasm_bindgen_test]
async fn dropping_it_ends_a_request_without_a_response() {
    let server = Server::new();
    let source = EventSource::connect(server.url("/hang", &[])).unwrap();
    server.wait(|log| log.len() == 1).await;
    drop(source);
    server.wait(|log| log[0].left_at().is_some()).await;
}

#[wasm_bindgen_test]
async fn dropping_it_ends_the_waiting_for_the_next_attempt() {
    let server = Server::new();
    let url = server.url("/raw", &[("body", "retry: 100\ndata: a\n\n")]);
    let mut source = EventSource::connect(url).unwrap();
    first_message(&mut source).await;
    assert_eq!(next_loss(&mut source).await.retry_in, Some(milliseconds(100)));
    drop(source);
    sleep(300).await;
    assert_eq!(server.log().await.len(), 1);
}

#[wasm_bindgen_test]
async fn dropping_it_at_once_makes_no_request() {
    let server = Server::new();
    drop(EventSource::connect(server.url("/request", &[])).unwrap());
    sleep(100).await;
    assert_eq!(server.log().await.len(), 0);
}

#[wasm_bindgen_test]
async fn closing_ends_the_stream_and_drops_what_waits() {
    let server = Server::new();
    let body = "data: a\n\ndata: b\n\n";
    let url = server.url("/raw", &[("end", "hold"), ("body", body)]);
    let mut source = EventSource::connect(url).unwrap();
    assert_eq!(first_message(&mut source).await.data(), "a");
    assert!(!source.is_terminated());
    source.close();
    assert_eq!(source.ready_state(), ReadyState::Closed);
    assert!(source.is_terminated());
    assert!(source.next().await.is_none());
    assert!(source.next().await.is_none());
    server.wait(|log| log[0].left_at().is_some()).await;
}

#[wasm_bindgen_test]
async fn closing_wakes_whoever_waits() {
    let server = Server::new();
    let source = EventSource::connect(server.url("/raw", &[("end", "hold"), ("body", ":\n")]));
    let mut source = source.unwrap();
    next_open(&mut source).await;
    let source = Rc::new(std::cell::RefCell::new(source));
    let closing = Rc::clone(&source);
    spawn_local(async move {
        sleep(20).await;
        closing.borrow().close();
    });
    // Borrowed for each poll only, so that it can be closed in between.
    let end = std::future::poll_fn(|context| source.borrow_mut().poll_next_unpin(context)).await;
    assert!(end.is_none());
}

#[wasm_bindgen_test]
async fn a_stream_that_has_ended_stays_so() {
    let server = Server::new();
    let url = server.url("/raw", &[("body", "data: a\n\n")]);
    let mut source = EventSource::builder(url).reconnect(Reconnect::never()).connect().unwrap();
    assert_eq!(first_message(&mut source).await.data(), "a");
    // It was not to be repeated, so that this is no failure.
    for _ in 0..3 {
        assert!(source.next().await.is_none());
        assert!(source.is_terminated());
    }
    assert_eq!(source.ready_state(), ReadyState::Closed);
}

#[wasm_bindgen_test]
async fn a_204_is_the_end() {
    let server = Server::new();
    let mut source = EventSource::connect(server.url("/status/204", &[])).unwrap();
    assert!(source.next().await.is_none());
}

#[wasm_bindgen_test]
async fn it_is_a_stream_like_any_other() {
    let server = Server::new();
    let url = server.url("/ticker", &[("interval", "10")]);
    let source = EventSource::connect(url).unwrap();
    let events: Vec<_> = source.take(3).collect().await;
    assert!(matches!(events.as_slice(), [Ok(Event::Open(_)), Ok(Event::Message(_)), Ok(_)]));
    server.wait(|log| log[0].left_at().is_some()).await;
}

#[wasm_bindgen_test]
async fn a_message_longer_than_what_may_wait_comes_whole() {
    let server = Server::new();
    let long = "é🦀".repeat(500);
    let body = format!("data: {long}\n").repeat(100);
    let url = server.url("/request", &[]);
    let mut source =
        EventSource::builder(url).method("POST").text(body.as_str()).connect().unwrap();
    let message = first_message(&mut source).await;
    #[derive(Deserialize)]
    struct Request {
        body: String,
    }
    assert!(message.json::<Request>().unwrap().body == body);
}
