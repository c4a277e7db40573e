//! `/scenarios/race`.

use crate::support::{Request, server};

#[test]
fn sends_what_was_brought_as_often_as_is_asked_for() {
    let origin = server().origin;
    let prepared = Request::new("POST", "/scenarios/race").body("data: x\n\n").answer(origin);
    let course = prepared.rest();
    let response = Request::get(&format!("/scenarios/race/{course}?cycles=3")).answer(origin);
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    let whole = "data: x\n\n".repeat(3) + "event: finish\ndata: finish\n\n";
    assert_eq!(response.rest(), whole);
    assert_eq!(Request::get("/scenarios/race/999999").answer(origin).status, 404);
}

#[test]
fn takes_a_long_stream_part_by_part() {
    let origin = server().origin;
    let course = Request::new("POST", "/scenarios/race").body("data: ").answer(origin).rest();
    let path = format!("/scenarios/race/{course}");
    let added = Request::new("POST", &path).body("x\n\n").answer(origin);
    assert_eq!((added.status, added.rest()), (200, course));
    let whole = "data: x\n\n".repeat(2) + "event: finish\ndata: finish\n\n";
    assert_eq!(Request::get(&format!("{path}?cycles=2")).answer(origin).rest(), whole);
    assert_eq!(Request::new("POST", "/scenarios/race/999999").body("x").answer(origin).status, 404);
}

#[test]
fn takes_no_stream_that_is_too_long() {
    let origin = server().origin;
    let part = "x".repeat(2 << 20);
    let course = Request::new("POST", "/scenarios/race").body(part.clone()).answer(origin).rest();
    let add = || {
        let path = format!("/scenarios/race/{course}");
        Request::new("POST", &path).body(part.clone()).answer(origin).status
    };
    assert_eq!([(); 7].map(|()| add()), [200; 7]);
    assert_eq!(add(), 413);
}
