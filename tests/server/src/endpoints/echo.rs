//! `POST /echo`: what a language model's streaming interface looks like to a page.

use std::time::Duration;

use async_stream::try_stream;
use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Query;
use serde::{Deserialize, Serialize};

use crate::event_stream::{event_stream, pause};

/// The parameter.
#[derive(Debug, Deserialize)]
pub(crate) struct EchoQuery {
    #[serde(default = "five")]
    pause: u64,
}

fn five() -> u64 {
    5
}

/// The data of an event.
#[derive(Debug, Serialize)]
struct Token<'text> {
    index: usize,
    token: &'text str,
}

/// The body of an answer that is not an event stream.
#[derive(Debug, Serialize)]
struct Refusal {
    error: &'static str,
}

/// Answers an event stream with the posted text, word by word.
///
/// Each word is an event `data: {"index":N,"token":"WORD"}`. N counts from 0; WORD begins with
/// the white space before it, so that all tokens together are the text, and white space at the end
/// is a token of its own. The last event is `data: [DONE]`, and then the stream ends. `pause` is
/// the time between two events in ms (default 5).
///
/// Without `Authorization: Bearer TOKEN`, where TOKEN is anything, the answer is 401, and to a
/// body that is not UTF-8 it is 415; both with a JSON object whose member `error` says what is
/// missing.
pub(crate) async fn echo(
    headers: HeaderMap,
    Query(query): Query<EchoQuery>,
    body: Bytes,
) -> Response {
    if !is_authorized(&headers) {
        let error = "the request needs the header \"Authorization: Bearer TOKEN\"";
        let headers = [(header::WWW_AUTHENTICATE, "Bearer"), (header::CACHE_CONTROL, "no-store")];
        return (StatusCode::UNAUTHORIZED, headers, Json(Refusal { error })).into_response();
    }
    let Ok(text) = String::from_utf8(body.into()) else {
        let error = "the request's body has to be UTF-8";
        let headers = [(header::CACHE_CONTROL, "no-store")];
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, headers, Json(Refusal { error }))
            .into_response();
    };
    event_stream(try_stream! {
        for (index, token) in words(&text).into_iter().enumerate() {
            // A number and a string always have a JSON form.
            let data = serde_json::to_string(&Token { index, token }).unwrap_or_default();
            yield format!("data: {data}\n\n").into();
            pause(Duration::from_millis(query.pause)).await;
        }
        yield Bytes::from_static(b"data: [DONE]\n\n");
    })
}

/// The name of an authentication scheme is case-insensitive.
fn is_authorized(headers: &HeaderMap) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| str::from_utf8(value.as_bytes()).ok())
        .and_then(|value| value.split_once(' '))
        .is_some_and(|(scheme, token)| {
            scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()
        })
}

/// Splits a text before the white space that follows a word.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(|character: char| !character.is_whitespace()).unwrap_or(rest.len());
        let end = rest[word..].find(char::is_whitespace).map_or(rest.len(), |length| word + length);
        let (token, after) = rest.split_at(end);
        words.push(token);
        rest = after;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn white_space_goes_with_the_word_after_it() {
        assert_eq!(words("one two"), ["one", " two"]);
        assert_eq!(words(" one \n two\t"), [" one", " \n two", "\t"]);
        assert_eq!(words("ähm 🦀 x"), ["ähm", " 🦀", " x"]);
        assert_eq!(words(""), [""; 0]);
    }
}
