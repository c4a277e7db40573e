//! Messages, as they are handed on.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::JsonError;
use super::json;

/// A message of the stream: plain data, which can be kept and sent wherever it is wanted.
///
/// ```
/// use wasm_eventsource::event_source::Message;
///
/// let message = Message::new("price", "42", "7");
/// assert_eq!(message.event_type(), "price");
/// assert_eq!(message.data(), "42");
/// assert_eq!(message.last_event_id(), "7");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    data: String,
    // Most messages share these with the one before.
    event_type: Arc<str>,
    last_event_id: Arc<str>,
    origin: Arc<str>,
}

impl Message {
    /// A message that no server has sent, for tests and previews. Its origin is empty.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::Message;
    /// let message = Message::new("message", "hello", "");
    /// assert_eq!(message.data(), "hello");
    /// ```
    pub fn new(
        event_type: impl Into<Arc<str>>,
        data: impl Into<String>,
        last_event_id: impl Into<Arc<str>>,
    ) -> Self {
        Self {
            data: data.into(),
            event_type: event_type.into(),
            last_event_id: last_event_id.into(),
            origin: "".into(),
        }
    }

    #[cfg(any(target_arch = "wasm32", test))]
    pub(super) fn with_origin(mut self, origin: &Arc<str>) -> Self {
        self.origin = Arc::clone(origin);
        self
    }

    #[cfg(any(target_arch = "wasm32", test))]
    pub(super) fn shared_id(&self) -> &Arc<str> {
        &self.last_event_id
    }

    /// The type of the event: `message` where the stream names none.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::Message;
    /// match Message::new("price", "42", "").event_type() {
    ///     "price" => {}
    ///     other => panic!("unexpected: {other}"),
    /// }
    /// ```
    #[must_use]
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// The data, its lines joined by a line feed.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::Message;
    /// assert_eq!(Message::new("message", "42", "").data(), "42");
    /// ```
    #[must_use]
    pub fn data(&self) -> &str {
        &self.data
    }

    /// The data, without copying it.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::Message;
    /// let text: String = Message::new("message", "42", "").into_data();
    /// ```
    #[must_use]
    pub fn into_data(self) -> String {
        self.data
    }

    /// The last event ID string when the message was dispatched.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::Message;
    /// assert_eq!(Message::new("message", "42", "7").last_event_id(), "7");
    /// ```
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// The origin of the stream, after redirects.
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::Message;
    /// # fn example(message: &Message) {
    /// assert_eq!(message.origin(), "https://example.com");
    /// # }
    /// ```
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The data as a value, by the browser's own parser of JSON.
    ///
    /// An integer beyond 2⁵³ has lost digits by then, as all numbers of JavaScript are `f64`.
    ///
    /// # Errors
    ///
    /// Where the data is no JSON, or no such value; and where there is no browser.
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::{JsonError, Message};
    /// #[derive(serde::Deserialize)]
    /// struct Price {
    ///     symbol: String,
    ///     price: f64,
    /// }
    ///
    /// # fn example(message: &Message) -> Result<(), JsonError> {
    /// let price: Price = message.json()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, JsonError> {
        json::parse(&self.data)
    }
}
