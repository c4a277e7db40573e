//! What the engine is told of a source whose user has set nothing: see `pkg-template/options/read-options.ts`.

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

/// What tests of connections have in common.
#[allow(dead_code, reason = "not every test has a connection, nor needs all of it")]
pub(crate) mod connecting {
    use wasm_eventsource::connection::{
        Connection, ConnectionOptions, Loss, Moment, ResponseHead, Step,
    };
    use wasm_eventsource::error::Failure;

    use super::POLICY;

    /// What is asked, by a page of the same origin.
    pub(crate) const URL: &str = "https://page.test/events";
    pub(crate) const PAGE: &str = "https://page.test";
    /// What is asked where CORS has a say.
    pub(crate) const ELSEWHERE: &str = "https://other.test/events";

    /// When nothing else matters.
    pub(crate) const START: Moment = at(0.0);

    /// So many ms after the start, without chance.
    pub(crate) const fn at(now: f64) -> Moment {
        Moment { now, random: 0.0 }
    }

    /// A GET outside of any page, where no request fails for CORS.
    pub(crate) fn options() -> ConnectionOptions {
        ConnectionOptions {
            url: URL.to_string(),
            page_origin: None,
            is_get: true,
            may_leak: false,
            may_probe: true,
            reconnection: POLICY,
            repeats: true,
            statuses: None,
            asks_the_user: false,
            last_event_id: Vec::new(),
            max_event_size: 64 * 1024 * 1024,
            keeps_comments: false,
        }
    }

    /// The head of an event stream, with a status.
    pub(crate) const fn head(status: u16) -> ResponseHead<'static> {
        ResponseHead {
            status,
            content_type: "text/event-stream",
            retry_after: "",
            url: URL,
            is_redirected: false,
            date: 0.0,
        }
    }

    /// Opens the connection.
    pub(crate) fn open_at(connection: &mut Connection, moment: Moment) {
        assert_eq!(connection.handle_response(&head(200), moment), Step::Announce);
    }

    /// Another attempt follows.
    pub(crate) fn lost(failure: Failure, attempt: u32, delay: u32) -> Step {
        Step::Reestablish { loss: Loss { failure, attempt, retry_in: Some(delay) }, delay }
    }

    /// The end, which is a failure.
    pub(crate) fn failed(failure: Failure, attempt: u32) -> Step {
        Step::Fail { loss: Loss { failure, attempt, retry_in: None }, is_complete: false }
    }

    /// The end, as nothing more was to come.
    pub(crate) fn completed(failure: Failure, attempt: u32) -> Step {
        Step::Fail { loss: Loss { failure, attempt, retry_in: None }, is_complete: true }
    }

    /// The user is asked, and told what would happen unasked.
    pub(crate) fn asked(failure: Failure, attempt: u32, retry_in: Option<u32>) -> Step {
        Step::Decide { loss: Loss { failure, attempt, retry_in } }
    }
}
