//! The delay before each attempt: how it grows, spreads, and where it stops.

#![cfg(not(target_arch = "wasm32"))]

mod chance;
mod defaults;

use wasm_eventsource::reconnection::{
    DEFAULT_MAX_DELAY, Jitter, LONGEST_DELAY, Policy, Reconnection, Strategy,
};

const JITTERS: [Jitter; 4] = [Jitter::None, Jitter::Full, Jitter::Equal, Jitter::Decorrelated];

/// The least and the greatest number that may stand for chance, and one between.
const CHANCES: [f64; 3] = [0.0, 0.5, 1.0 - f64::EPSILON];

use chance::Chance;
use defaults::POLICY;

/// How many delays are drawn where their distribution is looked at.
const DRAWS: u32 = if cfg!(miri) { 1_000 } else { 10_000 };
/// By what part of it their mean may miss what it should be: three of its standard deviations.
const TOLERANCE: f64 = if cfg!(miri) { 0.06 } else { 0.02 };

/// A thousand ms each time, without a floor and without a ceiling that matters.
const PLAIN: Policy = Policy {
    strategy: Strategy::Constant,
    jitter: Jitter::None,
    delay: 1_000.0,
    min_delay: 0.0,
    max_delay: LONGEST_DELAY as f64,
    max_attempts: f64::INFINITY,
    reset_after: 5_000.0,
};

/// The first `count` delays after failures in a row.
fn delays(policy: Policy, reconnection_time: Option<u32>, count: usize) -> Vec<u32> {
    let mut reconnection = Reconnection::new(policy);
    (0..count).map_while(|_| reconnection.handle_loss(reconnection_time, 0.0, 0.5)).collect()
}

/// [`DRAWS`] delays, each after `failures` failures in a row, in order of their length.
fn draws(policy: Policy, reconnection_time: Option<u32>, failures: usize) -> Vec<u32> {
    let mut chance = Chance::seeded(7);
    let mut drawn: Vec<u32> = (0..DRAWS)
        .filter_map(|_| {
            let mut reconnection = Reconnection::new(policy);
            let delays = std::iter::from_fn(|| {
                reconnection.handle_loss(reconnection_time, 0.0, chance.draw())
            });
            delays.take(failures).last()
        })
        .collect();
    drawn.sort_unstable();
    assert_eq!(drawn.len(), DRAWS as usize);
    drawn
}

/// Asserts that the delays lie from `least` (inclusive) to `most` (exclusive), that some are near
/// either end, and that they are spread evenly enough for their mean to be `mean` within [`TOLERANCE`].
fn assert_spread(drawn: &[u32], least: f64, most: f64, mean: f64) {
    let (first, last) = (f64::from(drawn[0]), f64::from(drawn[drawn.len() - 1]));
    let margin = (most - least) / 50.0;
    assert!((least..least + margin).contains(&first), "the shortest of all is {first}");
    assert!((most - margin..most).contains(&last), "the longest of all is {last}");
    let sum: f64 = drawn.iter().copied().map(f64::from).sum();
    let actual = sum / drawn.len() as f64;
    assert!((actual / mean - 1.0).abs() < TOLERANCE, "the mean is {actual}, not {mean}");
}

#[test]
fn spec_73_by_default_the_delay_is_the_reconnection_time_each_time_for_ever() {
    for reconnection_time in [None, Some(3_000), Some(1_234), Some(60_000), Some(LONGEST_DELAY)] {
        let expected = reconnection_time.unwrap_or(3_000);
        let mut reconnection = Reconnection::new(POLICY);
        for attempt in 1..=10_000 {
            let random = f64::from(attempt % 10) / 10.0;
            let delay = reconnection.handle_loss(reconnection_time, 0.0, random);
            assert_eq!(delay, Some(expected), "attempt {attempt}");
            assert_eq!(reconnection.losses(), attempt);
        }
    }
}

#[test]
fn constant_delays_stay_what_they_are() {
    assert_eq!(delays(PLAIN, None, 4), [1_000, 1_000, 1_000, 1_000]);
}

