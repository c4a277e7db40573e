//! What is wanted of a connection.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use serde::Serialize;

use super::browser::Live;
use super::json;
use super::{Attempt, Error, EventSource, HookResult, JsonError, Reconnect};

/// How many bytes one event may buffer, unless told otherwise.
const DEFAULT_MAX_EVENT_SIZE: usize = 64 * 1024 * 1024;

/// Headers, as pairs of a name and a value.
pub(super) type Pairs = Vec<(String, String)>;

/// A function of the user's that gives headers for an attempt.
pub(super) type HeadersHook =
    Rc<dyn Fn(Attempt) -> Pin<Box<dyn Future<Output = HookResult<Pairs>>>>>;

/// The body of a request.
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "nothing reads it there"))]
pub(super) enum Body {
    Text(String),
    Bytes(Vec<u8>),
    Json(Result<String, JsonError>),
}

/// When cookies and other credentials are sent, and taken.
///
/// ```no_run
/// # use wasm_eventsource::event_source::{Credentials, Error, EventSource};
/// # fn example() -> Result<(), Error> {
/// let source = EventSource::builder("https://api.example.com/ticker")
///     .credentials(Credentials::Include)
///     .connect()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// To the page's own origin.
    #[default]
    SameOrigin,
    /// To any origin.
    Include,
    /// Never.
    Omit,
}

/// What is wanted of a connection, until [`EventSourceBuilder::connect`] makes it.
///
/// ```no_run
/// use std::time::Duration;
/// use wasm_eventsource::event_source::{Error, EventSource};
///
/// # fn example() -> Result<(), Error> {
/// let source = EventSource::builder("/ticker")
///     .header("Authorization", "Bearer 123")
///     .last_event_id("41")
///     .idle_timeout(Duration::from_secs(30))
///     .connect()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing happens before `connect`"]
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "nothing reads it there"))]
pub struct EventSourceBuilder {
    pub(super) url: String,
    pub(super) method: String,
    pub(super) headers: Pairs,
    pub(super) headers_hook: Option<HeadersHook>,
    pub(super) body: Option<Body>,
    pub(super) credentials: Credentials,
    pub(super) last_event_id: String,
    pub(super) query: Option<String>,
    pub(super) reconnect: Option<Reconnect>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) idle_timeout: Option<Duration>,
    pub(super) max_event_size: usize,
    pub(super) pause_when_hidden: bool,
}

