//! `/scenarios/chat`.

use serde_json::Value;

use crate::support::{EventReader, Request, server};

fn ask(token: &str) -> Request {
    Request::new("POST", "/scenarios/chat")
        .header("Authorization", &format!("Bearer {token}"))
        .body(r#"{"prompt":"one two 🦀"}"#)
}

#[test]
fn answers_past_a_401_and_a_429() {
    let origin = server().origin;
    assert_eq!(ask("an old one").answer(origin).status, 401);
    let token = Request::new("POST", "/scenarios/chat/token").answer(origin).rest();
    let busy = ask(&token).answer(origin);
    assert_eq!(busy.status, 429);
    assert_eq!(busy.header("retry-after"), Some("1"));

    let response = ask(&token).answer(origin);
    assert_eq!(response.status, 200);
    let mut reader = EventReader::default();
    reader.read(response.rest().as_bytes());
    let mut data: Vec<String> = reader.events.into_iter().map(|event| event.data).collect();
    assert_eq!(data.pop().as_deref(), Some("[DONE]"));
    let pieces = data.iter().map(|data| {
        let value: Value = serde_json::from_str(data).unwrap();
        value["choices"][0]["delta"]["content"].as_str().unwrap().to_owned()
    });
    let answer: String = pieces.collect();
    assert!(answer.contains("“one two 🦀”") && answer.contains("has 3 words"), "{answer}");
}

#[test]
fn needs_a_question() {
    let origin = server().origin;
    let token = Request::new("POST", "/scenarios/chat/token").answer(origin).rest();
    let authorization = format!("Bearer {token}");
    let post = || Request::new("POST", "/scenarios/chat").header("Authorization", &authorization);
    assert_eq!(post().body("{}").answer(origin).status, 429);
    assert_eq!(post().body("{}").answer(origin).status, 400);
}
