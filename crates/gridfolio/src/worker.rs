//! Computing given shards of a folder, as a node of a cluster does.

use std::path::Path;
use std::sync::Arc;

use ::sweep::{Models, SweepSummary};
use diagnostics::Code;

use crate::error::Error;

pub use ::sweep::{WorkerOptions, ranges_from_text};

/// Computes shards that are missing, and keeps a status file in the folder meanwhile.
///
/// * `models`: makes the alpha models that are not built in; `None` when all are.
///
/// # Errors
///
/// A folder that cannot be used; [`Code::Interrupted`] when it was stopped.
pub fn work(
    dir: &Path,
    options: &WorkerOptions<'_>,
    models: Option<Arc<dyn Models>>,
) -> Result<SweepSummary, Error> {
    let summary = match models {
        Some(models) => ::sweep::work_with(dir, options, models)?,
        None => ::sweep::work(dir, options)?,
    };
    if !summary.finished {
        let progress = summary.progress;
        let stopped = format!(
            "interrupted after {} of {} trials",
            progress.done, progress.total
        );
        return Err(Error::new(Code::Interrupted, stopped)
            .hint("completed shards are kept; start the others again"));
    }
    Ok(summary)
}
