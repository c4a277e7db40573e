#![no_main]

use wasm_eventsource_fuzz::url::check;

libfuzzer_sys::fuzz_target!(|data: &[u8]| check(data));
