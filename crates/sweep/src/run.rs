//! Computes the shards that are missing, on all threads, and then the table of results.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use backtest::batch::Batch;
use diagnostics::{remove_leftovers, write_atomically};

use crate::batching::{Stop, compute};
use crate::error::{SweepError, io_error};
use crate::folder::Sweep;
use crate::layout::{SHARDS, WORLDS};
use crate::progress::{Progress, RunOptions, ShardTiming, SweepSummary};
use crate::shard::{Row, ShardId, decode, encode, read_shard};
use crate::status_file::{STATUS_FOLDER, StatusFile, WorkerOptions, lock};
use crate::threads::{on_threads, thread_count};

/// Reasons kept apart; the rest only counts.
const MOST_REASONS: usize = 100;

struct Shared<'a> {
    shards: &'a [u64],
    /// The position of the next shard to take.
    next: AtomicUsize,
    failed: AtomicBool,
    state: Mutex<State>,
    options: &'a RunOptions<'a>,
    done: &'a (dyn Fn(ShardTiming) + Sync),
}

#[derive(Default)]
struct State {
    progress: Progress,
    /// The first trial and the number of trials that failed for a reason.
    failures: BTreeMap<String, (u64, u64)>,
    redone: BTreeMap<u64, String>,
    error: Option<SweepError>,
}

impl Sweep {
    /// Computes the shards that are missing. Those that are there are checked, and computed again
    /// when they are damaged.
    ///
    /// Several processes may do so at the same time: each shard is written whole, with the same
    /// bytes by any of them.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read or written. A trial that fails is no error but a row.
    pub fn compute(&self, options: &RunOptions<'_>) -> Result<SweepSummary, SweepError> {
        for folder in ["", SHARDS, STATUS_FOLDER, WORLDS] {
            remove_leftovers(&self.dir.join(folder));
        }
        let all: Vec<u64> = (0..self.plan.n_shards()).collect();
        self.compute_here(&all, options)
    }

