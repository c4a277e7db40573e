//! Batches of bytes in, messages out.

use std::mem;
use std::sync::Arc;

use super::Message;
use crate::batch::{self, Batch};

const CR: u8 = b'\r';

/// Makes the messages of a stream out of its batches.
#[derive(Default)]
pub(super) struct Assembly {
    origin: Arc<str>,
    /// What has come of the data of a message that is still being received.
    beginning: Vec<u8>,
    /// Those of the last message; most have the same.
    event_type: Arc<str>,
    last_event_id: Arc<str>,
}

impl Assembly {
    /// Makes ready for a new stream: drops what the former one has left unfinished.
    pub(super) fn start_stream(&mut self, origin: &str) {
        self.origin = origin.into();
        self.beginning = Vec::new();
    }

    /// Hands on the messages that a batch completes. Malformed UTF-8 becomes U+FFFD.
    pub(super) fn read(&mut self, batch: &Batch, mut take: impl FnMut(Message)) {
        for message in batch.messages() {
            take(self.finish(&message));
        }
        // In the layout of a batch, whatever is behind the last CR.
        let rest = batch.finished().rsplit(|&byte| byte == CR).next();
        self.beginning.extend_from_slice(rest.unwrap_or_default());
    }

    fn finish(&mut self, message: &batch::Message<'_>) -> Message {
        let mut data = mem::take(&mut self.beginning);
        data.extend_from_slice(message.data);
        let data = String::from_utf8(data)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        renew(&mut self.event_type, message.event_type);
        renew(&mut self.last_event_id, message.last_event_id);
        Message::new(Arc::clone(&self.event_type), data, Arc::clone(&self.last_event_id))
            .with_origin(&self.origin)
    }
}

fn renew(text: &mut Arc<str>, bytes: &[u8]) {
    if text.as_bytes() != bytes {
        *text = String::from_utf8_lossy(bytes).into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_stream::EventStreamParser;

    /// The messages of a stream whose chunks are so long.
    fn messages(stream: &[u8], length: usize) -> Vec<Message> {
        let mut parser = EventStreamParser::new(usize::MAX, b"");
        let (mut batch, mut assembly) = (Batch::new(), Assembly::default());
        assembly.start_stream("https://a.example");
        let mut messages = Vec::new();
        for chunk in stream.chunks(length) {
            batch.clear_finished();
            parser.parse(chunk, &mut batch).unwrap();
            batch.hand_out_data();
            assembly.read(&batch, |message| messages.push(message));
        }
        messages
    }

    #[test]
    fn messages_are_the_same_however_they_come() {
        // Long enough to be handed out in parts, cut within characters.
        let long = "é🦀x".repeat(20_000);
        let stream = format!(
            "id: 1\nevent: price\ndata: a\n\nevent: price\ndata: b\ndata: c\n\n\
             data: {long}\nid: 2\n\ndata\n\nid\ndata: d\n\n"
        );
        let message = |event_type: &str, data: &str, id: &str| {
            Message::new(event_type, data, id).with_origin(&"https://a.example".into())
        };
        let expected = [
            message("price", "a", "1"),
            message("price", "b\nc", "1"),
            message("message", &long, "2"),
            message("message", "", "2"),
            message("message", "d", ""),
        ];
        // Miri takes minutes for the first two.
        let lengths = [1, 7, 1_000, 16 * 1024, usize::MAX];
        for length in lengths.into_iter().skip(if cfg!(miri) { 2 } else { 0 }) {
            assert!(messages(stream.as_bytes(), length) == expected, "in chunks of {length}");
        }
    }

    #[test]
    fn malformed_utf_8_becomes_replacement_characters() {
        let all = messages(b"event: \xFF\nid: \xC3\ndata: a\xFFb\n\n", usize::MAX);
        let [message] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!(message.data(), "a\u{FFFD}b");
        assert_eq!(message.event_type(), "\u{FFFD}");
        assert_eq!(message.last_event_id(), "\u{FFFD}");
    }

    #[test]
    fn a_new_stream_begins_without_what_the_former_one_has_left() {
        let mut parser = EventStreamParser::new(usize::MAX, b"");
        let (mut batch, mut assembly) = (Batch::new(), Assembly::default());
        parser.parse(format!("data: {}", "x".repeat(40_000)).as_bytes(), &mut batch).unwrap();
        parser.parse(b"\n", &mut batch).unwrap();
        batch.hand_out_data();
        assert!(!batch.finished().is_empty());
        assembly.read(&batch, |message| panic!("{message:?}"));

        assembly.start_stream("");
        parser.start_stream();
        let mut batch = Batch::new();
        parser.parse(b"data: new\n\n", &mut batch).unwrap();
        let mut data = String::new();
        assembly.read(&batch, |message| data.push_str(message.data()));
        assert_eq!(data, "new");
    }

    #[test]
    fn types_and_ids_are_shared() {
        let all = messages(b"id: 1\ndata: a\n\ndata: b\n\n", usize::MAX);
        let [first, second] = all.as_slice() else { panic!("{all:?}") };
        assert!(Arc::ptr_eq(first.shared_id(), second.shared_id()));
    }
}
