//! The middleware that speaks the CORS protocol as the `cors` parameter tells it to.
//!
//! | parameter | `Access-Control-Allow-Origin` |
//! | --- | --- |
//! | absent | none, nor any other header of the protocol |
//! | `cors=*` | `*` |
//! | `cors=origin` | the request's `Origin`; none if the request has none |
//! | `cors=credentials` | the same, with `Access-Control-Allow-Credentials: true` |
//! | `cors=VALUE` | the value as it is |
//!
//! A preflight is answered by this middleware with 204 and, if `cors` is there, the headers above,
//! `Access-Control-Allow-Methods` and `Access-Control-Allow-Headers` with what was asked for, and
//! `Access-Control-Max-Age: 0`, so that each request has a preflight of its own in the log.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;

use crate::bad_request::BadRequest;

/// The parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct CorsQuery {
    cors: Option<Cors>,
}

/// Who may read an answer.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
enum Cors {
    Origin,
    Credentials,
    Literal(String),
}

impl From<String> for Cors {
    fn from(value: String) -> Self {
        match value.as_str() {
            "origin" => Self::Origin,
            "credentials" => Self::Credentials,
            _ => Self::Literal(value),
        }
    }
}

/// Answers preflights, and adds the headers to all other answers.
pub(crate) async fn share(
    Query(CorsQuery { cors }): Query<CorsQuery>,
    request: Request,
    next: Next,
) -> Result<Response, BadRequest> {
    let mut sharing = HeaderMap::new();
    if let Some(cors) = cors {
        allow_origin(&mut sharing, &cors, request.headers())?;
        if is_preflight(&request) {
            allow_what_is_asked_for(&mut sharing, request.headers());
        }
    }
    let mut response = if is_preflight(&request) {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    response.headers_mut().extend(sharing);
    Ok(response)
}

fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn allow_origin(
    sharing: &mut HeaderMap,
    cors: &Cors,
    request: &HeaderMap,
) -> Result<(), BadRequest> {
    let origin = match cors {
        Cors::Origin | Cors::Credentials => request.get(header::ORIGIN).cloned(),
        Cors::Literal(value) => {
            Some(HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
                BadRequest::new(format!("cors: {value:?} cannot be a header's value"))
            })?)
        }
    };
    let Some(origin) = origin else { return Ok(()) };
    sharing.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if let Cors::Credentials = cors {
        let allowed = HeaderValue::from_static("true");
        sharing.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, allowed);
    }
    Ok(())
}

fn allow_what_is_asked_for(sharing: &mut HeaderMap, request: &HeaderMap) {
    let pairs = [
        (header::ACCESS_CONTROL_REQUEST_METHOD, header::ACCESS_CONTROL_ALLOW_METHODS),
        (header::ACCESS_CONTROL_REQUEST_HEADERS, header::ACCESS_CONTROL_ALLOW_HEADERS),
    ];
    for (asked, allowed) in pairs {
        if let Some(value) = request.get(asked) {
            sharing.insert(allowed, value.clone());
        }
    }
    sharing.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("0"));
}