    /// As [`Sweep::compute_shards`], on the threads of this process, with a status file if there was
    /// something to compute.
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
            StatusFile::new(self.dir(), &options)
        };
        // A process may compute several times; each time has a file of its own.
        let file = (0..).map(restarted).find(|file| !file.path.exists());
        let file = Mutex::new(file.unwrap_or_else(|| restarted(0)));
        let summary = self.compute_shards(shards, run, &|timing| lock(&file).add(timing));
        let mut file = lock(&file);
        if !file.status.shards.is_empty() {
            file.end(&summary);
        }
        summary
    }

    /// Computes those of these shards that are missing. The report is about them alone, and no
    /// table is written.
    ///
    /// * `done`: called with each shard that this run has computed, from any thread.
    ///
    /// # Errors
    ///
    /// As [`Sweep::compute`].
    pub(crate) fn compute_shards(
        &self,
        shards: &[u64],
        options: &RunOptions<'_>,
        done: &(dyn Fn(ShardTiming) + Sync),
    ) -> Result<SweepSummary, SweepError> {
        let threads = thread_count(options.threads).min(shards.len()).max(1);
        let numbers = |shard: &u64| self.shard(*shard).end - self.shard(*shard).first;
        let progress = Progress {
            total: shards.iter().map(numbers).sum(),
            ..Progress::default()
        };
        let shared = Shared {
            shards,
            next: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            state: Mutex::new(State {
                progress,
                ..State::default()
            }),
            options,
            done,
        };
        on_threads(threads, || self.work(&shared));
        let state = shared
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = state.error {
            return Err(error);
        }
        let mut failures: Vec<_> = state.failures.into_iter().collect();
        failures.sort_by_key(|(_, (first, _))| *first);
        Ok(SweepSummary {
            finished: state.progress.done == state.progress.total,
            progress: state.progress,
            failures: failures
                .into_iter()
                .map(|(reason, (_, n))| (reason, n))
                .collect(),
            redone: state.redone.into_values().collect(),
        })
    }

    /// Computes one shard if it is missing, on this thread; returns how many of its trials there
    /// are and how many of them failed. `None` when `stop` was set meanwhile.
    ///
    /// # Errors
    ///
    /// As [`Sweep::compute`].
    pub fn compute_shard(
        &self,
        shard: u64,
        stop: &AtomicBool,
    ) -> Result<Option<(u64, u64)>, SweepError> {
        let is_stopped = || stop.load(Ordering::Relaxed);
        let done = self.shard_rows(&self.shard(shard), &mut None, &is_stopped)?;
        Ok(done.map(|done| {
            let failed = done.rows.iter().filter(|row| row.outcome.is_err());
            (done.rows.len() as u64, failed.count() as u64)
        }))
    }

    fn work(&self, shared: &Shared<'_>) {
        let is_stopped =
            || shared.options.stop.load(Ordering::Relaxed) || shared.failed.load(Ordering::Relaxed);
        let mut batch = None;
        while !is_stopped() {
            let next = shared.next.fetch_add(1, Ordering::Relaxed);
            let Some(&shard) = shared.shards.get(next) else {
                return;
            };
            let start = Instant::now();
            let outcome = self.shard_rows(&self.shard(shard), &mut batch, &is_stopped);
            let mut state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
            match outcome {
                Ok(None) => return,
                Ok(Some(done)) => {
                    if done.computed {
                        (shared.done)(ShardTiming {
                            shard,
                            trials: done.rows.len() as u64,
                            took: start.elapsed(),
                        });
                    }
                    state.add(&self.shard(shard), done);
                    (shared.options.progress)(state.progress);
                }
                Err(error) => {
                    state.error.get_or_insert(error);
                    shared.failed.store(true, Ordering::Relaxed);
                }
            }
        }
    }

    /// The rows of a shard, from its file if that is good. `None` when the run is over.
    pub(crate) fn shard_rows(
        &self,
        id: &ShardId,
        batch: &mut Option<Batch>,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Option<ShardRows>, SweepError> {
        let path = self.shard_path(id.shard);
        let mut redone = None;
        match read_shard(&path) {
            Ok(file) => match decode(id, &file) {
                Ok(rows) => {
                    return Ok(Some(ShardRows {
                        rows,
                        computed: false,
                        redone: None,
                    }));
                }
                Err(reason) => {
                    redone = Some(format!("`{}` is computed again: {reason}", path.display()));
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(io_error("read", &path)(error).into()),
        }
        let numbers = id.first..id.end;
        let rows = match compute(&self.trials, &self.prices, numbers, batch, is_stopped) {
            Ok(rows) => rows,
            Err(Stop::Interrupted) => return Ok(None),
            Err(Stop::NoModels) => return Err(SweepError::NoModels),
        };
        let bytes = encode(id, &rows);
        write_atomically(&path, |out| out.write_all(&bytes))?;
        Ok(Some(ShardRows {
            rows,
            computed: true,
            redone,
        }))
    }
}

pub(crate) struct ShardRows {
    pub(crate) rows: Vec<Row>,
    computed: bool,
    redone: Option<String>,
}

impl State {
    fn add(&mut self, id: &ShardId, done: ShardRows) {
        self.progress.done += id.end - id.first;
        if done.computed {
            self.progress.computed += done.rows.len() as u64;
        }
        if let Some(redone) = done.redone {
            self.redone.insert(id.shard, redone);
        }
        for row in &done.rows {
            let Err(reason) = &row.outcome else { continue };
            self.progress.failed += 1;
            if let Some((first, n)) = self.failures.get_mut(reason) {
                *first = (*first).min(row.trial);
                *n += 1;
            } else if self.failures.len() < MOST_REASONS {
                self.failures.insert(reason.clone(), (row.trial, 1));
            }
        }
    }
}
