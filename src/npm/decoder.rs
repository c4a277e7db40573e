//! The engine behind an `EventStreamDecoder`.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use super::{begins_in_ascii, remarks};
use crate::event_stream::{EventStreamParser, Remarks};
use crate::last_event_id::text;
use crate::web::chunk::{Chunk, Messages};

#[wasm_bindgen(typescript_custom_section)]
const DECLARATIONS: &str = r#"
/** What takes the messages of a decoder. */
export interface DecoderReceiver {
  /**
   * @param batch - in the layout of `src/batch.rs`; a view of the memory, to be decoded at once
   * @param beginsInAscii - whether its first 64 bytes are ASCII
   * @param remarks - as `batch`, in the layout that `Batch::remarks` tells; undefined if there are none
   */
  deliver(batch: Uint8Array, beginsInAscii: boolean, remarks: Uint8Array | undefined): unknown
}
"#;

#[wasm_bindgen]
extern "C" {
    /// See the declaration in TypeScript.
    #[wasm_bindgen(typescript_type = "DecoderReceiver")]
    pub type DecoderReceiver;

    #[wasm_bindgen(method, catch)]
    fn deliver(
        this: &DecoderReceiver,
        batch: &[u8],
        begins_in_ascii: bool,
        remarks: Option<&[u8]>,
    ) -> Result<JsValue, JsValue>;
}

/// A parser, and its messages.
#[wasm_bindgen]
pub struct Decoder {
    parser: RefCell<EventStreamParser>,
    messages: Messages,
}

#[wasm_bindgen]
impl Decoder {
    /// A decoder whose last event ID is `last_event_id`. `max_event_size` is in bytes, and saturates.
    /// `remarks` is whether all remarks are kept.
    #[wasm_bindgen(constructor)]
    pub fn new(max_event_size: f64, last_event_id: &str, remarks: bool) -> Self {
        let mut parser = EventStreamParser::new(max_event_size as usize, last_event_id.as_bytes());
        if remarks {
            parser.keep(Remarks::All);
        }
        Self { parser: RefCell::new(parser), messages: Messages::default() }
    }

    /// Interprets the next bytes of the stream, and delivers the messages that they finish. Returns
    /// whether more may follow: not where an event was too large, until a reset. Throws a `TypeError`
    /// if they are not bytes, and what the receiver throws.
    pub fn decode(&self, bytes: JsValue, receiver: &DecoderReceiver) -> Result<bool, JsValue> {
        let mut chunk = Chunk::new(bytes)?;
        while let Some((result, delivered)) = self.messages.interpret(
            &mut chunk,
            |bytes, batch| self.parser.borrow_mut().parse(bytes, batch),
            |batch| {
                let finished = batch.finished();
                receiver.deliver(finished, begins_in_ascii(finished), remarks(batch))
            },
        ) {
            delivered.transpose()?;
            if result.is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a `Content-Type` header is that of an event stream.
    #[wasm_bindgen(js_name = isEventStream)]
    pub fn is_event_stream(header: &str) -> bool {
        crate::content_type::is_event_stream(header)
    }

    /// The last event ID string.
    #[wasm_bindgen(getter, js_name = lastEventId)]
    pub fn last_event_id(&self) -> String {
        text(self.parser.borrow().last_event_id())
    }

    /// The reconnection time in ms, if the stream has set one.
    #[wasm_bindgen(getter, js_name = reconnectionTime)]
    pub fn reconnection_time(&self) -> Option<u32> {
        self.parser.borrow().reconnection_time()
    }

    /// Makes ready for a new stream: see [`EventStreamParser::start_stream`].
    pub fn reset(&self) {
        self.parser.borrow_mut().start_stream();
        self.messages.clear();
    }
}
