#![no_main]

use wasm_eventsource_fuzz::last_event_id::check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check(data));
