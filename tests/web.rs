//! The engine in a browser, without the TypeScript class: what it asks of `fetch`, what it tells
//! the receiver, and that nothing that either of them does makes it panic.
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, clippy::unwrap_used)]

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use wasm_eventsource::web::{Receiver, Source};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/web/recorder.js")]
extern "C" {
    #[derive(Clone)]
    type Recorder;
    fn recorder() -> Recorder;
    #[wasm_bindgen(method)]
    fn lines(this: &Recorder, count: u32) -> Promise;
    #[wasm_bindgen(js_name = onLine)]
    fn on_line(recorder: &Recorder, start: &str, action: &Closure<dyn Fn()>);
    #[wasm_bindgen(js_name = longestBatch)]
    fn longest_batch(recorder: &Recorder) -> u32;

    #[wasm_bindgen(js_name = blobUrl)]
    fn blob_url(text: &str, content_type: &str) -> String;

    type FakeFetch;
    #[wasm_bindgen(variadic, js_name = fakeFetch)]
    fn fake_fetch(answers: Vec<String>) -> FakeFetch;
    #[wasm_bindgen(method)]
    fn restore(this: &FakeFetch);
    #[wasm_bindgen(method, getter)]
    fn count(this: &FakeFetch) -> u32;
    #[wasm_bindgen(method)]
    fn header(this: &FakeFetch, call: u32, name: &str) -> Option<String>;
    #[wasm_bindgen(method)]
    fn member(this: &FakeFetch, call: u32, name: &str) -> JsValue;
    #[wasm_bindgen(method)]
    fn aborted(this: &FakeFetch, call: u32) -> bool;
    #[wasm_bindgen(method)]
    fn url(this: &FakeFetch, call: u32) -> String;

    #[wasm_bindgen(js_name = nextUnhandledRejection)]
    fn next_unhandled_rejection() -> Promise;
    fn milliseconds(count: u32) -> Promise;
    #[wasm_bindgen(catch)]
    fn fail(text: &str) -> Result<JsValue, JsValue>;
    fn options(json: &str) -> JsValue;
}

const URL: &str = "https://example.test/stream";

fn answers(answers: &[&str]) -> FakeFetch {
    fake_fetch(answers.iter().map(ToString::to_string).collect())
}

fn receiver(recorder: &Recorder) -> Receiver {
    JsValue::from(recorder.clone()).unchecked_into()
}

fn connect(url: &str, json: &str, recorder: &Recorder) -> Source {
    Source::new(url.into(), options(json), receiver(recorder)).unwrap()
}

async fn lines(recorder: &Recorder, count: u32) -> String {
    JsFuture::from(recorder.lines(count)).await.unwrap().as_string().unwrap()
}

async fn wait(ms: u32) {
    JsFuture::from(milliseconds(ms)).await.unwrap();
}

/// What a source that got these answers has told, in so many lines.
async fn told(given: &[&str], count: u32) -> String {
    let (fetch, recorder) = (answers(given), recorder());
    let source = connect(URL, "{}", &recorder);
    let told = lines(&recorder, count).await;
    source.close();
    fetch.restore();
    told
}

#[wasm_bindgen_test]
async fn a_response_of_the_browser_itself_is_read_and_its_end_reconnects() {
    let recorder = recorder();
    let url =
        blob_url("id: 1\ndata: a\n\nevent: b\ndata: c\ndata\n\nretry: 5000\n", "text/event-stream");
    let source = connect(&url, "{}", &recorder);
    assert_eq!(
        lines(&recorder, 4).await,
        "open\nmessage message a 1\nmessage b c\n 1\nerror ended - 5000"
    );
    source.close();
}

#[wasm_bindgen_test]
async fn spec_69_75_95_98_a_stream_goes_on_where_the_last_one_was_lost() {
    let fetch = answers(&["retry: 100\nid: ä1\ndata: a\n\ndata: lost", "data: b\n\n"]);
    let recorder = recorder();
    let source = connect(URL, "{}", &recorder);
    assert_eq!(
        lines(&recorder, 6).await,
        "open\nmessage message a ä1\nerror ended - 100\n\
         open\nmessage message b ä1\nerror ended - 100"
    );
    source.close();
    assert_eq!(fetch.header(0, "Last-Event-ID"), None);
    assert_eq!(fetch.header(1, "Last-Event-ID").unwrap(), "Ã¤1", "the bytes of UTF-8");
    fetch.restore();
}

