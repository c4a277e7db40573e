//! The ways in which the server breaks a connection on purpose.

use std::error::Error;
use std::fmt;

/// How to break a connection.
///
/// An endpoint asks for [`NoResponse`](Self::NoResponse) with a response extension and for the
/// others with an error of the body; the [connection](crate::connection::serve) then carries it
/// out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breakage {
    /// Reset the connection without any response.
    NoResponse,
    /// Close the connection within a chunk of the body.
    MidBody,
    /// Reset the connection between two chunks of the body.
    Reset,
    /// Close the connection before the length is reached that was announced.
    ShortBody,
}

impl Breakage {
    /// The breakage that caused an error of the HTTP connection, if one did.
    pub(crate) fn behind(error: &(dyn Error + 'static)) -> Option<Self> {
        std::iter::successors(Some(error), |&error| error.source())
            .find_map(|error| error.downcast_ref().copied())
    }
}

impl fmt::Display for Breakage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoResponse => "reset without a response, on purpose",
            Self::MidBody => "closed within the body, on purpose",
            Self::Reset => "reset within the body, on purpose",
            Self::ShortBody => "closed before the announced length, on purpose",
        })
    }
}

impl Error for Breakage {}
