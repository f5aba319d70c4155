//! What a worker does, where and how fast: `workers/LABEL.json`.
//!
//! Written by the workers of a cluster and by a process that computes shards on its own threads.
//! The file is for people, reports and `status`; no result depends on it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diagnostics::{MB, VERSION, host_name, read_file, since_1970, write_atomically};
use serde::{Deserialize, Serialize};

use crate::error::SweepError;
use crate::progress::{ShardTiming, SweepSummary};
use crate::threads::thread_count;

/// What a worker is to do.
#[derive(Debug)]
pub struct WorkerOptions<'a> {
    /// Its shards.
    pub shards: &'a BTreeSet<u64>,
    /// How many threads; 0 for as many as the machine has.
    pub threads: usize,
    /// What it was started for, part of the status file's name: letters, digits, `-` and `_`.
    pub task: &'a str,
    /// How often the same task was started before.
    pub restart: u32,
    /// Set to stop soon: shards in the making are dropped, all others stay.
    pub stop: &'a AtomicBool,
}

/// What a worker has done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerStatus {
    /// What it was started for.
    pub task: String,
    /// How often the same task was started before.
    pub restart: u32,
    /// The machine's name.
    pub host: String,
    /// The machine's architecture.
    pub arch: String,
    /// The version of this program.
    pub program: String,
    /// The number of the process.
    pub process: u32,
    /// How many threads.
    pub threads: usize,
    /// Whether it is at work, done, stopped or failed.
    pub state: WorkerState,
    /// When it began, in seconds since 1970 by the machine's own clock.
    pub began: f64,
    /// Seconds from then until this was written.
    pub elapsed: f64,
    /// What it has computed.
    pub shards: Vec<ShardStatus>,
    /// Why it failed.
    pub error: Option<String>,
}

/// A shard that a worker has computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShardStatus {
    /// Its number.
    pub shard: u64,
    /// How many trials it has.
    pub trials: u64,
    /// Seconds that it took on one thread.
    pub seconds: f64,
}

/// The state of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkerState {
    /// Computing, or killed without a chance to say so.
    Working,
    /// Its shards are in the folder.
    Done,
    /// Interrupted.
    Stopped,
    /// Ended by an error.
    Failed,
}

impl WorkerStatus {
    /// How many trials it has computed.
    pub fn trials(&self) -> u64 {
        self.shards.iter().map(|shard| shard.trials).sum()
    }
}

pub(crate) const STATUS_FOLDER: &str = "workers";

/// The shortest time between two writes.
const BETWEEN_WRITES: Duration = Duration::from_secs(5);

pub(crate) fn lock(file: &Mutex<StatusFile>) -> MutexGuard<'_, StatusFile> {
    file.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The status of every worker of a sweep's folder. A file that cannot be read is left out: it is
/// being written, or from another version.
pub fn worker_statuses(dir: &Path) -> Vec<WorkerStatus> {
    let read = |path: PathBuf| serde_json::from_slice(&read_file(&path, MB).ok()?).ok();
    let files = worker_status_files(dir).into_iter();
    let mut statuses: Vec<WorkerStatus> = files.filter_map(read).collect();
    statuses.sort_by(|a, b| (&a.task, a.restart).cmp(&(&b.task, b.restart)));
    statuses
}

/// All status files in a folder.
pub(crate) fn worker_status_files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.join(STATUS_FOLDER)).into_iter().flatten();
    let paths = entries.flatten().map(|entry| entry.path());
    let is_status = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "json");
    paths.filter(is_status).collect()
}

/// The status file of one worker.
pub(crate) struct StatusFile {
    pub(crate) path: PathBuf,
    pub(crate) status: WorkerStatus,
    began: Instant,
    written: Instant,
}

impl StatusFile {
    pub(crate) fn new(dir: &Path, options: &WorkerOptions<'_>) -> StatusFile {
        let host = host_name();
        let process = std::process::id();
        let name = format!("{}-{}-{host}-{process}.json", options.task, options.restart);
        let status = WorkerStatus {
            task: options.task.to_owned(),
            restart: options.restart,
            host,
            arch: std::env::consts::ARCH.to_owned(),
            program: VERSION.to_owned(),
            process,
            threads: thread_count(options.threads),
            state: WorkerState::Working,
            began: since_1970().as_secs_f64(),
            elapsed: 0.0,
            shards: Vec::new(),
            error: None,
        };
        let now = Instant::now();
        StatusFile {
            path: dir.join(STATUS_FOLDER).join(name),
            status,
            began: now,
            written: now,
        }
    }

    pub(crate) fn add(&mut self, timing: ShardTiming) {
        self.status.shards.push(ShardStatus {
            shard: timing.shard,
            trials: timing.trials,
            seconds: timing.took.as_secs_f64(),
        });
        if self.written.elapsed() >= BETWEEN_WRITES {
            self.write();
        }
    }

    pub(crate) fn end(&mut self, summary: &Result<SweepSummary, SweepError>) {
        self.status.state = match summary {
            Ok(summary) if summary.finished => WorkerState::Done,
            Ok(_) => WorkerState::Stopped,
            Err(error) => {
                self.status.error = Some(error.to_string());
                WorkerState::Failed
            }
        };
        self.status.shards.sort_by_key(|shard| shard.shard);
        self.write();
    }

    /// A status file that cannot be written is no reason to lose a shard.
    pub(crate) fn write(&mut self) {
        self.written = Instant::now();
        self.status.elapsed = self.began.elapsed().as_secs_f64();
        let text = serde_json::to_vec_pretty(&self.status).unwrap_or_default();
        let folder = self.path.parent().map(fs::create_dir_all);
        if folder.is_some_and(|made| made.is_ok()) {
            let _ = write_atomically(&self.path, |out| out.write_all(&text));
        }
    }
}
