//! A file as the Parquet library reads it, where what is declared is not believed, and how many rows a
//! file can have.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// The rows that a file of this many bytes can have: a row of prices takes more than a byte, in large
/// files also after compression.
pub(crate) fn most_rows(size: u64) -> u64 {
    size.saturating_add(1 << 20)
}

/// A file that is read to its end and not beyond.
///
/// The library steps over the entries of a list that it does not know, and an entry at the end of the
/// file takes no time to read and is no error: a list of a thousand million of them in another takes years.
pub(crate) struct BoundedFile(pub(crate) File);

impl BoundedFile {
    /// Another handle of the same file.
    pub(crate) fn try_clone(&self) -> io::Result<BoundedFile> {
        self.0.try_clone().map(BoundedFile)
    }
}

impl Length for BoundedFile {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for BoundedFile {
    type T = NotBeyondTheEnd<BufReader<File>>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        self.0.get_read(start).map(NotBeyondTheEnd)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // The library takes the memory first.
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| end > self.0.len()) {
            let what = format!("{length} bytes from {start} on end after the file");
            return Err(ParquetError::EOF(what));
        }
        self.0.get_bytes(start, length)
    }
}

/// A reader for which the end of the file is an error.
pub(crate) struct NotBeyondTheEnd<R>(R);

impl<R: Read> Read for NotBeyondTheEnd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(ErrorKind::UnexpectedEof.into()),
            n => Ok(n),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_beyond_the_end() {
        let path = std::env::temp_dir().join(format!("gridfolio-bounded-{}", std::process::id()));
        std::fs::write(&path, b"12345").expect("a file");
        let file = BoundedFile(File::open(&path).expect("the file"));
        let mut reader = file.get_read(3).expect("a reader");
        let mut two = [0; 2];
        reader.read_exact(&mut two).expect("two bytes");
        assert_eq!(&two, b"45");
        let beyond = reader.read(&mut two).expect_err("the end");
        assert_eq!(beyond.kind(), ErrorKind::UnexpectedEof);
        assert_eq!(file.get_bytes(1, 4).expect("four bytes"), "2345");
        // The memory is not there, and is not asked for.
        assert!(file.get_bytes(1, 1 << 50).is_err());
        std::fs::remove_file(&path).expect("clean up");
    }
}
