//! `/cookies/set`: a cookie.

use axum::http::header;
use axum::response::IntoResponse;
use axum_extra::extract::Query;
use serde::Deserialize;

use crate::bad_request::BadRequest;

/// The parameters.
#[derive(Debug, Deserialize)]
pub(crate) struct CookieQuery {
    name: String,
    value: String,
}

/// `GET`; answers 200 with `Set-Cookie: NAME=VALUE; Path=/; SameSite=Lax` and a short text.
///
/// `name` (an HTTP token) and `value` (may be empty) are required.
///
/// A cookie does not know the port: the browser sends it to both origins, which are the same site,
/// whenever a request has credentials.
pub(crate) async fn set(
    Query(CookieQuery { name, value }): Query<CookieQuery>,
) -> Result<impl IntoResponse, BadRequest> {
    if name.is_empty() || !name.bytes().all(is_of_token) {
        return Err(BadRequest::new(format!("name: {name:?} cannot be a cookie's name")));
    }
    if !value.bytes().all(is_of_value) {
        return Err(BadRequest::new(format!("value: {value:?} cannot be a cookie's value")));
    }
    let headers = [
        (header::SET_COOKIE, format!("{name}={value}; Path=/; SameSite=Lax")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, "the cookie is set\n"))
}

/// RFC 9110, section 5.6.2.
fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// RFC 6265, section 4.1.1.
fn is_of_value(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\",;\\".contains(&byte)
}
