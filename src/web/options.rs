//! The options of a source: what JavaScript passed, parsed at the door into valid types.
//!
//! The members are read one by one. The deserializer of serde-wasm-bindgen would do it in a line,
//! but it links the text of its errors, the formatting of floats included: 45 kB, 17 kB in brotli,
//! more than all the rest; and those errors do not say which member they are about.

use js_sys::{Array, Function, Object, RangeError, Reflect, TypeError};
use wasm_bindgen::prelude::*;
use web_sys::Headers;

use super::sys;
use crate::connection::{ConnectionOptions, DEFAULT_MAX_EVENT_SIZE, Requests};
use crate::reconnection::{
    DEFAULT_MIN_DELAY, DEFAULT_RECONNECTION_TIME, DEFAULT_RESET_AFTER, Jitter, LONGEST_DELAY,
    Policy, Strategy,
};

/// All that the user wants.
pub(super) struct Options {
    pub(super) request: RequestOptions,
    pub(super) connection: ConnectionOptions,
    /// How long a response may take, in ms.
    pub(super) connect_timeout: Option<u32>,
    /// How long a stream may be silent, in ms.
    pub(super) idle_timeout: Option<u32>,
    /// Asked after each loss.
    pub(super) decide: Option<Function>,
}

/// What every request of a source has in common.
pub(super) struct RequestOptions {
    pub(super) with_credentials: bool,
    pub(super) method: String,
    /// What the constructor of `Headers` takes, or a function that makes it for each attempt.
    pub(super) headers: JsValue,
    /// A body, or a function that makes one for each attempt.
    pub(super) body: JsValue,
    /// Further members of `RequestInit`.
    pub(super) init: Object,
    pub(super) send_last_event_id: SendLastEventId,
    fetch: Option<Function>,
}

/// How the last event ID goes to the server.
pub(super) enum SendLastEventId {
    /// As the header `Last-Event-ID`.
    Header,
    /// As the query parameter of this name.
    Query(String),
}

impl RequestOptions {
    /// Calls `fetch`: the user's, or that of the global object. What it returns may be anything.
    pub(super) fn fetch(&self, url: &str, init: &JsValue) -> Result<JsValue, JsValue> {
        match &self.fetch {
            Some(fetch) => fetch.call2(&JsValue::UNDEFINED, &url.into(), init),
            None => sys::fetch(url, init),
        }
    }
}

/// A dictionary, and what stands before the names of its members in messages.
struct Dictionary<'a> {
    object: &'a JsValue,
    prefix: &'static str,
}

/// Reads the dictionary. The error is a `TypeError` or a `RangeError` that names the option.
pub(super) fn parse(object: &JsValue) -> Result<Options, JsValue> {
    let options = &Dictionary { object, prefix: "" };
    let method = text(options, "method")?.unwrap_or_else(|| "GET".into());
    let is_get = method.eq_ignore_ascii_case("GET");
    let body = member(options, "body")?;
    if !is_nullish(&body) && (is_get || method.eq_ignore_ascii_case("HEAD")) {
        return Err(TypeError::new(
            "body: a GET request cannot have one; set the method, for example to 'POST'",
        )
        .into());
    }
    let headers = member(options, "headers")?;
    if !headers.is_function() {
        headers_from(&headers)?;
    }

    let reconnect = member(options, "reconnect")?;
    // A request that may change something is not repeated unasked.
    let reconnects = if reconnect.is_object() {
        true
    } else {
        boolean(options, "reconnect", "a boolean or an object")?.unwrap_or(is_get)
    };
    let reconnect = &Dictionary { object: &reconnect, prefix: "reconnect." };
    let init = member(options, "init")?;
    if reconnects && Reflect::has(&body, &"getReader".into()).unwrap_or(false) {
        return Err(TypeError::new(
            "body: a stream cannot be sent twice; pass a function that makes one for each \
             attempt, or set reconnect to false",
        )
        .into());
    }
    let has_fetch = !member(options, "fetch")?.is_undefined();

    Ok(Options {
        connection: ConnectionOptions {
            requests: if !is_get {
                Requests::NotGet
            } else if headers.is_undefined() {
                Requests::Plain
            } else {
                Requests::WithHeaders
            },
            reconnection: if reconnects { Some(policy(reconnect)?) } else { None },
            last_event_id: last_event_id(options)?,
            max_event_size: match number(options, "maxEventSize", "a number of bytes", 1.0)? {
                // Saturates at what wasm can address.
                Some(bytes) => bytes as usize,
                None => DEFAULT_MAX_EVENT_SIZE,
            },
            statuses: statuses(reconnect)?,
            asks_the_user: function(reconnect, "decide")?.is_some(),
            keeps_comments: function(options, "onComment")?.is_some(),
            // A `fetch` of the user's is not bound by CORS.
            page_origin: if has_fetch { None } else { text(options, "origin")? },
        },
        request: RequestOptions {
            with_credentials: member(options, "withCredentials")?.is_truthy(),
            method,
            headers,
            body,
            init: if init.is_object() { init.unchecked_into() } else { Object::new() },
            send_last_event_id: send_last_event_id(options)?,
            fetch: function(options, "fetch")?,
        },
        connect_timeout: milliseconds(options, "connectTimeout", 1.0)?,
        idle_timeout: milliseconds(options, "idleTimeout", 1.0)?,
        decide: function(reconnect, "decide")?,
    })
}

