//! The messages of one chunk, laid out for one crossing of the wasm boundary.
//!
//! ```text
//! batch     = *message [beginning]
//! message   = data CR [type] [LF id] CR
//! beginning = data                       ; of a message that is still being received
//! ```
//!
//! A type that is not there is that of the message before, and so is a last event ID; those of the
//! first message are then `message` and the empty string.
//!
//! No escaping and no offsets are needed: CR ends a line of the event stream, so it occurs in no
//! field, and LF occurs in the data alone, between two of its lines. The bytes are those that the
//! server sent, not yet checked for UTF-8: whoever reads the batch decodes it in one go, and a
//! malformed sequence never swallows the CR or LF that follows it (Encoding standard, section 4.1).
//!
//! Beside the messages, a batch has remarks, if they are wanted ([`Remarks`]). Where they are
//! comments, an LF stands for each message, so that both can be read in the order of the stream: as many
//! messages come before a comment as there are LFs before it.
//!
//! ```text
//! comments  = *(LF / text CR)            ; neither is in the text of a comment
//! ```
//!
//! A message that is received over several batches is marked in the one that ends it.
//!
//! Each batch can be read by itself, except that what it has of the data of a message comes before the
//! first data of the next one. That way an event of any length takes no more memory here than a few
//! chunks, and its text is decoded while it comes.
//!
//! [`Remarks`]: crate::event_stream::Remarks

use std::collections::TryReserveError;
use std::mem;
use std::ops::Range;

const CR: u8 = b'\r';
const LF: u8 = b'\n';

/// The type of the messages that the stream has given none.
const DEFAULT_TYPE: &[u8] = b"message";

/// How many bytes of data are kept for the message that is still being received.
const KEPT_DATA: usize = 16 * 1024;

/// How many bytes are sooner copied one by one.
const FEW_BYTES: usize = 16;

/// How many bytes of memory are kept for further messages.
const KEPT_CAPACITY: usize = 256 * 1024;

/// Finished messages, and behind them the data buffer of the message that is still being received.
///
/// The data buffer lives here so that the text of an event is copied once, from the chunk to the
/// place where it is read.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    /// Where what is here of the data buffer begins, and what is to be read ends.
    data_buffer_start: usize,
    /// How many bytes of the data buffer have been handed out.
    handed_out: usize,
    /// The place in `bytes` of the type that was named last; empty for the default.
    event_type: Range<usize>,
    /// The place in `bytes` of the last event ID that was named last.
    last_event_id: Range<usize>,
    /// Whether that is known to be the one of the next message.
    last_event_id_is_current: bool,
    remarks: Vec<u8>,
}

/// One message of a batch, as the bytes that the server sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// The type of the event: `message` where the stream named none.
    pub event_type: &'a [u8],
    /// The data, its lines joined by LF.
    pub data: &'a [u8],
    /// The last event ID string at the time of the dispatch.
    pub last_event_id: &'a [u8],
}