#[test]
fn linear_delays_grow_by_a_part_of_the_reconnection_time() {
    let policy = Policy { strategy: Strategy::Linear { factor: 0.5 }, ..PLAIN };
    assert_eq!(delays(policy, None, 5), [1_000, 1_500, 2_000, 2_500, 3_000]);
    let policy = Policy { strategy: Strategy::Linear { factor: 2.0 }, ..PLAIN };
    assert_eq!(delays(policy, None, 4), [1_000, 3_000, 5_000, 7_000]);
}

#[test]
fn exponential_delays_are_multiplied_each_time() {
    let policy = Policy { strategy: Strategy::Exponential { factor: 2.0 }, ..PLAIN };
    assert_eq!(delays(policy, None, 5), [1_000, 2_000, 4_000, 8_000, 16_000]);
    let policy = Policy { strategy: Strategy::Exponential { factor: 1.5 }, ..PLAIN };
    assert_eq!(delays(policy, None, 4), [1_000, 1_500, 2_250, 3_375]);
    let policy = Policy { strategy: Strategy::Exponential { factor: 0.5 }, ..PLAIN };
    assert_eq!(delays(policy, None, 4), [1_000, 500, 250, 125]);
}

#[test]
fn growth_stays_between_the_least_and_the_greatest_delay() {
    let bounds = Policy { min_delay: 1_800.0, max_delay: 5_000.0, ..PLAIN };
    let policy = Policy { strategy: Strategy::Linear { factor: 1.0 }, ..bounds };
    assert_eq!(delays(policy, None, 6), [1_800, 2_000, 3_000, 4_000, 5_000, 5_000]);
    let policy = Policy { strategy: Strategy::Exponential { factor: 2.0 }, ..bounds };
    assert_eq!(delays(policy, None, 5), [1_800, 2_000, 4_000, 5_000, 5_000]);
    assert_eq!(delays(bounds, Some(9_000), 2), [5_000, 5_000]);
}

#[test]
fn the_greatest_delay_is_30_s_or_the_reconnection_time_unless_told_otherwise() {
    let policy = Policy {
        strategy: Strategy::Exponential { factor: 10.0 },
        max_delay: f64::INFINITY,
        ..PLAIN
    };
    assert_eq!(DEFAULT_MAX_DELAY, 30_000.0);
    assert_eq!(delays(policy, None, 4), [1_000, 10_000, 30_000, 30_000]);
    assert_eq!(delays(policy, Some(45_000), 3), [45_000, 45_000, 45_000]);
}

#[test]
fn the_reconnection_time_of_the_server_is_the_base_of_every_strategy() {
    let policy = |strategy| Policy { strategy, ..PLAIN };
    assert_eq!(delays(policy(Strategy::Constant), Some(200), 3), [200, 200, 200]);
    let linear = Strategy::Linear { factor: 1.0 };
    assert_eq!(delays(policy(linear), Some(200), 3), [200, 400, 600]);
    let exponential = Strategy::Exponential { factor: 3.0 };
    assert_eq!(delays(policy(exponential), Some(200), 3), [200, 600, 1_800]);
}

#[test]
fn a_reconnection_time_that_changes_meanwhile_takes_effect_at_once() {
    let policy = Policy { strategy: Strategy::Exponential { factor: 2.0 }, ..PLAIN };
    let mut reconnection = Reconnection::new(policy);
    assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(1_000));
    assert_eq!(reconnection.handle_loss(Some(10), 0.0, 0.0), Some(20));
    assert_eq!(reconnection.handle_loss(Some(5), 0.0, 0.0), Some(20));
}

#[test]
fn full_jitter_spreads_from_the_floor_over_the_whole_delay() {
    let policy = Policy { jitter: Jitter::Full, ..PLAIN };
    assert_spread(&draws(policy, None, 1), 0.0, 1_000.0, 500.0);
    let policy = Policy { min_delay: 100.0, ..policy };
    assert_spread(&draws(policy, None, 1), 100.0, 1_100.0, 600.0);
    let policy = Policy { strategy: Strategy::Exponential { factor: 2.0 }, ..policy };
    assert_spread(&draws(policy, None, 3), 100.0, 4_100.0, 2_100.0);
}

