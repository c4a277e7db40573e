//! Types for the values of parameters that are more than a number or a text.

mod byte_offsets;
mod header_line;
mod hex_bytes;
mod status;

pub(crate) use byte_offsets::ByteOffsets;
pub(crate) use header_line::HeaderLine;
pub(crate) use hex_bytes::HexBytes;
pub(crate) use status::Status;
