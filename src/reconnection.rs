//! When to reestablish a connection: the delay before the next attempt, or none.
//!
//! With [`Strategy::Constant`] and nothing else this is what the HTML standard asks for, section 9.2.3:
//! wait for the reconnection time, each time, for ever. Time and randomness are arguments: `now` is ms
//! on any clock (one that is set back makes a connection look shorter than it was, no more), `random` a
//! number from 0 (inclusive) to 1 (exclusive).

/// The greatest delay that growth leads to, in ms, unless told otherwise.
pub const DEFAULT_MAX_DELAY: f64 = 30_000.0;

/// The greatest delay that a timer can take: browsers keep it in an `i32`, and fire at once above.
pub const LONGEST_DELAY: u32 = i32::MAX as u32;

/// How the delay grows with the number of failures in a row.
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
    /// How many attempts in a row may fail; after that the connection is failed for good.
    pub max_attempts: f64,
    /// How long a connection must last to count as a success, in ms.
    pub reset_after: f64,
}

/// Counts the failures in a row and says how long to wait after each.
#[derive(Debug)]
pub struct Reconnection {
    policy: Policy,
    failures: u32,
    last_delay: Option<f64>,
    open_since: Option<f64>,
}

impl Reconnection {
    /// Nothing has failed yet.
    pub fn new(policy: Policy) -> Self {
        Self { policy, failures: 0, last_delay: None, open_since: None }
    }

    /// A connection was announced at `now`.
    pub fn handle_open(&mut self, now: f64) {
        self.open_since = Some(now);
    }

    /// An attempt, or the connection that came of it, failed at `now`. Returns the delay in ms
    /// before the next attempt, or `None` when there have been enough.
    ///
    /// `reconnection_time` is the one that the server has set, in ms, if it has.
    #[inline]
    pub fn handle_failure(
        &mut self,
        reconnection_time: Option<u32>,
        now: f64,
        random: f64,
    ) -> Option<u32> {
        let lasted = self.open_since.take().map(|since| now - since);
        if lasted.is_some_and(|lasted| lasted >= self.policy.reset_after) {
            self.failures = 0;
            self.last_delay = None;
        }
        self.failures = self.failures.saturating_add(1);
        if f64::from(self.failures) >= self.policy.max_attempts {
            return None;
        }
        let base = reconnection_time.map_or(self.policy.delay, f64::from);
        Some(self.next_delay(base, random))
    }

    /// How many attempts in a row have failed, up to and with the last one.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// `base` is the reconnection time.
    fn next_delay(&mut self, base: f64, random: f64) -> u32 {
        let Policy { min_delay: min, max_delay, .. } = self.policy;
        let max = if max_delay.is_finite() { max_delay } else { base.max(DEFAULT_MAX_DELAY) }
            .min(f64::from(LONGEST_DELAY));

        let repeated = i32::try_from(self.failures - 1).unwrap_or(i32::MAX);
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
        let delay = match self.policy.jitter {
            Jitter::None => grown,
            Jitter::Full => min + span * random,
            Jitter::Equal => min + span / 2.0 + span / 2.0 * random,
            Jitter::Decorrelated => {
                let least = base.max(min);
                // Bounded before the draw: a crowd would meet at a ceiling that clamps it.
                let most = (self.last_delay.unwrap_or(least) * 3.0).min(max).max(least);
                least + (most - least) * random
            }
        }
        .max(min)
        .min(max);
        self.last_delay = Some(delay);
        delay as u32
    }
}
