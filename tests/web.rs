//! The engine in a browser, without the TypeScript class: when it asks for a request, what it tells
//! the receiver, and that nothing that a response or the receiver does makes it panic.
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, clippy::unwrap_used)]

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use wasm_eventsource::web::{Receiver, Signal, Source, input};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(module = "/tests/web/recorder.js")]
extern "C" {
    #[derive(Clone)]
    type Recorder;
    fn recorder() -> Recorder;
    #[wasm_bindgen(method)]
    fn lines(this: &Recorder, count: u32) -> Promise;
    #[wasm_bindgen(method, setter)]
    fn set_url(this: &Recorder, url: &str);
    #[wasm_bindgen(js_name = onLine)]
    fn on_line(recorder: &Recorder, start: &str, action: &Closure<dyn Fn()>);
    #[wasm_bindgen(js_name = setEngine)]
    fn set_engine(
        recorder: &Recorder,
        memory: JsValue,
        input: usize,
        interpret: Closure<dyn Fn(usize) -> isize>,
    );

    #[wasm_bindgen(js_name = blobUrl)]
    fn blob_url(text: &str, content_type: &str) -> String;

    type FakeFetch;
    #[wasm_bindgen(variadic, js_name = fakeFetch)]
    fn fake_fetch(answers: Vec<String>) -> FakeFetch;
    #[wasm_bindgen(method)]
    fn restore(this: &FakeFetch);
    #[wasm_bindgen(method, getter)]
    fn count(this: &FakeFetch) -> u32;
    #[wasm_bindgen(method, js_name = lastEventId)]
    fn last_event_id(this: &FakeFetch, call: u32) -> String;
    #[wasm_bindgen(method)]
    fn number(this: &FakeFetch, call: u32) -> u32;
    #[wasm_bindgen(method)]
    fn aborted(this: &FakeFetch, call: u32) -> bool;

    #[wasm_bindgen(js_name = nextUnhandledRejection)]
    fn next_unhandled_rejection() -> Promise;
    fn milliseconds(count: u32) -> Promise;
    #[wasm_bindgen(catch)]
    fn fail(text: &str) -> Result<JsValue, JsValue>;
}

fn answers(answers: &[&str]) -> FakeFetch {
    fake_fetch(answers.iter().map(ToString::to_string).collect())
}

fn receiver(recorder: &Recorder) -> Receiver {
    JsValue::from(recorder.clone()).unchecked_into()
}

/// The options of a source that the tests care for.
#[derive(Clone, Copy)]
struct Options {
    max_event_size: f64,
    idle_timeout: f64,
}

const OPTIONS: Options = Options { max_event_size: 1e6, idle_timeout: f64::INFINITY };

/// A source, until it is closed.
#[derive(Clone)]
struct TestSource(Rc<RefCell<Option<Source>>>);

impl TestSource {
    fn close(&self) {
        let source = self.0.take().unwrap();
        source.signal(Signal::Close as u32);
        source.release();
    }
}

fn connect(options: Options, recorder: &Recorder) -> TestSource {
    const NONE: f64 = f64::INFINITY;
    let Options { max_event_size, idle_timeout } = options;
    let source = Source::connect(
        receiver(recorder),
        String::new(),
        Vec::new(),
        false,
        false,
        max_event_size,
        NONE,
        idle_timeout,
        0,
        1.0,
        0,
        3_000.0,
        100.0,
        NONE,
        NONE,
        5_000.0,
    );
    let source = TestSource(Rc::new(RefCell::new(Some(source))));
    let of = source.clone();
    let interpret = move |length| of.0.borrow().as_ref().unwrap().interpret(length);
    set_engine(recorder, wasm_bindgen::memory(), input(), Closure::new(interpret));
    source
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
    let source = connect(OPTIONS, &recorder);
    let told = lines(&recorder, count).await;
    source.close();
    fetch.restore();
    told
}

#[wasm_bindgen_test]
fn the_number_of_a_signal_is_that_of_typescript() {
    let engine = include_str!("../pkg-template/engine.ts");
    let (_, names) = engine.split_once("enum Signal {").unwrap();
    let (names, _) = names.split_once('}').unwrap();
    let names = names.lines().filter_map(|line| line.trim().strip_suffix(','));
    let signals = [
        Signal::Suspend,
        Signal::Resume,
        Signal::GoOnline,
        Signal::BeBusy,
        Signal::BeReady,
        Signal::Close,
    ];
    assert_eq!(names.collect::<Vec<_>>(), signals.map(|signal| format!("{signal:?}")));
    assert_eq!(signals.map(|signal| signal as usize), [0, 1, 2, 3, 4, 5]);
}

