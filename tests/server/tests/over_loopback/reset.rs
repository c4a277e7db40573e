//! `/reset`.

use crate::support::{Request, log_of, server};

#[test]
fn gives_no_response() {
    for method in ["GET", "POST"] {
        let request = Request::new(method, "/reset").body("hello");
        let mut stream = request.send(server().origin);
        let outcome = std::io::Read::read(&mut stream, &mut [0]);
        assert_eq!(outcome.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    }
}

#[test]
fn recovers_after_so_many_times() {
    let target = "/reset?times=2&key=recovers";
    for _ in 0..2 {
        assert!(Request::get(target).try_answer(server().origin).is_err());
    }
    let mut response = Request::get(target).answer(server().origin);
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    assert_eq!(response.text(), "data: recovered\n\n");
    assert_eq!(log_of("recovers").len(), 3);
    assert_eq!(log_of("recovers")[2]["endedBy"], serde_json::Value::Null, "it is held");
}

#[test]
fn needs_a_key_to_count() {
    let response = Request::get("/reset?times=2").answer(server().origin);
    assert_eq!(response.status, 400);
    assert!(response.rest().contains("key"));
}
