//! Throughput of the parsers on the corpora: run by `npm run bench:host`, which names the folder of
//! the corpora, and the corpora, in the environment, and reads what this prints.

use std::env;
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use wasm_eventsource_bench::{Corpus, Cut, PARSERS, Parser};

const CUTS: [(&str, Cut); 3] =
    [("event", Cut::Event), ("1400", Cut::Bytes(1400)), ("16384", Cut::Bytes(16384))];

/// One that takes longer for a pass is not run again and again.
const LONGEST_PASS: Duration = Duration::from_millis(500);

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::var("CORPORA_FOLDER")?;
    let names = env::var("CORPORA")?;
    let mut criterion = Criterion::default()
        .without_plots()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    for name in names.split(',') {
        let corpus = Corpus::read(Path::new(&folder), name)?;
        for (cut_name, cut) in CUTS {
            measure(&mut criterion, &corpus, cut_name, cut);
        }
    }
    criterion.final_summary();
    Ok(())
}

fn measure(criterion: &mut Criterion, corpus: &Corpus, cut_name: &str, cut: Cut) {
    let chunks = corpus.chunks(cut);
    let mut group = criterion.benchmark_group(format!("{}-{cut_name}", corpus.name));
    group.throughput(Throughput::Bytes(corpus.len() as u64)).sampling_mode(SamplingMode::Flat);
    for Parser { name, check, run } in PARSERS {
        let started = Instant::now();
        let tally = check(&chunks);
        let pass = started.elapsed();
        let id = format!("{}\t{cut_name}\t{name}", corpus.name);
        if tally != corpus.expected {
            println!("\nwrong\t{id}\t{tally:?} instead of {:?}", corpus.expected);
        } else if pass > LONGEST_PASS {
            println!("\nslow\t{id}\t{}", pass.as_nanos());
        } else {
            group.bench_with_input(
                BenchmarkId::from_parameter(name),
                &chunks,
                |bencher, chunks| {
                    bencher.iter(|| run(black_box(chunks)));
                },
            );
        }
    }
    group.finish();
}
