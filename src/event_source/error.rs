//! What goes wrong for good.

use std::error;
use std::fmt;

use super::{Failure, Headers, Loss};

/// What a function of yours gives, or why it cannot; the error becomes [`Loss::cause`].
///
/// ```
/// use wasm_eventsource::event_source::HookResult;
///
/// async fn token() -> HookResult<String> {
///     Err("signed out".into())
/// }
/// ```
pub type HookResult<T> = Result<T, Box<dyn error::Error>>;

/// Why there is no connection, and will be none.
///
/// ```no_run
/// use wasm_eventsource::event_source::{Error, EventSource};
///
/// # async fn example() {
/// match EventSource::connect("/ticker") {
///     Ok(source) => { /* … */ }
///     // On a server that renders this page.
///     Err(Error::NoBrowser) => {}
///     Err(error) => eprintln!("{error}"),
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// There is no browser here, so that nothing can be connected to.
    NoBrowser,
    /// An option cannot be as it is.
    #[non_exhaustive]
    InvalidOption {
        /// Its name: that of the method of [`EventSourceBuilder`](super::EventSourceBuilder) or
        /// [`Reconnect`](super::Reconnect).
        option: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The connection is lost, or was never established, and there will be no further attempt.
    Lost(Box<Loss>),
}

impl Error {
    #[cfg(any(target_arch = "wasm32", test))]
    pub(super) fn invalid(option: &'static str, problem: impl Into<String>) -> Self {
        Self::InvalidOption { option, problem: problem.into() }
    }

    /// What is known of the connection that was lost.
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::Error;
    /// # fn example(error: &Error) {
    /// if let Some(loss) = error.loss() {
    ///     println!("failed {} times in a row", loss.attempt);
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn loss(&self) -> Option<&Loss> {
        match self {
            Self::Lost(loss) => Some(loss),
            _ => None,
        }
    }

    /// Why the connection was lost, if that is what happened.
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::{Error, Failure};
    /// # fn example(error: &Error) {
    /// if error.reason() == Some(Failure::Cors) {
    ///     println!("the server does not let this page read its answer");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn reason(&self) -> Option<Failure> {
        self.loss().map(|loss| loss.reason)
    }

    /// The HTTP status, where that is why.
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::Error;
    /// # fn example(error: &Error) {
    /// let is_signed_out = error.status() == Some(401);
    /// # }
    /// ```
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.loss().and_then(Loss::status)
    }

    /// The headers of the response that was refused.
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::Error;
    /// # fn example(error: &Error) {
    /// let id = error.headers().and_then(|headers| headers.get("x-request-id"));
    /// # }
    /// ```
    #[must_use]
    pub fn headers(&self) -> Option<&Headers> {
        self.loss().map(|loss| &loss.headers)
    }

    /// The beginning of its body: see [`Loss::body`].
    ///
    /// ```no_run
    /// # use wasm_eventsource::event_source::Error;
    /// # fn example(error: &Error) {
    /// println!("the server says: {}", error.body().unwrap_or_default());
    /// # }
    /// ```
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.loss().map(|loss| loss.body.as_str())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBrowser => formatter
                .write_str("There is no browser here, so that no event stream can be read."),
            Self::InvalidOption { option, problem } => write!(formatter, "{option}: {problem}"),
            Self::Lost(loss) => loss.fmt(formatter),
        }
    }
}

impl error::Error for Error {}

/// Why data is no such value: it is no JSON, or JSON of something else.
///
/// ```
/// use wasm_eventsource::event_source::Message;
///
/// let error = Message::new("message", "[1,", "").json::<Vec<u32>>().unwrap_err();
/// println!("{error}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JsonError {
    problem: String,
}

impl JsonError {
    pub(super) fn new(problem: String) -> Self {
        Self { problem }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.problem)
    }
}

impl error::Error for JsonError {}
