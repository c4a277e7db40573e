#![no_main]

use wasm_eventsource_fuzz::connection::check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check(data));
