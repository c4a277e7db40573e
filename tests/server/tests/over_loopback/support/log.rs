//! The request log, as a test reads it.

use std::fmt::Debug;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Request, server};

/// The entries under a key on the common server.
pub(crate) fn log_of(key: &str) -> Vec<Value> {
    let response = Request::get(&format!("/log?key={key}")).answer(server().origin);
    assert_eq!(response.status, 200);
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    assert_eq!(response.header("content-type"), Some("application/json"));
    serde_json::from_str(&response.rest()).unwrap()
}

/// Waits until something has the value that it should soon have.
pub(crate) fn eventually<T: Debug + PartialEq>(expected: T, mut actual: impl FnMut() -> T) {
    let deadline = Instant::now() + Duration::from_secs(3);
    loop {
        let now = actual();
        if now == expected {
            return;
        }
        assert!(Instant::now() < deadline, "{now:?} instead of {expected:?}");
        thread::sleep(Duration::from_millis(2));
    }
}
