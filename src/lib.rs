//! `EventSource` for browsers, in WebAssembly.
//!
//! This crate is the engine of the npm package `wasm-eventsource`. It interprets event streams
//! (`text/event-stream`), and runs the connections of sources: when to ask, what an answer means, when
//! to ask again. A TypeScript class sends the requests with `fetch`, brings the bytes, and fires the
//! messages as DOM events. The rules are those of the HTML standard, section 9.2, "server-sent events"
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).
//!
//! # How it hangs together
//!
//! ```text
//! bytes ─▶ web::exchange ─▶ connection ─▶ event_stream ─▶ batch ─▶ the TypeScript class
//! answers, timers ─▶ web::driver ─┘ └─▶ reconnection
//! ```
//!
//! All but `web` is pure: no wasm, no clock, no randomness, no I/O, and the same on every target.
//! The crates that know of JavaScript are dependencies of the `wasm32` target alone, so that a pure
//! file that uses one of them does not compile on the host:
//!
//! ```compile_fail
//! use js_sys::Object;
//! ```
//!
//! Only `web` performs; it decides nothing.
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

pub mod batch;
pub mod connection;
pub mod content_type;
pub mod error;
pub mod event_stream;
pub mod last_event_id;
pub mod origin;
pub mod query_parameter;
pub mod reconnection;
pub mod redirect;
pub mod retry_after;

#[cfg(all(target_arch = "wasm32", feature = "npm"))]
pub mod npm;
#[cfg(target_arch = "wasm32")]
mod web;
