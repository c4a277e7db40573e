//! Why a connection failed: one variant for each cause that somebody can act on.

/// Why a connection was lost, or never came to be. In the order of the [numbers](Self::number), which
/// then take no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The fetch or the reading of its body failed. Whose fault it was is hidden from a page:
    /// a refused connection, a name that does not resolve and a refusal by CORS look the same.
    Network,
    /// The server ended the stream. This is how a stream usually asks to be connected again.
    Ended,
    /// The status was not 200; the server answered, and the answer is no.
    Status(u16),
    /// The response is not an event stream: its `Content-Type` is not `text/event-stream`.
    ContentType,
    /// The server answers, but does not let this page read it (CORS). Of a request that has failed, no
    /// more than a suspicion.
    Cors,
    /// The page's own Content Security Policy forbids the request; it was not sent.
    Blocked,
    /// No event stream can be fetched from URLs of this scheme; no request was sent.
    UnsupportedScheme,
    /// No response within the time that the user set.
    ConnectTimeout,
    /// No byte within the time that the user set.
    IdleTimeout,
    /// An event is larger than the limit, or than the memory that is left.
    Limit,
    /// The request could not be made: a function of the user's threw, or gave what cannot be sent.
    Request,
}

impl Failure {
    /// Whether another attempt would fail for the same reason.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Failure::Limit | Failure::UnsupportedScheme | Failure::Blocked | Failure::Cors
        )
    }

    /// What the sender of a request has failed with, by the [number](Self::number) of the reason.
    pub fn of_request(number: f64) -> Self {
        // A cast makes zero of what is no number. To look for the one with this number would take
        // eighty bytes more of the package.
        match number as u8 {
            4 => Failure::Cors,
            5 => Failure::Blocked,
            6 => Failure::UnsupportedScheme,
            10 => Failure::Request,
            _ => Failure::Network,
        }
    }

    /// The place of the reason among those of `pkg-template/events.ts`.
    pub fn number(self) -> u8 {
        match self {
            Failure::Network => 0,
            Failure::Ended => 1,
            Failure::Status(_) => 2,
            Failure::ContentType => 3,
            Failure::Cors => 4,
            Failure::Blocked => 5,
            Failure::UnsupportedScheme => 6,
            Failure::ConnectTimeout => 7,
            Failure::IdleTimeout => 8,
            Failure::Limit => 9,
            Failure::Request => 10,
        }
    }
}
