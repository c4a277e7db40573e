//! The text of a numbered event.

use super::{Purpose, rng};

/// All three ends of line that an event stream knows.
const LINE_ENDS: [&str; 3] = ["\n", "\r", "\r\n"];

/// An event of the stream, as bytes.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) bytes: Vec<u8>,
    /// A client that has got so many of the bytes, or more, dispatches the event.
    pub(crate) complete_at: usize,
}

impl Event {
    /// The n-th event; the seed decides its end of line.
    pub(crate) fn new(n: u64, seed: u64) -> Self {
        let line_end = LINE_ENDS[rng(seed, Purpose::LineEnd, n).usize(0..LINE_ENDS.len())];
        let mut lines = Vec::new();
        if n.is_multiple_of(4) {
            lines.push(format!(": 🚢 {n} ahoy"));
        }
        if n.is_multiple_of(3) {
            lines.push("event: numbered".to_owned());
        }
        if !n.is_multiple_of(2) {
            lines.push(format!("id: {n}"));
        }
        let whale = if n.is_multiple_of(7) { " 🐳" } else { "" };
        for _ in 0..if n.is_multiple_of(5) { 2 } else { 1 } {
            lines.push(format!("data: {n}{whale}"));
        }
        if n.is_multiple_of(2) {
            lines.push(format!("id: {n}"));
        }
        lines.push(String::new());
        let bytes: Vec<u8> =
            lines.iter().flat_map(|line| [line.as_str(), line_end]).flat_map(str::bytes).collect();
        // A CR ends the line by itself; the LF after it only belongs to it.
        let complete_at = bytes.len() - (line_end.len() - 1);
        Self { bytes, complete_at }
    }

    /// Whether a cut after so many bytes goes through a character.
    pub(crate) fn is_within_character(&self, cut: usize) -> bool {
        const CONTINUATION: u8 = 0b1000_0000;
        self.bytes.get(cut).is_some_and(|byte| byte & 0b1100_0000 == CONTINUATION)
    }
}

#[cfg(test)]
mod tests {
    use super::Event;

    fn text(n: u64) -> String {
        let text = String::from_utf8(Event::new(n, 1).bytes).unwrap();
        text.replace("\r\n", "\n").replace('\r', "\n")
    }

    #[test]
    fn the_number_decides_the_text() {
        assert_eq!(text(1), "id: 1\ndata: 1\n\n");
        assert_eq!(text(2), "data: 2\nid: 2\n\n");
        assert_eq!(text(3), "event: numbered\nid: 3\ndata: 3\n\n");
        assert_eq!(text(4), ": 🚢 4 ahoy\ndata: 4\nid: 4\n\n");
        assert_eq!(text(5), "id: 5\ndata: 5\ndata: 5\n\n");
        assert_eq!(text(7), "id: 7\ndata: 7 🐳\n\n");
        assert_eq!(
            text(420),
            ": 🚢 420 ahoy\nevent: numbered\ndata: 420 🐳\ndata: 420 🐳\nid: 420\n\n"
        );
    }

    #[test]
    fn all_ends_of_line_occur() {
        let events: Vec<_> = (1..=100).map(|n| Event::new(n, 1).bytes).collect();
        for end in [b"\n\n".as_slice(), b"\r\r", b"\r\n\r\n"] {
            assert!(events.iter().any(|event| event.ends_with(end)), "{end:?}");
        }
    }

    #[test]
    fn an_event_is_complete_before_the_last_line_feed_of_a_crlf() {
        for n in 1..=100 {
            let Event { bytes, complete_at } = Event::new(n, 1);
            let open = if bytes.ends_with(b"\r\n") { 1 } else { 0 };
            assert_eq!(complete_at, bytes.len() - open);
        }
    }
}
