//! What the engine is told of a source whose user has set nothing: see `pkg-template/read-options.ts`.

use wasm_eventsource::connection::ConnectionOptions;
use wasm_eventsource::reconnection::{Jitter, Policy, Strategy};

pub(crate) const POLICY: Policy = Policy {
    strategy: Strategy::Constant,
    jitter: Jitter::None,
    delay: 3_000.0,
    min_delay: 100.0,
    max_delay: f64::INFINITY,
    max_attempts: f64::INFINITY,
    reset_after: 5_000.0,
};

#[allow(dead_code, reason = "not every test has a connection")]
pub(crate) const OPTIONS: ConnectionOptions = ConnectionOptions {
    reconnection: POLICY,
    last_event_id: Vec::new(),
    max_event_size: 64 * 1024 * 1024,
    statuses: Vec::new(),
    asks_the_user: false,
    keeps_comments: false,
};
