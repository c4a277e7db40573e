//! `Retry-After` means what RFC 9110 says, for numbers of any length, and for dates what the crate
//! `httpdate` says, but for what that leaves to its users.

use std::time::UNIX_EPOCH;

use wasm_eventsource::retry_after::retry_after;

/// Headers are text: what is not UTF-8 is left out.
pub fn check(data: &[u8]) {
    let Some((now, header)) = data.split_at_checked(4) else { return };
    let Ok(header) = std::str::from_utf8(header) else { return };
    // None that is has a control character; the two ways take different ones for white space.
    if header.contains(|it: char| it.is_control() && it != '\t') {
        return;
    }
    // Any second until the year 2106, which is more than any clock will say in a while.
    let now = f64::from(u32::from_le_bytes([now[0], now[1], now[2], now[3]])) * 1_000.0;
    let time = retry_after(header, now);
    assert_eq!(time, retry_after(&format!(" {header}\t"), now));
    if let Some(time) = time {
        assert!(time >= 0.0, "{header:?}: {time}");
    }

    let header = header.trim_ascii();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // Numbers beyond 2^53 are rounded in the one and in the other, not to the same last digit.
        let expected: f64 = header.parse().unwrap_or(f64::INFINITY);
        let expected = expected * 1_000.0;
        let Some(time) = time else { panic!("{header:?} is a number") };
        let is_close = time == expected || (time - expected).abs() <= expected * 1e-9;
        assert!(is_close, "{header:?}: {time}, not {expected}");
        return;
    }
    if let Ok(date) = httpdate::parse_http_date(header) {
        // The crate takes any byte between the date and the time of day.
        let is_cut = header.len().checked_sub(13).and_then(|at| header.as_bytes().get(at));
        if is_rfc850(header) && is_cut != Some(&b' ') {
            return;
        }
        let Some(time) = time else { panic!("{header:?} is a date") };
        let Ok(since) = date.duration_since(UNIX_EPOCH) else { return };
        let date = since.as_secs_f64() * 1_000.0;
        if is_rfc850(header) {
            check_century(header, date, now, time);
        } else {
            assert_eq!(time, (date - now).max(0.0), "{header:?} at {now}");
        }
    } else if time.is_some() {
        // No date, in the one or the other way: a day that the month, or the week, does not have, and the
        // last second of a minute that is a leap second's.
        assert!(header.len() >= 24 && header.is_ascii(), "{header:?} is no date");
        assert!(header.contains(':'), "{header:?} is no date");
    }
}

fn is_rfc850(header: &str) -> bool {
    header.contains('-')
}

/// The crate takes 70 to 99 for the last century. By the RFC, what seems to be more than 50 years ahead is
/// the last such year that is past.
fn check_century(header: &str, date: f64, now: f64, time: f64) {
    const CENTURY: f64 = 36_525.0 * 86_400_000.0;
    const DAYS: f64 = 3.0 * 86_400_000.0;
    if time == 0.0 {
        return;
    }
    assert!(time <= 51.0 * 366.0 * 86_400_000.0, "{header:?} at {now}: {time}");
    let centuries = ((now + time) - date) / CENTURY;
    let off = (centuries - centuries.round()).abs() * CENTURY;
    assert!(off <= DAYS, "{header:?} at {now}: {time}");
}
