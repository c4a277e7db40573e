#![no_main]

use wasm_eventsource_fuzz::content_type::check;

libfuzzer_sys::fuzz_target!(|text: &str| check(text));
