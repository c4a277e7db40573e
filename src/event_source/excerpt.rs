//! The beginning of the body of a response that was refused: often it says why.

use gloo_timers::callback::Timeout;
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

use crate::web::sys::{ReadResult, Response};

/// How many bytes are kept.
const LIMIT: usize = 4 * 1024;

/// How long they are waited for, in ms.
const PATIENCE: u32 = 1_000;

/// Locks the body, at once, and reads it until there is enough; ends the request then.
pub(super) fn read_excerpt(
    response: &Response,
    controller: AbortController,
) -> impl Future<Output = String> + use<> {
    let reader = response.body().ok().flatten().and_then(|body| body.get_reader().ok());
    async move {
        let aborting = controller.clone();
        let _timer = Timeout::new(PATIENCE, move || aborting.abort());
        let mut bytes = Vec::new();
        while let Some(reader) = &reader
            && bytes.len() < LIMIT
        {
            let Ok(answer) = reader.read() else { break };
            let answer = JsFuture::from(answer.unchecked_into::<Promise>()).await;
            let Some(chunk) = answer.ok().and_then(chunk_of) else { break };
            let room = (LIMIT - bytes.len()) as u32;
            bytes.extend(chunk.subarray(0, chunk.length().min(room)).to_vec());
        }
        controller.abort();
        text_of(&bytes)
    }
}

fn chunk_of(answer: JsValue) -> Option<Uint8Array> {
    let answer: ReadResult = answer.unchecked_into();
    answer.value().ok()?.dyn_into().ok()
}

/// A character that has been cut off at the end is left out.
fn text_of(bytes: &[u8]) -> String {
    let end = match str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    };
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}
