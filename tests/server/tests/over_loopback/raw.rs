//! `/raw`.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use crate::support::{BodyEnd, Request, Response, encode, server};

fn raw(query: &str) -> Response {
    Request::get(&format!("/raw?{query}")).answer(server().origin)
}

fn texts(response: Response) -> (Vec<String>, BodyEnd) {
    let (chunks, end) = response.chunks();
    (chunks.into_iter().map(|chunk| String::from_utf8(chunk).unwrap()).collect(), end)
}

#[test]
fn is_an_empty_event_stream_by_default() {
    let response = raw("");
    assert_eq!(response.status, 200);
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(response.header("access-control-allow-origin"), None);
    assert_eq!(response.rest(), "");
}

#[test]
fn sends_texts_and_bytes() {
    assert_eq!(raw(&format!("body={}", encode("data: ä🦀\n\n"))).rest(), "data: ä🦀\n\n");
    let (chunks, _) = raw("hex=efbbbf00ff0d0A").chunks();
    assert_eq!(chunks, [[0xef, 0xbb, 0xbf, 0x00, 0xff, 0x0d, 0x0a]]);
}

#[test]
fn answers_a_post_in_the_same_way() {
    let response = Request::new("POST", "/raw?body=x").body("hello").answer(server().origin);
    assert_eq!(response.rest(), "x");
}

#[test]
fn chunks_end_at_the_cuts() {
    let started = Instant::now();
    let (chunks, end) = texts(raw("body=0123456789&cuts=3,7,9&pause=20"));
    assert_eq!(chunks, ["012", "3456", "78", "9"]);
    assert_eq!(end, BodyEnd::Clean);
    assert!(started.elapsed() >= Duration::from_millis(60));
}

#[test]
fn a_chunk_arrives_before_the_next_one_is_sent() {
    let mut response = raw("body=0123456789&cuts=5&pause=60000");
    assert_eq!(response.text(), "01234");
}

#[test]
fn chunks_are_separate_even_without_a_pause() {
    let (chunks, end) = texts(raw("body=0123456789&every=4&pause=0"));
    assert_eq!(chunks, ["0123", "4567", "89"]);
    assert_eq!(end, BodyEnd::Clean);
}

#[test]
fn an_abort_is_an_error_after_all_of_the_body() {
    for _ in 0..20 {
        let (chunks, end) = texts(raw("body=0123456789&cuts=5&pause=0&end=abort"));
        assert_eq!(chunks, ["01234", "56789"]);
        assert_eq!(end, BodyEnd::Broken);
    }
}

#[test]
fn holds_for_as_long_as_it_is_told() {
    let started = Instant::now();
    assert_eq!(raw("body=x&end=hold&hold=60").rest(), "x");
    assert!(started.elapsed() >= Duration::from_millis(60));
}

#[test]
fn delays_the_headers() {
    let started = Instant::now();
    let response = raw("delay=60");
    assert!(started.elapsed() >= Duration::from_millis(60));
    assert_eq!(response.status, 200);
}

#[test]
fn sets_the_status_the_type_and_any_header() {
    let header = |text| format!("header={}", encode(text));
    let query = [
        "status=503",
        "type=text%2Fplain%3Bcharset%3Dlatin1",
        &header("Retry-After: 5"),
        &header("X-Two: 1"),
        &header("x-two: 2"),
        &header("Cache-Control: max-age=9"),
        "body=x",
    ];
    let response = raw(&query.join("&"));
    assert_eq!(response.status, 503);
    assert_eq!(response.header("content-type"), Some("text/plain;charset=latin1"));
    assert_eq!(response.header("retry-after"), Some("5"));
    assert_eq!(response.headers("x-two"), ["1", "2"]);
    assert_eq!(response.headers("cache-control"), ["max-age=9"]);
    assert_eq!(response.rest(), "x");
}

#[test]
fn leaves_out_an_empty_type() {
    assert_eq!(raw("type=&body=x").header("content-type"), None);
}

#[test]
fn sends_no_body_with_a_status_that_has_none() {
    let response = raw("status=204&body=x");
    assert_eq!(response.status, 204);
    assert_eq!(response.rest(), "");
}

#[test]
fn scripts_reconnections() {
    for expected in ["a", "", "c"] {
        let response = raw("key=script&body=a&body=&body=c");
        assert_eq!(response.status, 200);
        assert_eq!(response.rest(), expected);
        // Neither of these counts.
        raw("key=another&body=x&body=y").rest();
        Request::new("OPTIONS", "/raw?key=script")
            .header("Access-Control-Request-Method", "GET")
            .answer(server().origin);
    }
    for _ in 0..2 {
        let response = raw("key=script&body=a&body=&body=c");
        assert_eq!(response.status, 204);
        assert_eq!(response.header("content-type"), None);
    }
}

#[test]
fn scripts_bytes_too() {
    assert_eq!(raw("key=hex&hex=61&hex=6262&cuts=1&pause=0").rest(), "a");
    let (chunks, _) = texts(raw("key=hex&hex=61&hex=6262&cuts=1&pause=0"));
    assert_eq!(chunks, ["b", "b"]);
}

#[test]
fn says_what_is_wrong_with_a_parameter() {
    for (query, parameter) in [
        ("hex=6", "hex"),
        ("cuts=3,2&body=abcdef", "cuts"),
        ("cuts=6&body=abcdef", "cuts"),
        ("cuts=2&every=2&body=abcdef", "every"),
        ("every=0", "every"),
        ("pause=soon", "pause"),
        ("end=never", "end"),
        ("hold=5", "hold"),
        ("status=199", "status"),
        ("status=600", "status"),
        ("header=x", "header"),
        ("header=Content-Length%3A%205", "header"),
        ("type=a%0Ab", "type"),
        ("body=a&body=b", "bodies"),
        ("body=a&hex=61", "hex"),
        ("cors=a%0Ab", "cors"),
        ("key=a&key=b", "key"),
    ] {
        let response = raw(query);
        assert_eq!(response.status, 400, "{query}");
        let problem = response.rest();
        assert!(problem.contains(parameter), "{query}: {problem}");
    }
}

#[test]
fn a_body_that_is_too_short_or_reset_is_broken_off() {
    let response = raw("body=0123&end=short&pause=1");
    assert_eq!(response.header("content-length"), Some("20"));
    let (_, end) = response.chunks();
    assert_eq!(end, BodyEnd::Broken);

    let mut response = raw("body=0123&end=reset&pause=20");
    assert_eq!(response.text(), "0123");
    assert_eq!(response.chunk().unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[test]
fn an_encoded_body_says_how_and_is_flushed_at_each_cut() {
    for encoding in ["gzip", "deflate", "br"] {
        let mut response = raw(&format!("body=01234567&cuts=4&encoding={encoding}&pause=60000"));
        assert_eq!(response.header("content-encoding"), Some(encoding));
        let chunk = response.chunk().unwrap().unwrap();
        assert_ne!(chunk, b"0123");
        assert!(!chunk.is_empty());
    }
    assert_eq!(raw("encoding=gzip&end=short").status, 400);
    assert_eq!(raw("encoding=zip").status, 400);
}

#[test]
fn the_status_after_the_script_may_be_another() {
    for status in [200, 200, 503, 503] {
        assert_eq!(raw("body=a&body=b&then=503&key=then").status, status);
    }
}
