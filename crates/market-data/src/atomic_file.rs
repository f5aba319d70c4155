//! Writes files that are either whole or not there.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

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
    /// What one can do about it.
    pub fn hint(&self) -> &'static str {
        match self.source.kind() {
            io::ErrorKind::NotFound => "create the folder first",
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "make room on the disk, or write elsewhere"
            }
            io::ErrorKind::IsADirectory => "name a file, not a folder",
            _ => "check that you may write there",
        }
    }
}

/// Writes a file through `content`; at no moment is there half a file at `path`.
///
/// The bytes go to a temporary file in the same folder, which takes the place of `path` once they
/// are on the disk. A new file gets the permissions that any new file gets. A link stays a
/// link, and what it points to is replaced. A device or a pipe is written to directly.
pub fn write_atomically(
    path: &Path,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), WriteError> {
    write(path, content).map_err(|source| WriteError {
        path: path.to_owned(),
        source,
    })
}

fn write(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let path = match fs::metadata(path) {
        Ok(existing) if existing.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(existing) if existing.is_file() => fs::canonicalize(path)?,
        Ok(_) => {
            let mut device = BufWriter::new(OpenOptions::new().write(true).open(path)?);
            content(&mut device)?;
            return device.flush();
        }
        Err(_) => path.to_owned(),
    };
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };

    let mut builder = tempfile::Builder::new();
    builder.prefix(".gridfolio-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The process's mask takes off what it should, as for any new file.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut temporary = BufWriter::new(builder.tempfile_in(folder)?);
    content(&mut temporary)?;
    let temporary = temporary
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    // Some file systems show the new name before the bytes, so the bytes go first.
    temporary.as_file().sync_all()?;
    temporary.persist(&path).map_err(|error| error.error)?;
    sync_folder(folder)
}

/// Makes the new name last. A file system that cannot sync folders has nothing to make last.
fn sync_folder(folder: &Path) -> io::Result<()> {
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
