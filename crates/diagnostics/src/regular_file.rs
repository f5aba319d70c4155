//! Files from elsewhere, read in bounded memory: a pipe would be waited for without end, and a device
//! has none.

use std::fs::{self, File, FileType};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// A million bytes.
pub const MB: u64 = 1_000_000;

/// Opens a regular file for reading.
///
/// # Errors
///
/// What the operating system says; anything else than a regular file, by name.
pub fn open_file(path: &Path) -> io::Result<File> {
    // Asked before it is opened: opening a pipe waits for a writer.
    expect_regular(fs::metadata(path)?.file_type())?;
    let file = File::open(path)?;
    expect_regular(file.metadata()?.file_type())?;
    Ok(file)
}

/// The bytes of a regular file.
///
/// * `most`: the size of the largest that is read.
///
/// # Errors
///
/// As [`open_file`]; a larger file.
pub fn read_file(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open_file(path)?;
    let size = file.metadata()?.len();
    let mut bytes = Vec::new();
    if size <= most {
        bytes.reserve_exact(size as usize);
        // It may grow meanwhile.
        file.take(most + 1).read_to_end(&mut bytes)?;
    }
    if size > most || bytes.len() as u64 > most {
        let message = format!("it is larger than the {} MB that are read", most / MB);
        return Err(io::Error::new(ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// The text of a regular file.
///
/// # Errors
///
/// As [`read_file`]; bytes that are not UTF-8, with their line.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    String::from_utf8(read_file(path, most)?).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
        io::Error::new(
            ErrorKind::InvalidData,
            format!("line {line} is not UTF-8 text"),
        )
    })
}

fn expect_regular(kind: FileType) -> io::Result<()> {
    if kind.is_file() {
        return Ok(());
    }
    if kind.is_dir() {
        return Err(io::Error::new(ErrorKind::IsADirectory, "it is a folder"));
    }
    let message = format!("it is {}, and only regular files are read", name_of(kind));
    Err(io::Error::new(ErrorKind::InvalidInput, message))
}

#[cfg(unix)]
fn name_of(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn name_of(_: FileType) -> &'static str {
    "a device"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(result: io::Result<Vec<u8>>) -> String {
        result.expect_err("it is refused").to_string()
    }

    #[test]
    fn only_regular_files_of_a_bounded_size_are_read() {
        let folder = std::env::temp_dir().join(format!("gridfolio-regular-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("text");
        fs::write(&path, b"one\ntwo\n\xff").expect("a file");
        assert_eq!(read_file(&path, 100).expect("bytes").len(), 9);
        assert_eq!(
            read_text(&path, 100).expect_err("no text").to_string(),
            "line 3 is not UTF-8 text"
        );
        let large = message(read_file(&path, 8));
        assert_eq!(large, "it is larger than the 0 MB that are read");
        assert_eq!(message(read_file(&folder, 8)), "it is a folder");
        assert_eq!(
            message(read_file(Path::new("/dev/zero"), 8)),
            "it is a device, and only regular files are read"
        );
        fs::remove_dir_all(&folder).expect("clean up");
    }
}
