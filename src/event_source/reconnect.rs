//! How to reconnect.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use super::{Jitter, Loss, Strategy};

/// A function of the user's that decides after a loss.
pub(super) type DecideHook = Rc<dyn Fn(Loss) -> Pin<Box<dyn Future<Output = Decision>>>>;

/// What [`Reconnect::decide`] may say.
///
/// ```
/// use std::time::Duration;
/// use wasm_eventsource::event_source::{Decision, Loss};
///
/// async fn decide(loss: Loss) -> Decision {
///     match loss.status() {
///         // A fresh token may do.
///         Some(401) if loss.attempt == 1 => Decision::RetryAfter(Duration::ZERO),
///         _ => Decision::AsUsual,
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// What would happen unasked: see [`Loss::retry_in`].
    #[default]
    AsUsual,
    /// Another attempt, after the delay of the strategy.
    Retry,
    /// Another attempt after this delay, even if the server has asked for a longer one.
    RetryAfter(Duration),
    /// No further attempt.
    GiveUp,
}

/// Whether and how to reconnect after a loss. Without anything else it is as the standard says: after
/// the reconnection time, each time, for ever.
///
/// ```no_run
/// use std::time::Duration;
/// use wasm_eventsource::event_source::{Error, EventSource, Jitter, Reconnect, Strategy};
///
/// # fn example() -> Result<(), Error> {
/// let source = EventSource::builder("/ticker")
///     .reconnect(
///         Reconnect::new()
///             .strategy(Strategy::Exponential { factor: 2.0 })
///             .jitter(Jitter::Full)
///             .max_delay(Duration::from_secs(60))
///             .statuses([429, 503]),
///     )
///     .connect()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "it does nothing unless a builder is given it"]
#[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "nothing reads it there"))]
pub struct Reconnect {
    pub(super) is_wanted: bool,
    pub(super) strategy: Strategy,
    pub(super) jitter: Jitter,
    pub(super) delay: Duration,
    pub(super) min_delay: Option<Duration>,
    pub(super) max_delay: Option<Duration>,
    pub(super) max_attempts: Option<u32>,
    pub(super) reset_after: Duration,
    pub(super) statuses: Option<Vec<u16>>,
    pub(super) repeat: Option<bool>,
    pub(super) decide: Option<DecideHook>,
}

impl Reconnect {
    /// As the standard says.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::Reconnect;
    /// let as_the_standard_says = Reconnect::new();
    /// ```
    pub fn new() -> Self {
        Self {
            is_wanted: true,
            strategy: Strategy::Constant,
            jitter: Jitter::None,
            delay: Duration::from_secs(3),
            min_delay: None,
            max_delay: None,
            max_attempts: None,
            reset_after: Duration::from_secs(5),
            statuses: None,
            repeat: None,
            decide: None,
        }
    }

    /// Not at all: the default for methods other than GET.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::Reconnect;
    /// let once = Reconnect::never();
    /// ```
    pub fn never() -> Self {
        Self { is_wanted: false, ..Self::new() }
    }

    /// How the delay grows with the number of failures in a row; by default it does not.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::{Reconnect, Strategy};
    /// let doubling = Reconnect::new().strategy(Strategy::Exponential { factor: 2.0 });
    /// ```
    pub fn strategy(self, strategy: Strategy) -> Self {
        Self { strategy, ..self }
    }

    /// How the delay is spread at random, so that those who were cut off together do not return
    /// together; by default not at all.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::{Jitter, Reconnect};
    /// let spread = Reconnect::new().jitter(Jitter::Full);
    /// ```
    pub fn jitter(self, jitter: Jitter) -> Self {
        Self { jitter, ..self }
    }

    /// The reconnection time until the server sets one; by default 3 s.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use wasm_eventsource::event_source::Reconnect;
    /// let sooner = Reconnect::new().delay(Duration::from_secs(1));
    /// ```
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// The least delay, to which jitter is added; by default 100 ms.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use wasm_eventsource::event_source::Reconnect;
    /// let gentle = Reconnect::new().min_delay(Duration::from_secs(1));
    /// ```
    pub fn min_delay(self, delay: Duration) -> Self {
        Self { min_delay: Some(delay), ..self }
    }

    /// The greatest delay; by default 30 s, or the reconnection time where that is longer.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use wasm_eventsource::event_source::Reconnect;
    /// let patient = Reconnect::new().max_delay(Duration::from_secs(300));
    /// ```
    pub fn max_delay(self, delay: Duration) -> Self {
        Self { max_delay: Some(delay), ..self }
    }

    /// How many attempts in a row may fail before the connection is given up, 1 or more; by default
    /// there is no limit. A connection that has been a success begins a new row.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::Reconnect;
    /// let five = Reconnect::new().max_attempts(5);
    /// ```
    pub fn max_attempts(self, attempts: u32) -> Self {
        Self { max_attempts: Some(attempts), ..self }
    }

    /// How long a connection without a message must last to count as a success; by default 5 s.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use wasm_eventsource::event_source::Reconnect;
    /// let strict = Reconnect::new().reset_after(Duration::from_secs(60));
    /// ```
    pub fn reset_after(self, time: Duration) -> Self {
        Self { reset_after: time, ..self }
    }

    /// The statuses, from 200 to 599, that are worth another try, for any method; by default none. The
    /// least delay is what their `Retry-After` says, if the page may see it. Where statuses are named,
    /// all others are final.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::Reconnect;
    /// let busy = Reconnect::new().statuses([429, 503]);
    /// ```
    pub fn statuses(self, statuses: impl IntoIterator<Item = u16>) -> Self {
        Self { statuses: Some(statuses.into_iter().collect()), ..self }
    }

