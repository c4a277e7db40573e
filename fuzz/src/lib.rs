//! What is checked of arbitrary inputs, a file for each target. Each `check` panics where a rule is
//! broken; `fuzz_targets` hands it what libFuzzer has made up.

pub mod batch;
pub mod connection;
pub mod content_type;
mod cuts;
pub mod event_stream;
mod inputs;
pub mod interleaved;
pub mod last_event_id;
mod machine;
#[path = "../../tests/oracle/mod.rs"]
mod oracle;
pub mod retry_after;
pub mod url;
