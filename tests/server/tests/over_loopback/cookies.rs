//! `/cookies/set`.

use crate::support::{Request, server};

#[test]
fn sets_a_cookie() {
    let target = "/cookies/set?name=a&value=b%3D1&cors=*";
    let response = Request::get(target).answer(server().origin);
    assert_eq!(response.status, 200);
    assert_eq!(response.header("set-cookie"), Some("a=b=1; Path=/; SameSite=Lax"));
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn the_value_may_be_empty() {
    let response = Request::get("/cookies/set?name=a&value=").answer(server().origin);
    assert_eq!(response.header("set-cookie"), Some("a=; Path=/; SameSite=Lax"));
}

#[test]
fn refuses_what_is_not_a_cookie() {
    for query in ["", "name=a", "name=&value=b", "name=a%3D&value=b", "name=a&value=b%3B"] {
        let response = Request::get(&format!("/cookies/set?{query}")).answer(server().origin);
        assert_eq!(response.status, 400, "{query}");
    }
}
