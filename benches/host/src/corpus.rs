//! The corpora, which `benches/host.mjs` writes as the benchmarks of the browser make them.

use std::error::Error;
use std::fs;
use std::path::Path;

use bytes::Bytes;
use serde::Deserialize;

use crate::Tally;

/// One cycle of a corpus.
pub struct Corpus {
    /// What it is called.
    pub name: String,
    /// What a parser must find in it.
    pub expected: Tally,
    bytes: Bytes,
    event_lengths: Vec<usize>,
}

/// How a stream is cut into chunks.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// One event in each.
    Event,
    /// So many bytes in each.
    Bytes(usize),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    /// The length of the data of all events, in bytes.
    data_bytes: usize,
    /// The length of each event, in bytes.
    event_lengths: Vec<usize>,
}

impl Corpus {
    /// Reads a corpus from the folder that they have been written to.
    pub fn read(folder: &Path, name: &str) -> Result<Self, Box<dyn Error>> {
        let bytes = fs::read(folder.join(name))?;
        let description = fs::read(folder.join(format!("{name}.json")))?;
        let Description { data_bytes, event_lengths } = serde_json::from_slice(&description)?;
        Ok(Self {
            name: name.to_owned(),
            expected: Tally { events: event_lengths.len(), data_bytes },
            bytes: bytes.into(),
            event_lengths,
        })
    }

    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Its bytes in chunks; the last one is what is left.
    pub fn chunks(&self, cut: Cut) -> Vec<Bytes> {
        let mut rest = self.bytes.clone();
        match cut {
            Cut::Event => self.event_lengths.iter().map(|&length| rest.split_to(length)).collect(),
            Cut::Bytes(length) => {
                let mut chunks = Vec::new();
                while !rest.is_empty() {
                    chunks.push(rest.split_to(length.min(rest.len())));
                }
                chunks
            }
        }
    }
}
