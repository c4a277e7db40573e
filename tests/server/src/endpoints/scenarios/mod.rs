//! The streams of the demo page's scenarios: each shows one thing that event streams are used for.

mod chat;
mod clock;
mod counts;
mod gateway;
mod greetings;
mod intermission;
mod laboratory;
mod race;
mod slides;

use axum::Router;
use axum::routing::{get, post};

use crate::clock::Clock;

/// All of them, below `/scenarios`.
pub(crate) fn routes(clock: Clock) -> Router {
    let chat = chat::Tokens::default();
    let laboratory = laboratory::Laboratory::default();
    let race = race::Courses::default();
    Router::new()
        .route("/greetings", get(greetings::greetings))
        .route("/slides", get(slides::slides))
        .route("/intermission", get(intermission::intermission))
        .route("/clock", get(clock::clock))
        .route("/counts", get(counts::counts))
        .route("/gateway", get(gateway::gateway).with_state(clock))
        .route("/chat", post(chat::chat).with_state(chat.clone()))
        .route("/chat/token", post(chat::token).with_state(chat))
        .route("/laboratory/{session}", get(laboratory::stream).with_state(laboratory.clone()))
        .route("/laboratory/{session}/{fault}", post(laboratory::cause).with_state(laboratory))
        .route("/race", post(race::prepare).with_state(race.clone()))
        .route("/race/{course}", get(race::run).post(race::extend).with_state(race))
}
