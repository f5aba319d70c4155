//! What a sweep's folder consists of, by name, and how to delete it.

use std::fs;
use std::io;
use std::path::Path;

use diagnostics::is_temporary;

use crate::error::{SweepError, io_error};
use crate::status_file::worker_status_files;

pub(crate) const PLAN: &str = "plan.json";
pub(crate) const SNAPSHOT: &str = "market.snap";
pub(crate) const SHARDS: &str = "shards";

/// The table of results, which the crate `results` writes and reads.
pub const RESULTS: &str = "results.parquet";

/// What the results are worth, which the crate `verdict` writes and reads.
pub const VERDICT: &str = "verdict.json";

/// What walk-forward analysis picked, session by session, which the crate `verdict` writes.
pub const WALK_FORWARD: &str = "walk_forward.csv";

/// The folder of the null worlds that were computed, which the crate `verdict` writes and reads.
pub const WORLDS: &str = "worlds";

/// Whether a folder holds anything that is no part of a sweep.
pub(crate) fn holds_other_things(dir: &Path) -> bool {
    let own = |name: &str| matches!(name, SNAPSHOT | SHARDS) || is_temporary(name);
    let mut entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.any(|entry| !own(&entry.file_name().to_string_lossy()))
}

/// Deletes the files that a sweep consists of. The plan goes last, so that what is interrupted is
/// still a sweep.
pub(crate) fn delete(dir: &Path) -> Result<(), SweepError> {
    let shards = dir.join(SHARDS);
    for entry in fs::read_dir(&shards).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_shard = name
            .to_string_lossy()
            .bytes()
            .all(|byte| byte.is_ascii_digit());
        if is_shard {
            let path = entry.path();
            fs::remove_file(&path).map_err(io_error("delete", &path))?;
        }
    }
    for entry in fs::read_dir(dir.join(WORLDS))
        .into_iter()
        .flatten()
        .flatten()
    {
        let path = entry.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            fs::remove_file(&path).map_err(io_error("delete", &path))?;
        }
    }
    // The status of its workers would be reported of the next sweep.
    let notes = worker_status_files(dir);
    let own = [WALK_FORWARD, VERDICT, RESULTS, SNAPSHOT, PLAN].map(|name| dir.join(name));
    for path in notes.into_iter().chain(own) {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(io_error("delete", &path)(error).into());
            }
            _ => {}
        }
    }
    Ok(())
}
