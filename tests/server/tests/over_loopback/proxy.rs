//! `/proxy`.

use crate::support::{BodyEnd, Request, encode, server};

/// A request of a page of the server's own.
fn ask(method: &str, url: &str) -> Request {
    let host = server().origin.to_string();
    Request::new(method, &format!("/proxy?url={}", encode(url)))
        .host(&host)
        .header("X-Loopback-Proxy", "1")
}

fn elsewhere(path: &str) -> String {
    format!("http://{}{path}", server().second_origin)
}

#[test]
fn passes_on_what_comes_as_it_comes() {
    let url =
        elsewhere("/raw?body=data:%20x%0A%0Adata:%20y%0A%0A&cuts=9&status=201&header=X-Own:%20z");
    let response = ask("GET", &url).answer(server().origin);
    assert_eq!(response.status, 201);
    assert_eq!(response.header("x-own"), Some("z"));
    let (chunks, end) = response.chunks();
    assert_eq!(chunks, [b"data: x\n\n", b"data: y\n\n"]);
    assert_eq!(end, BodyEnd::Clean);
    let broken = ask("GET", &elsewhere("/raw?body=data:%20x%0A%0A&end=abort"));
    assert_eq!(broken.answer(server().origin).chunks().1, BodyEnd::Broken);
}

#[test]
fn passes_on_method_headers_and_body() {
    let request = ask("POST", &elsewhere("/echo"))
        .header("Authorization", "Bearer x")
        .header("Cookie", "own=1")
        .body("hello");
    let text = request.answer(server().origin).rest();
    assert!(text.contains("hello"), "{text}");
    let seen = ask("GET", &elsewhere("/request"))
        .header("X-Own", "z")
        .header("Cookie", "own=1")
        .answer(server().origin)
        .text();
    assert!(seen.contains("x-own"), "{seen}");
    assert!(!seen.contains("cookie") && !seen.contains("x-loopback-proxy"), "{seen}");
}

#[test]
fn is_for_this_machine_and_for_pages_of_this_server() {
    let origin = server().origin;
    let host = origin.to_string();
    let good = elsewhere("/time");
    assert_eq!(ask("GET", &good).answer(origin).status, 200);
    assert_eq!(ask("GET", "http://example.com/").answer(origin).status, 403);
    let target = format!("/proxy?url={}", encode(&good));
    let plain = Request::get(&target).host(&host);
    assert_eq!(plain.answer(origin).status, 403, "without the header");
    let foreign = ask("GET", &good).header("Origin", "http://evil.example");
    assert_eq!(foreign.answer(origin).status, 403, "of another origin");
    let rebound = Request::get(&target).host("evil.example").header("X-Loopback-Proxy", "1");
    assert_eq!(rebound.answer(origin).status, 403, "by another name");
    let preflight = Request::new("OPTIONS", &format!("{target}&cors=*"))
        .host(&host)
        .header("Origin", "http://evil.example")
        .header("Access-Control-Request-Method", "GET")
        .header("Access-Control-Request-Headers", "x-loopback-proxy")
        .answer(origin);
    assert_eq!(preflight.status, 403);
    assert_eq!(preflight.header("access-control-allow-origin"), None);
}

#[test]
fn says_where_nobody_answers() {
    let gone = ask("GET", "http://127.0.0.1:1/").answer(server().origin);
    assert_eq!(gone.status, 502);
    assert!(gone.rest().contains("127.0.0.1:1"));
}
