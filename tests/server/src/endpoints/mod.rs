//! One module for each endpoint.

pub(crate) mod cookies;
pub(crate) mod echo;
pub(crate) mod feed;
pub(crate) mod flood;
pub(crate) mod hang;
pub(crate) mod log;
pub(crate) mod numbers;
pub(crate) mod proxy;
pub(crate) mod raw;
pub(crate) mod redirect;
pub(crate) mod request;
pub(crate) mod reset;
pub(crate) mod scenarios;
pub(crate) mod status;
pub(crate) mod ticker;
pub(crate) mod time;
