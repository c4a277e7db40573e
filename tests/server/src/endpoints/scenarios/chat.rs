//! `POST /scenarios/chat`: a language model that is asked too often, by somebody whose token is old.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_stream::try_stream;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::event_stream::{event_stream, pause};

/// How many tokens are valid at a time; the oldest goes first.
const MOST_TOKENS: usize = 100;

/// The time between two pieces of the answer.
const BETWEEN_PIECES: Duration = Duration::from_millis(40);

/// The tokens that are valid.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tokens(Arc<Mutex<Issued>>);

#[derive(Debug, Default)]
struct Issued {
    count: u64,
    valid: VecDeque<Token>,
}

#[derive(Debug)]
struct Token {
    text: String,
    is_used: bool,
}

/// What became of a token that was shown.
enum Shown {
    Unknown,
    ForTheFirstTime,
    Again,
}

impl Tokens {
    fn issue(&self) -> String {
        let mut issued = self.lock();
        issued.count += 1;
        let text = format!("fresh-{}", issued.count);
        issued.valid.push_back(Token { text: text.clone(), is_used: false });
        if issued.valid.len() > MOST_TOKENS {
            issued.valid.pop_front();
        }
        text
    }

    fn show(&self, text: &str) -> Shown {
        match self.lock().valid.iter_mut().find(|token| token.text == text) {
            None => Shown::Unknown,
            Some(token) if token.is_used => Shown::Again,
            Some(token) => {
                token.is_used = true;
                Shown::ForTheFirstTime
            }
        }
    }

    /// No code can leave the tokens half-changed, so that poison means nothing.
    fn lock(&self) -> MutexGuard<'_, Issued> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of the request.
#[derive(Debug, Deserialize)]
struct Question {
    prompt: String,
}

/// The body of an answer that is not an event stream.
#[derive(Debug, Serialize)]
struct Refusal {
    error: &'static str,
}

/// `POST /scenarios/chat/token`: answers a fresh token, as text.
pub(crate) async fn token(State(tokens): State<Tokens>) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], tokens.issue()).into_response()
}

/// Answers a question, `{"prompt":"TEXT"}`, piece by piece.
///
/// Without `Authorization: Bearer TOKEN`, with a TOKEN that was issued, the answer is 401. With one
/// that has not been shown before it is 429, with `Retry-After: 1`. After that it is an event stream
/// like those of language models, `data: {"choices":[{"index":0,"delta":{"content":"PIECE"}}]}` and
/// in the end `data: [DONE]`, and its end.
pub(crate) async fn chat(
    State(tokens): State<Tokens>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let authorization =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or("");
    match authorization.strip_prefix("Bearer ").map(|token| tokens.show(token)) {
        None | Some(Shown::Unknown) => refuse(
            StatusCode::UNAUTHORIZED,
            (header::WWW_AUTHENTICATE, "Bearer"),
            "the token is not valid, or no longer",
        ),
        Some(Shown::ForTheFirstTime) => refuse(
            StatusCode::TOO_MANY_REQUESTS,
            (header::RETRY_AFTER, "1"),
            "too many questions; ask again in a second",
        ),
        Some(Shown::Again) => match serde_json::from_slice(&body) {
            Ok(Question { prompt }) => answer(&prompt),
            Err(_) => refuse(
                StatusCode::BAD_REQUEST,
                (header::ACCEPT, "application/json"),
                "the body has to be {\"prompt\":\"…\"}",
            ),
        },
    }
}

fn refuse(
    status: StatusCode,
    with: (header::HeaderName, &'static str),
    error: &'static str,
) -> Response {
    let headers = [(header::CACHE_CONTROL, "no-store"), with];
    (status, headers, Json(Refusal { error })).into_response()
}

fn answer(prompt: &str) -> Response {
    let text = format!(
        "You have asked: “{prompt}” I am only a test server, so I count instead: your question has \
         {} words, and this answer came in pieces over one POST request, through a 401 and a 429 🦀.",
        prompt.split_whitespace().count(),
    );
    event_stream(try_stream! {
        for piece in text.split_inclusive(' ') {
            let data = json!({ "choices": [{ "index": 0, "delta": { "content": piece } }] });
            yield format!("data: {data}\n\n").into();
            pause(BETWEEN_PIECES).await;
        }
        yield "data: [DONE]\n\n".into();
    })
}