#[wasm_bindgen_test]
async fn spec_23_24_25_27_the_request_is_the_one_that_the_standard_describes() {
    let (fetch, recorder) = (answers(&["", ""]), recorder());
    let source = connect(URL, "{}", &recorder);
    lines(&recorder, 1).await;
    source.close();
    let member = |name| fetch.member(0, name).as_string();
    assert_eq!(member("method").unwrap(), "GET");
    assert_eq!(member("mode").unwrap(), "cors");
    assert_eq!(member("cache").unwrap(), "no-store");
    assert_eq!(member("credentials").unwrap(), "same-origin");
    assert!(fetch.member(0, "body").is_undefined());
    assert_eq!(fetch.header(0, "accept").unwrap(), "text/event-stream");
    fetch.restore();
}

#[wasm_bindgen_test]
async fn the_users_method_headers_body_and_credentials_are_sent() {
    let (fetch, recorder) = (answers(&[""]), recorder());
    let source = connect(
        URL,
        r#"{"method": "POST", "headers": {"Authorization": "Bearer x", "accept": "a/b"},
            "body": "text", "withCredentials": true, "lastEventId": "7"}"#,
        &recorder,
    );
    assert_eq!(lines(&recorder, 2).await, "open\nerror ended - final", "a POST is not repeated");
    source.close();
    assert_eq!(fetch.member(0, "method").as_string().unwrap(), "POST");
    assert_eq!(fetch.member(0, "body").as_string().unwrap(), "text");
    assert_eq!(fetch.member(0, "credentials").as_string().unwrap(), "include");
    assert_eq!(fetch.header(0, "authorization").unwrap(), "Bearer x");
    assert_eq!(fetch.header(0, "accept").unwrap(), "a/b", "the user's header wins");
    assert_eq!(fetch.header(0, "last-event-id").unwrap(), "7");
    fetch.restore();
}

#[wasm_bindgen_test]
async fn a_bad_response_fails_the_connection() {
    assert_eq!(told(&["404"], 1).await, "error status 404 final");
    assert_eq!(told(&["204"], 1).await, "error status 204 final");
    assert_eq!(told(&["text/plain"], 1).await, "error content-type - final");
}

#[wasm_bindgen_test]
async fn a_url_that_cannot_be_fetched_fails_the_connection_in_a_task_of_its_own_and_asks_nothing() {
    let (fetch, recorder) = (answers(&[]), recorder());
    let source = connect("ftp://example.test/", "{}", &recorder);
    JsFuture::from(Promise::resolve(&JsValue::UNDEFINED)).await.unwrap();
    assert_eq!(lines(&recorder, 0).await, "");
    assert_eq!(lines(&recorder, 1).await, "error unsupported-scheme - final");
    assert_eq!(fetch.count(), 0);
    source.close();
    fetch.restore();
}

