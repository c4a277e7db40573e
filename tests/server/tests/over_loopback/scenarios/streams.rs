//! Those that just stream.

use crate::support::{BodyEnd, EventReader, Request, Response, server};

fn get(target: &str) -> Response {
    Request::get(target).answer(server().origin)
}

/// What has been read once there are so many events.
fn read(response: &mut Response, count: usize) -> EventReader {
    let mut reader = EventReader::default();
    while reader.events.len() < count {
        reader.read(response.text().as_bytes());
    }
    reader
}

#[test]
fn greetings_come_in_turns() {
    let reader = read(&mut get("/scenarios/greetings?interval=1"), 7);
    assert_eq!(reader.events[0].data, "Hello");
    assert_eq!(reader.events[1].data, "Grüß dich");
    assert_eq!(reader.events[6].data, "Hello");
}

#[test]
fn slides_go_on_where_they_were_left() {
    let mut response = Request::get("/scenarios/slides?interval=2")
        .header("Last-Event-ID", "6")
        .answer(server().origin);
    let reader = read(&mut response, 1);
    assert_eq!(reader.retry, Some(1_500));
    assert_eq!(reader.events[0].event_type, "slide");
    assert_eq!(reader.last_event_id, "7");
    assert!(reader.events[0].data.contains("A blank line sends it"));
    assert_eq!(response.text(), ": still here\n\n");
}

#[test]
fn the_intermission_is_announced_and_kept() {
    let target = "/scenarios/intermission?open=1&closed=1";
    // It is open at one time or the other, within two seconds.
    let mut was_refused = false;
    let mut was_shown = false;
    for _ in 0..100 {
        let response = get(target);
        match response.status {
            503 => {
                was_refused = true;
                assert!(response.header("retry-after").unwrap().ends_with(" GMT"));
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            status => {
                assert_eq!(status, 200);
                let mut reader = EventReader::default();
                reader.read(response.rest().as_bytes());
                let last = reader.events.last().unwrap();
                assert_eq!(last.event_type, "pause");
                assert!(last.data.ends_with(" GMT"));
                was_shown = true;
            }
        }
        if was_refused && was_shown {
            return;
        }
    }
    panic!("refused: {was_refused}, shown: {was_shown}");
}

#[test]
fn the_clock_makes_up_for_what_was_missed() {
    let now = read(&mut get("/scenarios/clock"), 1).last_event_id.parse::<u64>().unwrap();
    let response = Request::get("/scenarios/clock?cut=4")
        .header("Last-Event-ID", &(now - 5).to_string())
        .answer(server().origin);
    let (chunks, end) = response.chunks();
    assert_eq!(end, BodyEnd::Broken);
    let mut reader = EventReader::default();
    reader.read(&chunks.concat());
    let ids: Vec<u64> =
        reader.events.iter().map(|event| event.last_event_id.parse().unwrap()).collect();
    assert_eq!(ids, [now - 4, now - 3, now - 2, now - 1]);
}

#[test]
fn counts_have_the_name_that_is_asked_for() {
    let mut response =
        Request::get("/scenarios/counts").header("X-Stream-Name", "blue").answer(server().origin);
    let reader = read(&mut response, 2);
    assert_eq!(reader.events[1].event_type, "blue");
    assert_eq!(reader.events[1].data, "2");
    assert_eq!(get("/scenarios/counts").status, 400);
    let bad = Request::get("/scenarios/counts").header("X-Stream-Name", "two words");
    assert_eq!(bad.answer(server().origin).status, 400);
}

#[test]
fn the_gateway_cuts_and_loses_nothing() {
    let (chunks, end) = get("/scenarios/gateway?life=250").chunks();
    assert_eq!(end, BodyEnd::Broken);
    let mut reader = EventReader::default();
    reader.read(&chunks.concat());
    let last: u64 = reader.last_event_id.parse().unwrap();
    let mut next = Request::get("/scenarios/gateway?life=250")
        .header("Last-Event-ID", &last.to_string())
        .answer(server().origin);
    assert_eq!(read(&mut next, 1).events[0].last_event_id, (last + 1).to_string());
}