impl EventSourceBuilder {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            method: "GET".into(),
            headers: Vec::new(),
            headers_hook: None,
            body: None,
            credentials: Credentials::default(),
            last_event_id: String::new(),
            query: None,
            reconnect: None,
            connect_timeout: None,
            idle_timeout: None,
            max_event_size: DEFAULT_MAX_EVENT_SIZE,
            pause_when_hidden: false,
        }
    }

    /// The method; by default GET.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::EventSource;
    /// let builder = EventSource::builder("/chat").method("POST");
    /// ```
    pub fn method(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    /// Adds a header to every request. It wins over what is sent otherwise (`Accept`,
    /// `Last-Event-ID`). To another origin, it causes a CORS preflight.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::EventSource;
    /// let builder = EventSource::builder("/ticker").header("X-Tenant", "acme");
    /// ```
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Asks a function of yours for headers before every attempt: for tokens that expire. Those that it
    /// gives take the place of those of [`header`](Self::header) with the same name.
    ///
    /// An error fails the attempt, with the reason [`Failure::Hook`](super::Failure::Hook), and the next
    /// one may do better. The function is dropped with the stream, wherever it is then.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::{EventSource, HookResult};
    /// # async fn fresh_token() -> HookResult<String> { Ok(String::new()) }
    /// let builder = EventSource::builder("/ticker").headers_with(|_attempt| async {
    ///     let token = fresh_token().await?;
    ///     Ok([("Authorization", format!("Bearer {token}"))])
    /// });
    /// ```
    pub fn headers_with<F, Fut, I, N, V>(self, hook: F) -> Self
    where
        F: Fn(Attempt) -> Fut + 'static,
        Fut: Future<Output = HookResult<I>> + 'static,
        I: IntoIterator<Item = (N, V)>,
        N: Into<String>,
        V: Into<String>,
    {
        let hook: HeadersHook = Rc::new(move |attempt| {
            let given = hook(attempt);
            Box::pin(async move {
                let pairs = given.await?;
                Ok(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
            })
        });
        Self { headers_hook: Some(hook), ..self }
    }

    /// A body of text, as `text/plain` unless a header says otherwise.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::EventSource;
    /// let builder = EventSource::builder("/chat").method("POST").text("Hello");
    /// ```
    pub fn text(self, text: impl Into<String>) -> Self {
        Self { body: Some(Body::Text(text.into())), ..self }
    }

    /// A body of bytes, without a content type unless a header gives one.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::EventSource;
    /// let builder = EventSource::builder("/images").method("POST").bytes([0x89, b'P', b'N', b'G']);
    /// ```
    pub fn bytes(self, bytes: impl Into<Vec<u8>>) -> Self {
        Self { body: Some(Body::Bytes(bytes.into())), ..self }
    }

    /// A body of JSON, as `application/json` unless a header says otherwise. That a value has none is
    /// told by [`connect`](Self::connect).
    ///
    /// ```
    /// # use wasm_eventsource::event_source::EventSource;
    /// #[derive(serde::Serialize)]
    /// struct Prompt<'a> {
    ///     text: &'a str,
    /// }
    ///
    /// let prompt = Prompt { text: "Hello" };
    /// let builder = EventSource::builder("/chat").method("POST").json(&prompt);
    /// ```
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        Self { body: Some(Body::Json(json::stringify(value))), ..self }
    }

    /// When cookies and other credentials are sent; by default to the page's own origin.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::{Credentials, EventSource};
    /// let builder = EventSource::builder("/ticker").credentials(Credentials::Omit);
    /// ```
    pub fn credentials(self, credentials: Credentials) -> Self {
        Self { credentials, ..self }
    }

    /// The last event ID to begin with: the first request asks to resume from there.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::EventSource;
    /// let builder = EventSource::builder("/ticker").last_event_id("41");
    /// ```
    pub fn last_event_id(self, id: impl Into<String>) -> Self {
        Self { last_event_id: id.into(), ..self }
    }

    /// Sends the last event ID as this query parameter, which needs no CORS preflight; by default it
    /// goes as the header `Last-Event-ID`.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::EventSource;
    /// let builder = EventSource::builder("/ticker").last_event_id_in_query("lastEventId");
    /// ```
    pub fn last_event_id_in_query(self, name: impl Into<String>) -> Self {
        Self { query: Some(name.into()), ..self }
    }

    /// Whether and how to reconnect; by default as the standard says where the method is GET, and never
    /// where it is another.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::{EventSource, Reconnect};
    /// let builder = EventSource::builder("/ticker").reconnect(Reconnect::never());
    /// ```
    pub fn reconnect(self, reconnect: Reconnect) -> Self {
        Self { reconnect: Some(reconnect), ..self }
    }

    /// How long the response may take to begin; by default as long as it likes.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use wasm_eventsource::event_source::EventSource;
    /// let builder = EventSource::builder("/ticker").connect_timeout(Duration::from_secs(10));
    /// ```
    pub fn connect_timeout(self, time: Duration) -> Self {
        Self { connect_timeout: Some(time), ..self }
    }

    /// How long the stream may be silent, where any byte counts, that of a comment too; by default as
    /// long as it likes. The time in which nobody polls does not count.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use wasm_eventsource::event_source::EventSource;
    /// let builder = EventSource::builder("/ticker").idle_timeout(Duration::from_secs(30));
    /// ```
    pub fn idle_timeout(self, time: Duration) -> Self {
        Self { idle_timeout: Some(time), ..self }
    }

    /// How many bytes one event may buffer; by default 64 MiB. More of them fail the connection for
    /// good, with the reason [`Failure::Limit`](super::Failure::Limit).
    ///
    /// ```
    /// # use wasm_eventsource::event_source::EventSource;
    /// let builder = EventSource::builder("/ticker").max_event_size(64 * 1024);
    /// ```
    pub fn max_event_size(self, bytes: usize) -> Self {
        Self { max_event_size: bytes, ..self }
    }

    /// Whether to disconnect while the page is hidden, and to go on from the last event ID when it is
    /// shown; by default not.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::EventSource;
    /// let builder = EventSource::builder("/ticker").pause_when_hidden(true);
    /// ```
    pub fn pause_when_hidden(self, is_wanted: bool) -> Self {
        Self { pause_when_hidden: is_wanted, ..self }
    }

    /// Connects, soon: the request is made after this has returned.
    ///
    /// # Errors
    ///
    /// [`Error::NoBrowser`] where there is none, and [`Error::InvalidOption`] where an option cannot be as
    /// it is. What goes wrong later is an item of the stream.
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::{Error, EventSource};
    /// # fn example() -> Result<(), Error> {
    /// let source = EventSource::builder("/ticker").connect()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn connect(self) -> Result<EventSource, Error> {
        Ok(EventSource { live: Live::connect(self)? })
    }
}

/// Without the values of headers, which may be secrets.
impl fmt::Debug for EventSourceBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("EventSourceBuilder")
            .field("url", &self.url)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
