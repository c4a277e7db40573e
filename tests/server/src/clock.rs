//! Times as the log gives them.

use std::time::Instant;

/// Counts from the start of the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
}

impl Clock {
    /// A clock that is at 0 now.
    pub(crate) fn start() -> Self {
        Self { started: Instant::now() }
    }

    /// Whole milliseconds since the start.
    pub(crate) fn now(self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
