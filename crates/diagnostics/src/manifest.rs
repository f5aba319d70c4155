//! Which files belong together: their digests, in a file that is written last.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use crate::atomic_file::{WriteError, write_atomically};
use crate::program::PROGRAM;
use crate::regular_file::{MB, open_file, read_file};

/// The name of the file that completes a set of files.
pub const MANIFEST: &str = "gridfolio-manifest.json";

const MOST: u64 = MB;

/// The files of a set and their digests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The program that wrote the set.
    pub program: String,
    /// By name, the BLAKE3 digest of each file in hexadecimal digits.
    pub files: BTreeMap<String, String>,
}

/// How a file differs from what a manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It is not there.
    Missing,
    /// It has other bytes.
    Changed,
    /// It cannot be read.
    Unreadable(String),
}

impl Manifest {
    pub(crate) fn new(files: BTreeMap<String, String>) -> Manifest {
        Manifest {
            program: PROGRAM.to_owned(),
            files,
        }
    }

    pub(crate) fn to_json(&self) -> io::Result<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        Ok(text)
    }

    /// The manifest in a folder; `None` where there is none.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or is not a manifest of files beside it.
    pub fn read(folder: &Path) -> io::Result<Option<Manifest>> {
        let text = match read_file(&folder.join(MANIFEST), MOST) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        let manifest: Manifest = serde_json::from_slice(&text)?;
        match manifest.files.keys().find(|name| !is_beside(name)) {
            None => Ok(Some(manifest)),
            Some(name) => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{name:?} is not the name of a file in the folder"),
            )),
        }
    }

    /// Enters files into the manifest of a folder, beside those that it names and the folder still has.
    ///
    /// * `files`: by name, the digest of each.
    ///
    /// # Errors
    ///
    /// A folder that cannot be written to.
    pub fn extend(folder: &Path, files: BTreeMap<String, String>) -> Result<(), WriteError> {
        let found = Manifest::read(folder).ok().flatten();
        let mut all = found
            .as_ref()
            .map_or_else(BTreeMap::new, |found| found.files.clone());
        all.retain(|name, _| folder.join(name).is_file());
        all.extend(files);
        let manifest = Manifest::new(all);
        if found.as_ref() == Some(&manifest) {
            return Ok(());
        }
        write_atomically(&folder.join(MANIFEST), |file| {
            file.write_all(&manifest.to_json()?)
        })
    }

    /// The files in a folder that are not what the manifest says, by name.
    pub fn differences(&self, folder: &Path) -> Vec<(&str, Difference)> {
        let difference = |(name, digest): &(&String, &String)| match digest_of(&folder.join(name)) {
            Ok(found) if found == **digest => None,
            Ok(_) => Some(Difference::Changed),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some(Difference::Missing),
            Err(error) => Some(Difference::Unreadable(error.to_string())),
        };
        let files = self.files.iter();
        files
            .filter_map(|file| Some((file.0.as_str(), difference(&file)?)))
            .collect()
    }
}

/// The BLAKE3 digest of a regular file, in hexadecimal digits.
///
/// # Errors
///
/// A file that cannot be read, or is not a regular one.
pub fn digest_of(path: &Path) -> io::Result<String> {
    let mut file = open_file(path)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().to_hex().to_string()),
            n => hasher.update(&buffer[..n]),
        };
    }
}

fn is_beside(name: &str) -> bool {
    let mut components = Path::new(name).components();
    matches!(
        (components.next(), components.next()),
        (Some(Component::Normal(only)), None) if only == name
    )
}
