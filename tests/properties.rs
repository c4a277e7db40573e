//! Random streams in random chunks: the parser says what the oracle says.
//!
//! The runs are reproducible. `PROPTEST_RNG_SEED` sets the seed, which a failure prints beside the
//! smallest stream that it found, and `PROPTEST_CASES` how many streams each test tries:
//!
//! ```text
//! PROPTEST_RNG_SEED=1 PROPTEST_CASES=10000000 cargo test --release --test properties
//! ```

#![cfg(not(target_arch = "wasm32"))]

mod defaults;
mod oracle;

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestRunner};

use wasm_eventsource::batch::Batch;
use wasm_eventsource::connection::{Connection, ConnectionOptions, Step};
use wasm_eventsource::error::Failure;
use wasm_eventsource::event_stream::EventStreamParser;

use defaults::connecting::{START, head, options};
use oracle::{Message, Outcome};

const DEFAULT_SEED: u64 = 92;

/// What a line begins with: the names that mean something, and many that nearly do. In this table
/// and the next ones, what is there more than once comes more often, and whatever a failing stream
/// does not need shrinks to the first.
const NAMES: &[&[u8]] = &[
    b"",
    b"data",
    b"data",
    b"data",
    b"data",
    b"data",
    b"id",
    b"id",
    b"id",
    b"event",
    b"event",
    b"retry",
    b"retry",
    b"foo",
    b"dat",
    b"datax",
    b"DATA",
    b" data",
    b"data ",
    b"da-ta",
    b"\0data",
    b"data\0",
    b"i",
    b"ids",
    b"even",
    b"retryy",
    b"\xC3\xA9",
    b"data\xC3",
    b"\xEF\xBB\xBF",
    b"\xEF\xBB\xBFdata",
    b"\xEF\xBB\xBF\xEF\xBB\xBFdata",
    b"\xEF\xBBdata",
    b"\xEFid",
    b"\xBFdata",
];

/// What may stand between a name and a value.
const COLONS: &[&[u8]] =
    &[b"", b":", b":", b":", b": ", b": ", b": ", b":  ", b" :", b":\t", b"::", b": :"];

/// Text, numbers, control characters, and UTF-8 that is malformed in every way there is.
const VALUES: &[&[u8]] = &[
    b"",
    b"a",
    b"b",
    b"b c ",
    b"data: d",
    b" ",
    b":",
    b"\t",
    b"0",
    b"1",
    b"2",
    b"0042",
    b"4294967295",
    b"4294967296",
    b"99999999999999999999",
    b"+5",
    b"-5",
    b"1.5",
    b"1e3",
    b"5 ",
    b"\xEF\xBC\x95",
    b"\0",
    b"a\0",
    b"\0b",
    // No line ends: VT, FF, a separator, DEL, U+0085, U+2028.
    b"\x0B\x0C\x1E\x7F",
    b"\xC2\x85",
    b"\xE2\x80\xA8",
    b"\xC3\xA9",
    b"\xE2\x80\xA6",
    b"\xF0\x9F\x98\x80",
    b"\xEF\xBB\xBF",
    b"\xEF\xBB",
    // Cut off, alone, overlong, a surrogate, too large, never used.
    b"\xC3",
    b"\xE2\x82",
    b"\xF0\x9F\x98",
    b"\x80",
    b"\xC0\x8A",
    b"\xE0\x80\x8D",
    b"\xED\xA0\x80",
    b"\xF4\x90\x80\x80",
    b"\xFF",
];

/// How a line may end, with or without a blank line. The first goes on with the line.
const ENDS: &[&[u8]] = &[
    b"",
    b"\n",
    b"\n",
    b"\n",
    b"\r",
    b"\r",
    b"\r\n",
    b"\r\n",
    b"\n\n",
    b"\n\n",
    b"\r\r",
    b"\r\r",
    b"\r\n\r\n",
    b"\r\n\r\n",
    b"\n\r",
    b"\r\n\n",
    b"\r\n\r",
    b"\n\r\n",
    b"\r\r\n",
    b"\n\n\n",
];

/// Up to `lines` lines, sometimes behind a byte order mark.
fn streams(lines: usize) -> impl Strategy<Value = Stream> {
    let line = (0..NAMES.len(), 0..COLONS.len(), 0..VALUES.len(), 0..ENDS.len());
    (0..4u8, vec(line, 0..=lines)).prop_map(|(lead, lines)| {
        let mut bytes = Vec::new();
        if lead == 3 {
            bytes.extend_from_slice(b"\xEF\xBB\xBF");
        }
        for (name, colon, value, end) in lines {
            for part in [NAMES[name], COLONS[colon], VALUES[value], ENDS[end]] {
                bytes.extend_from_slice(part);
            }
        }
        Stream(bytes)
    })
}

/// The lengths of the chunks, to be repeated until the stream is used up. If there is nothing but 0,
/// the stream comes whole.
fn lengths() -> impl Strategy<Value = Vec<usize>> {
    vec(0..12usize, 0..5)
}

/// A stream that is shown as text where it is.
#[derive(Clone, PartialEq)]
struct Stream(Vec<u8>);

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

fn chunks<'a>(mut stream: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let whole = lengths.iter().all(|&length| length == 0);
    let lengths = if whole { &[usize::MAX] } else { lengths };
    let mut chunks = Vec::new();
    for &length in lengths.iter().cycle() {
        let (chunk, rest) = stream.split_at(length.min(stream.len()));
        chunks.push(chunk);
        stream = rest;
        if stream.is_empty() {
            break;
        }
    }
    chunks
}

