//! What the engine is told of what is wanted.

use std::time::Duration;

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Headers, Request, RequestInit, RequestMode, Url};

use super::builder::{Body, Pairs};
use super::reconnect::milliseconds;
use super::{Credentials, Error, EventSourceBuilder, Reconnect};
use crate::connection::ConnectionOptions;
use crate::web::driver::DriverOptions;
use crate::web::request::RequestOptions;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Option<Base>;
    #[wasm_bindgen(thread_local_v2, js_name = location)]
    static LOCATION: Option<Base>;
    #[wasm_bindgen(thread_local_v2, js_name = origin)]
    static ORIGIN: Option<String>;

    /// The document, which has a base URL, or the location of a worker, which is one.
    type Base;
    #[wasm_bindgen(method, getter, structural, js_name = baseURI)]
    fn base_uri(this: &Base) -> String;
    #[wasm_bindgen(method, getter, structural)]
    fn href(this: &Base) -> String;

    #[wasm_bindgen(js_name = btoa, catch)]
    fn base64(text: &str) -> Result<String, JsValue>;
}

/// A URL, absolute and without user info; and what the header `Authorization` is to say, if it had any.
pub(super) fn resolved(given: &str) -> Result<(String, Option<String>), Error> {
    let base = DOCUMENT.with(|it| it.as_ref().map(Base::base_uri));
    let base = base.or_else(|| LOCATION.with(|it| it.as_ref().map(Base::href)));
    let url = match base {
        Some(base) => Url::new_with_base(given, &base),
        None => Url::new(given),
    };
    let Ok(url) = url else {
        return Err(Error::invalid("url", format!("cannot parse {given:?} as a URL")));
    };
    let (username, password) = (url.username(), url.password());
    if username.is_empty() && password.is_empty() {
        return Ok((url.href(), None));
    }
    // `fetch` refuses a URL that has them.
    url.set_username("");
    url.set_password("");
    let pair = percent_decoded(&format!("{username}:{password}"));
    let pair = base64(&pair).map_err(|_| Error::invalid("url", "the user info cannot be sent"))?;
    Ok((url.href(), Some(format!("Basic {pair}"))))
}

/// What the escapes stand for, a character for each byte (URL standard, "percent-decode").
fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.get(..2).filter(|it| it.bytes().all(|it| it.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte.into());
                decoded.push_str(&part[2..]);
            }
            None => {
                decoded.push('%');
                decoded.push_str(part);
            }
        }
    }
    decoded
}

/// The headers that are the same for each request.
pub(super) struct FixedHeaders {
    pairs: Pairs,
    authorization: Option<String>,
    is_json: bool,
}

impl FixedHeaders {
    pub(super) fn of(builder: &EventSourceBuilder, authorization: Option<String>) -> Self {
        let is_json = matches!(builder.body, Some(Body::Json(_)));
        Self { pairs: builder.headers.clone(), authorization, is_json }
    }

    fn is_empty(&self) -> bool {
        self.pairs.is_empty() && self.authorization.is_none()
    }

    /// With those that are given for an attempt, which win.
    pub(super) fn with(&self, given: &[(String, String)]) -> Result<Headers, JsValue> {
        let headers = Headers::new()?;
        for (name, value) in given {
            headers.append(name, value)?;
        }
        let is_given = |name: &str| given.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        for (name, value) in &self.pairs {
            if !is_given(name) {
                headers.append(name, value)?;
            }
        }
        let defaults = [
            ("Authorization", self.authorization.as_deref()),
            ("Content-Type", self.is_json.then_some("application/json")),
        ];
        for (name, value) in defaults {
            if let Some(value) = value
                && !headers.has(name)?
            {
                headers.set(name, value)?;
            }
        }
        Ok(headers)
    }
}

