//! Interprets an event stream: bytes in, messages out.
//!
//! Follows the HTML standard, section 9.2.6, "interpreting an event stream"
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>).
//!
//! Everything the grammar gives a meaning to is ASCII, so the parser works on the bytes and leaves
//! the decoding of UTF-8 to whoever reads the text: no ASCII byte is ever part of a malformed
//! sequence (Encoding standard, section 4.1, "maximal subpart" practice).
//!
//! Chunks may be cut anywhere. A line that lies in one chunk is read where it lies; of a line that
//! is cut, only its first bytes are kept until they tell what it is. From there on, the value of a
//! `data` field goes straight to the data buffer and a comment to nowhere, so that a line of any
//! length in chunks of any length takes linear time.

use std::collections::TryReserveError;
use std::mem;

use memchr::memchr2;

use crate::batch::{Batch, append};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const CR: u8 = b'\r';
const LF: u8 = b'\n';

/// An event is larger than the limit, or than the memory that is left. The parser's state is
/// undefined until [`EventStreamParser::start_stream`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventTooLarge;

impl From<TryReserveError> for EventTooLarge {
    fn from(_: TryReserveError) -> Self {
        EventTooLarge
    }
}

/// The parser of one event source, over all its connections.
#[derive(Debug)]
pub struct EventStreamParser {
    max_event_size: usize,
    remarks: Remarks,
    /// How many bytes of a byte order mark have been seen; all three, once that is settled.
    byte_order_mark: usize,
    /// Whether an LF that comes now belongs to the line end that the last byte already was.
    previous_byte_was_cr: bool,
    line: UnfinishedLine,
    /// Whether the data buffer, which is the unfinished message of the [`Batch`], is not the empty
    /// string: `data:` alone makes it one LF, which is taken off again at dispatch.
    has_data: bool,
    event_type_buffer: Vec<u8>,
    /// What the last `id` field said, valid from the next blank line on. Meaningless if there has been
    /// none since the last one: then the standard's buffer is the same as the string.
    last_event_id_buffer: Vec<u8>,
    /// Whether an `id` field has come since the last blank line.
    has_id: bool,
    /// What the last blank line made valid; survives events without an `id`, and reconnections.
    last_event_id_string: Vec<u8>,
    reconnection_time: Option<u32>,
    /// How many messages the last call of [`EventStreamParser::parse`] has finished.
    finished: u32,
    /// Where the reconnection time has changed behind some of those messages: how many came before, and
    /// what it was until then.
    former_times: Vec<(u32, Option<u32>)>,
}

/// What is kept for [`Batch::remarks`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Remarks {
    /// Nothing: comments go nowhere, as the standard says.
    #[default]
    None,
    /// The texts of comments, and where they stand among the messages: see [`crate::batch`].
    Comments,
    /// A record of everything that somebody may want to be told of, in the order of the stream, each
    /// behind a byte that tells what it is: `:` the text of a comment, `r` the value of a valid
    /// `retry` field, `R` the line of an invalid one, `?` the line of a field that is none of the
    /// standard's, `i` the ID that a blank line made valid, `m` the event type buffer of a message, which
    /// is the next one of the batch, and `M` that of a message with an ID of its own, which the
    /// last `i` has told.
    All,
}

/// What is known of a line whose end has not come yet.
#[derive(Debug)]
enum UnfinishedLine {
    /// Its bytes so far. Too few to tell what it is, or a field other than `data`.
    Beginning(Vec<u8>),
    /// A `data` field; its value so far is in the data buffer.
    Data,
    /// A comment.
    Comment,
}

/// How many bytes of a line tell whether it is a `data` field, and whether a space follows.
const TELLING_BYTES: usize = b"data: ".len();

impl EventStreamParser {
    /// A parser whose last event ID string is `last_event_id`, ready for its first stream.
    ///
    /// `max_event_size` is how many bytes one event may buffer: its data, type and ID, and the line
    /// that is not finished.
    #[inline]
    pub fn new(max_event_size: usize, last_event_id: &[u8]) -> Self {
        Self {
            max_event_size,
            remarks: Remarks::None,
            byte_order_mark: 0,
            previous_byte_was_cr: false,
            line: UnfinishedLine::Beginning(Vec::new()),
            has_data: false,
            event_type_buffer: Vec::new(),
            last_event_id_buffer: Vec::new(),
            has_id: false,
            last_event_id_string: last_event_id.to_vec(),
            reconnection_time: None,
            finished: 0,
            former_times: Vec::new(),
        }
    }

    /// Keeps these remarks for [`Batch::remarks`] from now on.
    pub fn keep(&mut self, remarks: Remarks) {
        self.remarks = remarks;
    }

    /// Makes ready for the body of a new response; what the former one left unfinished is dropped.
    ///
    /// The standard gives each stream an empty last event ID buffer, which by the letter would
    /// reset the ID at the first event without one. The engines start it from the last event ID
    /// string, and so does this.
    pub fn start_stream(&mut self) {
        *self = Self {
            remarks: self.remarks,
            reconnection_time: self.reconnection_time,
            ..Self::new(self.max_event_size, &self.last_event_id_string)
        };
    }

