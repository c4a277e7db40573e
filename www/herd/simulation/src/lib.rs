//! A crowd of clients that lose their server together, in simulated time: the demo page draws when
//! they come back.
//!
//! The delays are those of the engine itself, [`wasm_eventsource::reconnection`], compiled for the
//! page; nothing is reckoned a second time in another language.

#[path = "../../../../tests/chance/mod.rs"]
mod chance;

use wasm_eventsource::reconnection::{Policy, Reconnection};

use chance::Chance;

/// Always the same chance, so that sliders alone change the picture.
const SEED: u64 = 92;

/// How many of `clients` come back in each slice of time, `slice` ms long and `slices` of them, after
/// a server that was gone for `outage` ms is there again. Who comes later is in the last slice.
///
/// All lose their connection at the same moment, and every attempt during the outage fails.
pub fn returns(clients: u32, outage: f64, policy: Policy, slice: f64, slices: usize) -> Vec<u32> {
    let mut chance = Chance::seeded(SEED);
    let mut counts = vec![0; slices.max(1)];
    let last = counts.len() - 1;
    for _ in 0..clients {
        let mut client = Reconnection::new(policy);
        let mut now = 0.0;
        while now < outage {
            // No policy of the page's gives up; one that did would never return.
            let Some(delay) = client.handle_loss(None, now, chance.draw()) else { break };
            now += f64::from(delay);
        }
        if now >= outage {
            counts[(((now - outage) / slice) as usize).min(last)] += 1;
        }
    }
    counts
}

#[cfg(target_arch = "wasm32")]
mod page {
    use wasm_bindgen::prelude::*;
    use wasm_eventsource::reconnection::{Jitter, Policy, Strategy};

    /// What the sliders are set to.
    #[wasm_bindgen]
    pub struct Crowd {
        clients: u32,
        outage: f64,
        delay: f64,
        max_delay: f64,
        factor: f64,
    }

    #[wasm_bindgen]
    impl Crowd {
        /// Times are in ms. A `factor` of 1 is a constant delay.
        #[wasm_bindgen(constructor)]
        pub fn new(clients: u32, outage: f64, delay: f64, max_delay: f64, factor: f64) -> Self {
            Self { clients, outage, delay, max_delay, factor }
        }

        /// How many come back in each slice of time, with a jitter as the options name it; nothing
        /// for a name that is none.
        pub fn returns(&self, jitter: &str, slice: f64, slices: usize) -> Vec<u32> {
            let jitter = match jitter {
                "none" => Jitter::None,
                "full" => Jitter::Full,
                "equal" => Jitter::Equal,
                "decorrelated" => Jitter::Decorrelated,
                _ => return Vec::new(),
            };
            let strategy = if self.factor > 1.0 {
                Strategy::Exponential { factor: self.factor }
            } else {
                Strategy::Constant
            };
            let policy = Policy {
                strategy,
                jitter,
                delay: self.delay,
                min_delay: 100.0,
                max_delay: self.max_delay,
                max_attempts: f64::INFINITY,
                reset_after: 5_000.0,
            };
            super::returns(self.clients, self.outage, policy, slice, slices)
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_eventsource::reconnection::{Jitter, Policy, Strategy};

    use super::returns;

    /// That of `tests/defaults`.
    const POLICY: Policy = Policy {
        strategy: Strategy::Constant,
        jitter: Jitter::None,
        delay: 3_000.0,
        min_delay: 100.0,
        max_delay: f64::INFINITY,
        max_attempts: f64::INFINITY,
        reset_after: 5_000.0,
    };

    fn peak(policy: Policy) -> u32 {
        returns(10_000, 60_000.0, policy, 1_000.0, 3_600).into_iter().max().unwrap_or_default()
    }

    #[test]
    fn the_figures_are_those_of_the_engines_own_simulation() {
        assert_eq!(peak(POLICY), 10_000);
        let strategy = Strategy::Exponential { factor: 2.0 };
        // As `cargo test --test herd -- --nocapture` prints it.
        assert_eq!(peak(Policy { strategy, jitter: Jitter::Full, ..POLICY }), 686);
    }

    #[test]
    fn nobody_is_left_out() {
        for jitter in [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated] {
            let counts = returns(500, 7_000.0, Policy { jitter, ..POLICY }, 100.0, 20);
            assert_eq!(counts.len(), 20);
            assert_eq!(counts.into_iter().sum::<u32>(), 500, "{jitter:?}");
        }
    }
}
