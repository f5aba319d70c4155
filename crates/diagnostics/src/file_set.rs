//! Several files that belong together.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::atomic_file::{Staged, WriteError, sync_folder};
use crate::manifest::{MANIFEST, Manifest};

/// Files of one folder that are replaced together.
///
/// [`FileSet::add`] brings each to the disk under a temporary name; [`FileSet::commit`] gives all
/// of them their names. An error before that, a full disk for instance, leaves the folder as it was.
///
/// No moment shows files of two sets: those of the set before are removed, the last one first, before
/// the first of this one appears, and two processes take turns. The [`Manifest`] with the digests of all
/// files completes the set. Where it is and fits, all are of one set, also after a power cut, and on
/// shares without locks.
///
/// ```
/// # fn main() -> Result<(), diagnostics::WriteError> {
/// let folder = std::env::temp_dir().join("gridfolio-file-set");
/// let mut set = diagnostics::FileSet::new(&folder)?;
/// set.add("curve.csv", |file| file.write_all(b"Date,Equity\n"))?;
/// set.add("statistics.json", |file| file.write_all(b"{}\n"))?;
/// set.commit()?;
/// assert!(folder.join("statistics.json").exists());
/// assert!(folder.join(diagnostics::MANIFEST).exists());
/// # std::fs::remove_dir_all(&folder).unwrap();
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is written before `commit`"]
pub struct FileSet {
    folder: PathBuf,
    files: Vec<(PathBuf, Staged)>,
    digests: BTreeMap<String, String>,
    without: Vec<PathBuf>,
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
            digests: BTreeMap::new(),
            without: Vec::new(),
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
        let mut hasher = blake3::Hasher::new();
        let staged = Staged::write(&path, |file| {
            content(&mut Hashing {
                file,
                hasher: &mut hasher,
            })
        });
        let staged = staged.map_err(WriteError::at(&path))?;
        if matches!(staged, Staged::File(..)) {
            let digest = hasher.finalize().to_hex().to_string();
            self.digests.insert(name.to_owned(), digest);
        }
        self.files.push((path, staged));
        Ok(())
    }

    /// A file that such sets may have and this one has not.
    pub fn without(&mut self, name: &str) {
        self.without.push(self.folder.join(name));
    }

    /// Gives all files their names.
    ///
    /// # Errors
    ///
    /// The first error of the operating system, and a process that does not finish its turn. The
    /// manifest is not there after an error.
    pub fn commit(mut self) -> Result<(), WriteError> {
        let manifest = Manifest::new(std::mem::take(&mut self.digests));
        self.add(MANIFEST, |file| file.write_all(&manifest.to_json()?))?;
        let _turn = Turn::take(&self.folder).map_err(WriteError::at(&self.folder))?;
        let of_this = self
            .files
            .iter()
            .rev()
            .filter_map(|(_, staged)| match staged {
                Staged::File(_, path) => Some(path),
                Staged::Device => None,
            });
        for path in of_this.chain(&self.without) {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(WriteError::at(path)(error));
                }
                _ => {}
            }
        }
        // The names that are gone are gone for good before the first new one is there.
        sync_folder(&self.folder).map_err(WriteError::at(&self.folder))?;
        for (path, staged) in self.files {
            staged.put_in_place().map_err(WriteError::at(&path))?;
        }
        Ok(())
    }
}

/// Computes the digest of what is written.
struct Hashing<'a> {
    file: &'a mut dyn Write,
    hasher: &'a mut blake3::Hasher,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The lock on a folder while the files of a set are given their names. It ends with the process.
struct Turn {
    _folder: Option<File>,
}

impl Turn {
    /// Renaming some files takes milliseconds.
    const PATIENCE: Duration = Duration::from_secs(60);

    fn take(folder: &Path) -> io::Result<Turn> {
        let Ok(folder) = File::open(folder) else {
            return Ok(Turn { _folder: None });
        };
        let began = Instant::now();
        loop {
            match folder.try_lock() {
                Ok(()) => {
                    return Ok(Turn {
                        _folder: Some(folder),
                    });
                }
                // A share that locks no folders: the manifest shows what two writers made of it.
                Err(TryLockError::Error(_)) => return Ok(Turn { _folder: None }),
                Err(TryLockError::WouldBlock) if began.elapsed() > Turn::PATIENCE => {
                    let message = "another process has been replacing its files for a minute";
                    return Err(io::Error::new(io::ErrorKind::TimedOut, message));
                }
                Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(5)),
            }
        }
    }
}
