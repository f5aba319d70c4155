//! Which shards of a folder are there. Reads the plan and names of files: neither prices nor rows.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::draft::Draft;
use crate::error::{SweepError, io_error};
use crate::folder::Sweep;
use crate::layout::SHARDS;
use crate::plan_file::planned;

/// The shards of a sweep: ranges of trial numbers, each a file when it is done.
#[derive(Clone, Debug)]
pub struct Shards {
    dir: PathBuf,
    digest: [u8; 32],
    numbers: u64,
    size: u64,
}

impl Shards {
    /// Reads the plan in a sweep's folder.
    ///
    /// # Errors
    ///
    /// A folder that holds no sweep, or one of another version.
    pub fn open(dir: &Path) -> Result<Shards, SweepError> {
        let (plan, digest) = planned(dir)?;
        Ok(Shards {
            dir: dir.to_owned(),
            digest,
            numbers: plan.numbers,
            size: plan.shard_size.max(1),
        })
    }

    /// The sweep's folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What tells this plan from all others, in hexadecimal digits.
    pub fn digest(&self) -> String {
        self.digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// How many shards there are; their numbers are those below.
    pub fn n_shards(&self) -> u64 {
        self.numbers.div_ceil(self.size)
    }

    /// How many trial numbers a shard has; the last one may have fewer.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Trials have the numbers below this one.
    pub fn n_numbers(&self) -> u64 {
        self.numbers
    }

    /// How many trial numbers some shards have together.
    pub fn numbers_of<'a>(&self, shards: impl IntoIterator<Item = &'a u64>) -> u64 {
        let numbers = |shard: &u64| {
            let first = shard * self.size;
            (first + self.size).min(self.numbers).saturating_sub(first)
        };
        shards.into_iter().map(numbers).sum()
    }

    /// The shards whose files are not there. On a shared folder a file that another machine has
    /// just written may be missing for some seconds.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read.
    pub fn missing(&self) -> Result<BTreeSet<u64>, SweepError> {
        let path = self.dir.join(SHARDS);
        let mut missing: BTreeSet<u64> = (0..self.n_shards()).collect();
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(missing),
            entries => entries.map_err(io_error("read", &path))?,
        };
        for entry in entries {
            let entry = entry.map_err(io_error("read", &path))?;
            let name = entry.file_name();
            let number = name.to_str().filter(|name| name.len() >= 6);
            if let Some(shard) = number.and_then(|name| name.parse().ok()) {
                missing.remove(&shard);
            }
        }
        Ok(missing)
    }
}

impl Draft {
    /// The shards that the sweep would have in a folder that is new.
    pub fn shards(&self, dir: &Path) -> Shards {
        Shards {
            dir: dir.to_owned(),
            digest: *blake3::hash(self.plan.identity().as_bytes()).as_bytes(),
            numbers: self.plan.numbers,
            size: self.plan.shard_size,
        }
    }
}

impl Sweep {
    /// Which of its shards are there.
    pub fn shards(&self) -> Shards {
        Shards {
            dir: self.dir().to_owned(),
            digest: self.digest,
            numbers: self.plan.numbers,
            size: self.plan.shard_size,
        }
    }
}