#[test]
fn equal_jitter_spreads_over_the_upper_half_of_the_delay() {
    let policy = Policy { jitter: Jitter::Equal, ..PLAIN };
    assert_spread(&draws(policy, None, 1), 500.0, 1_000.0, 750.0);
    let policy = Policy { min_delay: 100.0, ..policy };
    assert_spread(&draws(policy, None, 1), 600.0, 1_100.0, 850.0);
    let policy = Policy { strategy: Strategy::Linear { factor: 1.0 }, ..policy };
    assert_spread(&draws(policy, None, 3), 1_600.0, 3_100.0, 2_350.0);
}

#[test]
fn decorrelated_jitter_spreads_up_to_three_times_the_last_delay() {
    let policy = Policy { jitter: Jitter::Decorrelated, ..PLAIN };
    assert_spread(&draws(policy, None, 1), 1_000.0, 3_000.0, 2_000.0);
    let second = draws(policy, None, 2);
    assert!(second.iter().all(|delay| (1_000..9_000).contains(delay)));
    let sum: f64 = second.iter().copied().map(f64::from).sum();
    let mean = sum / f64::from(DRAWS);
    assert!((mean / 3_500.0 - 1.0).abs() < TOLERANCE, "the mean is {mean}");
}

#[test]
fn decorrelated_jitter_goes_by_the_delay_that_it_gave_before() {
    let mut reconnection = Reconnection::new(Policy { jitter: Jitter::Decorrelated, ..PLAIN });
    assert_eq!(reconnection.handle_loss(None, 0.0, 0.5), Some(2_000));
    assert_eq!(reconnection.handle_loss(None, 0.0, 0.5), Some(3_500));
    assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(1_000));
    assert_eq!(reconnection.handle_loss(None, 0.0, 0.5), Some(2_000));
}

#[test]
fn spec_87_with_a_retry_of_zero_jitter_spreads_above_the_floor() {
    for jitter in [Jitter::Full, Jitter::Equal, Jitter::Decorrelated] {
        let policy = Policy { jitter, ..POLICY };
        let mut drawn = draws(policy, Some(0), 1);
        assert!(drawn[0] >= 100, "{jitter:?}: {}", drawn[0]);
        let at_the_floor = drawn.iter().filter(|&&delay| delay == 100).count();
        assert!(at_the_floor < 500, "{jitter:?}: {at_the_floor} meet at the floor");
        drawn.dedup();
        assert!(drawn.len() >= 50, "{jitter:?}: only {} different delays", drawn.len());
    }
}

#[test]
fn spec_87_without_jitter_a_retry_of_zero_waits_for_the_floor() {
    assert_eq!(delays(POLICY, Some(0), 3), [100; 3]);
    assert_eq!(delays(PLAIN, Some(0), 3), [0; 3]);
}

#[test]
fn full_and_equal_jitter_spread_below_the_greatest_delay_rather_than_meet_there() {
    let policy = Policy { min_delay: 100.0, max_delay: 1_000.0, ..PLAIN };
    let drawn = draws(Policy { jitter: Jitter::Full, ..policy }, Some(50_000), 1);
    assert_spread(&drawn, 100.0, 1_000.0, 550.0);
    let drawn = draws(Policy { jitter: Jitter::Equal, ..policy }, Some(50_000), 1);
    assert_spread(&drawn, 550.0, 1_000.0, 775.0);
}

