//! Several files that belong together.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::atomic_file::{Staged, WriteError, sync_folder};

/// Files of one folder that are replaced together.
///
/// [`FileSet::add`] brings each to the disk under a temporary name; [`FileSet::commit`] gives all
/// of them their names. An error before that, a full disk for instance, leaves the folder as it was.
///
/// The last file that is added completes the set: it is taken away before the first of the others is
/// replaced, and appears after them. Where it is, the others are of the same set, even after a power
/// cut.
///
/// ```
/// # fn main() -> Result<(), diagnostics::WriteError> {
/// let folder = std::env::temp_dir().join("gridfolio-file-set");
/// let mut set = diagnostics::FileSet::new(&folder)?;
/// set.add("curve.csv", |file| file.write_all(b"Date,Equity\n"))?;
/// set.add("statistics.json", |file| file.write_all(b"{}\n"))?;
/// set.commit()?;
/// assert!(folder.join("statistics.json").exists());
/// # std::fs::remove_dir_all(&folder).unwrap();
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is written before `commit`"]
pub struct FileSet {
    folder: PathBuf,
    files: Vec<(PathBuf, Staged)>,
}

impl FileSet {
    /// An empty set in a folder, which is created if it does not exist.
    ///
    /// # Errors
    ///
    /// When the folder cannot be created.
    pub fn new(folder: &Path) -> Result<FileSet, WriteError> {
        fs::create_dir_all(folder).map_err(WriteError::at(folder))?;
        Ok(FileSet {
            folder: folder.to_owned(),
            files: Vec::new(),
        })
    }

    /// Writes a file of the set under a temporary name.
    ///
    /// # Errors
    ///
    /// The first error of `content` or of the operating system.
    pub fn add(
        &mut self,
        name: &str,
        content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), WriteError> {
        let path = self.folder.join(name);
        let staged = Staged::write(&path, content).map_err(WriteError::at(&path))?;
        self.files.push((path, staged));
        Ok(())
    }

    /// Gives all files their names.
    ///
    /// # Errors
    ///
    /// The first error of the operating system. The file that completes the set is not there then.
    pub fn commit(self) -> Result<(), WriteError> {
        if let [_, .., (_, Staged::File(_, last))] = &self.files[..] {
            match fs::remove_file(last) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(WriteError::at(last)(error));
                }
                _ => sync_folder(&self.folder).map_err(WriteError::at(&self.folder))?,
            }
        }
        for (path, staged) in self.files {
            staged.put_in_place().map_err(WriteError::at(&path))?;
        }
        Ok(())
    }
}
