//! A stream, and where it is cut.

/// The longest chunk, but for a stream that comes whole.
const LONGEST: u8 = 31;

/// Takes the lengths of chunks off the front of the input. What begins with an ASCII character but `\0`
/// to `\x07` is a stream that comes whole, so that a stream is an input as it is.
pub(crate) fn split(data: &[u8]) -> (&[u8], &[u8]) {
    match data.split_first() {
        Some((&count, rest)) if count < 8 => rest.split_at(rest.len().min(count.into())),
        _ => (&[], data),
    }
}

/// The chunks of a stream: of these lengths, again and again.
pub(crate) fn chunks<'a>(mut stream: &'a [u8], lengths: &[u8]) -> Vec<&'a [u8]> {
    if lengths.iter().all(|length| length & LONGEST == 0) {
        return vec![stream];
    }
    let mut chunks = Vec::new();
    for length in lengths.iter().cycle() {
        if stream.is_empty() {
            break;
        }
        let (chunk, rest) = stream.split_at(stream.len().min((length & LONGEST).into()));
        chunks.push(chunk);
        stream = rest;
    }
    chunks
}