#[test]
fn spec_88_no_delay_is_out_of_bounds_whatever_the_numbers() {
    let factors =
        [0.0, 1.0, -1.0, 0.5, 1e-308, 1e308, -1e308, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let longest = f64::from(LONGEST_DELAY);
    let times = [0.0, 1.0, 3_000.0, longest, longest + 1.0, f64::from(u32::MAX), 1e300];
    let bounds = [
        (0.0, f64::INFINITY),
        (100.0, f64::INFINITY),
        (0.0, 0.0),
        (100.0, 100.0),
        (0.0, f64::from(u32::MAX)),
        (longest, 1e300),
    ];
    let strategies = factors
        .iter()
        .flat_map(|&factor| [Strategy::Linear { factor }, Strategy::Exponential { factor }])
        .chain([Strategy::Constant]);
    for strategy in strategies {
        for jitter in JITTERS {
            for delay in times {
                for (min_delay, max_delay) in bounds {
                    let policy = Policy { strategy, jitter, delay, min_delay, max_delay, ..PLAIN };
                    let told = if max_delay.is_finite() { max_delay } else { delay.max(30_000.0) };
                    let most = told.min(longest);
                    let mut reconnection = Reconnection::new(policy);
                    for random in CHANCES.into_iter().cycle().take(12) {
                        let drawn = reconnection.handle_loss(None, 0.0, random);
                        assert!(
                            drawn.is_some_and(|drawn| (min_delay..=most).contains(&f64::from(drawn))),
                            "{drawn:?} of {policy:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn growth_without_end_arrives_at_the_greatest_delay_and_stays_there() {
    for strategy in [
        Strategy::Linear { factor: 1e308 },
        Strategy::Linear { factor: f64::INFINITY },
        Strategy::Exponential { factor: 1e308 },
        Strategy::Exponential { factor: f64::INFINITY },
    ] {
        let policy = Policy { strategy, max_delay: f64::INFINITY, ..PLAIN };
        let delays = delays(policy, None, 2_000);
        assert_eq!(delays[0], 1_000, "{strategy:?}");
        assert_eq!(delays[1..], [30_000; 1_999], "{strategy:?}");
    }
}

#[test]
fn a_delay_of_nothing_does_not_grow() {
    for strategy in [
        Strategy::Linear { factor: f64::INFINITY },
        Strategy::Exponential { factor: f64::INFINITY },
        Strategy::Exponential { factor: 1e308 },
    ] {
        let policy = Policy { strategy, ..PLAIN };
        assert_eq!(delays(policy, Some(0), 5), [0; 5], "{strategy:?}");
    }
}

#[test]
fn a_factor_that_is_no_number_is_none() {
    for strategy in
        [Strategy::Linear { factor: f64::NAN }, Strategy::Exponential { factor: f64::NAN }]
    {
        assert_eq!(delays(Policy { strategy, ..PLAIN }, None, 5), [1_000; 5], "{strategy:?}");
    }
}

#[test]
fn a_factor_of_zero_leaves_the_first_delay_alone() {
    let policy = Policy { strategy: Strategy::Exponential { factor: 0.0 }, ..PLAIN };
    assert_eq!(delays(Policy { min_delay: 7.0, ..policy }, None, 3), [1_000, 7, 7]);
    let policy = Policy { strategy: Strategy::Linear { factor: 0.0 }, ..PLAIN };
    assert_eq!(delays(policy, None, 3), [1_000, 1_000, 1_000]);
}

#[test]
fn where_the_bounds_contradict_each_other_the_greatest_delay_wins() {
    for jitter in JITTERS {
        let policy = Policy { jitter, min_delay: 500.0, max_delay: 200.0, ..PLAIN };
        assert_eq!(delays(policy, None, 3), [200; 3], "{jitter:?}");
    }
}

#[test]
fn spec_88_a_timer_gets_no_delay_that_it_would_take_for_a_negative_one() {
    let policy = Policy { max_delay: 1e300, ..PLAIN };
    for reconnection_time in [LONGEST_DELAY, LONGEST_DELAY + 1, u32::MAX] {
        assert_eq!(delays(policy, Some(reconnection_time), 1), [i32::MAX as u32]);
        assert_eq!(delays(POLICY, Some(reconnection_time), 1), [i32::MAX as u32]);
    }
    assert_eq!(delays(Policy { min_delay: 1e300, ..policy }, None, 1), [i32::MAX as u32]);
}

#[test]
fn a_connection_that_lasted_long_enough_starts_the_growth_anew() {
    let policy = Policy { strategy: Strategy::Exponential { factor: 2.0 }, ..PLAIN };
    for (lasted, expected, failures) in [(5_000.0, 1_000, 1), (4_999.0, 8_000, 4)] {
        let mut reconnection = Reconnection::new(policy);
        for _ in 0..3 {
            assert!(reconnection.handle_loss(None, 100.0, 0.0).is_some());
        }
        reconnection.handle_open(200.0);
        let delay = reconnection.handle_loss(None, 200.0 + lasted, 0.0);
        assert_eq!(delay, Some(expected), "a connection of {lasted} ms");
        assert_eq!(reconnection.losses(), failures);
    }
}

#[test]
fn a_connection_that_lasted_long_enough_starts_the_decorrelated_jitter_anew() {
    let policy = Policy { jitter: Jitter::Decorrelated, ..PLAIN };
    let mut reconnection = Reconnection::new(policy);
    assert_eq!(reconnection.handle_loss(None, 0.0, 0.5), Some(2_000));
    reconnection.handle_open(0.0);
    assert_eq!(reconnection.handle_loss(None, 5_000.0, 0.5), Some(2_000));
    assert_eq!(reconnection.handle_loss(None, 5_000.0, 0.5), Some(3_500));
}

#[test]
fn only_the_time_from_open_to_the_failure_counts() {
    let policy = Policy { strategy: Strategy::Exponential { factor: 2.0 }, ..PLAIN };
    let mut reconnection = Reconnection::new(policy);
    reconnection.handle_open(0.0);
    assert_eq!(reconnection.handle_loss(None, 10.0, 0.0), Some(1_000));
    // The next attempt takes its time and never gets so far.
    assert_eq!(reconnection.handle_loss(None, 60_000.0, 0.0), Some(2_000));
    reconnection.handle_open(120_000.0);
    assert_eq!(reconnection.handle_loss(None, 120_001.0, 0.0), Some(4_000));
}

#[test]
fn a_server_that_accepts_and_closes_at_once_is_asked_more_and_more_slowly() {
    let policy = Policy { strategy: Strategy::Exponential { factor: 2.0 }, ..PLAIN };
    let mut reconnection = Reconnection::new(policy);
    let mut now = 0.0;
    for expected in [1_000, 2_000, 4_000, 8_000, 16_000] {
        reconnection.handle_open(now);
        assert_eq!(reconnection.handle_loss(None, now, 0.0), Some(expected));
        now += f64::from(expected);
    }
}

#[test]
fn with_a_reset_after_nothing_every_open_is_a_success() {
    let policy = Policy {
        strategy: Strategy::Exponential { factor: 2.0 },
        reset_after: 0.0,
        max_attempts: 2.0,
        ..PLAIN
    };
    let mut reconnection = Reconnection::new(policy);
    for _ in 0..10 {
        reconnection.handle_open(0.0);
        assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(1_000));
    }
    assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(2_000), "the first that failed");
    assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), None);
}

#[test]
fn the_last_of_the_attempts_that_may_fail_is_followed_by_none() {
    let attempts = |most| delays(Policy { max_attempts: most, ..PLAIN }, None, 100).len();
    assert_eq!(attempts(0.0), 0);
    assert_eq!(attempts(1.0), 0);
    assert_eq!(attempts(2.0), 1);
    assert_eq!(attempts(5.0), 4);
    assert_eq!(delays(PLAIN, None, 100).len(), 100);
}

#[test]
fn a_connection_that_lasted_long_enough_gives_all_attempts_back() {
    let mut reconnection = Reconnection::new(Policy { max_attempts: 3.0, ..PLAIN });
    for _ in 0..10 {
        assert!(reconnection.handle_loss(None, 0.0, 0.0).is_some());
        assert!(reconnection.handle_loss(None, 0.0, 0.0).is_some());
        reconnection.handle_open(0.0);
        assert!(reconnection.handle_loss(None, 5_000.0, 0.0).is_some());
    }
    assert!(reconnection.handle_loss(None, 0.0, 0.0).is_some());
    assert!(reconnection.handle_loss(None, 0.0, 0.0).is_some());
    assert!(reconnection.handle_loss(None, 0.0, 0.0).is_none());
}

#[test]
fn the_loss_of_a_success_is_no_failed_attempt() {
    let mut reconnection = Reconnection::new(Policy { max_attempts: 1.0, ..PLAIN });
    for _ in 0..10 {
        reconnection.handle_open(0.0);
        assert_eq!(reconnection.handle_loss(None, 5_000.0, 0.0), Some(1_000), "it lasted");
        reconnection.handle_open(0.0);
        reconnection.handle_message();
        assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(1_000), "it delivered");
        assert_eq!(reconnection.losses(), 1);
    }
    reconnection.handle_open(0.0);
    assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), None, "neither");
}

