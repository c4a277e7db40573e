//! `/redirect/{code}`: a redirect.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::Deserialize;

use crate::bad_request::BadRequest;
use crate::event_stream::NO_STORE;
use crate::parameters::Status;

/// The parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct RedirectQuery {
    to: Option<String>,
}

/// Takes any method; answers with the status `code`, from 300 to 399, without a body.
///
/// `to` is sent as the `Location`, as it is: absolute, or relative to this path. Without it there
/// is no `Location`, which makes fetching fail or not, depending on the status.
pub(crate) async fn redirect(
    Path(status): Path<Status>,
    Query(RedirectQuery { to }): Query<RedirectQuery>,
) -> Result<Response, BadRequest> {
    if !status.code().is_redirection() {
        return Err(BadRequest::new("the status of a redirect has to be from 300 to 399"));
    }
    let mut response = status.code().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    if let Some(to) = to {
        let location = HeaderValue::from_bytes(to.as_bytes())
            .map_err(|_| BadRequest::new(format!("to: {to:?} cannot be a header's value")))?;
        headers.insert(header::LOCATION, location);
    }
    Ok(response)
}