/// All that the engine is to know, checked; headers that a function gives are not there yet.
pub(super) fn driver_options(
    builder: &EventSourceBuilder,
    url: String,
    fixed: &FixedHeaders,
) -> Result<DriverOptions, Error> {
    let is_get = builder.method.eq_ignore_ascii_case("GET");
    if builder.body.is_some() && (is_get || builder.method.eq_ignore_ascii_case("HEAD")) {
        let problem = "a GET request cannot have a body; set another, for example POST";
        return Err(Error::invalid("method", problem));
    }
    let default = if is_get { Reconnect::new() } else { Reconnect::never() };
    let reconnect = builder.reconnect.as_ref().unwrap_or(&default);
    let headers = checked(&builder.method, &builder.headers, fixed)?;
    Ok(DriverOptions {
        connection: ConnectionOptions {
            url,
            page_origin: ORIGIN.with(Clone::clone),
            is_get,
            may_leak: !fixed.is_empty() || builder.headers_hook.is_some(),
            may_probe: true,
            reconnection: reconnect.policy()?,
            repeats: reconnect.is_wanted && reconnect.repeat.unwrap_or(is_get),
            statuses: reconnect.statuses.clone(),
            asks_the_user: reconnect.decide.is_some(),
            last_event_id: id(&builder.last_event_id)?,
            max_event_size: builder.max_event_size,
            keeps_comments: false,
        },
        request: RequestOptions {
            init: init(builder)?.into(),
            headers: headers.into(),
            body: body(builder)?,
            fetch: None,
            query: builder.query.clone(),
        },
        connect_timeout: limit(builder.connect_timeout),
        idle_timeout: limit(builder.idle_timeout),
        pause_when_hidden: builder.pause_when_hidden,
        reader: None,
        made_at: None,
        lifetime: None,
        lost: None,
        standing: None,
        first_delay: 0.0,
    })
}

fn limit(time: Option<Duration>) -> f64 {
    time.map_or(f64::INFINITY, milliseconds)
}

/// No stream can have given another one.
fn id(given: &str) -> Result<Vec<u8>, Error> {
    if given.contains(['\0', '\r', '\n']) {
        return Err(Error::invalid("last_event_id", "must have no NUL, CR or LF"));
    }
    Ok(given.into())
}

/// Lets the browser check what it would refuse later, or leave out without a word.
fn checked(method: &str, pairs: &Pairs, fixed: &FixedHeaders) -> Result<Headers, Error> {
    let init = RequestInit::new();
    init.set_method(method);
    if Request::new_with_str_and_init("data:,", &init).is_err() {
        let problem = "must be a token, and none of CONNECT, TRACE and TRACK";
        return Err(Error::invalid("method", problem));
    }
    for (name, value) in pairs {
        let one = [(name.clone(), value.clone())];
        let alone = FixedHeaders { pairs: one.into(), authorization: None, is_json: false };
        let Ok(headers) = alone.with(&[]) else {
            let problem = format!("{name:?} cannot be the name of a header, or its value not one");
            return Err(Error::invalid("header", problem));
        };
        init.set_headers(&headers);
        let request = Request::new_with_str_and_init("data:,", &init);
        let is_kept = request.is_ok_and(|request| request.headers().has(name).unwrap_or_default());
        if !is_kept {
            let problem = format!("a page may not set {name:?}; the browser sets it itself");
            return Err(Error::invalid("header", problem));
        }
    }
    fixed.with(&[]).map_err(|_| Error::invalid("header", "these cannot be sent together"))
}

/// What is the same for all requests: as the standard says, where nothing else is wanted.
fn init(builder: &EventSourceBuilder) -> Result<RequestInit, Error> {
    let init = RequestInit::new();
    init.set_method(&builder.method);
    init.set_mode(RequestMode::Cors);
    let credentials = match builder.credentials {
        Credentials::SameOrigin => "same-origin",
        Credentials::Include => "include",
        Credentials::Omit => "omit",
    };
    for (name, value) in [("cache", "no-store"), ("credentials", credentials)] {
        Reflect::set(&init, &name.into(), &value.into())
            .map_err(|_| Error::invalid(name, "cannot be set"))?;
    }
    Ok(init)
}

fn body(builder: &EventSourceBuilder) -> Result<JsValue, Error> {
    Ok(match &builder.body {
        None => JsValue::UNDEFINED,
        Some(Body::Text(text)) => text.into(),
        Some(Body::Bytes(bytes)) => Uint8Array::from(bytes.as_slice()).into(),
        Some(Body::Json(Ok(text))) => text.into(),
        Some(Body::Json(Err(error))) => return Err(Error::invalid("json", error.to_string())),
    })
}