#[test]
fn a_message_starts_the_growth_anew_however_short_the_connection_was() {
    let policy = Policy { strategy: Strategy::Exponential { factor: 2.0 }, ..PLAIN };
    let mut reconnection = Reconnection::new(policy);
    for _ in 0..3 {
        assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(1_000));
        assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(2_000));
        reconnection.handle_open(0.0);
        reconnection.handle_message();
        assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(1_000));
        // A message counts for its own connection.
        reconnection.handle_open(0.0);
        assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(2_000));
        assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(4_000));
        assert_eq!(reconnection.losses(), 3);
        reconnection.handle_open(0.0);
        reconnection.handle_interruption(5_000.0);
        assert_eq!(reconnection.losses(), 0);
    }
}

#[test]
fn what_was_interrupted_is_no_loss_and_its_success_counts() {
    let mut reconnection = Reconnection::new(Policy { max_attempts: 2.0, ..PLAIN });
    for lasted in [0.0, 4_999.0] {
        assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(1_000));
        for _ in 0..10 {
            reconnection.handle_open(0.0);
            reconnection.handle_interruption(lasted);
        }
        assert_eq!(reconnection.losses(), 1, "{lasted}");
        assert_eq!(reconnection.handle_loss(None, 60_000.0, 0.0), None, "{lasted}");
        reconnection = Reconnection::new(Policy { max_attempts: 2.0, ..PLAIN });
    }
    assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(1_000));
    reconnection.handle_open(0.0);
    reconnection.handle_interruption(5_000.0);
    assert_eq!(reconnection.handle_loss(None, 60_000.0, 0.0), Some(1_000));
    assert_eq!(reconnection.handle_loss(None, 60_000.0, 0.0), None);
}

