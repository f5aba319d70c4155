//! Reads one file of bars, in whichever format it is.

use std::fs::File;
use std::io::{Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use diagnostics::open_file;

use crate::error::{FileError, Problem};
use crate::layout::Layout;
use crate::read_error::ReadError;
use crate::sheet::Sheet;
use crate::wanted::Wanted;
use crate::{arrow_file, parquet_file, text};

/// What a file holds.
///
/// The format follows from the content, whatever the name. `buffer` is overwritten; passing it on
/// from file to file saves allocations.
pub(crate) fn read(
    path: &Path,
    wanted: Wanted<'_>,
    buffer: &mut Vec<u8>,
) -> Result<Sheet, FileError> {
    read_any(path, wanted, buffer).map_err(|error| error.in_file(path))
}

/// The layout of a file, of which no more than the beginning is read.
pub(crate) fn layout(path: &Path, buffer: &mut Vec<u8>) -> Result<Layout, FileError> {
    layout_of_any(path, buffer).map_err(|error| error.in_file(path))
}

/// The formats that files come in.
enum Format {
    Parquet,
    ArrowFile,
    ArrowStream,
    Gzip,
    Text,
}

/// Opens a file and recognises its format by its first bytes.
fn open(path: &Path, buffer: &mut Vec<u8>) -> Result<(File, Format), ReadError> {
    const LONGEST_MAGIC: u64 = 6;
    let mut file = open_file(path).map_err(Problem::Unreadable)?;
    buffer.clear();
    file.by_ref()
        .take(LONGEST_MAGIC)
        .read_to_end(buffer)
        .map_err(Problem::Unreadable)?;
    let format = match buffer.as_slice() {
        [] => return Err(Problem::Empty.into()),
        [b'P', b'A', b'R', b'1', ..] => Format::Parquet,
        b"ARROW1" => Format::ArrowFile,
        [0xff, 0xff, 0xff, 0xff, ..] => Format::ArrowStream,
        [0x1f, 0x8b, ..] => Format::Gzip,
        start => match other_format(start) {
            Some(format) => return Err(Problem::OtherFormat(format).into()),
            None => Format::Text,
        },
    };
    file.rewind().map_err(Problem::Unreadable)?;
    buffer.clear();
    Ok((file, format))
}

fn read_any(path: &Path, wanted: Wanted<'_>, buffer: &mut Vec<u8>) -> Result<Sheet, ReadError> {
    let (file, format) = open(path, buffer)?;
    let table = match format {
        Format::Parquet => guarded(parquet_file::FORMAT, || parquet_file::read(file, wanted))?,
        Format::ArrowFile => guarded(arrow_file::FORMAT, || arrow_file::read_file(file, wanted))?,
        Format::ArrowStream => {
            guarded(arrow_file::FORMAT, || arrow_file::read_stream(file, wanted))?
        }
        Format::Gzip => {
            unpack(file, LARGEST_UNPACKED, buffer)?;
            text::read(buffer, wanted)?
        }
        Format::Text => {
            let mut file = file;
            file.read_to_end(buffer).map_err(Problem::Unreadable)?;
            text::read(buffer, wanted)?
        }
    };
    if table.series.iter().all(|(_, bars)| bars.len() == 0) && wanted.symbols.is_none() {
        return Err(Problem::HeaderOnly.into());
    }
    Ok(table)
}

fn layout_of_any(path: &Path, buffer: &mut Vec<u8>) -> Result<Layout, ReadError> {
    const BEGINNING: u64 = 1 << 16;
    let (file, format) = open(path, buffer)?;
    match format {
        Format::Parquet => guarded(parquet_file::FORMAT, || parquet_file::layout(file)),
        Format::ArrowFile => guarded(arrow_file::FORMAT, || arrow_file::layout_of_file(file)),
        Format::ArrowStream => guarded(arrow_file::FORMAT, || arrow_file::layout_of_stream(file)),
        Format::Gzip => {
            // The end is cut off, which is no fault.
            let _ = flate2::read::MultiGzDecoder::new(file)
                .take(BEGINNING)
                .read_to_end(buffer);
            text::layout(buffer)
        }
        Format::Text => {
            file.take(BEGINNING)
                .read_to_end(buffer)
                .map_err(Problem::Unreadable)?;
            text::layout(buffer)
        }
    }
}

/// No table of daily bars is larger; what a gzip archive declares is not believed.
const LARGEST_UNPACKED: u64 = 4 << 30;

fn unpack(file: File, largest: u64, buffer: &mut Vec<u8>) -> Result<(), ReadError> {
    let damaged = |source: Box<dyn std::error::Error + Send + Sync>| Problem::Damaged {
        format: "gzip",
        source,
    };
    flate2::read::MultiGzDecoder::new(file)
        .take(largest + 1)
        .read_to_end(buffer)
        .map_err(|error| damaged(error.into()))?;
    match buffer.len() as u64 > largest {
        true => Err(damaged("it unpacks to more than 4 GiB".into()).into()),
        false => Ok(()),
    }
}

/// Runs a columnar reader. On some damaged files the libraries panic, which must not stop
/// the other files from being read.
fn guarded<T>(
    format: &'static str,
    read: impl FnOnce() -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let source = "the reader stopped at damaged contents".into();
        Err(Problem::Damaged { format, source }.into())
    })
}

fn other_format(start: &[u8]) -> Option<&'static str> {
    match start {
        [b'P', b'K', 3, 4, ..] => Some("a zip archive or a spreadsheet"),
        [b'F', b'E', b'A', b'1', ..] => Some("a Feather file of version 1"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("text in UTF-16"),
        _ => None,
    }
}
