//! `/redirect/{code}`.

use crate::support::{Request, server};

#[test]
fn goes_where_it_is_told() {
    for code in [301, 302, 303, 307, 308] {
        let target = format!("/redirect/{code}?to=http%3A%2F%2Fother.test%2F%3Fa%3Db");
        let response = Request::get(&target).answer(server().origin);
        assert_eq!(response.status, code);
        assert_eq!(response.header("location"), Some("http://other.test/?a=b"));
    }
}

#[test]
fn takes_any_method() {
    let request = Request::new("POST", "/redirect/307?to=%2Frequest").body("hello");
    let response = request.answer(server().origin);
    assert_eq!(response.header("location"), Some("/request"));
}

#[test]
fn may_go_nowhere() {
    let response = Request::get("/redirect/302").answer(server().origin);
    assert_eq!(response.status, 302);
    assert_eq!(response.header("location"), None);
}

#[test]
fn refuses_what_is_not_a_redirect() {
    for target in ["/redirect/200", "/redirect/404", "/redirect/x", "/redirect/302?to=a%0Ab"] {
        assert_eq!(Request::get(target).answer(server().origin).status, 400, "{target}");
    }
}