    /// Interprets the next bytes of the stream and appends the messages that they complete.
    ///
    /// `batch` must be the same one for all chunks of a stream, as it holds the data buffer.
    pub fn parse(&mut self, mut chunk: &[u8], batch: &mut Batch) -> Result<(), EventTooLarge> {
        self.finished = 0;
        self.former_times.clear();
        chunk = self.strip_byte_order_mark(chunk);
        while let Some(&first) = chunk.first() {
            if mem::take(&mut self.previous_byte_was_cr) && first == LF {
                chunk = &chunk[1..];
            } else if (first == LF || first == CR)
                && matches!(&self.line, UnfinishedLine::Beginning(line) if line.is_empty())
            {
                self.dispatch_the_event(batch)?;
                self.previous_byte_was_cr = first == CR;
                chunk = &chunk[1..];
            } else if let Some(end) = memchr2(CR, LF, chunk) {
                self.finish_line(&chunk[..end], batch)?;
                self.previous_byte_was_cr = chunk[end] == CR;
                chunk = &chunk[end + 1..];
            } else {
                return self.continue_line(chunk, batch);
            }
        }
        Ok(())
    }

    /// The last event ID string: the bytes that the server sent, not yet checked for UTF-8.
    pub fn last_event_id(&self) -> &[u8] {
        &self.last_event_id_string
    }

    /// The reconnection time in ms that the last valid `retry` field gave, saturated, if there has
    /// been one. It takes effect when its line ends, with or without a blank line.
    pub fn reconnection_time(&self) -> Option<u32> {
        self.reconnection_time
    }

    /// Takes over the reconnection time of another parser, whose stream goes on here.
    pub fn set_reconnection_time(&mut self, time: Option<u32>) {
        self.reconnection_time = time;
    }

    /// What [`EventStreamParser::reconnection_time`] was when message number `index`, from 0 on, was
    /// dispatched, of those that the last call of [`EventStreamParser::parse`] has finished.
    pub fn reconnection_time_at(&self, index: u32) -> Option<u32> {
        let change = self.former_times.iter().find(|(messages, _)| *messages > index);
        change.map_or(self.reconnection_time, |(_, former)| *former)
    }