#[wasm_bindgen_test]
async fn a_response_of_the_browser_itself_is_read_and_its_end_reconnects() {
    let recorder = recorder();
    let text = "id: 1\ndata: a\n\nevent: b\ndata: c\ndata\n\nretry: 5000\n";
    recorder.set_url(&blob_url(text, "text/event-stream"));
    let source = connect(OPTIONS, &recorder);
    assert_eq!(
        lines(&recorder, 4).await,
        "open\nmessage message a 1\nmessage b c\n 1\nerror ended - 5000"
    );
    source.close();
}

#[wasm_bindgen_test]
async fn spec_69_75_a_stream_goes_on_where_the_last_one_was_lost() {
    let fetch = answers(&["retry: 100\nid: ä1\ndata: a\n\ndata: lost", "data: b\n\n"]);
    let recorder = recorder();
    let source = connect(OPTIONS, &recorder);
    assert_eq!(
        lines(&recorder, 6).await,
        "open\nmessage message a ä1\nerror ended - 100\n\
         open\nmessage message b ä1\nerror ended - 100"
    );
    source.close();
    assert_eq!((fetch.last_event_id(0), fetch.last_event_id(1)), ("".into(), "ä1".into()));
    assert_eq!((fetch.number(0), fetch.number(1)), (1, 2));
    fetch.restore();
}

#[wasm_bindgen_test]
async fn a_bad_response_fails_the_connection() {
    assert_eq!(told(&["404"], 1).await, "error status 404 final");
    assert_eq!(told(&["204"], 1).await, "error status 204 final");
    assert_eq!(told(&["text/plain"], 1).await, "error content-type - final");
}

#[wasm_bindgen_test]
async fn spec_60_close_before_the_request_sends_none() {
    let (fetch, recorder) = (answers(&[]), recorder());
    connect(OPTIONS, &recorder).close();
    wait(50).await;
    assert_eq!(fetch.count(), 0);
    fetch.restore();
}

#[wasm_bindgen_test]
async fn spec_61_62_close_while_connecting_aborts_the_request_and_tells_nothing() {
    let (fetch, recorder) = (answers(&[]), recorder());
    let source = connect(OPTIONS, &recorder);
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
    let source = connect(OPTIONS, &recorder);
    assert_eq!(lines(&recorder, 2).await, "open\nerror ended - 100");
    source.close();
    wait(300).await;
    assert_eq!(fetch.count(), 1);
    fetch.restore();
}

#[wasm_bindgen_test]
async fn spec_62_every_attempt_is_aborted_once_it_is_over() {
    let (fetch, recorder) = (answers(&["404"]), recorder());
    let source = connect(OPTIONS, &recorder);
    lines(&recorder, 1).await;
    // Whoever awaits the event has had time to read the body.
    wait(50).await;
    assert!(fetch.aborted(0), "its body has not been read");
    source.close();
    fetch.restore();
}

#[wasm_bindgen_test]
async fn a_receiver_that_throws_is_reported_and_the_source_goes_on() {
    let fetch = answers(&["retry: 100\n", "open end"]);
    let recorder = recorder();
    let throw = Closure::new(|| {
        let error = fail("from the receiver").unwrap_err();
        wasm_bindgen::throw_val(error);
    });
    on_line(&recorder, "error", &throw);
    let rejection = next_unhandled_rejection();
    let source = connect(OPTIONS, &recorder);
    let reason = JsFuture::from(rejection).await.unwrap().as_string().unwrap();
    assert_eq!(reason, "Error: from the receiver");
    assert_eq!(lines(&recorder, 4).await, "open\nerror ended - 100\nopen\nmessage message a");
    source.close();
    fetch.restore();
}

#[wasm_bindgen_test]
async fn a_busy_consumer_is_no_silent_server() {
    let (fetch, recorder) = (answers(&["open end"]), recorder());
    let source = connect(Options { idle_timeout: 50.0, ..OPTIONS }, &recorder);
    lines(&recorder, 2).await;
    source.0.borrow().as_ref().unwrap().signal(Signal::BeBusy as u32);
    wait(150).await;
    assert_eq!(lines(&recorder, 0).await, "open\nmessage message a");
    source.0.borrow().as_ref().unwrap().signal(Signal::BeReady as u32);
    assert_eq!(lines(&recorder, 3).await, "open\nmessage message a\nerror idle-timeout - 3000");
    source.close();
    fetch.restore();
}

#[wasm_bindgen_test]
async fn an_event_above_the_limit_fails_the_connection_and_what_came_before_it_is_delivered() {
    let fetch = answers(&["data: a\n\ndata: 0123456789\n\n"]);
    let recorder = recorder();
    let source = connect(Options { max_event_size: 9.0, ..OPTIONS }, &recorder);
    assert_eq!(lines(&recorder, 3).await, "open\nmessage message a\nerror limit - final");
    source.close();
    fetch.restore();
}
