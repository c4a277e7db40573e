//! The Rust API in a browser, from end to end: against the test server (`tests/README.md` tells how).
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, clippy::panic, clippy::unwrap_used, clippy::expect_used)]

#[path = "web/connections.rs"]
mod connections;
#[path = "web/hooks.rs"]
mod hooks;
#[path = "web/losses.rs"]
mod losses;
#[path = "web/requests.rs"]
mod requests;
#[path = "web/server.rs"]
mod server;

use wasm_bindgen_test::wasm_bindgen_test_configure;
use wasm_eventsource::event_source::{Error, Event, EventSource, Loss, Message, Open};

wasm_bindgen_test_configure!(run_in_browser);

/// The next event, which is there.
async fn next(source: &mut EventSource) -> Event {
    match source.next().await {
        Some(Ok(event)) => event,
        other => panic!("not an event: {other:?}"),
    }
}

async fn next_open(source: &mut EventSource) -> Open {
    match next(source).await {
        Event::Open(open) => open,
        other => panic!("not open: {other:?}"),
    }
}

async fn next_message(source: &mut EventSource) -> Message {
    match next(source).await {
        Event::Message(message) => message,
        other => panic!("not a message: {other:?}"),
    }
}

async fn next_loss(source: &mut EventSource) -> Loss {
    match next(source).await {
        Event::Lost(loss) => loss,
        other => panic!("not a loss: {other:?}"),
    }
}

/// The error with which the stream ends. Whatever comes before it is passed over.
async fn last_loss(source: &mut EventSource) -> Loss {
    loop {
        match source.next().await {
            Some(Err(Error::Lost(loss))) => {
                assert!(source.next().await.is_none(), "nothing follows an error");
                return *loss;
            }
            Some(Ok(_)) => {}
            other => panic!("not a loss: {other:?}"),
        }
    }
}

/// The first message, after the connection has been established.
async fn first_message(source: &mut EventSource) -> Message {
    next_open(source).await;
    next_message(source).await
}
