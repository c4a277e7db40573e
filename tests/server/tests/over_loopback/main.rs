//! The server as its clients see it: real processes and real requests over the loopback address.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

mod cookies;
mod cors;
mod disconnects;
mod echo;
mod feed;
mod log;
mod numbers;
mod proxy;
mod raw;
mod redirect;
mod request;
mod reset;
mod scenarios;
mod starting_and_stopping;
mod static_files;
mod status;
mod support;
mod ticker;
