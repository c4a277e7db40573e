//! The test server, whose origin is told when the tests are compiled.

use std::cell::Cell;
use std::time::Duration;

use js_sys::Promise;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    fn fetch(url: &str) -> Promise;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &JsValue, delay: u32);
    #[wasm_bindgen(js_name = encodeURIComponent)]
    fn encode(text: &str) -> String;

    #[wasm_bindgen(thread_local_v2, js_namespace = navigator, js_name = userAgent)]
    static USER_AGENT: String;

    type Response;
    #[wasm_bindgen(method)]
    fn json(this: &Response) -> Promise;
}

/// What the server saw of a request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) query: String,
    headers: Vec<(String, String)>,
    pub(crate) last_event_id: Option<String>,
    pub(crate) body: String,
    ended_at: Option<f64>,
    ended_by: Option<String>,
    pub(crate) bytes_sent: f64,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// When the client has closed the connection, in ms on the server's clock.
    pub(crate) fn left_at(&self) -> Option<f64> {
        self.ended_at.filter(|_| self.ended_by.as_deref() == Some("client"))
    }

    /// Whether the server has sent all that it meant to.
    pub(crate) fn has_been_sent(&self) -> bool {
        self.ended_by.as_deref() == Some("server")
    }
}

/// Whether this is Firefox.
pub(crate) fn is_firefox() -> bool {
    USER_AGENT.with(|it| it.contains("Firefox"))
}

/// Requests that are logged under a key of their own.
pub(crate) struct Server {
    key: String,
}

impl Server {
    pub(crate) fn new() -> Self {
        thread_local! {
            static COUNT: Cell<u32> = const { Cell::new(0) };
        }
        let count = COUNT.get();
        COUNT.set(count + 1);
        Self { key: format!("rust-{}-{}-{count}", js_sys::Date::now(), js_sys::Math::random()) }
    }

    /// The origin of the server.
    pub(crate) fn origin() -> &'static str {
        match option_env!("EVENTSOURCE_TEST_SERVER") {
            Some(origin) => origin,
            None => panic!(
                "start the test server, and set EVENTSOURCE_TEST_SERVER to its origin: see tests/README.md"
            ),
        }
    }

    /// The URL of an endpoint, which this page may read.
    pub(crate) fn url(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        let expose = "Access-Control-Expose-Headers: *";
        let common = [("key", self.key.as_str()), ("cors", "origin"), ("header", expose)];
        Self::plain_url(path, &[parameters, &common].concat())
    }

    /// The URL of an endpoint, with these parameters alone.
    pub(crate) fn plain_url(path: &str, parameters: &[(&str, &str)]) -> String {
        let pairs: Vec<_> = parameters
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        format!("{}{path}?{}", Self::origin(), pairs.join("&"))
    }

    /// The requests that the server has seen, but for preflights.
    pub(crate) async fn log(&self) -> Vec<Seen> {
        let log: Vec<Seen> = get(&Self::plain_url("/log", &[("key", &self.key)])).await;
        log.into_iter().filter(|seen| seen.method != "OPTIONS").collect()
    }

    /// The only request that the server has seen.
    pub(crate) async fn request(&self) -> Seen {
        let mut log = self.log().await;
        assert_eq!(log.len(), 1, "{log:?}");
        log.pop().unwrap()
    }

    /// Waits until the log is as wanted.
    pub(crate) async fn wait(&self, mut is_wanted: impl FnMut(&[Seen]) -> bool) -> Vec<Seen> {
        for _ in 0..500 {
            let log = self.log().await;
            if is_wanted(&log) {
                return log;
            }
            sleep(10).await;
        }
        panic!("the log has not become what was wanted: {:?}", self.log().await)
    }

    /// The server's clock, in ms.
    pub(crate) async fn now() -> f64 {
        #[derive(Deserialize)]
        struct Time {
            now: f64,
        }
        get::<Time>(&format!("{}/time", Self::origin())).await.now
    }
}

async fn get<T: DeserializeOwned>(url: &str) -> T {
    let response = JsFuture::from(fetch(url)).await.unwrap();
    let value = JsFuture::from(response.unchecked_into::<Response>().json()).await.unwrap();
    serde_wasm_bindgen::from_value(value).unwrap()
}

/// Lets so many ms pass.
pub(crate) async fn sleep(milliseconds: u32) {
    let promise = Promise::new(&mut |resolve, _| set_timeout(&resolve, milliseconds));
    JsFuture::from(promise).await.unwrap();
}

/// Keeps everything else waiting for so many ms.
pub(crate) fn spin(milliseconds: f64) {
    let end = js_sys::Date::now() + milliseconds;
    while js_sys::Date::now() < end {}
}

pub(crate) const fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}
