//! `EventSource` for front ends in Rust: a stream of events, with its own requests and policy.
//!
//! ```no_run
//! use wasm_eventsource::event_source::{Error, Event, EventSource};
//!
//! # async fn example() -> Result<(), Error> {
//! let mut source = EventSource::builder("/ticker").header("X-Tenant", "acme").connect()?;
//! while let Some(event) = source.next().await {
//!     match event? {
//!         Event::Open(open) => println!("connected to {}", open.url),
//!         Event::Message(message) => println!("{}: {}", message.event_type(), message.data()),
//!         // It comes back by itself; an `Err` says that it will not.
//!         Event::Lost(loss) => println!("{loss} Again in {:?}", loss.retry_in),
//!         _ => {}
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`EventSource`] implements [`Stream`] and [`FusedStream`], so that `StreamExt` of the crate
//! `futures` serves for it as for any other; [`EventSource::next`] does without.
//!
//! - What is tried again is an item, [`Event::Lost`]. There is an `Err` only when there will be no
//!   further attempt, and then `None`. A stream that has come to the end that it was meant to have,
//!   by a 204 or because its request is not to be repeated, ends without an `Err`.
//! - A stream that is not polled stops the reader, and by that the server.
//! - Dropping it aborts what is under way: no request, timer or callback outlives it.
//! - Whatever it gives is plain data, which is `Send`, `Sync` and `Clone`, so that signals take it. The
//!   stream itself is neither: it lives on the thread of its browser.
//!
//! All of this compiles on the host, too, for code that renders on a server as well: there,
//! [`EventSourceBuilder::connect`] returns [`Error::NoBrowser`].

mod builder;
mod error;
mod event;
mod headers;
mod json;
mod message;
mod reconnect;

#[cfg(any(target_arch = "wasm32", test))]
mod assembly;
#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod excerpt;
#[cfg(target_arch = "wasm32")]
mod next_task;
#[cfg(target_arch = "wasm32")]
mod options;
#[cfg(any(target_arch = "wasm32", test))]
mod queue;
#[cfg(target_arch = "wasm32")]
mod running;

#[cfg(not(target_arch = "wasm32"))]
#[path = "event_source/no_browser.rs"]
mod browser;

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_core::{FusedStream, Stream};

use browser::Live;

pub use crate::connection::ReadyState;
pub use crate::error::Failure;
pub use crate::reconnection::{Jitter, Strategy};
pub use builder::{Credentials, EventSourceBuilder};
pub use error::{Error, HookResult, JsonError};
pub use event::{Attempt, Event, Loss, Open};
pub use headers::Headers;
pub use message::Message;
pub use reconnect::{Decision, Reconnect};

/// A connection to an event stream, which reconnects, and the [`Stream`] of its events.
///
/// ```no_run
/// use futures_util::StreamExt;
/// use wasm_eventsource::event_source::{Error, EventSource};
///
/// # async fn example() -> Result<(), Error> {
/// let source = EventSource::connect("/ticker")?;
/// // The messages of the first three seconds or so; then the connection is dropped.
/// let events: Vec<_> = source.take(3).collect().await;
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream that is dropped is closed"]
pub struct EventSource {
    live: Live,
}

impl EventSource {
    /// Connects with a GET and without options, as the native class does.
    ///
    /// The URL is relative to that of the document, or of the worker's script.
    ///
    /// # Errors
    ///
    /// Those of [`EventSourceBuilder::connect`].
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::{Error, EventSource};
    /// # fn example() -> Result<(), Error> {
    /// let source = EventSource::connect("/ticker")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn connect(url: impl Into<String>) -> Result<Self, Error> {
        Self::builder(url).connect()
    }

    /// Begins to say what is wanted of a connection.
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::{Error, EventSource};
    /// # fn example() -> Result<(), Error> {
    /// let source = EventSource::builder("/chat").method("POST").text("Hello").connect()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(url: impl Into<String>) -> EventSourceBuilder {
        EventSourceBuilder::new(url.into())
    }

    /// The next event: an `Err` is the last one, and `None` the end. To drop the future loses nothing.
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::{Error, Event, EventSource};
    /// # async fn example() -> Result<(), Error> {
    /// let mut source = EventSource::connect("/ticker")?;
    /// while let Some(event) = source.next().await {
    ///     if let Event::Message(message) = event? {
    ///         println!("{}", message.data());
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn next(&mut self) -> Option<Result<Event, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Closes for good: what has not been polled yet is dropped, and the stream ends.
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::{Error, EventSource};
    /// # async fn example() -> Result<(), Error> {
    /// let mut source = EventSource::connect("/ticker")?;
    /// source.close();
    /// assert!(source.next().await.is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn close(&self) {
        self.live.close();
    }

    /// The last event ID string, as far as the stream has been polled: where another connection would
    /// go on.
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::{Error, EventSource};
    /// # async fn example() -> Result<(), Error> {
    /// let mut source = EventSource::builder("/ticker").last_event_id("41").connect()?;
    /// assert_eq!(source.last_event_id(), "41");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn last_event_id(&self) -> String {
        self.live.last_event_id()
    }

    /// The state of the connection, which may be ahead of what has been polled.
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::{Error, EventSource, ReadyState};
    /// # fn example() -> Result<(), Error> {
    /// let source = EventSource::connect("/ticker")?;
    /// assert_eq!(source.ready_state(), ReadyState::Connecting);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn ready_state(&self) -> ReadyState {
        self.live.ready_state()
    }

    /// The reconnection time: what the server has set with a field `retry`, or [`Reconnect::delay`].
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use wasm_eventsource::event_source::{Error, EventSource};
    /// # fn example() -> Result<(), Error> {
    /// let source = EventSource::connect("/ticker")?;
    /// assert_eq!(source.reconnection_time(), Duration::from_secs(3));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn reconnection_time(&self) -> Duration {
        self.live.reconnection_time()
    }
}

impl Stream for EventSource {
    type Item = Result<Event, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.live.poll_next(context)
    }
}

impl FusedStream for EventSource {
    fn is_terminated(&self) -> bool {
        self.live.has_ended()
    }
}

impl fmt::Debug for EventSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("EventSource")
            .field("ready_state", &self.ready_state())
            .field("last_event_id", &self.last_event_id())
            .finish_non_exhaustive()
    }
}
