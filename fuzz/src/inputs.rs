//! What may happen to a connection: choices that a few bytes make.

use arbitrary::Arbitrary;
use wasm_eventsource::connection::{ConnectionOptions, Decision, Standing};
use wasm_eventsource::error::Failure;
use wasm_eventsource::reconnection::{Jitter, LONGEST_DELAY, Policy, Progress, Strategy};

const PAGE: &str = "https://page.test";
pub(crate) const HERE: &str = "https://page.test/events";
pub(crate) const ELSEWHERE: &str = "https://other.test/events";

/// Times of all sizes, in ms.
const TIMES: [f64; 8] =
    [0.0, 1.0, 99.5, 3_000.0, 30_000.0, 86_400_000.0, LONGEST_DELAY as f64, 1e300];
const FACTORS: [f64; 6] = [0.0, 0.5, 1.0, 2.0, 1e9, f64::MAX];
const JITTERS: [Jitter; 4] = [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated];
pub(crate) const STATUSES: [u16; 6] = [200, 204, 404, 429, 503, 301];
pub(crate) const FAILURES: [Failure; 12] = [
    Failure::Network,
    Failure::Ended,
    Failure::Cors,
    Failure::Blocked,
    Failure::UnsupportedScheme,
    Failure::ConnectTimeout,
    Failure::IdleTimeout,
    Failure::Limit,
    Failure::Request,
    Failure::Hook,
    Failure::Suspended,
    Failure::Internal,
];
/// Seconds, and what is no time.
pub(crate) const RETRY_AFTERS: [(&str, f64); 6] = [
    ("", 0.0),
    ("soon", 0.0),
    ("0", 0.0),
    ("60", 60_000.0),
    ("99999999", 99_999_999_000.0),
    ("99999999999999999999", 1e23),
];
pub(crate) const CHUNKS: [&str; 10] = [
    "data: a\n\n",
    "id: b\n\n",
    "id: c\n",
    "id\n",
    "event: t\n",
    "da",
    "ta: c\n",
    ": d\n",
    "\r",
    "retry: 5\n",
];

/// What the user wants, as indexes of what is above.
#[derive(Arbitrary, Clone, Debug)]
pub(crate) struct Wanted {
    flags: [bool; 9],
    strategy: u8,
    factor: u8,
    jitter: u8,
    times: [u8; 4],
    max_attempts: Option<u8>,
    statuses: Option<[u8; 2]>,
    max_event_size: Option<u8>,
    /// What it takes the place of: how many losses and failures there have been, the last delay, what is
    /// left of it, and the reconnection time.
    taken_over: Option<(u8, u8, Option<u8>, u8, Option<u32>)>,
}

/// The one of the choices that a byte stands for.
pub(crate) fn pick<T: Copy>(choices: &[T], index: u8) -> T {
    choices[usize::from(index) % choices.len()]
}

impl Wanted {
    pub(crate) fn options(&self) -> ConnectionOptions {
        let [is_elsewhere, has_page, is_get, may_leak, may_probe, repeats, asks, comments, bounded] =
            self.flags;
        let factor = pick(&FACTORS, self.factor);
        let [delay, reset_after, a, b] = self.times.map(|index| pick(&TIMES, index));
        let max_delay = if bounded { a.max(b) } else { f64::INFINITY };
        ConnectionOptions {
            url: if is_elsewhere { ELSEWHERE } else { HERE }.to_string(),
            page_origin: has_page.then(|| PAGE.to_string()),
            is_get,
            may_leak,
            may_probe,
            reconnection: Policy {
                strategy: match self.strategy % 3 {
                    0 => Strategy::Constant,
                    1 => Strategy::Linear { factor },
                    _ => Strategy::Exponential { factor },
                },
                jitter: pick(&JITTERS, self.jitter),
                delay,
                min_delay: a.min(b),
                max_delay,
                max_attempts: self.max_attempts.map_or(f64::INFINITY, |it| f64::from(it.max(1))),
                reset_after,
            },
            repeats,
            statuses: self.statuses.map(|it| it.map(|index| pick(&STATUSES, index)).to_vec()),
            asks_the_user: asks,
            last_event_id: Vec::new(),
            max_event_size: self.max_event_size.map_or(usize::MAX, usize::from),
            keeps_comments: comments,
        }
    }

    /// What it takes the place of, and how much of a delay is left.
    pub(crate) fn taken_over(&self) -> Option<(Standing, f64)> {
        let (losses, failures, last_delay, rest, reconnection_time) = self.taken_over?;
        let last_delay = last_delay.map(|index| pick(&TIMES, index));
        let progress = Progress { losses: losses.into(), failures: failures.into(), last_delay };
        Some((Standing { reconnection_time, progress }, pick(&TIMES, rest)))
    }
}

/// What may happen.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Input<'a> {
    Response {
        status: u8,
        is_html: bool,
        retry_after: u8,
        redirected: Option<bool>,
    },
    OwnStream,
    Chunk(u8),
    /// A message whose ID is a greater number than all before.
    Numbered,
    Bytes(&'a [u8]),
    Failure(u8),
    Probe(u8),
    Decision(u8),
    Timer {
        seems_offline: bool,
    },
    Online,
    Suspend,
    Resume,
    Reset,
    Close,
}

/// An input, how many ms after the one before it comes, and chance.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) struct Timed<'a> {
    pub(crate) input: Input<'a>,
    pub(crate) later: u16,
    pub(crate) random: u16,
}

/// What the user says.
pub(crate) fn decision(input: Input<'_>) -> Decision {
    use Decision::{After, Continue, GiveUp, Unasked};
    match input {
        Input::Decision(index) => {
            pick(&[GiveUp, Unasked, Continue, After(0), After(5_000), After(u32::MAX)], index)
        }
        // No decision at all.
        _ => Unasked,
    }
}
