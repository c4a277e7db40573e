//! What the benchmarks of the host have in common: the corpora, and the parsers that read them.

mod corpus;
mod parsers;

pub use corpus::{Corpus, Cut};
pub use parsers::{PARSERS, Parser, Tally};
