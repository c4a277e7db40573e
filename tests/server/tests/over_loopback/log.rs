//! What the log tells of a request.

use serde_json::{Value, json};

use crate::support::{Request, eventually, log_of, server};

#[test]
fn tells_everything_of_a_request() {
    let request = Request::new("POST", "/raw?key=all&body=a%20b&x=%C3%A4")
        .header("Last-Event-ID", "ä🦀")
        .header("X-Twice", "1")
        .header("X-Twice", "2")
        .body("grüße");
    assert_eq!(request.answer(server().origin).rest(), "a b");
    eventually(json!("server"), || log_of("all")[0]["endedBy"].clone());

    let entry = log_of("all").remove(0);
    assert_eq!(entry["number"], 1);
    assert_eq!(entry["method"], "POST");
    assert_eq!(entry["path"], "/raw");
    assert_eq!(entry["query"], "key=all&body=a%20b&x=%C3%A4");
    assert_eq!(entry["lastEventId"], "Ã¤ð\u{9f}¦\u{80}", "one character for each byte");
    assert_eq!(entry["body"], "grüße");
    assert_eq!(entry["bytesSent"], 3);
    assert!(entry["endedAt"].as_u64() >= entry["startedAt"].as_u64());
    let headers: Vec<Value> = serde_json::from_value(entry["headers"].clone()).unwrap();
    assert!(headers.contains(&json!(["host", "test"])));
    assert!(headers.contains(&json!(["last-event-id", "Ã¤ð\u{9f}¦\u{80}"])));
    let twice: Vec<_> = headers.iter().filter(|header| header[0] == "x-twice").collect();
    assert_eq!(twice, [&json!(["x-twice", "1"]), &json!(["x-twice", "2"])]);
}

#[test]
fn tells_of_the_request_without_a_last_event_id() {
    Request::get("/status/200?key=none").answer(server().origin).rest();
    assert_eq!(log_of("none")[0]["lastEventId"], Value::Null);
    assert_eq!(log_of("none")[0]["body"], "");
}

#[test]
fn keeps_the_order_of_requests() {
    for target in ["/status/200", "/raw", "/status/404", "/redirect/301"] {
        Request::get(&format!("{target}?key=order")).answer(server().second_origin).rest();
    }
    let log = log_of("order");
    let entries: Vec<_> =
        log.iter().map(|entry| (entry["number"].as_u64(), entry["path"].as_str())).collect();
    let expected = ["/status/200", "/raw", "/status/404", "/redirect/301"];
    for (index, path) in expected.iter().enumerate() {
        assert_eq!(entries[index], (Some(index as u64 + 1), Some(*path)));
    }
}

#[test]
fn knows_nothing_of_other_requests() {
    Request::get("/status/200").answer(server().origin).rest();
    Request::get("/time?key=unknown").answer(server().origin).rest();
    assert_eq!(log_of("unknown"), [Value::Null; 0]);
    assert_eq!(Request::get("/log").answer(server().origin).status, 400);
}

#[test]
fn forgets_a_key() {
    Request::get("/status/200?key=forget").answer(server().origin).rest();
    Request::get("/status/200?key=keep").answer(server().origin).rest();
    let response = Request::new("DELETE", "/log?key=forget").answer(server().origin);
    assert_eq!(response.status, 204);
    assert_eq!(log_of("forget").len(), 0);
    assert_eq!(log_of("keep").len(), 1);
    Request::get("/status/200?key=forget").answer(server().origin).rest();
    assert_eq!(log_of("forget")[0]["number"], 1);
}

#[test]
fn a_page_of_another_origin_may_delete() {
    let response = Request::new("OPTIONS", "/log?key=x")
        .header("Access-Control-Request-Method", "DELETE")
        .answer(server().origin);
    assert_eq!(response.status, 204);
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    assert_eq!(response.header("access-control-allow-methods"), Some("GET, DELETE"));
}

#[test]
fn the_clock_is_that_of_the_log() {
    let now = || {
        let text = Request::get("/time").answer(server().origin).rest();
        serde_json::from_str::<Value>(&text).unwrap()["now"].as_u64().unwrap()
    };
    let before = now();
    Request::get("/status/200?key=clock").answer(server().origin).rest();
    let after = now();
    let started_at = log_of("clock")[0]["startedAt"].as_u64().unwrap();
    assert!((before..=after).contains(&started_at));
}
