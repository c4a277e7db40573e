//! Crashes on demand, for tests of what follows one. The published package is built without this file.

use std::hint::black_box;

use wasm_bindgen::prelude::*;

/// The ways in which an instance of the module ends.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Crash;

#[wasm_bindgen]
impl Crash {
    /// As a rule that was broken would.
    #[wasm_bindgen(js_name = byPanic)]
    #[allow(clippy::panic, reason = "it is what this is for")]
    pub fn by_panic() {
        panic!("on demand");
    }

    /// As memory that is full would. What an allocation cannot be given ends the instance, as a panic
    /// does.
    #[wasm_bindgen(js_name = byMemory)]
    pub fn by_memory() {
        // More than there can be beside what is in use: no part of it is touched.
        let half = isize::MAX as usize;
        black_box((Vec::<u8>::with_capacity(half), Vec::<u8>::with_capacity(half)));
    }

    /// As a recursion without an end would.
    #[wasm_bindgen(js_name = byStack)]
    pub fn by_stack() {
        black_box(descend(0));
    }
}

/// Each call has a frame, in the stack of the engine and in the memory, since something is done with
/// what it returns.
#[inline(never)]
#[allow(unconditional_recursion, reason = "it is what this is for")]
fn descend(depth: u32) -> u32 {
    let frame = black_box([depth; 64]);
    descend(depth.wrapping_add(1)).wrapping_add(frame[1])
}
