//! The files of the `--root` directory, at every path that is not an endpoint.

use std::path::Path;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeader;

use crate::event_stream::NO_STORE;

/// Serves a directory with `Cache-Control: no-store` and the MIME types of the files' extensions;
/// a directory's path gives its `index.html`. Without a directory, everything is 404.
pub(crate) fn static_files(root: Option<&Path>) -> Router {
    let Some(root) = root else {
        return Router::new().fallback(not_found);
    };
    let files = SetResponseHeader::overriding(ServeDir::new(root), header::CACHE_CONTROL, NO_STORE);
    Router::new().fallback_service(files)
}

async fn not_found() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, "no such endpoint, and no files are served\n")
}
