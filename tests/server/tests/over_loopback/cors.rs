//! The `cors` parameter.

use crate::support::{Request, Response, log_of, server};

const HEADERS: [&str; 5] = [
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-max-age",
];

fn sharing(response: &Response) -> [Option<&str>; 5] {
    HEADERS.map(|name| response.header(name))
}

fn get(target: &str) -> Response {
    Request::get(target).header("Origin", "http://page.test").answer(server().origin)
}

fn preflight(target: &str) -> Response {
    Request::new("OPTIONS", target)
        .header("Origin", "http://page.test")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization,x-a")
        .answer(server().origin)
}

#[test]
fn decides_who_may_read() {
    let page = Some("http://page.test");
    for (parameter, origin, credentials) in [
        ("", None, None),
        ("cors=*", Some("*"), None),
        ("cors=origin", page, None),
        ("cors=credentials", page, Some("true")),
        ("cors=https%3A%2F%2Fother.test", Some("https://other.test"), None),
    ] {
        let expected = [origin, credentials, None, None, None];
        assert_eq!(sharing(&get(&format!("/raw?{parameter}"))), expected, "{parameter}");
    }
}

#[test]
fn echoes_no_origin_that_there_is_not() {
    for parameter in ["origin", "credentials"] {
        let request = Request::get(&format!("/raw?cors={parameter}"));
        assert_eq!(sharing(&request.answer(server().origin)), [None; 5]);
    }
}

#[test]
fn is_known_to_every_endpoint_and_in_every_answer() {
    for target in [
        "/raw?end=unknown&",
        "/ticker?",
        "/numbers?",
        "/echo?",
        "/status/404?",
        "/redirect/302?",
        "/reset?times=0&key=cors-reset&",
        "/request?",
        "/cookies/set?name=a&value=b&",
    ] {
        let response = get(&format!("{target}cors=*"));
        assert_eq!(response.header(HEADERS[0]), Some("*"), "{target}");
    }
}

#[test]
fn allows_what_a_preflight_asks_for() {
    for target in ["/raw?cors=origin", "/hang?cors=origin", "/echo?cors=origin"] {
        let response = preflight(target);
        assert_eq!(response.status, 204);
        let page = Some("http://page.test");
        let expected = [page, None, Some("POST"), Some("authorization,x-a"), Some("0")];
        assert_eq!(sharing(&response), expected, "{target}");
    }
}

#[test]
fn allows_nothing_without_the_parameter() {
    assert_eq!(sharing(&preflight("/raw")), [None; 5]);
}

#[test]
fn preflights_are_logged() {
    preflight("/echo?cors=credentials&key=preflight");
    let log = log_of("preflight");
    assert_eq!(log.len(), 1);
    assert_eq!(log[0]["method"], "OPTIONS");
    assert_eq!(log[0]["endedBy"], "server");
}
