//! Content codings of a body, flushed chunk by chunk: what a compressing proxy has to do with an
//! event stream, or its events wait until the encoder's buffer is full.

use std::io::{self, Write};

use axum::body::Bytes;
use brotli::CompressorWriter as BrotliEncoder;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde::Deserialize;

/// A content coding of HTTP (RFC 9110, section 8.4.1, and RFC 7932).
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ContentEncoding {
    /// gzip.
    Gzip,
    /// The zlib format, which HTTP calls deflate.
    Deflate,
    /// Brotli.
    Br,
}

impl ContentEncoding {
    /// The value of the `Content-Encoding` header.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Br => "br",
        }
    }
}

/// Encodes the chunks of one body.
pub(crate) enum Encoder {
    Identity,
    Gzip(GzEncoder<Vec<u8>>),
    Deflate(ZlibEncoder<Vec<u8>>),
    Br(Box<BrotliEncoder<Vec<u8>>>),
}

impl Encoder {
    pub(crate) fn new(encoding: Option<ContentEncoding>) -> Self {
        match encoding {
            None => Self::Identity,
            Some(ContentEncoding::Gzip) => {
                Self::Gzip(GzEncoder::new(Vec::new(), Compression::default()))
            }
            Some(ContentEncoding::Deflate) => {
                Self::Deflate(ZlibEncoder::new(Vec::new(), Compression::default()))
            }
            Some(ContentEncoding::Br) => {
                Self::Br(Box::new(BrotliEncoder::new(Vec::new(), 4096, 5, 20)))
            }
        }
    }

    /// The encoded bytes from which a decoder gets the whole chunk.
    pub(crate) fn encode(&mut self, chunk: Bytes) -> io::Result<Bytes> {
        Ok(match self {
            Self::Identity => chunk,
            Self::Gzip(encoder) => flushed(encoder, &chunk, GzEncoder::get_mut)?,
            Self::Deflate(encoder) => flushed(encoder, &chunk, ZlibEncoder::get_mut)?,
            Self::Br(encoder) => flushed(encoder.as_mut(), &chunk, BrotliEncoder::get_mut)?,
        })
    }

    /// What is to follow the last chunk.
    pub(crate) fn finish(self) -> io::Result<Bytes> {
        Ok(match self {
            Self::Identity => Bytes::new(),
            Self::Gzip(encoder) => encoder.finish()?.into(),
            Self::Deflate(encoder) => encoder.finish()?.into(),
            Self::Br(encoder) => encoder.into_inner().into(),
        })
    }
}

fn flushed<E: Write>(
    encoder: &mut E,
    chunk: &[u8],
    output: fn(&mut E) -> &mut Vec<u8>,
) -> io::Result<Bytes> {
    encoder.write_all(chunk)?;
    encoder.flush()?;
    Ok(std::mem::take(output(encoder)).into())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write as _};

    use flate2::write::{GzDecoder, ZlibDecoder};

    use super::*;

    /// Encodes two chunks, and asserts that each can be decoded before the next one is there.
    fn assert_flushes<D: std::io::Write>(
        encoding: ContentEncoding,
        mut decoder: D,
        decoded: fn(&D) -> &Vec<u8>,
    ) {
        let mut encoder = Encoder::new(Some(encoding));
        for (chunk, so_far) in [("data: a\n\n", "data: a\n\n"), ("b", "data: a\n\nb")] {
            decoder.write_all(&encoder.encode(chunk.into()).unwrap()).unwrap();
            decoder.flush().unwrap();
            assert_eq!(decoded(&decoder), so_far.as_bytes(), "{encoding:?}");
        }
        decoder.write_all(&encoder.finish().unwrap()).unwrap();
        assert_eq!(decoded(&decoder), b"data: a\n\nb");
    }

    #[test]
    fn each_chunk_can_be_decoded_when_it_has_come() {
        assert_flushes(ContentEncoding::Gzip, GzDecoder::new(Vec::new()), GzDecoder::get_ref);
        assert_flushes(
            ContentEncoding::Deflate,
            ZlibDecoder::new(Vec::new()),
            ZlibDecoder::get_ref,
        );
        assert_flushes(
            ContentEncoding::Br,
            brotli::DecompressorWriter::new(Vec::new(), 4096),
            brotli::DecompressorWriter::get_ref,
        );
    }

    #[test]
    fn no_encoding_leaves_the_body_as_it_is() {
        let mut encoder = Encoder::new(None);
        let mut body = Vec::new();
        body.write_all(&encoder.encode("data: a".into()).unwrap()).unwrap();
        encoder.finish().unwrap().as_ref().read_to_end(&mut body).unwrap();
        assert_eq!(body, b"data: a");
    }
}