#[wasm_bindgen_test]
async fn a_redirect_is_remembered_unless_it_would_hand_headers_to_another_origin() {
    for (json, next) in [("{}", "https://other.test/moved"), (r#"{"headers": {"X-A": "1"}}"#, URL)]
    {
        let (fetch, recorder) = (answers(&["redirected", "a"]), recorder());
        let source = connect(URL, json, &recorder);
        assert_eq!(lines(&recorder, 3).await, "open\nerror ended - 100\nopen");
        source.close();
        assert_eq!((fetch.url(0), fetch.url(1)), (URL.into(), next.into()));
        fetch.restore();
    }
}

#[wasm_bindgen_test]
async fn whatever_fetch_does_is_a_network_error_at_worst() {
    assert_eq!(told(&["throws"], 1).await, "error network - 3000 (TypeError)");
    assert_eq!(told(&["rejects"], 1).await, "error network - 3000 (TypeError)");
    assert_eq!(told(&["undefined"], 1).await, "error network - 3000 (TypeError)");
    assert_eq!(told(&["empty object"], 1).await, "error network - 3000 (TypeError)");
    assert_eq!(told(&["no body"], 2).await, "open\nerror ended - 3000");
    assert_eq!(told(&["text chunks"], 2).await, "open\nerror network - 3000 (TypeError)");
    assert_eq!(told(&["locked body"], 2).await, "open\nerror network - 3000 (TypeError)");
    assert_eq!(told(&["no promise"], 2).await, "open\nmessage message a");
}

#[wasm_bindgen_test]
async fn spec_61_63_nothing_is_told_after_close_not_even_what_has_already_come() {
    let fetch = answers(&[&format!("data: a\n\n: {}\ndata: b\n\n", "x".repeat(20_000))]);
    let recorder = recorder();
    let source = std::rc::Rc::new(std::cell::RefCell::new(None));
    let close = {
        let source = source.clone();
        Closure::new(move || {
            let source: Option<Source> = source.take();
            source.unwrap().close();
        })
    };
    on_line(&recorder, "message", &close);
    source.replace(Some(connect(URL, "{}", &recorder)));
    assert_eq!(lines(&recorder, 2).await, "open\nmessage message a");
    assert!(fetch.aborted(0));
    wait(50).await;
    assert_eq!(lines(&recorder, 0).await, "open\nmessage message a");
    fetch.restore();
}

#[wasm_bindgen_test]
async fn spec_60_close_before_the_request_sends_none() {
    let (fetch, recorder) = (answers(&[]), recorder());
    connect(URL, "{}", &recorder).close();
    wait(50).await;
    assert_eq!(fetch.count(), 0);
    fetch.restore();
}

#[wasm_bindgen_test]
async fn spec_61_62_close_while_connecting_aborts_the_request_and_tells_nothing() {
    let (fetch, recorder) = (answers(&[]), recorder());
    let source = connect(URL, "{}", &recorder);
    wait(10).await;
    assert_eq!((fetch.count(), fetch.aborted(0)), (1, false));
    source.close();
    assert!(fetch.aborted(0));
    wait(50).await;
    assert_eq!(lines(&recorder, 0).await, "");
    fetch.restore();
}

#[wasm_bindgen_test]
async fn spec_65_close_during_the_wait_sends_no_further_request() {
    let (fetch, recorder) = (answers(&["retry: 100\n"]), recorder());
    let source = connect(URL, "{}", &recorder);
    assert_eq!(lines(&recorder, 2).await, "open\nerror ended - 100");
    source.close();
    wait(300).await;
    assert_eq!(fetch.count(), 1);
    fetch.restore();
}

#[wasm_bindgen_test]
async fn spec_62_every_attempt_is_aborted_once_it_is_over() {
    let (fetch, recorder) = (answers(&["404"]), recorder());
    let source = connect(URL, "{}", &recorder);
    lines(&recorder, 1).await;
    // Whoever awaits the event has had time to read the body.
    wait(50).await;
    assert!(fetch.aborted(0), "its body has not been read");
    source.close();
    fetch.restore();
}

#[wasm_bindgen_test]
async fn a_receiver_that_throws_is_reported_and_the_stream_goes_on() {
    let fetch = answers(&["data: a\n\n"]);
    let recorder = recorder();
    let throw = Closure::new(|| {
        let error = fail("from the receiver").unwrap_err();
        wasm_bindgen::throw_val(error);
    });
    on_line(&recorder, "open", &throw);
    let rejection = next_unhandled_rejection();
    let source = connect(URL, "{}", &recorder);
    let reason = JsFuture::from(rejection).await.unwrap().as_string().unwrap();
    assert_eq!(reason, "Error: from the receiver");
    assert_eq!(lines(&recorder, 3).await, "open\nmessage message a\nerror ended - 3000");
    source.close();
    fetch.restore();
}

#[wasm_bindgen_test]
async fn a_large_chunk_is_delivered_in_small_batches() {
    let fetch = answers(&[&"data: 0123456789\n\n".repeat(20_000)]);
    let recorder = recorder();
    let source = connect(URL, "{}", &recorder);
    lines(&recorder, 20_002).await;
    assert!(longest_batch(&recorder) <= 16 * 1024);
    source.close();
    fetch.restore();
}

#[wasm_bindgen_test]
async fn an_event_above_the_limit_fails_the_connection_and_what_came_before_it_is_delivered() {
    let fetch = answers(&["data: a\n\ndata: 0123456789\n\n"]);
    let recorder = recorder();
    let source = connect(URL, r#"{"maxEventSize": 9}"#, &recorder);
    assert_eq!(lines(&recorder, 3).await, "open\nmessage message a\nerror limit - final");
    source.close();
    fetch.restore();
}

#[wasm_bindgen_test]
fn a_wrong_option_is_an_error_that_names_it() {
    for (json, message) in [
        (r#"{"method": 1}"#, "TypeError: method: must be a string, not 1"),
        (r#"{"reconnect": "no"}"#, "TypeError: reconnect: must be a boolean or an object, not no"),
        (r#"{"maxEventSize": "1"}"#, "TypeError: maxEventSize: must be a number of bytes, not 1"),
        (
            r#"{"maxEventSize": 0}"#,
            "RangeError: maxEventSize: must be finite, and at least 1, not 0",
        ),
        (r#"{"lastEventId": "a\nb"}"#, "TypeError: lastEventId: must not contain NUL, LF or CR"),
        (
            r#"{"body": "a"}"#,
            "TypeError: body: a GET request cannot have one; set the method, for example to 'POST'",
        ),
    ] {
        let error = Source::new(URL.into(), options(json), receiver(&recorder())).err();
        let error = error.unwrap().unchecked_into::<js_sys::Error>();
        assert_eq!(String::from(error.to_string()), message, "{json}");
    }
    let error =
        Source::new(URL.into(), options(r#"{"headers": {"a b": "c"}}"#), receiver(&recorder()));
    assert!(error.err().unwrap().is_instance_of::<js_sys::TypeError>());
}
