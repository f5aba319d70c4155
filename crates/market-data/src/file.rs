//! Reads one file of bars, in whichever layout it is.

use std::fs::File;
use std::io::{Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use crate::bars::Bars;
use crate::error::{FileError, Problem};
use crate::read_error::ReadError;
use crate::{arrow_file, parquet_file, text};

/// The rows of a file, in the order of their dates.
///
/// The layout follows from the content, whatever the name. `buffer` is overwritten; passing it on
/// from file to file saves allocations. Without `adjusted` the adjusted closes are not read.
pub(crate) fn read(path: &Path, adjusted: bool, buffer: &mut Vec<u8>) -> Result<Bars, FileError> {
    read_any(path, adjusted, buffer).map_err(|error| error.in_file(path))
}

fn read_any(path: &Path, adjusted: bool, buffer: &mut Vec<u8>) -> Result<Bars, ReadError> {
    const LONGEST_MAGIC: u64 = 6;
    let mut file = File::open(path).map_err(Problem::Unreadable)?;
    buffer.clear();
    file.by_ref()
        .take(LONGEST_MAGIC)
        .read_to_end(buffer)
        .map_err(Problem::Unreadable)?;
    let from_start = |mut file: File| match file.rewind() {
        Ok(()) => Ok(file),
        Err(error) => Err(Problem::Unreadable(error)),
    };
    let mut bars = match buffer.as_slice() {
        [] => return Err(Problem::Empty.into()),
        [b'P', b'A', b'R', b'1', ..] => {
            let file = from_start(file)?;
            guarded(parquet_file::FORMAT, || parquet_file::read(file, adjusted))?
        }
        b"ARROW1" => {
            let file = from_start(file)?;
            guarded(arrow_file::FORMAT, || arrow_file::read_file(file, adjusted))?
        }
        [0xff, 0xff, 0xff, 0xff, ..] => {
            let file = from_start(file)?;
            guarded(arrow_file::FORMAT, || {
                arrow_file::read_stream(file, adjusted)
            })?
        }
        start => match other_format(start) {
            Some(format) => return Err(Problem::OtherFormat(format).into()),
            None => {
                file.read_to_end(buffer).map_err(Problem::Unreadable)?;
                text::read(buffer, adjusted)?
            }
        },
    };
    if bars.len() == 0 {
        return Err(Problem::HeaderOnly.into());
    }
    bars.put_in_order()?;
    if bars.has_no_prices() {
        return Err(Problem::NoPrices.into());
    }
    Ok(bars)
}

/// Runs a columnar reader. On some damaged files the libraries panic, which must not stop
/// the other files from being read.
fn guarded(
    format: &'static str,
    read: impl FnOnce() -> Result<Bars, ReadError>,
) -> Result<Bars, ReadError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let source = "the reader stopped at damaged contents".into();
        Err(Problem::Damaged { format, source }.into())
    })
}

fn other_format(start: &[u8]) -> Option<&'static str> {
    match start {
        [0x1f, 0x8b, ..] => Some("a gzip archive"),
        [b'P', b'K', 3, 4, ..] => Some("a zip archive or a spreadsheet"),
        [b'F', b'E', b'A', b'1', ..] => Some("a Feather file of version 1"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("text in UTF-16"),
        _ => None,
    }
}
