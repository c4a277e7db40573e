//! What is sent.

use serde::Serialize;
use wasm_bindgen_test::wasm_bindgen_test;
use wasm_eventsource::event_source::{
    Credentials, Error, EventSource, EventSourceBuilder, Failure, Reconnect,
};

use crate::server::Server;
use crate::{first_message, last_loss, next_open};

#[wasm_bindgen_test]
async fn headers_arrive() {
    let server = Server::new();
    let mut source = EventSource::builder(server.url("/request", &[]))
        .header("X-Tenant", "acme")
        .header("x-tenant", "umbrella")
        .header("Authorization", "Bearer 1")
        .connect()
        .unwrap();
    first_message(&mut source).await;
    let request = server.request().await;
    assert_eq!(request.method, "GET");
    assert_eq!(request.header("x-tenant"), Some("acme, umbrella"));
    assert_eq!(request.header("authorization"), Some("Bearer 1"));
    assert_eq!(request.header("accept"), Some("text/event-stream"));
    assert_eq!(request.header("cache-control"), Some("no-cache"));
    assert_eq!(request.last_event_id, None);
}

#[wasm_bindgen_test]
async fn a_header_of_the_users_wins() {
    let server = Server::new();
    let mut source = EventSource::builder(server.url("/request", &[]))
        .method("POST")
        .header("accept", "text/event-stream, */*")
        .header("content-type", "application/vnd.a+json")
        .json("a")
        .connect()
        .unwrap();
    first_message(&mut source).await;
    let request = server.request().await;
    assert_eq!(request.header("accept"), Some("text/event-stream, */*"));
    assert_eq!(request.header("content-type"), Some("application/vnd.a+json"));
}

#[derive(Serialize)]
struct Prompt<'a> {
    model: &'a str,
    messages: Vec<&'a str>,
    temperature: f64,
    seed: u64,
    stop: Option<&'a str>,
}

#[wasm_bindgen_test]
async fn a_post_has_a_body_of_json() {
    let server = Server::new();
    let prompt = Prompt {
        model: "m",
        messages: vec!["Grüße", "🦀"],
        temperature: 0.5,
        seed: 9_007_199_254_740_991,
        stop: None,
    };
    let mut source = EventSource::builder(server.url("/request", &[]))
        .method("POST")
        .json(&prompt)
        .connect()
        .unwrap();
    first_message(&mut source).await;
    let request = server.request().await;
    assert_eq!(request.method, "POST");
    assert_eq!(request.header("content-type"), Some("application/json"));
    let expected = r#"{"model":"m","messages":["Grüße","🦀"],"temperature":0.5,"seed":9007199254740991,"stop":null}"#;
    assert_eq!(request.body, expected);
}

#[wasm_bindgen_test]
async fn a_post_has_a_body_of_text_or_bytes() {
    for is_text in [true, false] {
        let server = Server::new();
        let builder = EventSource::builder(server.url("/request", &[])).method("POST");
        let builder =
            if is_text { builder.text("Grüße") } else { builder.bytes("Grüße".as_bytes()) };
        let mut source = builder.connect().unwrap();
        first_message(&mut source).await;
        let request = server.request().await;
        assert_eq!(request.body, "Grüße");
        let content_type = is_text.then_some("text/plain;charset=UTF-8");
        assert_eq!(request.header("content-type"), content_type);
    }
}

#[wasm_bindgen_test]
async fn the_first_request_resumes_where_it_is_told_to() {
    let server = Server::new();
    let mut source =
        EventSource::builder(server.url("/request", &[])).last_event_id("é7").connect().unwrap();
    assert_eq!(source.last_event_id(), "é7");
    let message = first_message(&mut source).await;
    assert_eq!(message.last_event_id(), "é7");
    // The bytes of UTF-8, each as a character.
    assert_eq!(server.request().await.last_event_id.as_deref(), Some("Ã©7"));
}

#[wasm_bindgen_test]
async fn the_last_event_id_may_go_in_the_query() {
    let server = Server::new();
    let mut source = EventSource::builder(server.url("/request", &[]))
        .last_event_id("7")
        .last_event_id_in_query("from")
        .connect()
        .unwrap();
    first_message(&mut source).await;
    let request = server.request().await;
    assert_eq!(request.last_event_id, None);
    assert!(request.query.contains("&from=7"), "{}", request.query);
}

#[wasm_bindgen_test]
async fn cookies_go_to_another_origin_only_if_that_is_wanted() {
    let server = Server::new();
    let name = format!("rust{}", js_sys::Date::now());
    let cors = ("cors", "credentials");
    let setting = Server::plain_url("/cookies/set", &[("name", &name), ("value", "1"), cors]);
    let source = EventSource::builder(setting).credentials(Credentials::Include).connect().unwrap();
    let mut source = source;
    assert_eq!(last_loss(&mut source).await.reason, Failure::ContentType);

    for (credentials, is_sent) in
        [(Credentials::Include, true), (Credentials::SameOrigin, false), (Credentials::Omit, false)]
    {
        let url = Server::plain_url("/request", &[cors]);
        let mut source = EventSource::builder(url).credentials(credentials).connect().unwrap();
        let message = first_message(&mut source).await;
        assert_eq!(message.data().contains(&name), is_sent, "{credentials:?}");
    }
    drop(server);
}

#[wasm_bindgen_test]
async fn user_info_is_sent_as_a_header() {
    for (user_info, expected) in [
        ("us%65r:p%C3%A4ss", Some("Basic dXNlcjpww6Rzcw==")),
        ("user", Some("Basic dXNlcjo=")),
        ("", None),
    ] {
        let server = Server::new();
        let url = server.url("/request", &[]).replace("://", &format!("://{user_info}@"));
        let mut source = EventSource::connect(url).unwrap();
        assert!(!next_open(&mut source).await.url.contains('@'));
        assert_eq!(server.request().await.header("authorization"), expected);
    }
}

#[wasm_bindgen_test]
fn what_cannot_be_is_refused_by_name() {
    fn refused(builder: EventSourceBuilder) -> &'static str {
        match builder.connect() {
            Err(Error::InvalidOption { option, problem, .. }) => {
                assert!(!problem.is_empty());
                option
            }
            other => panic!("not refused: {other:?}"),
        }
    }
    let builder = || EventSource::builder("/");
    assert_eq!(refused(EventSource::builder("http://[")), "url");
    assert_eq!(refused(builder().method("TRACE")), "method");
    assert_eq!(refused(builder().method("a b")), "method");
    assert_eq!(refused(builder().text("a")), "method");
    assert_eq!(refused(builder().header("a b", "")), "header");
    assert_eq!(refused(builder().header("a", "b\nc")), "header");
    assert_eq!(refused(builder().header("a", "…")), "header");
    assert_eq!(refused(builder().header("Cookie", "a=1")), "header");
    assert_eq!(refused(builder().last_event_id("a\nb")), "last_event_id");
    assert_eq!(refused(builder().reconnect(Reconnect::new().max_attempts(0))), "max_attempts");
    assert_eq!(refused(builder().method("POST").json(&u64::MAX)), "json");
}
