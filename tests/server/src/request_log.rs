//! The request log: what the server saw of every request that carried a `key`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::clock::Clock;
use crate::seen_request::SeenRequest;

/// All requests with a key, under their keys.
#[derive(Clone, Debug)]
pub(crate) struct RequestLog {
    clock: Clock,
    entries: Arc<Mutex<HashMap<String, Vec<Arc<Entry>>>>>,
}

/// A request, and how its answer is getting on.
#[derive(Debug)]
struct Entry {
    number: u64,
    request: Arc<SeenRequest>,
    started_at: u64,
    progress: Mutex<Progress>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    bytes_sent: u64,
    end: Option<(u64, EndedBy)>,
}

/// Who ended an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EndedBy {
    /// The server sent all that it meant to, or broke the connection.
    Server,
    /// The client closed the connection first.
    Client,
}

/// An entry as `/log` gives it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntryView {
    /// Counts the requests with this key from 1, preflights too.
    number: u64,
    #[serde(flatten)]
    request: Arc<SeenRequest>,
    /// When the request's headers had come.
    started_at: u64,
    ended_at: Option<u64>,
    ended_by: Option<EndedBy>,
    /// Bytes of the response's body that were handed to the connection.
    bytes_sent: u64,
}

impl RequestLog {
    /// An empty log.
    pub(crate) fn new(clock: Clock) -> Self {
        Self { clock, entries: Arc::default() }
    }

    /// Notes a request, and how many requests with this key its path has now got, not counting
    /// preflights.
    pub(crate) fn begin(&self, key: String, request: Arc<SeenRequest>) -> (OpenEntry, u64) {
        let mut entries = lock(&self.entries);
        let entries = entries.entry(key).or_default();
        let entry = Arc::new(Entry {
            number: entries.len() as u64 + 1,
            request,
            started_at: self.clock.now(),
            progress: Mutex::default(),
        });
        entries.push(Arc::clone(&entry));
        let attempts = entries.iter().filter(|other| {
            other.request.path() == entry.request.path() && !other.request.is_preflight()
        });
        let attempt = attempts.count() as u64;
        (OpenEntry { entry, clock: self.clock }, attempt)
    }

    /// The requests with a key, in the order in which they came.
    pub(crate) fn view(&self, key: &str) -> Vec<EntryView> {
        let entries = lock(&self.entries);
        entries.get(key).into_iter().flatten().map(|entry| entry.view()).collect()
    }

    /// Forgets the requests with a key; the next one is its first again.
    pub(crate) fn forget(&self, key: &str) {
        lock(&self.entries).remove(key);
    }
}

impl Entry {
    fn view(&self) -> EntryView {
        let Progress { bytes_sent, end } = *lock(&self.progress);
        EntryView {
            number: self.number,
            request: Arc::clone(&self.request),
            started_at: self.started_at,
            ended_at: end.map(|(at, _)| at),
            ended_by: end.map(|(_, by)| by),
            bytes_sent,
        }
    }
}

/// An entry whose request is still being answered.
///
/// Dropping it says that the client closed the connection, unless the server
/// [finished](Self::finish) before.
#[derive(Debug)]
pub(crate) struct OpenEntry {
    entry: Arc<Entry>,
    clock: Clock,
}

impl OpenEntry {
    /// Notes that more of the body was sent.
    pub(crate) fn sent(&self, bytes: usize) {
        lock(&self.entry.progress).bytes_sent += bytes as u64;
    }

    /// Notes that the server has nothing more to send.
    pub(crate) fn finish(&self) {
        self.end(EndedBy::Server);
    }

    fn end(&self, by: EndedBy) {
        let at = self.clock.now();
        lock(&self.entry.progress).end.get_or_insert((at, by));
    }
}

impl Drop for OpenEntry {
    fn drop(&mut self) {
        self.end(EndedBy::Client);
    }
}

/// No code can leave the data of these locks half-changed, so that poison means nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
