//! `/feed`.

use std::time::{Duration, Instant};

use crate::support::{Event, EventReader, Request, Response, server};

/// Reads from an open stream until so many events have come.
fn read(response: &mut Response, count: usize) -> Vec<Event> {
    let mut body = String::new();
    loop {
        let mut reader = EventReader::default();
        reader.read(body.as_bytes());
        if reader.events.len() >= count {
            return reader.events;
        }
        body += &response.text();
    }
}

fn start(name: &str, count: u64, rate: u64) -> u16 {
    let target = format!("/feed?name={name}&count={count}&rate={rate}");
    Request::new("POST", &target).answer(server().origin).status
}

#[test]
fn begins_for_all_who_wait_when_it_is_started() {
    let origin = server().origin;
    let mut streams = [(); 2].map(|()| Request::get("/feed?name=together").answer(origin));
    for stream in &mut streams {
        assert_eq!(stream.text(), "retry: 500\n\n");
    }
    assert_eq!(start("together", 5, 1_000), 204);
    for stream in &mut streams {
        let events = read(stream, 5);
        let data: Vec<_> = events.iter().map(|event| event.data.as_str()).collect();
        assert_eq!(data, ["1 together", "2 together", "3 together", "4 together", "5 together"]);
        assert_eq!(events[4].last_event_id, "5");
    }
}

#[test]
fn sends_what_was_missed_at_once_and_the_rest_when_it_is_due() {
    let origin = server().origin;
    assert_eq!(start("missed", 1_000, 50), 204);
    std::thread::sleep(Duration::from_millis(200));
    let began = Instant::now();
    let request = Request::get("/feed?name=missed").header("Last-Event-ID", "2");
    let events = read(&mut request.answer(origin), 8);
    assert_eq!(events[0].last_event_id, "3");
    assert!(began.elapsed() < Duration::from_millis(150), "{:?}", began.elapsed());
    read(&mut Request::get("/feed?name=missed").header("Last-Event-ID", "19").answer(origin), 1);
    assert!(began.elapsed() > Duration::from_millis(180), "{:?}", began.elapsed());
}

#[test]
fn without_an_id_it_begins_now() {
    assert_eq!(start("late", 1_000, 50), 204);
    std::thread::sleep(Duration::from_millis(200));
    let events = read(&mut Request::get("/feed?name=late").answer(server().origin), 1);
    let first: u64 = events[0].last_event_id.parse().unwrap();
    assert!(first > 10, "{first}");
}

#[test]
fn is_started_once() {
    assert_eq!(start("once", 1, 1), 204);
    assert_eq!(start("once", 1, 1), 400);
    assert_eq!(start("never", 1, 0), 400);
}

#[test]
fn gives_each_account_its_own() {
    let request = Request::get("/feed?name=account").header("X-Account", "alice");
    let mut stream = request.answer(server().origin);
    assert_eq!(start("account-alice", 1, 1_000), 204);
    assert_eq!(read(&mut stream, 1)[0].data, "1 account-alice");
}
