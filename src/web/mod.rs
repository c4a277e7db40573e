//! What performs: requests, responses, bodies, timers, signals. It decides nothing.

// The engine of a decoder alone makes no connection.
#![cfg_attr(not(any(feature = "client", feature = "source")), allow(dead_code))]

mod attempt;
mod body;
pub(crate) mod chunk;
mod clock;
pub(crate) mod driver;
mod lifecycle;
mod policy_watch;
mod promise;
pub(crate) mod receiver;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod sys;
