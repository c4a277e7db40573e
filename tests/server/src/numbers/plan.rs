//! Which connection gets which events, and where it breaks off.

use super::event::Event;
use super::{Purpose, rng};

/// A run of numbered events over many connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// The number of the last event.
    pub(crate) count: u64,
    /// How many connections are needed at least; from 1 to `count`.
    pub(crate) connections: u64,
    /// Decides everything that is random.
    pub(crate) seed: u64,
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The body ends as if it were complete.
    Clean,
    /// The connection breaks.
    Broken,
}

impl Plan {
    /// What a connection sends to a client that has got the events up to `last`, and how it ends.
    pub(crate) fn connection(&self, last: u64) -> (Vec<u8>, Ending) {
        let complete = last + self.progress(last);
        let events = (last + 1..=complete).map(|n| Event::new(n, self.seed));
        let mut bytes: Vec<u8> = events.flat_map(|event| event.bytes).collect();
        if complete < self.count {
            self.break_off(last, complete, &mut bytes);
        }
        (bytes, self.ending(last))
    }

    /// How many events a connection after `last` completes.
    fn progress(&self, last: u64) -> u64 {
        let most = self.count / self.connections;
        rng(self.seed, Purpose::Progress, last).u64(1..=most).min(self.count - last)
    }

    /// Connections end in both ways by turns.
    fn ending(&self, last: u64) -> Ending {
        let mut starts = 0;
        let mut broken = false;
        while starts < last {
            starts += self.progress(starts);
            broken = !broken;
        }
        if broken { Ending::Broken } else { Ending::Clean }
    }

    /// Has the bytes end at a random place after the event `complete` and before the one after it
    /// is complete.
    fn break_off(&self, last: u64, complete: u64, bytes: &mut Vec<u8>) {
        let mut rng = rng(self.seed, Purpose::Cut, last);
        let next = Event::new(complete + 1, self.seed);
        let final_event = Event::new(complete, self.seed);
        // How many bytes of the last complete event are not needed, and are left out half the time.
        let spare = final_event.bytes.len() - final_event.complete_at;
        if spare > 0 && rng.bool() {
            bytes.truncate(bytes.len() - spare);
            return;
        }
        let within_character: Vec<usize> =
            (0..next.complete_at).filter(|&cut| next.is_within_character(cut)).collect();
        // Characters of several bytes are few, and would hardly ever be hit.
        let cut = match rng.choice(&within_character) {
            Some(&cut) if rng.bool() => cut,
            _ => rng.usize(0..next.complete_at),
        };
        bytes.extend_from_slice(&next.bytes[..cut]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan { count: 1_000, connections: 20, seed: 1 };

    /// All connections in turn: the last event ID that each starts from, its bytes and its end.
    fn connections(plan: Plan) -> Vec<(u64, Vec<u8>, Ending)> {
        let mut last = 0;
        let mut connections = Vec::new();
        while last < plan.count {
            let (bytes, ending) = plan.connection(last);
            connections.push((last, bytes, ending));
            last += plan.progress(last);
        }
        connections
    }

    #[test]
    fn takes_at_least_so_many_connections() {
        for seed in 0..20 {
            for (count, connections_wanted) in [(1_000, 20), (1_000, 1), (7, 7), (10, 3)] {
                let plan = Plan { count, connections: connections_wanted, seed };
                assert!(connections(plan).len() as u64 >= connections_wanted);
            }
        }
    }

    #[test]
    fn ends_in_both_ways_by_turns() {
        let endings: Vec<_> = connections(PLAN).into_iter().map(|(_, _, ending)| ending).collect();
        for (index, ending) in endings.iter().enumerate() {
            assert_eq!(*ending == Ending::Broken, index % 2 == 1);
        }
    }

    #[test]
    fn breaks_off_at_every_kind_of_place() {
        let bodies: Vec<_> = (0..10)
            .flat_map(|seed| connections(Plan { seed, ..PLAN }))
            .map(|(_, bytes, _)| bytes)
            .collect();
        let share = |is_at: fn(&[u8]) -> bool| {
            let hits = bodies.iter().filter(|bytes| is_at(bytes)).count();
            hits as f64 / bodies.len() as f64
        };
        assert!(share(|bytes| str::from_utf8(bytes).is_err()) > 0.05);
        assert!(share(|bytes| !bytes.ends_with(b"\n") && !bytes.ends_with(b"\r")) > 0.3);
        assert!(share(|bytes| bytes.ends_with(b"\r\n\r")) > 0.05);
    }
}
