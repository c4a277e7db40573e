//! The streams of the demo page's scenarios.

mod chat;
mod laboratory;
mod race;
mod streams;