/// Whatever the constructor of `Headers` takes; what it refuses it refuses with a `TypeError`.
pub(super) fn headers_from(value: &JsValue) -> Result<Headers, JsValue> {
    if is_nullish(value) {
        Headers::new()
    } else {
        Headers::new_with_record_from_str_to_str(value.unchecked_ref())
    }
}

fn policy(options: &Dictionary) -> Result<Policy, JsValue> {
    let strategies = ["constant", "linear", "exponential"];
    let jitters = ["none", "full", "equal", "decorrelated"];
    let factor = number(options, "factor", "a number", 0.0)?;
    let strategy = match choice(options, "strategy", &strategies)? {
        Some(1) => Strategy::Linear { factor: factor.unwrap_or(1.0) },
        Some(2) => Strategy::Exponential { factor: factor.unwrap_or(2.0) },
        _ => Strategy::Constant,
    };
    let jitter = match choice(options, "jitter", &jitters)? {
        Some(1) => Jitter::Full,
        Some(2) => Jitter::Equal,
        Some(3) => Jitter::Decorrelated,
        _ => Jitter::None,
    };
    let max_delay = milliseconds(options, "maxDelay", 0.0)?;
    let min_delay = milliseconds(options, "minDelay", 0.0)?;
    if let (Some(min), Some(max)) = (min_delay, max_delay)
        && min > max
    {
        let message = message(options, "minDelay", &min.into(), "at most maxDelay");
        return Err(RangeError::new(&message).into());
    }
    Ok(Policy {
        strategy,
        jitter,
        delay: milliseconds(options, "delay", 0.0)?.unwrap_or(DEFAULT_RECONNECTION_TIME),
        min_delay: min_delay.unwrap_or(DEFAULT_MIN_DELAY.min(max_delay.unwrap_or(LONGEST_DELAY))),
        max_delay,
        max_attempts: number(options, "maxAttempts", "a number", 1.0)?.map(|count| count as u32),
        reset_after: milliseconds(options, "resetAfter", 0.0)?.unwrap_or(DEFAULT_RESET_AFTER),
    })
}

fn statuses(options: &Dictionary) -> Result<Vec<u16>, JsValue> {
    let value = member(options, "statuses")?;
    if value.is_undefined() {
        return Ok(Vec::new());
    }
    let valid = |status: &JsValue| {
        status.as_f64().filter(|status| (200.0..600.0).contains(status)).map(|status| status as u16)
    };
    let statuses = Array::is_array(&value)
        .then(|| value.unchecked_ref::<Array>().iter().map(|status| valid(&status)).collect());
    match statuses {
        Some(Some(statuses)) => Ok(statuses),
        _ => Err(wrong(options, "statuses", &value, "an array of statuses, from 200 to 599")),
    }
}

