//! The whole body of a request.

use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, Bytes, HttpBody as _};

/// The longest body that is taken.
const LONGEST: usize = 2 << 20;

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoBody {
    /// It has more than 2 MiB.
    TooLong,
    /// The client closed the connection before its end.
    Incomplete,
}

/// Reads a body to its end, even one that is too long: a client reads no answer before it has sent
/// everything.
pub(crate) async fn read(mut body: Body) -> Result<Bytes, NoBody> {
    let mut bytes = Vec::new();
    let mut is_too_long = false;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| NoBody::Incomplete)?;
        if let Ok(data) = frame.into_data() {
            is_too_long |= bytes.len() + data.len() > LONGEST;
            if !is_too_long {
                bytes.extend_from_slice(&data);
            }
        }
    }
    if is_too_long { Err(NoBody::TooLong) } else { Ok(bytes.into()) }
}
