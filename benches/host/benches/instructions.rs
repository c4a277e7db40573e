//! Reads a corpus so many times with one parser: run by `npm run bench:host` in a program that
//! counts instructions.
//!
//! `instructions FOLDER CORPUS CHUNK_BYTES PARSER PASSES`

use std::error::Error;
use std::path::Path;

use wasm_eventsource_bench::{Corpus, Cut, PARSERS};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // The last one, `--bench`, is from cargo.
    let [folder, corpus, chunk_bytes, parser, passes, _] = args.as_slice() else {
        return Err("arguments: FOLDER CORPUS CHUNK_BYTES PARSER PASSES".into());
    };
    let corpus = Corpus::read(Path::new(folder), corpus)?;
    let chunks = corpus.chunks(Cut::Bytes(chunk_bytes.parse()?));
    let parser = PARSERS.iter().find(|one| one.name == parser).ok_or("there is no such parser")?;
    for _ in 0..passes.parse()? {
        (parser.run)(&chunks);
    }
    Ok(())
}
