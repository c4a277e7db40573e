//! `/scenarios/laboratory/{session}`.

use crate::support::{BodyEnd, EventReader, Request, Response, server};

fn stream(session: &str, last: u64) -> Response {
    let target = format!("/scenarios/laboratory/{session}?rate=200");
    Request::get(&target).header("Last-Event-ID", &last.to_string()).answer(server().origin)
}

fn cause(session: &str, fault: &str) -> u16 {
    let target = format!("/scenarios/laboratory/{session}/{fault}");
    Request::new("POST", &target).answer(server().origin).status
}

/// The IDs of at least so many events.
fn ids(response: &mut Response, count: usize) -> Vec<u64> {
    let mut reader = EventReader::default();
    while reader.events.len() < count {
        reader.read(response.text().as_bytes());
    }
    reader.events.iter().map(|event| event.last_event_id.parse().unwrap()).collect()
}

fn gaps(ids: &[u64]) -> Vec<i64> {
    let steps = ids.windows(2).map(|pair| pair[1].cast_signed() - pair[0].cast_signed());
    steps.filter(|step| *step != 1).collect()
}

#[test]
fn counts_and_goes_on_after_a_break() {
    let mut response = stream("goes-on", 0);
    let first = ids(&mut response, 5);
    assert_eq!(gaps(&first), [0; 0]);
    assert_eq!(cause("goes-on", "drop"), 204);
    assert_eq!(response.chunks().1, BodyEnd::Broken);
    let last = *first.last().unwrap();
    assert_eq!(ids(&mut stream("goes-on", last), 3)[0], last + 1);
}

#[test]
fn refuses_twice_with_the_time_to_come_back() {
    let mut response = stream("refuses", 0);
    ids(&mut response, 1);
    assert_eq!(cause("refuses", "503"), 204);
    assert_eq!(response.chunks().1, BodyEnd::Broken);
    for _ in 0..2 {
        let refused = stream("refuses", 1);
        assert_eq!(refused.status, 503);
        assert_eq!(refused.header("retry-after"), Some("1"));
    }
    assert_eq!(stream("refuses", 1).status, 200);
}

#[test]
fn leaves_out_and_repeats_what_it_is_told_to() {
    let mut response = stream("skips", 0);
    let mut seen = ids(&mut response, 2);
    assert_eq!(cause("skips", "skip"), 204);
    seen.extend(ids(&mut response, 30));
    assert_eq!(gaps(&seen), [4]);
    let mut response = stream("repeats", 0);
    let mut seen = ids(&mut response, 2);
    assert_eq!(cause("repeats", "repeat"), 204);
    seen.extend(ids(&mut response, 30));
    assert_eq!(gaps(&seen), [-1]);
}

#[test]
fn splits_what_comes_next_into_bytes() {
    let mut response = stream("splits", 0);
    ids(&mut response, 2);
    assert_eq!(cause("splits", "split"), 204);
    let mut single = Vec::new();
    while !single.ends_with(b"\n\n") {
        let chunk = response.chunk().unwrap().unwrap();
        if chunk.len() == 1 {
            single.extend(chunk);
        }
    }
    assert!(String::from_utf8(single).unwrap().contains("Grüße ☂"));
}

#[test]
fn takes_no_other_faults_and_rates() {
    assert_eq!(cause("other", "explode"), 400);
    for rate in ["0", "1000000", "NaN"] {
        let target = format!("/scenarios/laboratory/other?rate={rate}");
        assert_eq!(Request::get(&target).answer(server().origin).status, 400, "{rate}");
    }
}
