#![no_main]

use wasm_eventsource_fuzz::retry_after::check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check(data));
