//! The arrays that were submitted for a folder: `slurm/TOKEN.json` and `slurm/TOKEN.sh`.
//!
//! A launch is recorded before it is submitted, under a unique name. Later commands ask Slurm for it
//! by that name, whatever the submission returned: a restarted controller reuses job numbers, and an
//! `sbatch` that fails may have submitted nevertheless.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use diagnostics::{MB, host_name, open_file, read_file, since_1970, write_atomically};
use serde::{Deserialize, Serialize};
use sweep::{Shards, ranges_from_text, ranges_size, ranges_to_text};

use crate::error::{ClusterError, io_error};

/// An array that was submitted, or was about to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Launch {
    /// Unique to this launch: it follows from `plan` and `unique`, so that a note in a folder cannot
    /// name the job of another sweep.
    pub token: String,
    /// What makes it so.
    pub unique: String,
    /// The digest of the plan that it belongs to.
    pub plan: String,
    /// The shards of each task, as in `0-3,7`.
    pub tasks: Vec<String>,
    /// Slurm's job number; `None` when `sbatch` did not return it.
    pub job: Option<String>,
    /// The machine on which it was submitted.
    pub from: String,
    /// Time of submission, in seconds since 1970.
    pub when: f64,
}

const FOLDER: &str = "slurm";
const LOGS: &str = "logs";
const CANCELLED: &str = "cancelled";

/// The bytes of the largest note of a launch that is read.
const MOST_NOTE: u64 = 16 * MB;

/// Lines of a log that are shown of a failed task.
const LAST_LINES: usize = 6;

/// Bytes at the end of a log in which they are looked for.
const END_OF_LOG: u64 = 64_000;

impl Launch {
    /// A launch of these shards, one list per task.
    pub(crate) fn new(shards: &Shards, tasks: &[Vec<u64>]) -> Launch {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let now = since_1970();
        let (digest, from) = (shards.digest(), host_name());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let unique = format!("{from} {} {} {count}", std::process::id(), now.as_nanos());
        let text = |task: &Vec<u64>| ranges_to_text(&task.iter().copied().collect());
        Launch {
            token: token(&digest, &unique),
            unique,
            plan: digest,
            tasks: tasks.iter().map(text).collect(),
            job: None,
            from,
            when: now.as_secs_f64(),
        }
    }

    /// The name of its job.
    pub fn job_name(&self) -> String {
        format!("gridfolio-{}", self.token)
    }

    pub(crate) fn script_name(&self) -> String {
        format!("{FOLDER}/{}.sh", self.token)
    }

    /// The shards of a task; empty for an unknown task.
    pub fn shards_of(&self, index: u64) -> BTreeSet<u64> {
        let task = usize::try_from(index)
            .ok()
            .and_then(|index| self.tasks.get(index));
        task.and_then(|text| ranges_from_text(text).ok())
            .unwrap_or_default()
    }

    /// All its shards.
    pub fn shards(&self) -> BTreeSet<u64> {
        (0..self.tasks.len() as u64)
            .flat_map(|index| self.shards_of(index))
            .collect()
    }

    /// The log of a task.
    pub(crate) fn log(&self, dir: &Path, index: u64) -> PathBuf {
        dir.join(LOGS).join(format!("{}-{index}.log", self.token))
    }

    /// The last lines that a task wrote; `None` when it wrote nothing, or cannot have run.
    pub(crate) fn last_lines(&self, dir: &Path, index: u64) -> Option<Vec<String>> {
        let mut file = open_file(&self.log(dir, index)).ok()?;
        let size = file.metadata().ok()?.len();
        let end = SeekFrom::Start(size.saturating_sub(END_OF_LOG));
        file.seek(end).ok()?;
        let mut log = Vec::new();
        file.take(END_OF_LOG).read_to_end(&mut log).ok()?;
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
        Some(last.iter().map(|line| (*line).to_owned()).collect())
    }

