//! Writes files that are either whole or not there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::diagnostic::{Code, Diagnostic};
use crate::temporary_file;

/// Why a file could not be written. What was at the path before is still there.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`", .path.display())]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// What went wrong.
    pub source: io::Error,
}

impl WriteError {
    /// An error of the operating system, with the file or folder that it is about.
    pub fn at(path: &Path) -> impl FnOnce(io::Error) -> WriteError + '_ {
        |source| WriteError {
            path: path.to_owned(),
            source,
        }
    }

    /// Whether the user may not write there at all, as in a folder that is only read.
    pub fn is_read_only(&self) -> bool {
        use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
        matches!(self.source.kind(), PermissionDenied | ReadOnlyFilesystem)
    }
}

impl Diagnostic for WriteError {
    fn code(&self) -> Code {
        Code::Output
    }

    fn hint(&self) -> Option<String> {
        let hint = match self.source.kind() {
            io::ErrorKind::NotFound => "create the folder first",
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "make room on the disk, or write elsewhere"
            }
            io::ErrorKind::FileTooLarge => {
                "raise the limit with `ulimit -f unlimited`, or write less"
            }
            io::ErrorKind::IsADirectory => "name a file, not a folder",
            _ => "check that you may write there",
        };
        Some(hint.to_owned())
    }
}

/// Writes a file through `content`; at no moment is there half a file at `path`.
///
/// The bytes go to a temporary file in the same folder, which takes the place of `path` once they
/// are on the disk. A new file gets the permissions that any new file gets. A link stays a
/// link, and what it points to is replaced. A device or a pipe is written to directly.
///
/// # Errors
///
/// The first error of `content` or of the operating system. What was at `path` before is still
/// there, and the temporary file is not.
pub fn write_atomically(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), WriteError> {
    let written = Staged::write(path, content).and_then(Staged::put_in_place);
    written.map_err(WriteError::at(path))
}

/// A file whose bytes are on the disk under a temporary name.
pub(crate) enum Staged {
    /// The temporary file and the name it is to have.
    File(NamedTempFile, PathBuf),
    /// A device or a pipe, which has its bytes already.
    Device,
}

impl Staged {
    pub(crate) fn write(
        path: &Path,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<Staged> {
        let path = match fs::metadata(path) {
            Ok(existing) if existing.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(existing) if existing.is_file() => fs::canonicalize(path)?,
            Ok(_) => {
                let mut device = BufWriter::new(OpenOptions::new().write(true).open(path)?);
                content(&mut device)?;
                device.flush()?;
                return Ok(Staged::Device);
            }
            Err(_) => path.to_owned(),
        };
        let mut temporary = BufWriter::new(temporary_file::create(folder_of(&path))?);
        content(&mut Bounded {
            file: &mut temporary,
            room: largest_file(),
        })?;
        let temporary = temporary
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        // Some file systems show the new name before the bytes, so the bytes go first.
        temporary.as_file().sync_all()?;
        Ok(Staged::File(temporary, path))
    }

    /// Gives the file its name.
    pub(crate) fn put_in_place(self) -> io::Result<()> {
        let Staged::File(temporary, path) = self else {
            return Ok(());
        };
        temporary.persist(&path).map_err(|error| error.error)?;
        sync_folder(folder_of(&path))
    }
}

/// A file that may not grow beyond a limit. The operating system would end the process there
/// (`SIGXFSZ`).
struct Bounded<'a> {
    file: &'a mut dyn Write,
    room: u64,
}

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(room) = self.room.checked_sub(bytes.len() as u64) else {
            let message = "it would be larger than files may be (`ulimit -f`)";
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        };
        let n = self.file.write(bytes)?;
        self.room = room;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The bytes of the largest file that this process may write.
#[cfg(unix)]
fn largest_file() -> u64 {
    use nix::sys::resource::{Resource, getrlimit};
    getrlimit(Resource::RLIMIT_FSIZE).map_or(u64::MAX, |(limit, _)| limit)
}

#[cfg(not(unix))]
fn largest_file() -> u64 {
    u64::MAX
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Makes the new name last. A file system that cannot sync folders has nothing to make last.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    match synced {
        Err(error)
            if !matches!(
                error.kind(),
                io::ErrorKind::InvalidInput
                    | io::ErrorKind::Unsupported
                    | io::ErrorKind::PermissionDenied
            ) =>
        {
            Err(error)
        }
        _ => Ok(()),
    }
}
