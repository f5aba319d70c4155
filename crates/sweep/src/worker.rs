//! One process that computes given shards of a folder: what runs on the nodes of a cluster.
//!
//! Beside the results it leaves a note of what it did, where and how fast, `workers/LABEL.json`, as
//! does whoever computes shards on the threads of his own process. The note is for people, for
//! reports and for `status`; nothing depends on it, and no result has any of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use market_data::write_atomically;
use serde::{Deserialize, Serialize};

use crate::error::SweepError;
use crate::folder::Sweep;
use crate::models::Models;
use crate::plan::PROGRAM;
use crate::run::{RunOptions, ShardTiming, SweepSummary};
use crate::threads::thread_count;

/// What a worker is told.
#[derive(Debug)]
pub struct WorkerOptions<'a> {
    /// Its shards.
    pub shards: &'a BTreeSet<u64>,
    /// How many threads; 0 for as many as the machine has.
    pub threads: usize,
    /// What it was started for, for the note's name: letters, digits, `-` and `_`.
    pub task: &'a str,
    /// How often the same task was started before.
    pub restart: u32,
    /// Set to stop soon: shards in the making are dropped, all others stay.
    pub stop: &'a AtomicBool,
}

/// What a worker did, as its note says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerNote {
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
    /// Seconds from there to this note.
    pub elapsed: f64,
    /// What it has computed.
    pub shards: Vec<ShardNote>,
    /// Why it failed.
    pub error: Option<String>,
}

/// A shard that a worker has computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShardNote {
    /// Its number.
    pub shard: u64,
    /// How many trials it has.
    pub trials: u64,
    /// Seconds that it took on one thread.
    pub seconds: f64,
}

/// What a worker is up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkerState {
    /// At work, or dead without a word.
    Working,
    /// Its shards are in the folder.
    Done,
    /// It was told to stop.
    Stopped,
    /// It could not go on.
    Failed,
}

impl WorkerNote {
    /// How many trials it has computed.
    pub fn trials(&self) -> u64 {
        self.shards.iter().map(|shard| shard.trials).sum()
    }
}

const NOTES: &str = "workers";

/// For so long a folder that was just made may look incomplete on another machine.
const LAG: Duration = Duration::from_secs(30);

/// Notes are written no more often.
const BETWEEN_NOTES: Duration = Duration::from_secs(5);

/// Computes those of the shards that are missing.
///
/// The same shard may be computed by several workers at the same time: each writes a file of its
/// own and renames it, and all have the same bytes.
///
/// # Errors
///
/// A folder that is not a sweep of this version, or cannot be read or written; a shard that does not
/// exist.
pub fn work(dir: &Path, options: &WorkerOptions<'_>) -> Result<SweepSummary, SweepError> {
    let sweep = open_patiently(dir)?;
    work_on(&sweep, options)
}

/// As [`work`], by someone who makes the alpha models that the engine does not have.
///
/// # Errors
///
/// As [`work`].
pub fn work_with(
    dir: &Path,
    options: &WorkerOptions<'_>,
    models: Arc<dyn Models>,
) -> Result<SweepSummary, SweepError> {
    let mut sweep = open_patiently(dir)?;
    sweep.set_models(models);
    work_on(&sweep, options)
}

fn work_on(sweep: &Sweep, options: &WorkerOptions<'_>) -> Result<SweepSummary, SweepError> {
    let n_shards = sweep.shards().n_shards();
    if let Some(&shard) = options.shards.iter().find(|shard| **shard >= n_shards) {
        return Err(SweepError::NoShard { shard, n_shards });
    }
    let note = Mutex::new(NoteBook::new(sweep.dir(), options));
    lock(&note).write();
    let done = |timing: ShardTiming| lock(&note).add(timing);
    let shards: Vec<u64> = options.shards.iter().copied().collect();
    let run = RunOptions {
        threads: options.threads,
        progress: &|_| {},
        stop: options.stop,
    };
    let report = sweep.compute_shards(&shards, &run, &done);
    lock(&note).end(&report);
    report
}