    /// Takes off the one byte order mark that may lead the stream, whole or in pieces.
    fn strip_byte_order_mark<'a>(&mut self, mut chunk: &'a [u8]) -> &'a [u8] {
        while self.byte_order_mark < BYTE_ORDER_MARK.len() {
            match chunk.split_first() {
                None => break,
                Some((&first, rest)) if first == BYTE_ORDER_MARK[self.byte_order_mark] => {
                    self.byte_order_mark += 1;
                    chunk = rest;
                }
                Some(_) => {
                    // Not one after all: what looked like its beginning begins the first line.
                    let beginning = BYTE_ORDER_MARK[..self.byte_order_mark].to_vec();
                    self.line = UnfinishedLine::Beginning(beginning);
                    self.byte_order_mark = BYTE_ORDER_MARK.len();
                }
            }
        }
        chunk
    }

    /// Takes the rest of a line that is not blank, without its end.
    fn finish_line(&mut self, rest: &[u8], batch: &mut Batch) -> Result<(), EventTooLarge> {
        match &mut self.line {
            UnfinishedLine::Beginning(line) if line.is_empty() => self.process_field(rest, batch),
            UnfinishedLine::Beginning(line) => {
                let mut line = mem::take(line);
                append(&mut line, rest)?;
                self.process_field(&line, batch)
            }
            UnfinishedLine::Data => {
                self.line = UnfinishedLine::Beginning(Vec::new());
                self.append_to_data_buffer(rest, batch)
            }
            UnfinishedLine::Comment => {
                self.line = UnfinishedLine::Beginning(Vec::new());
                Ok(())
            }
        }
    }

    /// Takes the bytes of a line whose end is not among them.
    fn continue_line(&mut self, mut bytes: &[u8], batch: &mut Batch) -> Result<(), EventTooLarge> {
        if let UnfinishedLine::Beginning(line) = &mut self.line {
            let telling = TELLING_BYTES.saturating_sub(line.len()).min(bytes.len());
            append(line, &bytes[..telling])?;
            bytes = &bytes[telling..];
            if line.starts_with(b":") && self.remarks == Remarks::None {
                self.line = UnfinishedLine::Comment;
            } else if line.len() == TELLING_BYTES && line.starts_with(b"data:") {
                let (_, value) = split_field(line);
                let value = value.to_vec();
                self.line = UnfinishedLine::Data;
                self.begin_data_line(batch)?;
                self.append_to_data_buffer(&value, batch)?;
            } else {
                append(line, bytes)?;
            }
        }
        match self.line {
            UnfinishedLine::Beginning(_) => self.check_size(batch),
            UnfinishedLine::Data => self.append_to_data_buffer(bytes, batch),
            UnfinishedLine::Comment => Ok(()),
        }
    }

    /// "Process the field" of the standard, for a whole line that is not blank, without its end.
    fn process_field(&mut self, line: &[u8], batch: &mut Batch) -> Result<(), EventTooLarge> {
        if let Some(value) = line.strip_prefix(b"data:") {
            self.begin_data_line(batch)?;
            return self.append_to_data_buffer(value.strip_prefix(b" ").unwrap_or(value), batch);
        }
        let (name, value) = split_field(line);
        match name {
            b"data" => {
                self.begin_data_line(batch)?;
                self.append_to_data_buffer(value, batch)
            }
            b"event" => {
                replace(&mut self.event_type_buffer, value)?;
                self.check_size(batch)
            }
            b"id" if value.iter().all(|&byte| byte > 0) => {
                replace(&mut self.last_event_id_buffer, value)?;
                self.has_id = true;
                self.check_size(batch)
            }
            b"id" => Ok(()),
            b"retry" => match parse_digits(value) {
                Some(time) => {
                    let is_told = self.former_times.last().map_or(0, |(messages, _)| *messages)
                        == self.finished;
                    if !is_told {
                        self.former_times.push((self.finished, self.reconnection_time));
                    }
                    self.reconnection_time = Some(time);
                    self.remark(b'r', value, batch)
                }
                None => self.remark(b'R', line, batch),
            },
            // What the grammar calls a comment looks like a field with the empty name.
            b"" if self.remarks == Remarks::Comments => Ok(batch.append_remark(b"", value)?),
            b"" => self.remark(b':', value, batch),
            _ => self.remark(b'?', line, batch),
        }
    }

    /// "Dispatch the event" of the standard, as far as the parser is concerned.
    fn dispatch_the_event(&mut self, batch: &mut Batch) -> Result<(), EventTooLarge> {
        let has_id = mem::take(&mut self.has_id);
        if has_id {
            mem::swap(&mut self.last_event_id_string, &mut self.last_event_id_buffer);
            batch.forget_last_event_id();
            self.remark(b'i', &self.last_event_id_string, batch)?;
        }
        if mem::take(&mut self.has_data) {
            self.finished += 1;
            self.remark(if has_id { b'M' } else { b'm' }, &self.event_type_buffer, batch)?;
            batch.finish_message(&self.event_type_buffer, &self.last_event_id_string)?;
            if self.remarks == Remarks::Comments {
                batch.mark_message()?;
            }
        }
        self.event_type_buffer.clear();
        Ok(())
    }

    // The module is compiled for size. What is marked from here on takes no more of it where it is
    // called, and lines are interpreted a third faster.

    /// Keeps a remark, if all are wanted.
    #[inline(always)]
    fn remark(&self, kind: u8, text: &[u8], batch: &mut Batch) -> Result<(), EventTooLarge> {
        match self.remarks {
            Remarks::All => Ok(batch.append_remark(&[kind], text)?),
            _ => Ok(()),
        }
    }

    /// Puts the LF before a further data line. The standard puts it behind each and takes the last
    /// one off at dispatch, which comes to the same.
    #[inline(always)]
    fn begin_data_line(&mut self, batch: &mut Batch) -> Result<(), EventTooLarge> {
        if mem::replace(&mut self.has_data, true) {
            batch.append_data(&[LF])?;
        }
        Ok(())
    }

    #[inline(always)]
    fn append_to_data_buffer(
        &mut self,
        value: &[u8],
        batch: &mut Batch,
    ) -> Result<(), EventTooLarge> {
        batch.append_data(value)?;
        self.check_size(batch)
    }

    #[inline(always)]
    fn check_size(&self, batch: &Batch) -> Result<(), EventTooLarge> {
        let line = match &self.line {
            UnfinishedLine::Beginning(line) => line.len(),
            UnfinishedLine::Data | UnfinishedLine::Comment => 0,
        };
        let size = line
            + batch.data_buffer_len()
            + self.event_type_buffer.len()
            + if self.has_id { &self.last_event_id_buffer } else { &self.last_event_id_string }
                .len();
        if size > self.max_event_size { Err(EventTooLarge) } else { Ok(()) }
    }
}

/// Name and value of a field: what stands before the first colon, and what stands behind it less
/// one space.
#[inline(always)]
fn split_field(line: &[u8]) -> (&[u8], &[u8]) {
    match line.iter().position(|&byte| byte == b':') {
        Some(colon) => {
            let value = &line[colon + 1..];
            (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
        }
        None => (line, b""),
    }
}

/// The number that one or more ASCII digits stand for, saturated; nothing for anything else.
fn parse_digits(value: &[u8]) -> Option<u32> {
    if value.is_empty() {
        return None;
    }
    value.iter().try_fold(0u32, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        Some(number.saturating_mul(10).saturating_add(digit))
    })
}

fn replace(buffer: &mut Vec<u8>, value: &[u8]) -> Result<(), TryReserveError> {
    buffer.clear();
    append(buffer, value)
}
