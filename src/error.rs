//! Why a connection failed: one variant for each cause that somebody can act on.

/// Why a connection was lost, or never came to be.
///
/// ```
/// # use wasm_eventsource::error::Failure;
/// assert_eq!(Failure::Status(503).status(), Some(503));
/// assert_eq!(Failure::ConnectTimeout.reason(), "connect-timeout");
/// assert!(Failure::Cors.is_final());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// The fetch or the reading of its body failed. Whose fault it was is hidden from a page:
    /// a refused connection and a name that does not resolve look the same.
    Network,
    /// The server ended the stream. This is how a stream usually asks to be connected again.
    Ended,
    /// The status was not 200; the server answered, and the answer is no.
    Status(u16),
    /// The response is not an event stream: its `Content-Type` is not `text/event-stream`.
    ContentType,
    /// The server answers, but does not let this page read it (CORS).
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
    /// The request is impossible, whatever the server would say: nothing was sent.
    Request,
    /// A function of the user's that makes a part of the request threw, or gave what cannot be sent;
    /// it may do better the next time. To the user, the reason is the same as of [`Failure::Request`].
    Hook,
    /// The page was put aside while the request was under way, and the request is not to be repeated.
    Suspended,
    /// The engine has crashed, which is a fault of its own; the source is on a fresh instance.
    Internal,
}

impl Failure {
    /// Whether another attempt would fail for the same reason, whatever the user wants.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Failure::Cors
                | Failure::Blocked
                | Failure::UnsupportedScheme
                | Failure::Limit
                | Failure::Request
        )
    }

    /// What the user is told: the reason, by the name that it has in TypeScript too.
    pub fn reason(self) -> &'static str {
        match self {
            Failure::Network => "network",
            Failure::Ended => "ended",
            Failure::Status(_) => "status",
            Failure::ContentType => "content-type",
            Failure::Cors => "cors",
            Failure::Blocked => "blocked",
            Failure::UnsupportedScheme => "unsupported-scheme",
            Failure::ConnectTimeout => "connect-timeout",
            Failure::IdleTimeout => "idle-timeout",
            Failure::Limit => "limit",
            Failure::Request | Failure::Hook => "request",
            Failure::Suspended => "suspended",
            Failure::Internal => "internal",
        }
    }

    /// The status, where that is why.
    pub fn status(self) -> Option<u16> {
        match self {
            Failure::Status(status) => Some(status),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Failure::{self, *};

    #[test]
    fn each_failure_has_the_reason_that_typescript_knows_and_only_some_are_final() {
        for (failure, reason, is_final) in [
            (Network, "network", false),
            (Ended, "ended", false),
            (Status(503), "status", false),
            (ContentType, "content-type", false),
            (Cors, "cors", true),
            (Blocked, "blocked", true),
            (UnsupportedScheme, "unsupported-scheme", true),
            (ConnectTimeout, "connect-timeout", false),
            (IdleTimeout, "idle-timeout", false),
            (Limit, "limit", true),
            (Request, "request", true),
            (Hook, "request", false),
            (Suspended, "suspended", false),
            (Internal, "internal", false),
        ] {
            assert_eq!((failure.reason(), failure.is_final()), (reason, is_final), "{failure:?}");
        }
    }

    #[test]
    fn only_a_status_has_one() {
        assert_eq!(Failure::Status(503).status(), Some(503));
        assert_eq!(Failure::Network.status(), None);
    }
}
