//! Each reason for which a connection is lost, as far as it can be made in a page.

use std::future::poll_fn;
use std::task::Poll;

use futures_util::StreamExt;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use wasm_eventsource::event_source::{Error, EventSource, Failure, Reconnect};

use crate::server::{Server, milliseconds, sleep};
use crate::{first_message, last_loss, next_loss, next_open};

#[wasm_bindgen_test]
async fn ended() {
    let server = Server::new();
    let url = server.url("/raw", &[("body", "retry: 10\ndata: a\n\n")]);
    let mut source = EventSource::connect(url.as_str()).unwrap();
    first_message(&mut source).await;
    let loss = next_loss(&mut source).await;
    assert_eq!(loss.reason, Failure::Ended);
    assert_eq!((loss.attempt, loss.retry_in), (1, Some(milliseconds(100))));
    assert_eq!(loss.url, url);
    assert_eq!(loss.to_string(), format!("{url}: The server ended the stream."));
}

#[wasm_bindgen_test]
async fn network() {
    let server = Server::new();
    let parameters = [("body", "data: a\n\n"), ("end", "abort"), ("pause", "30")];
    let mut source = EventSource::connect(server.url("/raw", &parameters)).unwrap();
    first_message(&mut source).await;
    let loss = next_loss(&mut source).await;
    assert_eq!(loss.reason, Failure::Network);
    assert!(loss.cause.as_ref().unwrap().contains("Error"), "{loss}");
}

#[wasm_bindgen_test]
async fn network_where_nobody_answers() {
    let url = Server::plain_url("/reset", &[("cors", "origin")]);
    let mut source = EventSource::connect(url).unwrap();
    assert_eq!(next_loss(&mut source).await.reason, Failure::Network);
}

#[wasm_bindgen_test]
async fn a_status_with_its_headers_and_the_beginning_of_its_body() {
    let server = Server::new();
    // In characters of three bytes, so that the limit falls into one.
    let body = format!("ab{}", "…".repeat(3_000));
    let url = server.url("/raw", &[("status", "503"), ("body", &body), ("type", "text/plain")]);
    let error = EventSource::connect(url).unwrap().next().await.unwrap().unwrap_err();
    assert_eq!(error.reason(), Some(Failure::Status(503)));
    assert_eq!(error.status(), Some(503));
    assert_eq!(error.headers().unwrap().get("content-type"), Some("text/plain"));
    assert_eq!(error.body(), Some(format!("ab{}", "…".repeat(4_094 / 3)).as_str()));
    assert!(error.to_string().contains("503"), "{error}");
    let as_error: &dyn std::error::Error = &error;
    assert!(as_error.source().is_none());
    server.wait(|log| log.len() == 1 && log[0].bytes_sent > 0.0).await;
}

#[wasm_bindgen_test]
async fn a_status_whose_body_never_ends() {
    let server = Server::new();
    let parameters = [("status", "503"), ("body", "busy"), ("end", "hold")];
    let mut source = EventSource::connect(server.url("/raw", &parameters)).unwrap();
    let loss = last_loss(&mut source).await;
    assert_eq!((loss.status(), loss.body.as_str()), (Some(503), "busy"));
    // And what was read is let go of.
    server.wait(|log| log[0].left_at().is_some()).await;
}

#[wasm_bindgen_test]
async fn a_refused_response_is_let_go_of_when_the_stream_is_dropped() {
    let server = Server::new();
    let parameters = [("status", "503"), ("body", "busy"), ("end", "hold")];
    let reconnect = Reconnect::new().statuses([503]);
    let builder = EventSource::builder(server.url("/raw", &parameters)).reconnect(reconnect);
    let mut source = builder.connect().unwrap();
    let early = poll_fn(|context| Poll::Ready(source.poll_next_unpin(context))).await;
    assert!(early.is_pending());
    server.wait(|log| log.len() == 1 && log[0].bytes_sent > 0.0).await;
    sleep(50).await;
    let dropped_at = Server::now().await;
    drop(source);
    let log = server.wait(|log| log[0].left_at().is_some()).await;
    assert!(log[0].left_at().unwrap() - dropped_at <= 250.0);
}

#[wasm_bindgen_test]
async fn a_status_worth_another_try() {
    let server = Server::new();
    let header = ("header", "Retry-After: 1");
    let url = server.url("/raw", &[("status", "503"), ("body", "busy"), header]);
    let reconnect = Reconnect::new().statuses([503]);
    let mut source = EventSource::builder(url).reconnect(reconnect).connect().unwrap();
    let loss = next_loss(&mut source).await;
    assert_eq!((loss.status(), loss.body.as_str()), (Some(503), "busy"));
    // Jitter would come on top of the second; the delay of the policy is longer.
    assert_eq!(loss.retry_in, Some(milliseconds(3_000)));
}

