//! Temporary files beside the files that they become, and what killed commands leave of them.
//!
//! A command holds a lock on each temporary file as long as it writes it, and the operating system
//! ends the lock with the command. So a file whose lock is free has no owner any more.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tempfile::NamedTempFile;

use crate::program::host_name;

const PREFIX: &str = ".gridfolio-";
const SUFFIX: &str = ".tmp";

/// Some shares keep locks on each machine for itself. A file of another machine is removed when it is
/// older than any command could write it.
const OF_ANOTHER_MACHINE: Duration = Duration::from_secs(24 * 3600);

/// Whether a name is that of a temporary file of this program.
pub fn is_temporary(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// An empty temporary file in a folder, with a lock on it. The first in a folder removes what killed
/// commands left there.
pub(crate) fn create(folder: &Path) -> io::Result<NamedTempFile> {
    static SEEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let is_new = (SEEN.lock().unwrap_or_else(PoisonError::into_inner)).insert(folder.to_owned());
    if is_new {
        remove_leftovers(folder);
    }
    let prefix = prefix();
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The process's mask takes off what it should, as for any new file.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    loop {
        let file = builder.tempfile_in(folder)?;
        // Where there are no locks, nothing is removed either.
        let locked = file.as_file().lock();
        // Another process may have had the lock first, and taken the file for one without an owner.
        if locked.is_err() || is_there(&file)? {
            return Ok(file);
        }
    }
}

/// Removes the temporary files in a folder whose owners were killed. What cannot be removed stays: it
/// does no harm.
pub fn remove_leftovers(folder: &Path) {
    if !cfg!(unix) {
        return;
    }
    let own = prefix();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if !is_temporary(&name) || !is_file {
            continue;
        }
        let Ok(file) = OpenOptions::new().write(true).open(entry.path()) else {
            continue;
        };
        let age = file.metadata().and_then(|data| data.modified());
        let age = age.ok().and_then(|time| time.elapsed().ok());
        let is_old = age.is_some_and(|age| age > OF_ANOTHER_MACHINE);
        if (name.starts_with(&own) || is_old) && file.try_lock().is_ok() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The names of this machine's temporary files begin so.
fn prefix() -> String {
    // A dash ends the name of the machine.
    let host = host_name().replace('-', "_");
    format!("{PREFIX}{:.40}-", host)
}

#[cfg(unix)]
fn is_there(file: &NamedTempFile) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(file.as_file().metadata()?.nlink() > 0)
}

#[cfg(not(unix))]
fn is_there(_: &NamedTempFile) -> io::Result<bool> {
    Ok(true)
}
