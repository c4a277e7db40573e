//! `/raw`: any bytes, cut and ended in any way.

use std::num::NonZeroUsize;
use std::time::Duration;

use async_stream::try_stream;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use futures_core::Stream;
use serde::Deserialize;

use crate::bad_request::BadRequest;
use crate::breakage::Breakage;
use crate::content_encoding::{ContentEncoding, Encoder};
use crate::event_stream::{EVENT_STREAM, NO_STORE, event_stream, pause};
use crate::parameters::{ByteOffsets, HeaderLine, HexBytes, Status};
use crate::recording::Visit;

/// The parameters.
#[derive(Debug, Deserialize)]
#[serde(default)]
pub(crate) struct RawQuery {
    body: Vec<String>,
    hex: Vec<HexBytes>,
    cuts: Option<ByteOffsets>,
    every: Option<NonZeroUsize>,
    pause: u64,
    end: End,
    hold: Option<u64>,
    encoding: Option<ContentEncoding>,
    status: Status,
    then: Status,
    #[serde(rename = "type")]
    content_type: String,
    header: Vec<HeaderLine>,
    delay: u64,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum End {
    Close,
    Hold,
    Abort,
    Reset,
    Short,
}

impl Default for RawQuery {
    fn default() -> Self {
        Self {
            body: Vec::new(),
            hex: Vec::new(),
            cuts: None,
            every: None,
            pause: 10,
            end: End::Close,
            hold: None,
            encoding: None,
            status: Status::OK,
            then: Status::NO_CONTENT,
            content_type: EVENT_STREAM.to_owned(),
            header: Vec::new(),
            delay: 0,
        }
    }
}

/// `GET` or `POST`; answers with exactly the bytes that it is told to send.
///
/// | parameter | default | meaning |
/// | --- | --- | --- |
/// | `body` | empty | the body, sent as UTF-8 |
/// | `hex` | | the body as pairs of hexadecimal digits, instead of `body` |
/// | `cuts` | | ascending byte offsets, as in `3,7,9`: the body is sent in chunks that end there |
/// | `every` | | sends the body in chunks of so many bytes, instead of `cuts` |
/// | `pause` | 10 | time between two chunks in ms; with 0 they are still written separately |
/// | `end` | `close` | after the body, `close` ends it cleanly, `hold` sends nothing more, and the others break the connection, `pause` ms after the last chunk: `abort` closes it within a chunk, `reset` resets it, and `short` closes it 16 bytes before the end that the `Content-Length` has announced |
/// | `hold` | | with `end=hold`: after so many ms, the body ends cleanly |
/// | `encoding` | | `gzip`, `deflate` or `br`: the content coding; each chunk is flushed, and can be decoded when it comes |
/// | `status` | 200 | from 200 to 599; with 204, 205 and 304, no body is sent |
/// | `type` | `text/event-stream` | the `Content-Type`; none if empty |
/// | `header` | | `Name: value`, may be given repeatedly; replaces a header that the server sets |
/// | `delay` | 0 | time before the response's headers in ms |
///
/// A `pause` of 0 before an abort is for the loss of data: a `ReadableStream` that fails discards
/// the chunks that its page has not read yet. And where an abort comes before any body, Firefox
/// gives no response to the page at all.
///
/// If several `body`, or several `hex`, are given, they script a client's reconnections, and a
/// `key` is needed: the n-th request to `/raw` with that key gets the n-th of them, and all
/// further ones get the status `then`, which is 204 unless it is given. An offset that lies in none of the bodies is answered with 400.
pub(crate) async fn raw(
    Query(query): Query<RawQuery>,
    Extension(visit): Extension<Visit>,
) -> Result<Response, BadRequest> {
    if query.hold.is_some() && query.end != End::Hold {
        return Err(BadRequest::new("hold: needs end=hold"));
    }
    if query.encoding.is_some() && query.end == End::Short {
        return Err(BadRequest::new("encoding: its length is not known, as end=short needs it"));
    }
    let bodies = bodies(query.body, query.hex)?;
    let longest = bodies.iter().map(Bytes::len).max().unwrap_or_default();
    let cutting = Cutting::new(query.cuts, query.every, longest)?;
    let body = body_for(&bodies, visit.attempt)?;

    let mut head = HeaderMap::new();
    if !query.content_type.is_empty() {
        let value = HeaderValue::from_bytes(query.content_type.as_bytes())
            .map_err(|_| BadRequest::new("type: cannot be a header's value"))?;
        head.insert(header::CONTENT_TYPE, value);
    }
    head.insert(header::CACHE_CONTROL, NO_STORE);
    if let Some(encoding) = query.encoding {
        head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    }
    for line in &query.header {
        head.remove(&line.name);
    }
    for HeaderLine { name, value } in query.header {
        head.append(name, value);
    }

    pause_before_head(query.delay).await;
    let Some(body) = body else {
        return Ok((query.then.code(), [(header::CACHE_CONTROL, NO_STORE)]).into_response());
    };
    let mut response = if query.status.is_without_body() {
        Body::empty().into_response()
    } else {
        let pause = Duration::from_millis(query.pause);
        let hold = query.hold.map(Duration::from_millis);
        if query.end == End::Short {
            head.insert(header::CONTENT_LENGTH, (body.len() + MISSING).into());
        }
        let encoder = Encoder::new(query.encoding);
        event_stream(chunks(cutting.pieces(body), encoder, pause, query.end, hold))
    };
    *response.status_mut() = query.status.code();
    *response.headers_mut() = head;
    Ok(response)
}

/// How many bytes of the announced length do not come with `end=short`.
const MISSING: usize = 16;

async fn pause_before_head(delay: u64) {
    if delay > 0 {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
}

/// All bodies of the script, at least one.
fn bodies(texts: Vec<String>, hex: Vec<HexBytes>) -> Result<Vec<Bytes>, BadRequest> {
    if !texts.is_empty() && !hex.is_empty() {
        return Err(BadRequest::new("hex: cannot be given together with body"));
    }
    let texts = texts.into_iter().map(Bytes::from);
    let bodies: Vec<_> = texts.chain(hex.into_iter().map(|hex| hex.0.into())).collect();
    Ok(if bodies.is_empty() { vec![Bytes::new()] } else { bodies })
}

/// The body for this request; `None` after the last one of a script.
fn body_for(bodies: &[Bytes], attempt: Option<u64>) -> Result<Option<Bytes>, BadRequest> {
    let index = match (bodies, attempt) {
        ([_], _) => 0,
        (_, Some(attempt)) => usize::try_from(attempt - 1).unwrap_or(usize::MAX),
        (_, None) => return Err(BadRequest::new("several bodies: need a key to count under")),
    };
    Ok(bodies.get(index).cloned())
}

/// Where a body is cut into chunks.
#[derive(Debug)]
enum Cutting {
    At(ByteOffsets),
    Every(NonZeroUsize),
}

impl Cutting {
    fn new(
        cuts: Option<ByteOffsets>,
        every: Option<NonZeroUsize>,
        longest: usize,
    ) -> Result<Self, BadRequest> {
        match (cuts, every) {
            (Some(_), Some(_)) => Err(BadRequest::new("every: cannot be given together with cuts")),
            (None, Some(every)) => Ok(Self::Every(every)),
            (cuts, None) => {
                let cuts = cuts.unwrap_or_default();
                match cuts.as_slice().last() {
                    Some(last) if *last >= longest => Err(BadRequest::new(format!(
                        "cuts: {last} does not lie in a body of {longest} bytes"
                    ))),
                    _ => Ok(Self::At(cuts)),
                }
            }
        }
    }

    fn pieces(&self, mut body: Bytes) -> Vec<Bytes> {
        let length = body.len();
        let cuts: Vec<usize> = match self {
            Self::At(offsets) => {
                offsets.as_slice().iter().copied().filter(|&offset| offset < length).collect()
            }
            Self::Every(size) => (size.get()..length).step_by(size.get()).collect(),
        };
        let mut start = 0;
        let mut pieces = Vec::with_capacity(cuts.len() + 1);
        for cut in cuts {
            pieces.push(body.split_to(cut - start));
            start = cut;
        }
        pieces.push(body);
        pieces
    }
}

fn chunks(
    pieces: Vec<Bytes>,
    mut encoder: Encoder,
    between: Duration,
    end: End,
    hold: Option<Duration>,
) -> impl Stream<Item = Result<Bytes, Breakage>> + Send {
    try_stream! {
        for (index, piece) in pieces.into_iter().enumerate() {
            if index > 0 {
                pause(between).await;
            }
            // Writing to memory does not fail.
            yield encoder.encode(piece).unwrap_or_default();
        }
        match (end, hold) {
            (End::Close, _) => {}
            (End::Hold, Some(time)) => tokio::time::sleep(time).await,
            (End::Hold, None) => std::future::pending().await,
            (End::Abort | End::Reset | End::Short, _) => {
                // What is still unwritten when the connection breaks would be lost.
                pause(between).await;
                Err(match end {
                    End::Reset => Breakage::Reset,
                    End::Short => Breakage::ShortBody,
                    _ => Breakage::MidBody,
                })?;
            }
        }
        let rest = encoder.finish().unwrap_or_default();
        if !rest.is_empty() {
            yield rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;

    fn cut(body: &'static str, cuts: Option<&str>, every: Option<usize>) -> Vec<Bytes> {
        let cuts = cuts.map(|cuts| ByteOffsets::try_from(cuts.to_owned()).unwrap());
        let cutting = Cutting::new(cuts, every.and_then(NonZeroUsize::new), 8).unwrap();
        cutting.pieces(Bytes::from(body))
    }

    #[test]
    fn pieces_end_at_the_cuts() {
        assert_eq!(cut("abcdef", Some("1,4"), None), ["a", "bcd", "ef"]);
        assert_eq!(cut("abcdef", None, Some(4)), ["abcd", "ef"]);
        assert_eq!(cut("abcdef", None, Some(3)), ["abc", "def"]);
        assert_eq!(cut("abcdef", None, None), ["abcdef"]);
    }

    #[test]
    fn cuts_in_another_body_of_the_script_are_none_in_this() {
        assert_eq!(cut("abc", Some("2,3,7"), None), ["ab", "c"]);
        assert_eq!(cut("", Some("2"), None), [""]);
    }
}
