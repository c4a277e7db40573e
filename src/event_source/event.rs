//! What a stream tells.

use std::error;
use std::fmt;
use std::time::Duration;

use super::{Failure, Headers, Message};

/// What happens to a connection, in the order in which it happens.
///
/// ```
/// use wasm_eventsource::event_source::Event;
///
/// fn describe(event: &Event) -> String {
///     match event {
///         Event::Open(open) => format!("open: {}", open.status),
///         Event::Message(message) => message.data().to_owned(),
///         Event::Lost(loss) => format!("{} (attempt {})", loss.reason.reason(), loss.attempt),
///         _ => String::new(),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The connection is established: for the first time, or again.
    Open(Open),
    /// The server has sent a message.
    Message(Message),
    /// The connection is lost, or was not established; there will be another attempt.
    Lost(Loss),
}

/// The response of a connection that has been established.
///
/// ```no_run
/// # use wasm_eventsource::event_source::Open;
/// # fn example(open: &Open) {
/// println!("{} answers with {}", open.url, open.status);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Open {
    /// The URL, after redirects.
    pub url: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Headers,
}

/// A connection that was lost, or was not established.
///
/// Its `Display` tells people what has happened, where, and what can be done about it.
///
/// ```no_run
/// # use wasm_eventsource::event_source::{Failure, Loss};
/// # fn example(loss: &Loss) {
/// if loss.reason == Failure::Status(503) {
///     println!("the server is busy: {}", loss.body);
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Loss {
    /// Why.
    pub reason: Failure,
    /// The number of the attempt among those in a row that have failed, from 1 on.
    pub attempt: u32,
    /// The delay before the next attempt; `None` where there will be none.
    pub retry_in: Option<Duration>,
    /// The URL that was asked.
    pub url: String,
    /// The headers of the response that was refused; none where there was no such response.
    pub headers: Headers,
    /// The beginning of its body, at most 4 KiB of it and what comes within a second, as text.
    pub body: String,
    /// What was thrown, by the browser or by a function of yours.
    pub cause: Option<String>,
    /// Whether a server of another origin was asked to resume.
    pub(super) has_sent_id_elsewhere: bool,
}

impl Loss {
    /// The HTTP status, where that is why.
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::Loss;
    /// # fn example(loss: &Loss) {
    /// let is_signed_out = loss.status() == Some(401);
    /// # }
    /// ```
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.reason.status()
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.url)?;
        formatter.write_str(match self.reason {
            Failure::Network if self.has_sent_id_elsewhere => {
                "The connection failed or was lost. Is the server running, and the network up? A server \
                 of another origin must also allow the header Last-Event-ID."
            }
            Failure::Network => {
                "The connection failed or was lost. Is the server running, and the network up?"
            }
            Failure::Ended => "The server ended the stream.",
            Failure::Status(status) => {
                return write!(formatter, "The server answered with the status {status}, not 200.");
            }
            Failure::ContentType => match self.headers.get("content-type") {
                Some(content_type) => {
                    return write!(
                        formatter,
                        "The content type of the response is {content_type}, not text/event-stream."
                    );
                }
                None => "The response has no content type, so it is not text/event-stream.",
            },
            Failure::Cors => {
                "The server does not let this page read its response: it must send \
                 Access-Control-Allow-Origin, and where there is a preflight, allow the headers of the \
                 request in its answer to that."
            }
            Failure::Blocked => {
                "The page's Content-Security-Policy forbids the request: add the URL to connect-src."
            }
            Failure::UnsupportedScheme => {
                "An event stream cannot be fetched from a URL of this scheme."
            }
            Failure::ConnectTimeout => "There was no response within the connect timeout.",
            Failure::IdleTimeout => "There was no byte for as long as the idle timeout.",
            Failure::Limit => "An event was larger than the limit, or than the memory that is left.",
            Failure::Request | Failure::Hook => "The request could not be made.",
            Failure::Suspended => "The page was put aside, and its request is not repeated unasked.",
            Failure::Internal => "The event source has failed.",
        })?;
        match &self.cause {
            Some(cause) => write!(formatter, " ({cause})"),
            None => Ok(()),
        }
    }
}

impl error::Error for Loss {}

/// An attempt to connect, as a function of yours is told of it.
///
/// ```
/// # use wasm_eventsource::event_source::Attempt;
/// fn is_refused(attempt: &Attempt) -> bool {
///     attempt.loss.as_ref().is_some_and(|loss| loss.status() == Some(401))
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Attempt {
    /// From 1 on; counts the attempts in a row, up to and with this one.
    pub number: u32,
    /// The last event ID, from which it resumes; empty where there is none.
    pub last_event_id: String,
    /// How the one before was lost; `None` for the first.
    pub loss: Option<Loss>,
}
