//! `EventSource` for browsers, in WebAssembly.
//!
//! It interprets event streams (`text/event-stream`), and runs the connections of sources: when to
//! ask, what an answer means, when to ask again. The rules are those of the HTML standard, section 9.2,
//! "server-sent events" (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).
//!
//! Front ends in Rust use [`event_source::EventSource`], a stream of events:
//!
//! ```no_run
//! use wasm_eventsource::event_source::{Error, Event, EventSource};
//!
//! # async fn example() -> Result<(), Error> {
//! let mut source = EventSource::connect("/ticker")?;
//! while let Some(event) = source.next().await {
//!     if let Event::Message(message) = event? {
//!         println!("{}", message.data());
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The same engine is in the npm package `wasm-eventsource`, with a class in TypeScript around it that
//! fires the messages as DOM events.
//!
//! # How it hangs together
//!
//! ```text
//! bytes ─▶ web::body ─▶ web::driver ─▶ connection ─▶ event_stream ─▶ batch
//! answers, timers ─────────▲    │         └─▶ reconnection              │
//!                               └─▶ web::receiver ◀─────────────────────┘
//!                                      ├─▶ event_source ─▶ your code in Rust
//!                                      └─▶ npm ─▶ the TypeScript class
//! ```
//!
//! All but `web`, `npm` and `event_source` is pure: no wasm, no clock, no randomness, no I/O, and the
//! same on every target. The crates that know of JavaScript are dependencies of the `wasm32` target
//! alone, so that a pure file that uses one of them does not compile on the host:
//!
//! ```compile_fail,ignore-wasm32
//! use js_sys::Object;
//! ```
//!
//! Only `web` performs; it decides nothing.
//!
//! # Features
//!
//! - `client`, on by default, has [`event_source`]. Without it, the crate is the parser and the state
//!   machine.
//! - `source` and `decoder`, with `npm`, are for the build of the npm package, and `crash` for a test of
//!   it.
//!
//! Reading a stream, with no browser in sight:
//!
//! ```
//! use wasm_eventsource::batch::Batch;
//! use wasm_eventsource::event_stream::EventStreamParser;
//!
//! let mut parser = EventStreamParser::new(1024, b"");
//! let mut batch = Batch::new();
//! parser.parse(b"id: 1\nevent: greet", &mut batch).unwrap();
//! parser.parse(b"ing\ndata: hello\n\n", &mut batch).unwrap();
//!
//! let message = batch.messages().next().unwrap();
//! assert_eq!(message.event_type, b"greeting");
//! assert_eq!(message.data, b"hello");
//! assert_eq!(message.last_event_id, b"1");
//! ```

// It is linked to above.
#![cfg_attr(not(feature = "client"), allow(rustdoc::broken_intra_doc_links))]

pub mod batch;
pub mod connection;
pub mod content_type;
#[cfg(all(feature = "crash", target_arch = "wasm32"))]
pub mod crash;
pub mod error;
#[cfg(feature = "client")]
pub mod event_source;
pub mod event_stream;
pub mod last_event_id;
pub mod origin;
pub mod query_parameter;
pub mod reconnection;
pub mod redirect;
pub mod retry_after;

#[cfg(all(target_arch = "wasm32", any(feature = "source", feature = "decoder")))]
pub mod npm;
#[cfg(all(
    target_arch = "wasm32",
    any(feature = "client", feature = "source", feature = "decoder")
))]
mod web;

/// The examples of the documents.
#[cfg(all(doctest, feature = "client"))]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../docs/rust.md")]
mod documents {}
