//! `/hang`: a server that does not answer.

use std::convert::Infallible;
use std::future;

/// Takes any method and no parameters; accepts the request and never answers.
pub(crate) async fn hang() {
    match future::pending::<Infallible>().await {}
}
