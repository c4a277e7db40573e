//! What the tests share.

mod event_reader;
mod http;
mod log;
mod server;

pub(crate) use event_reader::{Event, EventReader};
pub(crate) use http::{BodyEnd, Request, Response, encode};
pub(crate) use log::{eventually, log_of};
pub(crate) use server::{Server, server};
