//! JSON, by what the browser has for it: no parser is linked.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::JsonError;

#[cfg(target_arch = "wasm32")]
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, JsonError> {
    let value = js_sys::JSON::parse(text).map_err(|error| JsonError::new(thrown(&error)))?;
    serde_wasm_bindgen::from_value(value).map_err(|error| JsonError::new(error.to_string()))
}

#[cfg(target_arch = "wasm32")]
pub(super) fn stringify<T: Serialize + ?Sized>(value: &T) -> Result<String, JsonError> {
    let value = value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|error| JsonError::new(error.to_string()))?;
    match js_sys::JSON::stringify(&value) {
        Ok(text) => text.as_string().ok_or_else(|| JsonError::new("the value has no JSON".into())),
        Err(error) => Err(JsonError::new(thrown(&error))),
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub(super) fn parse<T: DeserializeOwned>(_: &str) -> Result<T, JsonError> {
    Err(JsonError::new(NO_BROWSER.into()))
}

#[cfg(not(target_arch = "wasm32"))]
pub(super) fn stringify<T: Serialize + ?Sized>(_: &T) -> Result<String, JsonError> {
    Err(JsonError::new(NO_BROWSER.into()))
}

#[cfg(not(target_arch = "wasm32"))]
const NO_BROWSER: &str = "there is no browser here, whose parser of JSON would be used";

/// What JavaScript has thrown, as a text.
#[cfg(target_arch = "wasm32")]
pub(super) fn thrown(error: &wasm_bindgen::JsValue) -> String {
    use wasm_bindgen::JsCast;
    match error.dyn_ref::<js_sys::Error>() {
        // As in "TypeError: Failed to fetch".
        Some(error) => String::from(error.to_string()),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}
