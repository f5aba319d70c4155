//! One process that computes given shards of a folder: what runs on the nodes of a cluster.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::SweepError;
use crate::folder::Sweep;
use crate::models::Models;
use crate::progress::{RunOptions, ShardTiming, SweepSummary};
use crate::status_file::{StatusFile, WorkerOptions, lock};

/// How long a new folder may look incomplete on another machine of a shared file system.
const LAG: Duration = Duration::from_secs(30);

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

/// As [`work`], with alpha models that the engine does not have.
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
    let file = Mutex::new(StatusFile::new(sweep.dir(), options));
    lock(&file).write();
    let done = |timing: ShardTiming| lock(&file).add(timing);
    let shards: Vec<u64> = options.shards.iter().copied().collect();
    let run = RunOptions {
        threads: options.threads,
        progress: &|_| {},
        stop: options.stop,
    };
    let summary = sweep.compute_shards(&shards, &run, &done);
    lock(&file).end(&summary);
    summary
}

fn open_patiently(dir: &Path) -> Result<Sweep, SweepError> {
    let start = Instant::now();
    loop {
        match Sweep::open(dir) {
            Err(SweepError::Io(_) | SweepError::Damaged { .. })
                if start.elapsed() < LAG && dir.is_dir() =>
            {
                thread::sleep(Duration::from_secs(1));
            }
            opened => return opened,
        }
    }
}
