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
