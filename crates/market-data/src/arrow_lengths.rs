//! Whether the lengths that an Arrow file or stream declares are there.
//!
//! The library believes them: it takes the memory first, and reads then. So all messages are looked at
//! before it is asked: where they stand, how long their buffers are, and to what size compressed ones
//! are to grow.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use arrow_ipc::{Message, RecordBatch, root_as_footer, root_as_message};
use arrow_schema::ArrowError;

use crate::bounded_file::most_rows;

/// Bytes that decompressed buffers may take besides those that the size of the file allows.
const SOME: u64 = 32 << 20;

/// Bytes that a byte of a file may grow to, over all its columns: an average far above that of prices.
const GROWTH: u64 = 64;

/// The longest text of a footer or a message's own description that is read, in bytes: thousands of columns.
const MOST_METADATA: u64 = 64 << 20;

/// Looks at each message that the footer of an Arrow file names.
pub(crate) fn check_file(file: &mut File) -> Result<(), ArrowError> {
    let size = file.metadata()?.len();
    let mut tail = [0; 10];
    let start = size
        .checked_sub(10)
        .ok_or_else(|| damaged("it is too short"))?;
    read_at(file, start, &mut tail)?;
    let [a, b, c, d, ..] = tail;
    let length = u64::try_from(i32::from_le_bytes([a, b, c, d])).unwrap_or(u64::MAX);
    if length > start || length > MOST_METADATA {
        return Err(damaged("its footer is longer than the file"));
    }
    let mut footer = vec![0; length as usize];
    read_at(file, start - length, &mut footer)?;
    let footer = root_as_footer(&footer).map_err(|error| damaged(error.to_string()))?;
    let blocks = footer
        .dictionaries()
        .into_iter()
        .chain(footer.recordBatches());
    let mut rows = 0;
    for block in blocks.flatten() {
        let parts = [
            block.offset(),
            block.metaDataLength().into(),
            block.bodyLength(),
        ];
        let parts = parts.map(|part| u64::try_from(part).ok());
        let [Some(offset), Some(metadata), Some(body)] = parts else {
            return Err(damaged("a message has a negative length"));
        };
        let end = offset
            .checked_add(metadata)
            .and_then(|end| end.checked_add(body));
        if end.is_none_or(|end| end > size) || metadata > MOST_METADATA {
            return Err(damaged("a message ends after the file"));
        }
        let mut bytes = vec![0; metadata as usize];
        read_at(file, offset, &mut bytes)?;
        let marker = if bytes.starts_with(&[0xff; 4]) { 8 } else { 4 };
        let message = bytes.get(marker..).unwrap_or_default();
        let message = root_as_message(message).map_err(|error| damaged(error.to_string()))?;
        rows += check_message(file, &message, offset + metadata, body, size)?;
        check_rows(rows, size)?;
    }
    file.rewind()?;
    Ok(())
}

/// Looks at each message of an Arrow stream.
pub(crate) fn check_stream(file: &mut File) -> Result<(), ArrowError> {
    let size = file.metadata()?.len();
    let (mut at, mut rows) = (0, 0);
    while at + 4 <= size {
        let mut word = [0; 4];
        read_at(file, at, &mut word)?;
        at += 4;
        if word == [0xff; 4] && at + 4 <= size {
            file.read_exact(&mut word)?;
            at += 4;
        }
        let length = u64::try_from(i32::from_le_bytes(word)).unwrap_or(u64::MAX);
        if length == 0 {
            break;
        }
        if length > size - at || length > MOST_METADATA {
            return Err(damaged("a message ends after the file"));
        }
        let mut bytes = vec![0; length as usize];
        file.read_exact(&mut bytes)?;
        at += length;
        let message = root_as_message(&bytes).map_err(|error| damaged(error.to_string()))?;
        let body = u64::try_from(message.bodyLength()).unwrap_or(u64::MAX);
        if body > size - at {
            return Err(damaged("a message ends after the file"));
        }
        rows += check_message(file, &message, at, body, size)?;
        check_rows(rows, size)?;
        at += body;
    }
    file.rewind()?;
    Ok(())
}

/// Checks the buffers of a message whose body stands at `start`. Returns how many rows it has.
fn check_message(
    file: &mut File,
    message: &Message<'_>,
    start: u64,
    body: u64,
    size: u64,
) -> Result<u64, ArrowError> {
    if u64::try_from(message.bodyLength()).ok() != Some(body) {
        return Err(damaged("a message and the footer disagree on a length"));
    }
    let dictionary = message.header_as_dictionary_batch();
    let batch = dictionary.and_then(|dictionary| dictionary.data());
    let Some(batch) = batch.or_else(|| message.header_as_record_batch()) else {
        return Ok(0);
    };
    check_buffers(file, &batch, start, body, size)?;
    let nodes = batch
        .nodes()
        .into_iter()
        .flatten()
        .map(|node| node.length());
    let longest = nodes
        .chain([batch.length()])
        .map(|length| u64::try_from(length).ok());
    let longest = longest.collect::<Option<Vec<u64>>>();
    let longest = longest.and_then(|lengths| lengths.into_iter().max());
    longest.ok_or_else(|| damaged("a column has a negative length"))
}

fn check_buffers(
    file: &mut File,
    batch: &RecordBatch<'_>,
    start: u64,
    body: u64,
    size: u64,
) -> Result<(), ArrowError> {
    let mut grown = 0_u64;
    for buffer in batch.buffers().into_iter().flatten() {
        let (offset, length) = (
            u64::try_from(buffer.offset()),
            u64::try_from(buffer.length()),
        );
        let (Ok(offset), Ok(length)) = (offset, length) else {
            return Err(damaged("a buffer has a negative length"));
        };
        if offset.checked_add(length).is_none_or(|end| end > body) {
            return Err(damaged("a buffer ends after its message"));
        }
        if batch.compression().is_some() && length >= 8 {
            let mut declared = [0; 8];
            read_at(file, start + offset, &mut declared)?;
            // Less than zero: it is not compressed.
            let declared = u64::try_from(i64::from_le_bytes(declared)).unwrap_or(length);
            grown = grown.saturating_add(declared);
            if grown > GROWTH.saturating_mul(size).saturating_add(SOME) {
                return Err(damaged(format!(
                    "its buffers are to grow to {grown} bytes, from {size}"
                )));
            }
        }
    }
    Ok(())
}

/// Columns of nulls take no room, so that their rows have to be bounded by themselves.
fn check_rows(rows: u64, size: u64) -> Result<(), ArrowError> {
    match rows > most_rows(size) {
        true => Err(damaged(format!("it declares {rows} rows in {size} bytes"))),
        false => Ok(()),
    }
}

fn read_at(file: &mut File, at: u64, bytes: &mut [u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(bytes)
}

fn damaged(message: impl Into<String>) -> ArrowError {
    ArrowError::IpcError(message.into())
}
