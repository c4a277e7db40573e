//! The types of the Rust API where there is no browser, in a server that renders a page for example.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used)]

use std::time::Duration;

use futures_core::{FusedStream, Stream};
use wasm_eventsource::event_source::{
    Attempt, Decision, Error, Event, EventSource, Headers, HookResult, JsonError, Loss, Message,
    Open, Reconnect,
};

#[test]
fn connecting_says_that_there_is_no_browser() {
    let error = EventSource::connect("/ticker").unwrap_err();
    assert_eq!(error, Error::NoBrowser);
    assert!(error.to_string().contains("no browser"), "{error}");
}

#[test]
fn a_builder_takes_whatever_it_takes_in_a_browser() {
    async fn token() -> HookResult<String> {
        Ok("Bearer 1".into())
    }
    let error = EventSource::builder("https://a.example/")
        .method("POST")
        .header("X-Tenant", "a")
        .headers_with(|_| async { Ok([("Authorization", token().await?)]) })
        .json(&["a"])
        .last_event_id("1")
        .reconnect(
            Reconnect::new()
                .statuses([503])
                .decide(|_| async { Decision::RetryAfter(Duration::ZERO) }),
        )
        .idle_timeout(Duration::from_secs(1))
        .connect()
        .unwrap_err();
    assert_eq!(error, Error::NoBrowser);
}

#[test]
fn there_is_no_json_either() {
    let error = Message::new("message", "[1]", "").json::<Vec<u32>>().unwrap_err();
    assert!(error.to_string().contains("no browser"), "{error}");
}

#[test]
fn secrets_are_not_shown_when_a_builder_is() {
    let builder = EventSource::builder("/").header("Authorization", "Bearer secret");
    assert!(!format!("{builder:?}").contains("secret"));
}

#[test]
fn what_comes_of_a_stream_can_be_kept_anywhere() {
    fn is_plain<T: Send + Sync + Clone + 'static>() {}
    is_plain::<Event>();
    is_plain::<Message>();
    is_plain::<Open>();
    is_plain::<Loss>();
    is_plain::<Attempt>();
    is_plain::<Headers>();
    is_plain::<Error>();
    fn is_error<T: std::error::Error + Send + Sync + 'static>() {}
    is_error::<Error>();
    is_error::<Loss>();
    is_error::<JsonError>();
}

#[test]
fn a_stream_is_fused_and_need_not_be_pinned() {
    fn is_fused<T: Stream<Item = Result<Event, Error>> + FusedStream + Unpin>() {}
    is_fused::<EventSource>();
}

#[test]
fn headers_are_found_in_any_case() {
    let headers: Headers = [("x-a", "1"), ("x-b", "2")].into_iter().collect();
    assert_eq!(headers.get("X-B"), Some("2"));
    assert_eq!(headers.get("x"), None);
    assert_eq!(headers.iter().count(), 2);
}
