//! `/request`.

use serde_json::{Value, json};

use crate::support::{Request, log_of, server};

#[test]
fn tells_what_the_server_saw_and_holds() {
    let mut response = Request::new("PUT", "/request?a=1&key=request")
        .header("X-Custom", "ä")
        .header("Last-Event-ID", "7")
        .body("hello\n")
        .answer(server().origin);
    let text = response.text();
    let data = text.strip_prefix("data: ").and_then(|rest| rest.strip_suffix("\n\n")).unwrap();
    assert!(!data.contains('\n'));
    let seen: Value = serde_json::from_str(data).unwrap();
    assert_eq!(seen["method"], "PUT");
    assert_eq!(seen["path"], "/request");
    assert_eq!(seen["query"], "a=1&key=request");
    assert_eq!(seen["lastEventId"], "7");
    assert_eq!(seen["body"], "hello\n");
    assert!(seen["headers"].as_array().unwrap().contains(&json!(["x-custom", "Ã¤"])));
    assert_eq!(log_of("request")[0]["headers"], seen["headers"]);
    assert_eq!(log_of("request")[0]["endedBy"], Value::Null);
}