#[wasm_bindgen_test]
async fn content_type() {
    let server = Server::new();
    let url = server.url("/raw", &[("type", "text/html"), ("body", "<p>Sign in")]);
    let mut source = EventSource::connect(url).unwrap();
    let loss = last_loss(&mut source).await;
    assert_eq!((loss.reason, loss.body.as_str()), (Failure::ContentType, "<p>Sign in"));
    assert!(loss.to_string().contains("text/html"), "{loss}");
}

#[wasm_bindgen_test]
async fn cors() {
    // The page of the test runner embeds nothing but what lets itself be embedded.
    let header = ("header", "Cross-Origin-Resource-Policy: cross-origin");
    let url = Server::plain_url("/raw", &[("body", "data: a\n\n"), header]);
    let mut source = EventSource::connect(url).unwrap();
    let loss = last_loss(&mut source).await;
    assert_eq!(loss.reason, Failure::Cors);
    assert!(loss.to_string().contains("Access-Control-Allow-Origin"), "{loss}");
}

#[wasm_bindgen_test]
async fn unsupported_scheme() {
    let mut source = EventSource::connect("ftp://127.0.0.1/").unwrap();
    assert_eq!(last_loss(&mut source).await.reason, Failure::UnsupportedScheme);
}

#[wasm_bindgen_test]
async fn connect_timeout() {
    let server = Server::new();
    let mut source = EventSource::builder(server.url("/hang", &[]))
        .connect_timeout(milliseconds(50))
        .connect()
        .unwrap();
    assert_eq!(next_loss(&mut source).await.reason, Failure::ConnectTimeout);
    server.wait(|log| log[0].left_at().is_some()).await;
}

#[wasm_bindgen_test]
async fn idle_timeout() {
    let server = Server::new();
    let url = server.url("/raw", &[("body", "data: a\n\n"), ("end", "hold")]);
    let mut source = EventSource::builder(url).idle_timeout(milliseconds(50)).connect().unwrap();
    first_message(&mut source).await;
    assert_eq!(next_loss(&mut source).await.reason, Failure::IdleTimeout);
}

#[wasm_bindgen_test]
async fn limit() {
    let server = Server::new();
    let body = format!("data: a\n\ndata: {}\n\n", "x".repeat(200));
    let url = server.url("/raw", &[("body", &body), ("end", "hold")]);
    let mut source = EventSource::builder(url).max_event_size(100).connect().unwrap();
    assert_eq!(first_message(&mut source).await.data(), "a");
    assert_eq!(last_loss(&mut source).await.reason, Failure::Limit);
}

#[wasm_bindgen_test]
async fn too_many_attempts() {
    let url = Server::plain_url("/reset", &[("cors", "origin")]);
    let reconnect = Reconnect::new().delay(milliseconds(0)).max_attempts(2);
    let mut source = EventSource::builder(url).reconnect(reconnect).connect().unwrap();
    assert_eq!(next_loss(&mut source).await.attempt, 1);
    let loss = last_loss(&mut source).await;
    assert_eq!((loss.reason, loss.attempt, loss.retry_in), (Failure::Network, 2, None));
}

#[wasm_bindgen(inline_js = "
    export function suspendAndResume() {
        for (const type of ['pagehide', 'pageshow']) {
            dispatchEvent(new PageTransitionEvent(type, { persisted: true }))
        }
    }
    /** From now on this page may not connect to `localhost`. */
    export function forbidLocalhost() {
        const meta = document.createElement('meta')
        meta.httpEquiv = 'Content-Security-Policy'
        meta.content = `connect-src 'self' data: http://127.0.0.1:*`
        document.head.append(meta)
    }
")]
extern "C" {
    #[wasm_bindgen(js_name = suspendAndResume)]
    fn suspend_and_resume();
    #[wasm_bindgen(js_name = forbidLocalhost)]
    fn forbid_localhost();
}

#[wasm_bindgen_test]
async fn suspended() {
    let server = Server::new();
    let mut source =
        EventSource::builder(server.url("/request", &[])).method("POST").connect().unwrap();
    first_message(&mut source).await;
    suspend_and_resume();
    assert_eq!(last_loss(&mut source).await.reason, Failure::Suspended);
}

#[wasm_bindgen_test]
async fn a_get_goes_on_when_the_page_is_back() {
    let server = Server::new();
    let mut source = EventSource::connect(server.url("/request", &[])).unwrap();
    first_message(&mut source).await;
    suspend_and_resume();
    next_open(&mut source).await;
    assert_eq!(server.log().await.len(), 2);
}

#[wasm_bindgen_test]
async fn blocked() {
    forbid_localhost();
    let url = Server::plain_url("/request", &[("cors", "origin")]);
    let mut source = EventSource::connect(url.replace("127.0.0.1", "localhost")).unwrap();
    let error = source.next().await.unwrap().unwrap_err();
    assert!(matches!(&error, Error::Lost(loss) if loss.reason == Failure::Blocked), "{error:?}");
}
