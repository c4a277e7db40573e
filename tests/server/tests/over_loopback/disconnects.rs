//! How soon the log knows who ended an exchange.

use std::io::Write as _;
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::support::{BodyEnd, Request, eventually, log_of, server};

fn ended_by(key: &str) -> Vec<Value> {
    log_of(key).iter().map(|entry| entry["endedBy"].clone()).collect()
}

fn a_client_that_leaves_is_noticed(key: &str, request: Request, has_arrived: fn(&mut TcpStream)) {
    let mut stream = request.send(server().origin);
    has_arrived(&mut stream);
    eventually(vec![Value::Null], || ended_by(key));
    assert_eq!(log_of(key)[0]["endedAt"], Value::Null);
    drop(stream);
    eventually(vec![json!("client")], || ended_by(key));
    assert!(log_of(key)[0]["endedAt"].as_u64() >= log_of(key)[0]["startedAt"].as_u64());
}

fn wait_for_first_byte(stream: &mut TcpStream) {
    assert_eq!(stream.peek(&mut [0]).unwrap(), 1);
}

#[test]
fn of_an_idle_stream() {
    let request = Request::get("/raw?key=idle&body=hello&end=hold");
    a_client_that_leaves_is_noticed("idle", request, wait_for_first_byte);
    assert_eq!(log_of("idle")[0]["bytesSent"], 5);
}

#[test]
fn of_a_stream_that_sent_nothing_yet() {
    let request = Request::get("/raw?key=silent&end=hold");
    a_client_that_leaves_is_noticed("silent", request, wait_for_first_byte);
    assert_eq!(log_of("silent")[0]["bytesSent"], 0);
}

#[test]
fn of_an_idle_stream_after_a_post() {
    let request = Request::new("POST", "/raw?key=idle-post&end=hold").body("hello");
    a_client_that_leaves_is_noticed("idle-post", request, wait_for_first_byte);
    assert_eq!(log_of("idle-post")[0]["body"], "hello");
}

#[test]
fn before_the_headers() {
    a_client_that_leaves_is_noticed("hang", Request::get("/hang?key=hang"), |_| {});
    let request = Request::get("/raw?key=delay&delay=60000");
    a_client_that_leaves_is_noticed("delay", request, |_| {});
}

#[test]
fn before_the_headers_of_a_post() {
    let request = Request::new("POST", "/hang?key=hang-post").body("hello");
    a_client_that_leaves_is_noticed("hang-post", request, |_| {});
}

#[test]
fn in_the_middle_of_the_request() {
    let text = "POST /raw?key=upload HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\nhell";
    let mut stream = TcpStream::connect(server().origin).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    eventually(vec![Value::Null], || ended_by("upload"));
    drop(stream);
    eventually(vec![json!("client")], || ended_by("upload"));
}

#[test]
fn between_two_events() {
    let target = "/raw?key=middle&body=abcdef&every=1&pause=20";
    let mut response = Request::get(target).answer(server().origin);
    assert_eq!(response.text(), "a");
    drop(response);
    eventually(vec![json!("client")], || ended_by("middle"));
    assert!(log_of("middle")[0]["bytesSent"].as_u64() < Some(6));
}

#[test]
fn the_server_ends_what_it_ends() {
    for target in ["/raw?body=x", "/raw?body=x&end=hold&hold=20", "/status/500", "/status/204"] {
        let key = target.replace(|character: char| !character.is_ascii_alphanumeric(), "");
        let separator = if target.contains('?') { '&' } else { '?' };
        let target = format!("{target}{separator}key={key}");
        let (_, end) = Request::get(&target).answer(server().origin).chunks();
        assert_eq!(end, BodyEnd::Clean);
        eventually(vec![json!("server")], || ended_by(&key));
    }
    let (_, end) = Request::get("/raw?key=breaks&end=abort").answer(server().origin).chunks();
    assert_eq!(end, BodyEnd::Broken);
    eventually(vec![json!("server")], || ended_by("breaks"));
    assert!(Request::get("/reset?key=resets").try_answer(server().origin).is_err());
    eventually(vec![json!("server")], || ended_by("resets"));
}
