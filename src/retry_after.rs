//! The `Retry-After` header: RFC 9110, section 10.2.3.

use crate::reconnection::LONGEST_DELAY;

/// The delay in ms that a `Retry-After` header asks for: a number of seconds, or a date. Nothing
/// for anything else, and none for a date in the past.
///
/// `parse_date` gives the time of a date in ms since 1970, or NaN if it is none; `now` is the
/// present time, likewise.
pub fn delay(header: &str, parse_date: impl FnOnce(&str) -> f64, now: f64) -> Option<u32> {
    let header = header.trim_ascii();
    let seconds = header.bytes().try_fold(0u32, |sum, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        Some(sum.saturating_mul(10).saturating_add(digit))
    });
    if let Some(seconds) = seconds.filter(|_| !header.is_empty()) {
        return Some(seconds.saturating_mul(1_000).min(LONGEST_DELAY));
    }
    let delay = parse_date(header) - now;
    // A cast saturates, and makes zero of what is negative.
    (!delay.is_nan()).then_some((delay as u32).min(LONGEST_DELAY))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Option<u32> {
        let parse_date = |date: &str| match date {
            "Sat, 21 Nov 2026 10:00:05 GMT" => 15_000.0,
            _ => f64::NAN,
        };
        delay(header, parse_date, 10_000.0)
    }

    #[test]
    fn seconds_are_a_delay() {
        assert_eq!(of("2"), Some(2_000));
        assert_eq!(of(" 0 "), Some(0));
        assert_eq!(of("99999999999999999999"), Some(LONGEST_DELAY));
    }

    #[test]
    fn a_date_is_a_delay_from_now() {
        assert_eq!(of("Sat, 21 Nov 2026 10:00:05 GMT"), Some(5_000));
        assert_eq!(delay("x", |_| 1_000.0, 10_000.0), Some(0), "a date in the past");
        assert_eq!(delay("x", |_| 1e300, 0.0), Some(LONGEST_DELAY));
    }

    #[test]
    fn anything_else_is_none() {
        for header in ["", "-1", "1.5", "+1", "soon"] {
            assert_eq!(of(header), None, "{header:?}");
        }
    }
}
