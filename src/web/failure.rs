//! What the receiver is told of a loss.

use serde::ser::{Serialize, SerializeMap, Serializer};
use wasm_bindgen::JsValue;

use crate::error::Failure;

/// Why a connection was lost, and what comes now; the cause and the response go beside it.
pub(super) struct FailureDetail {
    pub(super) failure: Failure,
    /// The number of the attempt among those in a row that have failed, from 1 on.
    pub(super) attempt: u32,
    /// The delay in ms before the next attempt; `None` where there will be none.
    pub(super) retry_in: Option<u32>,
}

/// By hand, as a map: for the names of a struct's fields serde-wasm-bindgen keeps a cache, which is
/// larger than this.
impl Serialize for FailureDetail {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("reason", self.failure.reason())?;
        if let Failure::Status(status) = self.failure {
            members.serialize_entry("status", &status)?;
        }
        members.serialize_entry("attempt", &self.attempt)?;
        members.serialize_entry("retryIn", &self.retry_in)?;
        members.end()
    }
}

impl From<FailureDetail> for JsValue {
    fn from(detail: FailureDetail) -> JsValue {
        let serializer = serde_wasm_bindgen::Serializer::new()
            .serialize_maps_as_objects(true)
            .serialize_missing_as_null(true);
        // Nothing in it can fail to be serialised.
        detail.serialize(&serializer).unwrap_or_default()
    }
}