#[test]
fn an_attempt_that_was_excused_makes_the_delay_grow_and_does_not_count() {
    let policy = Policy { strategy: Strategy::Linear { factor: 1.0 }, max_attempts: 2.0, ..PLAIN };
    let mut reconnection = Reconnection::new(policy);
    for delay in [1_000, 2_000, 3_000, 4_000] {
        reconnection.excuse();
        assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(delay));
    }
    assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), Some(5_000));
    // One that was answered needs no excuse, nor does one that was interrupted leave it to the next.
    reconnection.excuse();
    reconnection.handle_open(0.0);
    assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), None);
    let mut reconnection = Reconnection::new(Policy { max_attempts: 1.0, ..PLAIN });
    reconnection.excuse();
    reconnection.handle_interruption(0.0);
    assert_eq!(reconnection.handle_loss(None, 0.0, 0.0), None);
}

#[test]
fn the_part_of_a_delay_that_was_left_to_chance_is_known() {
    for (jitter, expected) in [
        (Jitter::None, 0.0),
        (Jitter::Full, 500.0),
        (Jitter::Equal, 250.0),
        (Jitter::Decorrelated, 1_000.0),
    ] {
        let mut reconnection = Reconnection::new(Policy { jitter, ..PLAIN });
        assert!(reconnection.handle_loss(None, 0.0, 0.5).is_some());
        assert_eq!(reconnection.jitter(), expected, "{jitter:?}");
    }
}
