//! Which path is answered by what.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};

use crate::clock::Clock;
use crate::endpoints::{
    cookies, echo, feed, flood, hang, log, numbers, proxy, raw, redirect, request, reset,
    scenarios, status, ticker, time,
};
use crate::market::Market;
use crate::request_log::RequestLog;
use crate::static_files::static_files;
use crate::{cors, recording};

/// The whole server behind its sockets.
pub(crate) fn app(root: Option<&Path>) -> Router {
    let clock = Clock::start();
    let log = RequestLog::new(clock);
    let market = Arc::new(Mutex::new(Market::open()));

    let streams = Router::new()
        .route("/raw", get(raw::raw).post(raw::raw))
        .route("/ticker", get(ticker::ticker).with_state(market))
        .route("/numbers", get(numbers::numbers))
        .route("/feed", get(feed::stream).post(feed::start).with_state(feed::Feeds::default()))
        .route("/flood", get(flood::flood))
        .route("/echo", post(echo::echo))
        .route("/status/{code}", get(status::status).post(status::status))
        .route("/redirect/{code}", any(redirect::redirect))
        .route("/hang", any(hang::hang))
        .route("/reset", any(reset::reset))
        .route("/request", any(request::request))
        .route("/cookies/set", get(cookies::set))
        .nest("/scenarios", scenarios::routes(clock))
        // The last layer is the outermost: the log also sees what the one before it answers.
        .route_layer(from_fn(cors::share))
        .route_layer(from_fn_with_state(log.clone(), recording::record));

    let log = get(log::read).delete(log::forget).options(log::preflight).with_state(log);
    Router::new()
        .merge(streams)
        .route("/log", log)
        .route("/time", get(time::time).with_state(clock))
        // Not below the layers: no other origin may be let in.
        .route("/proxy", any(proxy::proxy))
        .fallback_service(static_files(root))
}
