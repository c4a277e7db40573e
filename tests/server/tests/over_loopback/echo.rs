//! `/echo`.

use serde_json::{Value, json};

use crate::support::{EventReader, Request, log_of, server};

fn post(query: &str) -> Request {
    Request::new("POST", &format!("/echo?pause=0&{query}"))
}

#[test]
fn sends_the_text_back_word_by_word() {
    let text = "Grüße an alle 🦀,\n  und \"Ende\". ";
    let response =
        post("key=echo").header("Authorization", "Bearer token").body(text).answer(server().origin);
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    let (chunks, _) = response.chunks();
    let mut reader = EventReader::default();
    reader.read(&chunks.concat());
    let mut data: Vec<_> = reader.events.into_iter().map(|event| event.data).collect();
    assert_eq!(data.pop().as_deref(), Some("[DONE]"));
    let events: Vec<Value> = data.iter().map(|data| serde_json::from_str(data).unwrap()).collect();
    let tokens = ["Grüße", " an", " alle", " 🦀,", "\n  und", " \"Ende\".", " "];
    assert_eq!(tokens.concat(), text);
    for (index, token) in tokens.iter().enumerate() {
        assert_eq!(events[index], json!({ "index": index, "token": token }));
    }
    assert_eq!(events.len(), tokens.len());
    assert_eq!(chunks.len(), tokens.len() + 1, "each event is a chunk");
    assert_eq!(log_of("echo")[0]["body"], text);
}

#[test]
fn of_nothing_is_only_the_end() {
    let response = post("").header("authorization", "bearer x").answer(server().origin);
    assert_eq!(response.rest(), "data: [DONE]\n\n");
}

#[test]
fn needs_authorization() {
    for authorization in [None, Some("Bearer"), Some("Bearer "), Some("Basic abc"), Some("token")] {
        let mut request = post("").body("hello");
        if let Some(authorization) = authorization {
            request = request.header("Authorization", authorization);
        }
        let response = request.answer(server().origin);
        assert_eq!(response.status, 401, "{authorization:?}");
        assert_eq!(response.header("content-type"), Some("application/json"));
        let refusal: Value = serde_json::from_str(&response.rest()).unwrap();
        assert!(refusal["error"].as_str().unwrap().contains("Authorization: Bearer"));
    }
}

#[test]
fn needs_utf_8() {
    let request = post("").header("Authorization", "Bearer x").body([b'a', 0xff]);
    let response = request.answer(server().origin);
    assert_eq!(response.status, 415);
    let refusal: Value = serde_json::from_str(&response.rest()).unwrap();
    assert!(refusal["error"].as_str().unwrap().contains("UTF-8"));
}

#[test]
fn needs_a_post() {
    assert_eq!(Request::get("/echo").answer(server().origin).status, 405);
}

#[test]
fn refuses_a_body_that_is_too_long() {
    let body = vec![b'a'; (2 << 20) + 1];
    let request = post("").header("Authorization", "Bearer x").body(body);
    assert_eq!(request.answer(server().origin).status, 413);
}
