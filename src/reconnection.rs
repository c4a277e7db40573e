//! When to reestablish a connection: the delay before the next attempt, or none.
//!
//! With [`Strategy::Constant`] and nothing else this is what the HTML standard asks for, section 9.2.3:
//! wait for the reconnection time, each time, for ever. Time and randomness are arguments: `now` is ms
//! on a monotonic clock, `random` a number from 0 (inclusive) to 1 (exclusive).

use std::mem;

/// The greatest delay that growth leads to, in ms, unless told otherwise.
pub const DEFAULT_MAX_DELAY: f64 = 30_000.0;

/// The greatest delay that a timer can take: browsers keep it in an `i32`, and fire at once above.
pub const LONGEST_DELAY: u32 = i32::MAX as u32;

/// How the delay grows with the number of failures in a row.
///
/// ```
/// # use wasm_eventsource::reconnection::Strategy;
/// // 3 s, 6 s, 12 s and so on, where the reconnection time is 3 s.
/// let doubling = Strategy::Exponential { factor: 2.0 };
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Strategy {
    /// The reconnection time, always; what the standard says.
    Constant,
    /// The reconnection time, and `factor` of it more with each failure.
    Linear {
        /// The part of the reconnection time that each further failure adds.
        factor: f64,
    },
    /// The reconnection time, multiplied by `factor` with each further failure.
    Exponential {
        /// The quotient of one delay and the one before it.
        factor: f64,
    },
}

/// How the delay is spread, so that clients that were cut off together do not return together.
///
/// ```
/// # use wasm_eventsource::reconnection::Jitter;
/// // The gentlest to the server.
/// let jitter = Jitter::Full;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// Not at all.
    None,
    /// Anywhere between nothing and the delay.
    Full,
    /// Anywhere between half of the delay and the delay.
    Equal,
    /// Anywhere between the reconnection time and three times the last delay.
    Decorrelated,
}

/// What the user wants of reconnecting: numbers of JavaScript, where infinity is a limit that has not
/// been set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// How the delay grows.
    pub strategy: Strategy,
    /// How the delay is spread.
    pub jitter: Jitter,
    /// The reconnection time until the server sets one, in ms.
    pub delay: f64,
    /// The least delay, in ms. Jitter is added to it, not clamped at it: otherwise a crowd of
    /// clients would meet there.
    pub min_delay: f64,
    /// The greatest delay, in ms; infinity stands for [`DEFAULT_MAX_DELAY`] or the reconnection time,
    /// whichever is longer.
    pub max_delay: f64,
    /// How many attempts in a row may fail; after that the connection is failed for good. The loss of a
    /// connection that was a success is none of them.
    pub max_attempts: f64,
    /// How long a connection that has delivered no message must last to count as a success, in ms.
    pub reset_after: f64,
}

/// How far a row of losses has come, for another connection that goes on in the place of this one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// See [`Reconnection::losses`].
    pub losses: u32,
    /// How many attempts among them have failed.
    pub failures: u32,
    /// The delay that the policy gave last, in ms, if it gave one.
    pub last_delay: Option<f64>,
}

/// Counts the losses in a row and says how long to wait after each.
///
/// A connection that has delivered a message, or has lasted for [`Policy::reset_after`], was a success:
/// its loss is the first of a new row, and it is not one of the attempts that have failed. A server that
/// accepts and closes at once, without a message, has let an attempt fail.
#[derive(Debug)]
pub struct Reconnection {
    policy: Policy,
    /// How many attempts and connections in a row have been lost: what the growth goes by.
    losses: u32,
    /// How many attempts among them have failed: what [`Policy::max_attempts`] goes by.
    failures: u32,
    /// The delay that the policy gave last, in ms.
    last_delay: Option<f64>,
    /// The part of it that was left to chance.
    jitter: f64,
    open_since: Option<f64>,
    has_delivered: bool,
    is_excused: bool,
}