impl Batch {
    /// An empty batch.
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            data_buffer_start: 0,
            handed_out: 0,
            event_type: 0..0,
            last_event_id: 0..0,
            last_event_id_is_current: false,
            remarks: Vec::new(),
        }
    }

    /// Appends to the data buffer of the unfinished message, or says that there is no memory for it.
    pub(crate) fn append_data(&mut self, value: &[u8]) -> Result<(), TryReserveError> {
        append(&mut self.bytes, value)
    }

    /// The length of the data buffer, in bytes, with what has been handed out.
    pub(crate) fn data_buffer_len(&self) -> usize {
        self.handed_out + self.bytes.len() - self.data_buffer_start
    }

    /// Hands out the beginning of a long data buffer behind the finished messages, up to the last
    /// character that is whole, for what is cut within a character cannot be decoded by itself.
    pub fn hand_out_data(&mut self) {
        if self.bytes.len() - self.data_buffer_start >= KEPT_DATA {
            let end = self.bytes.len() - unfinished_character_len(&self.bytes);
            self.handed_out += end - self.data_buffer_start;
            self.data_buffer_start = end;
        }
    }

    /// The next message may have another last event ID than the one before it in this batch.
    pub(crate) fn forget_last_event_id(&mut self) {
        self.last_event_id_is_current = false;
    }

    /// Makes a message of the data buffer, which is empty afterwards. An empty type is the default. Its
    /// last event ID is that of the one before it, unless [`Batch::forget_last_event_id`] came between.
    pub(crate) fn finish_message(
        &mut self,
        event_type: &[u8],
        last_event_id: &[u8],
    ) -> Result<(), TryReserveError> {
        let named = if event_type.is_empty() { DEFAULT_TYPE } else { event_type };
        self.bytes.try_reserve(named.len() + last_event_id.len() + 3)?;
        self.bytes.push(CR);
        if self.bytes[self.event_type.clone()] != *event_type {
            let start = self.bytes.len();
            append(&mut self.bytes, named)?;
            self.event_type = start..start + event_type.len();
        }
        let is_current = mem::replace(&mut self.last_event_id_is_current, true);
        if !is_current && self.bytes[self.last_event_id.clone()] != *last_event_id {
            self.bytes.push(LF);
            let start = self.bytes.len();
            append(&mut self.bytes, last_event_id)?;
            self.last_event_id = start..self.bytes.len();
        }
        self.bytes.push(CR);
        self.data_buffer_start = self.bytes.len();
        self.handed_out = 0;
        Ok(())
    }

    /// Keeps a remark: what kind it is, if there is more than one, and its text.
    pub(crate) fn append_remark(
        &mut self,
        kind: &[u8],
        text: &[u8],
    ) -> Result<(), TryReserveError> {
        append(&mut self.remarks, kind)?;
        append(&mut self.remarks, text)?;
        append(&mut self.remarks, &[CR])
    }

    /// Marks the place of the message that was finished last among the comments.
    pub(crate) fn mark_message(&mut self) -> Result<(), TryReserveError> {
        append(&mut self.remarks, &[LF])
    }

    /// The remarks that are kept, apart from the messages, each with a CR behind it; empty when there
    /// are none. What is kept is up to [`Remarks`](crate::event_stream::Remarks): of comments, the
    /// layout is above.
    pub fn remarks(&self) -> &[u8] {
        &self.remarks
    }

    /// The finished messages, and what has been handed out of the next one, in the layout above;
    /// empty when there is neither.
    pub fn finished(&self) -> &[u8] {
        &self.bytes[..self.data_buffer_start]
    }

    /// Forgets the finished messages, what has been handed out, and the remarks, and keeps the rest of
    /// the data buffer.
    ///
    /// What is kept has come after the last finished message, so it is no longer than the piece of
    /// input that finished it: moving it to the front keeps the whole linear.
    pub fn clear_finished(&mut self) {
        self.remarks.clear();
        self.bytes.drain(..self.data_buffer_start);
        if self.bytes.is_empty() && self.bytes.capacity() > KEPT_CAPACITY {
            self.bytes = Vec::new();
        }
        self.data_buffer_start = 0;
        self.event_type = 0..0;
        self.last_event_id = 0..0;
        self.last_event_id_is_current = false;
    }

    /// Reads the finished messages back, in order: of each, what is in this batch.
    pub fn messages(&self) -> impl Iterator<Item = Message<'_>> {
        let mut fields = self.finished().split(|&byte| byte == CR);
        let mut event_type = DEFAULT_TYPE;
        let mut last_event_id: &[u8] = b"";
        std::iter::from_fn(move || {
            // Behind the last CR, `split` yields one more, empty field that has no second one.
            let (data, head) = (fields.next()?, fields.next()?);
            let named = match head.iter().position(|&byte| byte == LF) {
                Some(end) => {
                    last_event_id = &head[end + 1..];
                    &head[..end]
                }
                None => head,
            };
            if !named.is_empty() {
                event_type = named;
            }
            Some(Message { event_type, data, last_event_id })
        })
    }
}

/// How many bytes at the end are the beginning of a character of UTF-8 that is not whole.
fn unfinished_character_len(bytes: &[u8]) -> usize {
    let last = bytes.iter().rev().take(3);
    match last.enumerate().find(|(_, byte)| **byte & 0b1100_0000 != 0b1000_0000) {
        // The leading byte tells by the number of its leading ones how long the character is.
        Some((following, lead)) if lead.leading_ones() as usize > following + 1 => following + 1,
        _ => 0,
    }
}

