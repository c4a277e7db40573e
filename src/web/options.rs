//! The options of a source: what JavaScript passed, parsed at the door into valid types.
//!
//! The members are read one by one. The deserializer of serde-wasm-bindgen would do it in a line,
//! but it links the text of its errors, the formatting of floats included: 45 kB, 17 kB in brotli,
//! more than all the rest; and those errors do not say which member they are about.

use js_sys::{RangeError, Reflect, TypeError};
use wasm_bindgen::prelude::*;
use web_sys::Headers;

use crate::connection::{ConnectionOptions, DEFAULT_MAX_EVENT_SIZE, Requests};
use crate::reconnection::Policy;

/// What every request of a source has in common.
pub(super) struct RequestOptions {
    pub(super) with_credentials: bool,
    pub(super) method: String,
    pub(super) headers: Headers,
    pub(super) body: JsValue,
}

/// Reads the dictionary. The error is a `TypeError` or a `RangeError` that names the option.
pub(super) fn parse(options: &JsValue) -> Result<(RequestOptions, ConnectionOptions), JsValue> {
    let method = text(options, "method")?.unwrap_or_else(|| "GET".into());
    let is_get = method.eq_ignore_ascii_case("GET");
    let body = member(options, "body")?;
    if !is_nullish(&body) && (is_get || method.eq_ignore_ascii_case("HEAD")) {
        return Err(TypeError::new(
            "body: a GET request cannot have one; set the method, for example to 'POST'",
        )
        .into());
    }
    let request = RequestOptions {
        with_credentials: member(options, "withCredentials")?.is_truthy(),
        headers: headers(options)?,
        body,
        method,
    };

    // A request that may change something is not repeated unasked.
    let reconnect = boolean(options, "reconnect")?.unwrap_or(is_get);
    let connection = ConnectionOptions {
        requests: if !is_get {
            Requests::NotGet
        } else if member(options, "headers")?.is_undefined() {
            Requests::Plain
        } else {
            Requests::WithHeaders
        },
        reconnection: reconnect.then(Policy::default),
        last_event_id: last_event_id(options)?,
        max_event_size: max_event_size(options)?,
    };
    Ok((request, connection))
}

/// Whatever the constructor of `Headers` takes; what it refuses it refuses with a `TypeError`.
fn headers(options: &JsValue) -> Result<Headers, JsValue> {
    let value = member(options, "headers")?;
    if value.is_undefined() {
        Headers::new()
    } else {
        Headers::new_with_record_from_str_to_str(value.unchecked_ref())
    }
}

/// A last event ID comes from a field of one line, without NUL; another could not be sent.
fn last_event_id(options: &JsValue) -> Result<Vec<u8>, JsValue> {
    let id = text(options, "lastEventId")?.unwrap_or_default();
    if id.contains(['\0', '\n', '\r']) {
        return Err(TypeError::new("lastEventId: must not contain NUL, LF or CR").into());
    }
    Ok(id.into_bytes())
}

fn max_event_size(options: &JsValue) -> Result<usize, JsValue> {
    let value = member(options, "maxEventSize")?;
    if value.is_undefined() {
        return Ok(DEFAULT_MAX_EVENT_SIZE);
    }
    match value.as_f64() {
        // Saturates at what wasm can address.
        Some(bytes) if bytes >= 1.0 => Ok(bytes as usize),
        Some(_) => Err(RangeError::new("maxEventSize: must be at least 1 byte").into()),
        None => Err(TypeError::new("maxEventSize: must be a number of bytes").into()),
    }
}

fn text(options: &JsValue, name: &str) -> Result<Option<String>, JsValue> {
    let value = member(options, name)?;
    match value.as_string() {
        None if !value.is_undefined() => Err(wrong_type(name, "a string")),
        text => Ok(text),
    }
}

fn boolean(options: &JsValue, name: &str) -> Result<Option<bool>, JsValue> {
    let value = member(options, name)?;
    match value.as_bool() {
        None if !value.is_undefined() => Err(wrong_type(name, "a boolean")),
        boolean => Ok(boolean),
    }
}

fn member(options: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(options, &JsValue::from_str(name))
}

fn is_nullish(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

fn wrong_type(name: &str, expected: &str) -> JsValue {
    TypeError::new(&[name, ": must be ", expected].concat()).into()
}
