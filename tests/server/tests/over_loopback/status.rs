//! `/status/{code}`.

use crate::support::{Request, server};

#[test]
fn sends_any_status() {
    for code in 200..600 {
        let response = Request::get(&format!("/status/{code}")).answer(server().origin);
        assert_eq!(response.status, code);
        assert_eq!(response.header("content-type"), Some("text/event-stream"));
        let body = if [204, 205, 304].contains(&code) { "" } else { "data: never\n\n" };
        assert_eq!(response.rest(), body, "{code}");
    }
}

#[test]
fn sends_the_headers_that_it_is_told() {
    let target = "/status/503?type=application%2Fjson&retry-after=120";
    let response = Request::new("POST", target).body("hello").answer(server().origin);
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.header("retry-after"), Some("120"));

    let response = Request::get("/status/200?type=").answer(server().origin);
    assert_eq!(response.header("content-type"), None);
    assert_eq!(response.header("retry-after"), None);
}

#[test]
fn refuses_other_codes() {
    for code in ["0", "100", "199", "600", "1000", "99999", "x"] {
        let response = Request::get(&format!("/status/{code}")).answer(server().origin);
        assert_eq!(response.status, 400, "{code}");
    }
}