/// Appends bytes, or says that there is no memory for them. A copy of a few takes longer by the
/// instruction for it than one by one. To have it in each place that calls it would take a third of a
/// kilobyte of the package.
#[inline(never)]
pub(crate) fn append(bytes: &mut Vec<u8>, value: &[u8]) -> Result<(), TryReserveError> {
    bytes.try_reserve(value.len())?;
    if value.len() > FEW_BYTES {
        bytes.extend_from_slice(value);
    } else {
        for &byte in value {
            bytes.push(byte);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch_of(messages: &[(&str, &str, &str)]) -> Batch {
        let mut batch = Batch::new();
        for (event_type, data, last_event_id) in messages {
            batch.append_data(data.as_bytes()).unwrap();
            batch.forget_last_event_id();
            batch.finish_message(event_type.as_bytes(), last_event_id.as_bytes()).unwrap();
        }
        batch
    }

    fn message<'a>(event_type: &'a str, data: &'a str, last_event_id: &'a str) -> Message<'a> {
        Message {
            event_type: event_type.as_bytes(),
            data: data.as_bytes(),
            last_event_id: last_event_id.as_bytes(),
        }
    }

    #[test]
    fn a_batch_is_laid_out_as_documented() {
        let batch = batch_of(&[
            ("", "a", ""),
            ("t", "b\nc", "1"),
            ("t", "", "1"),
            ("t", "d", "2"),
            ("", "e", "2"),
            ("", "f", ""),
            ("u", "g", ""),
        ]);
        assert_eq!(batch.finished(), b"a\r\rb\nc\rt\n1\r\r\rd\r\n2\re\rmessage\rf\r\n\rg\ru\r");
    }

    #[test]
    fn messages_are_read_back_as_they_were_written() {
        let written = [
            ("message", "a", ""),
            ("t", "b\n\nc", "1"),
            ("t", "d", "1"),
            ("message", "", "1"),
            ("u", "\n", ""),
        ];
        let batch = batch_of(&written);
        let expected: Vec<_> = written.iter().map(|(t, d, i)| message(t, d, i)).collect();
        assert_eq!(batch.messages().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_unfinished_message_is_not_among_the_finished_and_survives_their_removal() {
        let mut batch = batch_of(&[("", "a", "1")]);
        batch.append_data(b"unfin").unwrap();
        assert_eq!(batch.messages().count(), 1);
        batch.clear_finished();
        assert_eq!(batch.finished(), b"");
        batch.append_data(b"ished").unwrap();
        batch.finish_message(b"", b"1").unwrap();
        assert_eq!(batch.messages().collect::<Vec<_>>(), [message("message", "unfinished", "1")]);
    }

    #[test]
    fn short_data_is_not_handed_out() {
        let mut batch = batch_of(&[("", "a", "")]);
        batch.append_data(&[b'x'; 16_383]).unwrap();
        batch.hand_out_data();
        assert_eq!(batch.finished(), b"a\r\r");
    }

    #[test]
    fn the_beginning_of_long_data_is_handed_out_behind_the_messages_and_counts_on() {
        let mut batch = batch_of(&[("", "a", "1")]);
        let beginning = [b'x'; KEPT_DATA];
        batch.append_data(&beginning).unwrap();
        batch.hand_out_data();
        assert_eq!(batch.finished(), [b"a\r\n1\r".as_slice(), &beginning].concat());
        batch.clear_finished();
        assert_eq!(batch.finished(), b"");
        assert_eq!(batch.data_buffer_len(), KEPT_DATA);
        batch.append_data(b"y").unwrap();
        batch.hand_out_data();
        assert_eq!((batch.finished(), batch.data_buffer_len()), (b"".as_slice(), KEPT_DATA + 1));
        batch.finish_message(b"t", b"").unwrap();
        assert_eq!((batch.finished(), batch.data_buffer_len()), (b"y\rt\r".as_slice(), 0));
    }

    #[test]
    fn a_message_of_any_length_takes_no_more_memory_than_a_few_chunks() {
        let mut batch = Batch::new();
        for _ in 0..1_000 {
            batch.append_data(&[b'x'; KEPT_DATA]).unwrap();
            batch.hand_out_data();
            batch.clear_finished();
        }
        assert_eq!(batch.data_buffer_len(), 1_000 * KEPT_DATA);
        assert!(batch.bytes.capacity() <= 4 * KEPT_DATA);
    }

    #[test]
    fn the_memory_of_a_large_batch_is_given_back_once_nothing_is_in_it() {
        let [small, large] = [100 * 1024, 300 * 1024].map(|length| "x".repeat(length));
        let mut batch = batch_of(&[("", &small, "")]);
        batch.clear_finished();
        assert!(batch.bytes.capacity() >= small.len());

        batch = batch_of(&[("", &large, "")]);
        batch.append_data(b"unfin").unwrap();
        batch.clear_finished();
        batch.append_data(b"ished").unwrap();
        batch.finish_message(b"", b"").unwrap();
        assert_eq!(batch.finished(), b"unfinished\r\r");
        batch.clear_finished();
        assert_eq!(batch.bytes.capacity(), 0);
    }

    #[test]
    fn no_character_is_cut_in_two_where_data_is_handed_out() {
        for (text, kept) in [("x", 0), ("é", 0), ("語", 0), ("🦀", 0), ("🦀é語x", 0)]
            .map(|(text, kept)| (text.as_bytes(), kept))
            .into_iter()
            .chain([
                (b"x\xC3".as_slice(), 1),
                (b"x\xE8", 1),
                (b"x\xE8\xAA", 2),
                (b"x\xF0", 1),
                (b"x\xF0\x9F", 2),
                (b"x\xF0\x9F\xA6", 3),
                // Malformed, and no further byte can belong to it.
                (b"x\xA6", 0),
                (b"\xC3\xA9\xA9", 0),
                (b"\xA6\xA6\xA6\xA6\xA6", 0),
            ])
        {
            assert_eq!(unfinished_character_len(text), kept, "{text:x?}");
        }
        let mut batch = Batch::new();
        batch.append_data(&[b'x'; KEPT_DATA]).unwrap();
        batch.append_data(&"語".as_bytes()[..2]).unwrap();
        batch.hand_out_data();
        assert_eq!(batch.finished(), [b'x'; KEPT_DATA]);
        batch.clear_finished();
        batch.append_data(&"語".as_bytes()[2..]).unwrap();
        batch.finish_message(b"", b"").unwrap();
        assert_eq!(batch.finished(), "語\r\r".as_bytes());
    }

    #[test]
    fn each_batch_names_its_type_and_last_event_id_anew() {
        let mut batch = batch_of(&[("t", "a", "7"), ("t", "b", "7")]);
        batch.clear_finished();
        batch.append_data(b"c").unwrap();
        batch.finish_message(b"t", b"7").unwrap();
        assert_eq!(batch.finished(), b"c\rt\n7\r");
    }
}
