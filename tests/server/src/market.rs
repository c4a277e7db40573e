//! Made-up prices that take a random walk.

use std::time::{SystemTime, UNIX_EPOCH};

use fastrand::Rng;
use serde::Serialize;

/// What a price can change by in one step, as a part of it.
const STEP: f64 = 0.002;

/// All symbols and their prices; shared by all streams, so that the walk goes on after a
/// reconnection.
#[derive(Debug)]
pub(crate) struct Market {
    prices: [(&'static str, f64); 4],
    next: usize,
    rng: Rng,
}

/// The data of a `price` event.
#[derive(Debug, Serialize)]
pub(crate) struct Price {
    /// A made-up symbol.
    symbol: &'static str,
    /// A positive amount with at most two decimals.
    price: f64,
    /// Milliseconds since the Unix epoch.
    time: u64,
}

impl Market {
    /// A market that opens.
    pub(crate) fn open() -> Self {
        Self {
            prices: [("BTC", 64_000.0), ("ETH", 3_200.0), ("SOL", 150.0), ("DOGE", 12.0)],
            next: 0,
            rng: Rng::new(),
        }
    }

    /// The next step of the next symbol in turn.
    pub(crate) fn step(&mut self) -> Price {
        let index = self.next;
        self.next = (index + 1) % self.prices.len();
        let (symbol, price) = &mut self.prices[index];
        *price *= 1.0 + STEP * (2.0 * self.rng.f64() - 1.0);
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Price {
            symbol,
            price: (*price * 100.0).round() / 100.0,
            time: u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX),
        }
    }
}