    /// Whether this program can have written it into a file of this name: neither the names of jobs nor
    /// those of files are another's, and no task has shards that the sweep has not.
    fn is_ours(&self, path: &Path, shards: &Shards) -> bool {
        let is_number = |job: &String| !job.is_empty() && job.bytes().all(|b| b.is_ascii_digit());
        let most = shards.n_shards();
        let mut sizes = self.tasks.iter().map(|text| ranges_size(text));
        let size = sizes.try_fold(0_u64, |sum, size| sum.checked_add(size?));
        self.plan == shards.digest()
            && self.token == token(&self.plan, &self.unique)
            && path
                .file_stem()
                .is_some_and(|stem| stem == self.token.as_str())
            && self.job.as_ref().is_none_or(is_number)
            && size.is_some_and(|size| size <= most)
    }

    /// The launches of a folder's plan, the first first. Notes that this program cannot have written are
    /// left out.
    pub(crate) fn all(shards: &Shards) -> Vec<Launch> {
        let entries = fs::read_dir(shards.dir().join(FOLDER));
        let paths = entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path());
        let notes = paths.filter(|path| path.extension().is_some_and(|kind| kind == "json"));
        let read = |path: PathBuf| {
            let launch =
                serde_json::from_slice::<Launch>(&read_file(&path, MOST_NOTE).ok()?).ok()?;
            launch.is_ours(&path, shards).then_some(launch)
        };
        let mut launches: Vec<Launch> = notes.filter_map(read).collect();
        launches.sort_by(|a, b| a.when.total_cmp(&b.when));
        launches
    }

    /// Records it, with its script.
    pub(crate) fn write(&self, dir: &Path, script: &str) -> Result<(), ClusterError> {
        for folder in [FOLDER, LOGS] {
            let folder = dir.join(folder);
            fs::create_dir_all(&folder).map_err(io_error("make the folder", &folder))?;
        }
        write_atomically(&dir.join(self.script_name()), |out| {
            out.write_all(script.as_bytes())
        })?;
        self.note(dir)
    }

    /// Updates the record.
    pub(crate) fn note(&self, dir: &Path) -> Result<(), ClusterError> {
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        let path = dir.join(FOLDER).join(format!("{}.json", self.token));
        Ok(write_atomically(&path, |out| out.write_all(&text))?)
    }

    /// Removes the record of a refused submission.
    pub(crate) fn forget(&self, dir: &Path) {
        for name in [self.script_name(), format!("{FOLDER}/{}.json", self.token)] {
            // Left behind it would do no harm: no job has its name.
            let _ = fs::remove_file(dir.join(name));
        }
    }
}

/// 24 hexadecimal digits that follow from a plan and what is unique to a launch.
fn token(plan: &str, unique: &str) -> String {
    blake3::hash(format!("{plan} {unique}").as_bytes()).to_hex()[..24].to_owned()
}

/// The names of what tasks wrote; they begin with the token of the launch.
pub(crate) fn log_names(dir: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(dir.join(LOGS)).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}

/// Whether the folder's sweep was cancelled.
pub(crate) fn is_cancelled(dir: &Path) -> bool {
    dir.join(FOLDER).join(CANCELLED).exists()
}

/// Marks the folder's sweep as cancelled, for every process that watches it, or removes the mark.
pub(crate) fn set_cancelled(dir: &Path, cancelled: bool) -> Result<(), ClusterError> {
    let path = dir.join(FOLDER).join(CANCELLED);
    match cancelled {
        true => {
            let folder = dir.join(FOLDER);
            fs::create_dir_all(&folder).map_err(io_error("make the folder", &folder))?;
            Ok(write_atomically(&path, |_| Ok(()))?)
        }
        false => match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(io_error("remove", &path)(error))
            }
            _ => Ok(()),
        },
    }
}

/// Where the settings of the first submission are kept for the next ones.
pub(crate) fn settings_file(dir: &Path) -> PathBuf {
    dir.join(FOLDER).join("settings.json")
}