    /// Whether the request may be repeated, unasked, after a network error, a time-out, or once its
    /// stream has begun; by default only if its method is GET.
    ///
    /// ```
    /// # use wasm_eventsource::event_source::Reconnect;
    /// let idempotent_post = Reconnect::new().repeat(true);
    /// ```
    pub fn repeat(self, may_be_repeated: bool) -> Self {
        Self { repeat: Some(may_be_repeated), ..self }
    }

    /// Asks a function of yours after each loss that another attempt could mend. It is dropped with
    /// the stream, wherever it is then.
    ///
    /// ```
    /// use std::time::Duration;
    /// use wasm_eventsource::event_source::{Decision, Reconnect};
    ///
    /// let stubborn = Reconnect::new().decide(|loss| async move {
    ///     if loss.status() == Some(500) { Decision::Retry } else { Decision::AsUsual }
    /// });
    /// ```
    pub fn decide<F, Fut>(self, hook: F) -> Self
    where
        F: Fn(Loss) -> Fut + 'static,
        Fut: Future<Output = Decision> + 'static,
    {
        Self { decide: Some(Rc::new(move |loss| Box::pin(hook(loss)))), ..self }
    }
}

impl Default for Reconnect {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Reconnect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reconnect")
            .field("is_wanted", &self.is_wanted)
            .field("strategy", &self.strategy)
            .field("jitter", &self.jitter)
            .finish_non_exhaustive()
    }
}

#[cfg(any(target_arch = "wasm32", test))]
mod reading {
    use std::time::Duration;

    use super::Reconnect;
    use crate::event_source::{Error, Strategy};
    use crate::reconnection::Policy;

    /// The least delay unless told otherwise: see `DEFAULT_MIN_DELAY` in `read-options.ts`.
    const DEFAULT_MIN_DELAY: Duration = Duration::from_millis(100);

    impl Reconnect {
        /// What the engine takes, checked.
        pub(crate) fn policy(&self) -> Result<Policy, Error> {
            let max_delay = self.max_delay.unwrap_or(Duration::MAX);
            let min_delay = self.min_delay.unwrap_or(DEFAULT_MIN_DELAY.min(max_delay));
            if min_delay > max_delay {
                return Err(Error::invalid("min_delay", "must be at most max_delay"));
            }
            if self.max_attempts == Some(0) {
                return Err(Error::invalid("max_attempts", "must be 1 or more"));
            }
            if let Strategy::Linear { factor } | Strategy::Exponential { factor } = self.strategy
                && !(factor.is_finite() && factor >= 0.0)
            {
                return Err(Error::invalid("strategy", "the factor must be 0 or more, and finite"));
            }
            let statuses = self.statuses.iter().flatten();
            if let Some(status) = statuses.copied().find(|status| !(200..600).contains(status)) {
                let problem = format!("must be from 200 to 599, and {status} is not");
                return Err(Error::invalid("statuses", problem));
            }
            Ok(Policy {
                strategy: self.strategy,
                jitter: self.jitter,
                delay: milliseconds(self.delay),
                min_delay: milliseconds(min_delay),
                max_delay: self.max_delay.map_or(f64::INFINITY, milliseconds),
                max_attempts: self.max_attempts.map_or(f64::INFINITY, f64::from),
                reset_after: milliseconds(self.reset_after),
            })
        }
    }

    pub(crate) fn milliseconds(time: Duration) -> f64 {
        time.as_secs_f64() * 1_000.0
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn problem(reconnect: Reconnect) -> Option<&'static str> {
            match reconnect.policy() {
                Err(Error::InvalidOption { option, .. }) => Some(option),
                _ => None,
            }
        }

        #[test]
        fn what_cannot_be_is_refused() {
            let second = Duration::from_secs(1);
            let new = Reconnect::new;
            assert_eq!(problem(new()), None);
            assert_eq!(problem(new().max_delay(Duration::ZERO)), None);
            assert_eq!(problem(new().max_delay(second).min_delay(2 * second)), Some("min_delay"));
            assert_eq!(problem(new().max_attempts(0)), Some("max_attempts"));
            assert_eq!(problem(new().statuses([503, 99])), Some("statuses"));
            assert_eq!(problem(new().statuses([600])), Some("statuses"));
            let factor = |factor| new().strategy(Strategy::Exponential { factor });
            assert_eq!(problem(factor(2.0)), None);
            assert_eq!(problem(factor(f64::NAN)), Some("strategy"));
            assert_eq!(problem(factor(f64::INFINITY)), Some("strategy"));
            assert_eq!(problem(factor(-1.0)), Some("strategy"));
        }

        #[test]
        fn without_options_it_is_as_the_standard_says_but_for_a_least_delay() {
            assert_eq!(
                Reconnect::new().policy(),
                Ok(Policy {
                    strategy: Strategy::Constant,
                    jitter: crate::reconnection::Jitter::None,
                    delay: 3_000.0,
                    min_delay: 100.0,
                    max_delay: f64::INFINITY,
                    max_attempts: f64::INFINITY,
                    reset_after: 5_000.0,
                })
            );
        }

        #[test]
        fn a_greatest_delay_below_the_least_one_wins() {
            let max_delay = Duration::from_millis(20);
            let policy = Reconnect::new().max_delay(max_delay).policy().unwrap();
            assert_eq!((policy.min_delay, policy.max_delay), (20.0, 20.0));
        }
    }
}
#[cfg(target_arch = "wasm32")]
pub(super) use reading::milliseconds;