impl Sweep {
    /// As [`Sweep::compute_shards`], on the threads of this process, with a note when there was something
    /// to compute.
    pub(crate) fn compute_here(
        &self,
        shards: &[u64],
        run: &RunOptions<'_>,
    ) -> Result<SweepSummary, SweepError> {
        let which = shards.iter().copied().collect();
        let restarted = |restart: u32| {
            let options = WorkerOptions {
                shards: &which,
                threads: run.threads,
                task: "here",
                restart,
                stop: run.stop,
            };
            NoteBook::new(self.dir(), &options)
        };
        // One process may come back to a folder, and what it did before stays told.
        let note = (0..).map(restarted).find(|note| !note.path.exists());
        let note = Mutex::new(note.unwrap_or_else(|| restarted(0)));
        let report = self.compute_shards(shards, run, &|timing| lock(&note).add(timing));
        let mut note = lock(&note);
        if !note.note.shards.is_empty() {
            note.end(&report);
        }
        report
    }
}

fn lock(note: &Mutex<NoteBook>) -> MutexGuard<'_, NoteBook> {
    note.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All notes in a folder. One that cannot be read is left out: it is being written, or old.
pub fn worker_notes(dir: &Path) -> Vec<WorkerNote> {
    let read = |path: PathBuf| serde_json::from_slice(&fs::read(path).ok()?).ok();
    let files = worker_note_files(dir).into_iter();
    let mut notes: Vec<WorkerNote> = files.filter_map(read).collect();
    notes.sort_by(|a, b| (&a.task, a.restart).cmp(&(&b.task, b.restart)));
    notes
}

/// The files of all notes in a folder.
pub(crate) fn worker_note_files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.join(NOTES)).into_iter().flatten();
    let paths = entries.flatten().map(|entry| entry.path());
    let is_note = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "json");
    paths.filter(is_note).collect()
}

fn open_patiently(dir: &Path) -> Result<Sweep, SweepError> {
    let start = Instant::now();
    loop {
        match Sweep::open(dir) {
            Err(SweepError::Io { .. } | SweepError::Damaged { .. })
                if start.elapsed() < LAG && dir.is_dir() =>
            {
                thread::sleep(Duration::from_secs(1));
            }
            opened => return opened,
        }
    }
}

struct NoteBook {
    path: PathBuf,
    note: WorkerNote,
    began: Instant,
    written: Instant,
}

impl NoteBook {
    fn new(dir: &Path, options: &WorkerOptions<'_>) -> NoteBook {
        let host = host_name();
        let process = std::process::id();
        let name = format!("{}-{}-{host}-{process}.json", options.task, options.restart);
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        let note = WorkerNote {
            task: options.task.to_owned(),
            restart: options.restart,
            host,
            arch: std::env::consts::ARCH.to_owned(),
            program: PROGRAM.to_owned(),
            process,
            threads: thread_count(options.threads),
            state: WorkerState::Working,
            began: since_1970.map_or(0.0, |time| time.as_secs_f64()),
            elapsed: 0.0,
            shards: Vec::new(),
            error: None,
        };
        let now = Instant::now();
        NoteBook {
            path: dir.join(NOTES).join(name),
            note,
            began: now,
            written: now,
        }
    }

    fn add(&mut self, timing: ShardTiming) {
        self.note.shards.push(ShardNote {
            shard: timing.shard,
            trials: timing.trials,
            seconds: timing.took.as_secs_f64(),
        });
        if self.written.elapsed() >= BETWEEN_NOTES {
            self.write();
        }
    }

    fn end(&mut self, report: &Result<SweepSummary, SweepError>) {
        self.note.state = match report {
            Ok(report) if report.finished => WorkerState::Done,
            Ok(_) => WorkerState::Stopped,
            Err(error) => {
                self.note.error = Some(error.to_string());
                WorkerState::Failed
            }
        };
        self.note.shards.sort_by_key(|shard| shard.shard);
        self.write();
    }

    /// A note that cannot be written is no reason to lose a shard.
    fn write(&mut self) {
        self.written = Instant::now();
        self.note.elapsed = self.began.elapsed().as_secs_f64();
        let text = serde_json::to_vec_pretty(&self.note).unwrap_or_default();
        let folder = self.path.parent().map(fs::create_dir_all);
        if folder.is_some_and(|made| made.is_ok()) {
            let _ = write_atomically(&self.path, |out| out.write_all(&text));
        }
    }
}

/// The machine's name, as Linux knows it.
pub fn host_name() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name: String = (name.trim().chars())
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
        .collect();
    match name.is_empty() {
        true => "unknown".to_owned(),
        false => name,
    }
}