/// Runs `test` on values of `strategy`, `cases` of them unless the environment says otherwise.
fn check<S: Strategy>(
    cases: u32,
    strategy: &S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) where
    S::Value: PartialEq,
{
    let mut config = Config { failure_persistence: None, ..Config::default() };
    config.rng_algorithm = RngAlgorithm::XorShift;
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = cases;
    }
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(DEFAULT_SEED);
    }
    let seed = config.rng_seed;
    let result = TestRunner::new(config).run(strategy, test);
    assert_eq!(result, Ok(()), "with PROPTEST_RNG_SEED={seed}");
}

#[test]
fn the_parser_agrees_with_the_oracle_on_any_stream_in_any_chunks() {
    check(200_000, &(streams(10), lengths(), any::<bool>()), |(stream, lengths, at_once)| {
        let mut parser = EventStreamParser::new(usize::MAX, b"");
        let mut batch = Batch::new();
        let mut messages: Vec<Message> = Vec::new();
        for chunk in chunks(&stream.0, &lengths) {
            prop_assert_eq!(parser.parse(chunk, &mut batch), Ok(()));
            if at_once {
                messages.extend(batch.messages().map(Message::from));
                batch.clear_finished();
            }
        }
        messages.extend(batch.messages().map(Message::from));
        let outcome = Outcome {
            messages,
            last_event_id: String::from_utf8_lossy(parser.last_event_id()).into_owned(),
            reconnection_time: parser.reconnection_time(),
        };
        prop_assert_eq!(outcome, oracle::interpret(&stream.0, ""));
        Ok(())
    });
}

#[test]
fn long_data_that_is_handed_out_in_parts_is_the_same_in_the_end() {
    const CHARACTERS: [&[u8]; 9] = [
        b"a",
        "\u{e9}".as_bytes(),
        "\u{8a9e}".as_bytes(),
        "\u{1f980}".as_bytes(),
        b"\xC3",
        b"\xE8\xAA",
        b"\xF0\x9F\xA6",
        b"\xA6",
        b"\xFF",
    ];
    let characters = vec(proptest::sample::select(&CHARACTERS[..]), 1..50);
    check(
        500,
        &(characters, 1..60_000usize, vec(1..20_000usize, 1..5)),
        |(some, length, lengths)| {
            let data: Vec<u8> = some.concat().into_iter().cycle().take(length).collect();
            let stream = [b"data: 1\n\ndata: ".as_slice(), &data, b"\n\ndata: 3\n\n"].concat();
            let mut parser = EventStreamParser::new(usize::MAX, b"");
            let mut batch = Batch::new();
            let mut text = String::new();
            for chunk in chunks(&stream, &lengths) {
                prop_assert_eq!(parser.parse(chunk, &mut batch), Ok(()));
                batch.hand_out_data();
                // As JavaScript does, each by itself.
                text += &String::from_utf8_lossy(batch.finished());
                batch.clear_finished();
            }
            prop_assert_eq!(text, format!("1\r\r{}\r\r3\r\r", String::from_utf8_lossy(&data)));
            Ok(())
        },
    );
}

#[test]
fn one_connection_after_another_agrees_with_the_oracle_on_its_stream() {
    check(20_000, &(vec(streams(4), 1..5), lengths(), "[a-c]?"), |(bodies, lengths, id)| {
        let options = ConnectionOptions { last_event_id: id.clone().into_bytes(), ..options() };
        let mut connection = Connection::new(options);
        let mut last_event_id = id;
        for body in bodies {
            prop_assert_eq!(connection.handle_response(&head(200), START), Step::Announce);
            let mut batch = Batch::new();
            for chunk in chunks(&body.0, &lengths) {
                prop_assert_eq!(connection.handle_chunk(chunk, &mut batch), Ok(()));
            }
            let expected = oracle::interpret(&body.0, &last_event_id);
            let messages: Vec<_> = batch.messages().map(Message::from).collect();
            prop_assert_eq!(messages, expected.messages);
            last_event_id = expected.last_event_id;
            let bytes = String::from_utf8_lossy(connection.last_event_id());
            prop_assert_eq!(bytes, last_event_id.as_str());

            let step = connection.handle_failure(Failure::Ended, START);
            prop_assert!(matches!(step, Step::Reestablish { .. }), "{step:?}");
            prop_assert_eq!(connection.handle_timer(START, false), Step::Send);
        }
        Ok(())
    });
}

#[test]
fn a_limit_takes_no_message_away_that_came_before_it_was_reached() {
    check(20_000, &(streams(8), lengths(), 0..64usize), |(stream, lengths, max_event_size)| {
        let mut parser = EventStreamParser::new(max_event_size, b"");
        let mut batch = Batch::new();
        let within = chunks(&stream.0, &lengths)
            .into_iter()
            .all(|chunk| parser.parse(chunk, &mut batch).is_ok());
        let messages: Vec<_> = batch.messages().map(Message::from).collect();
        let all = oracle::interpret(&stream.0, "").messages;
        if within {
            prop_assert_eq!(messages, all);
        } else {
            prop_assert!(stream.0.len() > max_event_size);
            prop_assert!(all.starts_with(&messages));
        }
        Ok(())
    });
}
