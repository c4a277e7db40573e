//! What is asked of the user.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::rc::Rc;

use wasm_bindgen_test::wasm_bindgen_test;
use wasm_eventsource::event_source::{
    Attempt, Decision, EventSource, Failure, HookResult, Loss, Reconnect,
};

use crate::server::{Server, milliseconds, sleep};
use crate::{first_message, last_loss, next_loss, next_message, next_open};

#[wasm_bindgen_test]
async fn headers_are_asked_for_before_each_attempt() {
    let server = Server::new();
    let url =
        server.url("/raw", &[("body", "id: 7\nretry: 0\ndata: a\n\n"), ("body", "data: b\n\n")]);
    let attempts: Rc<RefCell<Vec<Attempt>>> = Rc::default();
    let noting = Rc::clone(&attempts);
    let mut source = EventSource::builder(url)
        .header("X-Fixed", "1")
        .header("Authorization", "none")
        .headers_with(move |attempt| {
            noting.borrow_mut().push(attempt);
            let count = noting.borrow().len();
            async move {
                sleep(5).await;
                Ok([("authorization", format!("Bearer {count}"))])
            }
        })
        .connect()
        .unwrap();
    first_message(&mut source).await;
    assert_eq!(next_loss(&mut source).await.reason, Failure::Ended);
    first_message(&mut source).await;

    let log = server.log().await;
    let sent: Vec<_> = log.iter().map(|request| request.header("authorization")).collect();
    assert_eq!(sent, [Some("Bearer 1"), Some("Bearer 2")]);
    assert!(log.iter().all(|request| request.header("x-fixed") == Some("1")));
    let attempts = attempts.borrow();
    let [first, second] = attempts.as_slice() else { panic!("{attempts:?}") };
    assert_eq!((first.number, first.last_event_id.as_str(), &first.loss), (1, "", &None));
    assert_eq!((second.number, second.last_event_id.as_str()), (2, "7"));
    assert_eq!(second.loss.as_ref().map(|loss| loss.reason), Some(Failure::Ended));
}

#[wasm_bindgen_test]
async fn an_attempt_fails_with_the_function_for_headers_and_the_next_may_do_better() {
    let server = Server::new();
    let count = Cell::new(0);
    let mut source = EventSource::builder(server.url("/request", &[]))
        .reconnect(Reconnect::new().delay(milliseconds(0)))
        .headers_with(move |_| {
            count.set(count.get() + 1);
            let count = count.get();
            async move {
                match count {
                    1 => Err("signed out".into()),
                    2 => Ok([("a b", "")]),
                    _ => Ok([("x-token", "1")]),
                }
            }
        })
        .connect()
        .unwrap();
    let loss = next_loss(&mut source).await;
    assert_eq!(loss.reason, Failure::Hook);
    assert!(loss.cause.as_ref().unwrap().contains("signed out"), "{loss}");
    assert!(loss.to_string().contains("signed out"), "{loss}");
    // No such header can be sent.
    assert_eq!(next_loss(&mut source).await.reason, Failure::Hook);
    first_message(&mut source).await;
    assert_eq!(server.request().await.header("x-token"), Some("1"));
}

/// Tells when it is dropped.
struct Guard(Rc<Cell<bool>>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

#[wasm_bindgen_test]
async fn what_a_function_waits_for_goes_with_the_stream() {
    for is_closed in [false, true] {
        let (has_begun, is_dropped) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(false)));
        let (beginning, dropping) = (Rc::clone(&has_begun), Rc::clone(&is_dropped));
        let source = EventSource::builder(Server::new().url("/request", &[]))
            .headers_with(move |_| {
                let guard = Guard(Rc::clone(&dropping));
                beginning.set(true);
                async move {
                    let _guard = guard;
                    pending::<HookResult<[(String, String); 0]>>().await
                }
            })
            .connect()
            .unwrap();
        while !has_begun.get() {
            sleep(1).await;
        }
        assert!(!is_dropped.get());
        if is_closed {
            source.close();
        } else {
            drop(source);
        }
        assert!(is_dropped.get());
    }
}

#[wasm_bindgen_test]
async fn a_function_may_close_the_stream_that_asks_it() {
    let server = Server::new();
    let shared: Rc<RefCell<Option<EventSource>>> = Rc::default();
    let closing = Rc::clone(&shared);
    let source = EventSource::builder(server.url("/request", &[]))
        .headers_with(move |_| {
            let closing = Rc::clone(&closing);
            async move {
                drop(closing.borrow_mut().take());
                Ok([("x-a", "1")])
            }
        })
        .connect()
        .unwrap();
    *shared.borrow_mut() = Some(source);
    sleep(100).await;
    assert!(shared.borrow().is_none());
    assert_eq!(server.log().await.len(), 0);
}

#[wasm_bindgen_test]
async fn a_function_decides_after_a_loss() {
    let server = Server::new();
    let losses: Rc<RefCell<Vec<Loss>>> = Rc::default();
    let noting = Rc::clone(&losses);
    let url = server.url("/raw", &[("body", "not now"), ("status", "418")]);
    let decide = move |loss: Loss| {
        let number = loss.attempt;
        noting.borrow_mut().push(loss);
        async move {
            sleep(5).await;
            match number {
                1 => Decision::RetryAfter(milliseconds(7)),
                2 => Decision::Retry,
                3 => Decision::AsUsual,
                _ => panic!("asked too often"),
            }
        }
    };
    let reconnect = Reconnect::new().delay(milliseconds(120)).decide(decide);
    let mut source = EventSource::builder(url).reconnect(reconnect).connect().unwrap();
    assert_eq!(next_loss(&mut source).await.retry_in, Some(milliseconds(7)));
    let second = next_loss(&mut source).await;
    assert_eq!(second.retry_in, Some(milliseconds(120)));
    assert_eq!(second.body, "not now");
    // By default, a status is final.
    assert_eq!(last_loss(&mut source).await.retry_in, None);
    let losses = losses.take();
    assert_eq!(losses.len(), 3);
    for loss in losses.iter() {
        assert_eq!((loss.status(), loss.body.as_str()), (Some(418), "not now"));
        assert_eq!(loss.retry_in, None, "what would happen unasked");
    }
    assert_eq!(server.log().await.len(), 3);
}

#[wasm_bindgen_test]
async fn a_function_may_give_up() {
    let server = Server::new();
    let url = server.url("/raw", &[("body", "data: a\n\n"), ("end", "abort"), ("pause", "30")]);
    let reconnect = Reconnect::new().decide(|_| async { Decision::GiveUp });
    let mut source = EventSource::builder(url).reconnect(reconnect).connect().unwrap();
    next_open(&mut source).await;
    assert_eq!(next_message(&mut source).await.data(), "a");
    assert_eq!(last_loss(&mut source).await.reason, Failure::Network);
}