/// A last event ID comes from a field of one line, without NUL; another could not be sent.
fn last_event_id(options: &Dictionary) -> Result<Vec<u8>, JsValue> {
    let id = text(options, "lastEventId")?.unwrap_or_default();
    if id.contains(['\0', '\n', '\r']) {
        return Err(TypeError::new("lastEventId: must not contain NUL, LF or CR").into());
    }
    Ok(id.into_bytes())
}

fn send_last_event_id(options: &Dictionary) -> Result<SendLastEventId, JsValue> {
    const NAME: &str = "sendLastEventId";
    let value = member(options, NAME)?;
    if value.is_undefined() || value.as_string().is_some_and(|value| value == "header") {
        return Ok(SendLastEventId::Header);
    }
    match member(&Dictionary { object: &value, prefix: "" }, "query")?.as_string() {
        Some(name) => Ok(SendLastEventId::Query(name)),
        None => Err(wrong(options, NAME, &value, "'header' or { query: the name of a parameter }")),
    }
}

/// Which of some texts a member is.
fn choice(options: &Dictionary, name: &str, choices: &[&str]) -> Result<Option<usize>, JsValue> {
    let value = member(options, name)?;
    if value.is_undefined() {
        return Ok(None);
    }
    let text = value.as_string();
    match choices.iter().position(|choice| text.as_deref() == Some(choice)) {
        Some(index) => Ok(Some(index)),
        None => Err(wrong(options, name, &value, &["one of ", &choices.join(", ")].concat())),
    }
}

fn milliseconds(options: &Dictionary, name: &str, least: f64) -> Result<Option<u32>, JsValue> {
    let value = number(options, name, "a number of ms", least)?;
    // A cast saturates.
    Ok(value.map(|value| (value as u32).min(LONGEST_DELAY)))
}

/// A finite number, `least` at least.
fn number(
    options: &Dictionary,
    name: &str,
    expected: &str,
    least: f64,
) -> Result<Option<f64>, JsValue> {
    let value = member(options, name)?;
    if value.is_undefined() {
        return Ok(None);
    }
    let Some(number) = value.as_f64() else {
        return Err(wrong(options, name, &value, expected));
    };
    if number.is_finite() && number >= least {
        return Ok(Some(number));
    }
    let least = if least == 0.0 { "0" } else { "1" };
    Err(RangeError::new(&message(
        options,
        name,
        &value,
        &["finite, and at least ", least].concat(),
    ))
    .into())
}

fn function(options: &Dictionary, name: &str) -> Result<Option<Function>, JsValue> {
    let value = member(options, name)?;
    if value.is_undefined() {
        return Ok(None);
    }
    match value.dyn_into() {
        Ok(function) => Ok(Some(function)),
        Err(value) => Err(wrong(options, name, &value, "a function")),
    }
}

fn text(options: &Dictionary, name: &str) -> Result<Option<String>, JsValue> {
    let value = member(options, name)?;
    match value.as_string() {
        None if !value.is_undefined() => Err(wrong(options, name, &value, "a string")),
        text => Ok(text),
    }
}

fn boolean(options: &Dictionary, name: &str, expected: &str) -> Result<Option<bool>, JsValue> {
    let value = member(options, name)?;
    match value.as_bool() {
        None if !value.is_undefined() => Err(wrong(options, name, &value, expected)),
        boolean => Ok(boolean),
    }
}

/// A member of a dictionary; `undefined` where there is no dictionary.
fn member(options: &Dictionary, name: &str) -> Result<JsValue, JsValue> {
    if options.object.is_object() {
        Reflect::get(options.object, &name.into())
    } else {
        Ok(JsValue::UNDEFINED)
    }
}

fn is_nullish(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

fn wrong(options: &Dictionary, name: &str, value: &JsValue, expected: &str) -> JsValue {
    TypeError::new(&message(options, name, value, expected)).into()
}

fn message(options: &Dictionary, name: &str, value: &JsValue, expected: &str) -> String {
    let value = sys::string(value).unwrap_or_else(|_| "what it is".into());
    [options.prefix, name, ": must be ", expected, ", not ", &value].concat()
}