impl Reconnection {
    /// Nothing has failed yet.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            losses: 0,
            failures: 0,
            last_delay: None,
            jitter: 0.0,
            open_since: None,
            has_delivered: false,
            is_excused: false,
        }
    }

    /// How far the row has come at `now`: nothing has failed yet if what is under way is a success.
    pub fn progress(&self, now: f64) -> Progress {
        if self.is_success(now) {
            return Progress::default();
        }
        let Self { losses, failures, last_delay, .. } = *self;
        Progress { losses, failures, last_delay }
    }

    /// Goes on from where another one has come to.
    pub fn go_on(&mut self, Progress { losses, failures, last_delay }: Progress) {
        (self.losses, self.failures, self.last_delay) = (losses, failures, last_delay);
    }

    /// A connection was announced at `now`.
    pub fn handle_open(&mut self, now: f64) {
        self.open_since = Some(now);
        self.has_delivered = false;
        self.is_excused = false;
    }

    /// The connection has delivered a message.
    pub fn handle_message(&mut self) {
        self.has_delivered = true;
    }

    /// The attempt under way is one that is likely to fail: should it, it does not count to
    /// [`Policy::max_attempts`].
    pub fn excuse(&mut self) {
        self.is_excused = true;
    }

    /// The attempt, or the connection that came of it, was cut short at `now`, by nobody's fault.
    pub fn handle_interruption(&mut self, now: f64) {
        self.is_excused = false;
        let _ = self.ends_in_success(now);
    }

    /// An attempt, or the connection that came of it, was lost at `now`. Returns the delay in ms
    /// before the next attempt, or `None` when enough have failed.
    ///
    /// `reconnection_time` is the one that the server has set, in ms, if it has.
    #[inline]
    pub fn handle_loss(
        &mut self,
        reconnection_time: Option<u32>,
        now: f64,
        random: f64,
    ) -> Option<u32> {
        let is_excused = mem::take(&mut self.is_excused);
        if !self.ends_in_success(now) && !is_excused {
            self.failures = self.failures.saturating_add(1);
        }
        self.losses = self.losses.saturating_add(1);
        if self.is_exhausted() {
            return None;
        }
        Some(self.next_delay(self.reconnection_time(reconnection_time), random))
    }

    /// Whether as many attempts in a row have failed as may.
    pub fn is_exhausted(&self) -> bool {
        f64::from(self.failures) >= self.policy.max_attempts
    }

    /// How many attempts and connections in a row have been lost, up to and with the last one.
    pub fn losses(&self) -> u32 {
        self.losses
    }

    /// How many ms of the last delay were left to chance.
    pub fn jitter(&self) -> f64 {
        self.jitter
    }

    /// The reconnection time in ms: the one that the server has set, or that of the policy.
    pub fn reconnection_time(&self, of_server: Option<u32>) -> f64 {
        of_server.map_or(self.policy.delay, f64::from)
    }

    /// Whether what ends at `now` was a success; then all starts anew.
    fn ends_in_success(&mut self, now: f64) -> bool {
        let is_success = self.is_success(now);
        self.has_delivered = false;
        self.open_since = None;
        if is_success {
            self.losses = 0;
            self.failures = 0;
            self.last_delay = None;
        }
        is_success
    }

    /// Whether there is a connection that counts as a success, should it end at `now`.
    fn is_success(&self, now: f64) -> bool {
        self.open_since
            .is_some_and(|since| self.has_delivered || now - since >= self.policy.reset_after)
    }

    /// `base` is the reconnection time.
    fn next_delay(&mut self, base: f64, random: f64) -> u32 {
        let Policy { min_delay: min, max_delay, .. } = self.policy;
        let max = if max_delay.is_finite() { max_delay } else { base.max(DEFAULT_MAX_DELAY) }
            .min(f64::from(LONGEST_DELAY));

        let repeated = i32::try_from(self.losses - 1).unwrap_or(i32::MAX);
        let grown = match self.policy.strategy {
            Strategy::Constant => base,
            Strategy::Linear { factor } => base + base * factor * f64::from(repeated),
            Strategy::Exponential { factor } => base * factor.powi(repeated),
        };
        // Zero times infinity is no number; a delay of nothing does not grow.
        let grown = if grown.is_nan() { base } else { grown };

        // What jitter may spread, on top of the floor.
        let room = (max - min).max(0.0);
        let span = grown.max(min).min(room);
        let (least, span) = match self.policy.jitter {
            Jitter::None => (grown, 0.0),
            Jitter::Full => (min, span),
            Jitter::Equal => (min + span / 2.0, span / 2.0),
            Jitter::Decorrelated => {
                let least = base.max(min);
                // Bounded before the draw: a crowd would meet at a ceiling that clamps it.
                let most = (self.last_delay.unwrap_or(least) * 3.0).min(max).max(least);
                (least, most - least)
            }
        };
        self.jitter = span * random;
        let delay = (least + self.jitter).max(min).min(max);
        self.last_delay = Some(delay);
        delay as u32
    }
}
