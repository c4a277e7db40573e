//! `GET /scenarios/greetings`: the least that an event stream can be.

use std::time::Duration;

use async_stream::try_stream;
use axum::response::Response;
use axum_extra::extract::Query;
use serde::Deserialize;

use crate::event_stream::{event_stream, pause};

/// They take turns.
const GREETINGS: [&str; 6] = ["Hello", "Grüß dich", "Bonjour", "こんにちは", "Olá", "Привет"];

/// The parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct GreetingsQuery {
    #[serde(default = "one_second")]
    interval: u64,
}

fn one_second() -> u64 {
    1_000
}

/// Answers an event stream without an end: a greeting every `interval` ms (default 1000), the
/// first at once, without a type or an ID.
pub(crate) async fn greetings(Query(query): Query<GreetingsQuery>) -> Response {
    event_stream(try_stream! {
        for greeting in GREETINGS.iter().cycle() {
            yield format!("data: {greeting}\n\n").into();
            pause(Duration::from_millis(query.interval)).await;
        }
    })
}
