//! A sweep on a Slurm cluster: shows what happens to it.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use gridfolio::on_slurm::{Event, Settings, Submission};
use gridfolio::sweep::{Collected, collect};
use gridfolio::{Error, Sweep};

use crate::progress::Watched;

/// Settings of the command line, then of the `cluster.toml` beside these paths, and in the user's
/// configuration.
pub(crate) fn settings(own: &Settings, beside: &[&Path]) -> Result<Settings, Error> {
    let parent = |path: &&Path| path.parent().map(Path::to_owned);
    let folders: Vec<PathBuf> = beside.iter().filter_map(parent).collect();
    gridfolio::on_slurm::settings(own.clone(), &folders)
}

/// Submits what is missing, watches until it is there, and collects the results.
pub(crate) fn complete(
    submission: &Submission,
    sweep: &Sweep,
    threads: usize,
    quiet: bool,
    stop: &AtomicBool,
) -> Result<Collected, Error> {
    let shards = sweep.shards();
    let bar = Watched::new(quiet, shards.n_numbers());
    let completed = submission.complete(&shards, stop, |event| show(&bar, event));
    bar.finish();
    completed?;
    collect(sweep, threads, stop)
}

fn show(bar: &Watched, event: Event<'_>) {
    match event {
        Event::Status(status) => bar.show(status.trials_done, &status.to_line()),
        Event::Submitted { job, tasks } => {
            let noun = if tasks == 1 { "task" } else { "tasks" };
            bar.mention(&format!("submitted {tasks} {noun} as job {job}"));
        }
        Event::Excluded { node, failed } => bar.warn(&format!(
            "warning: {node} is excluded: {failed} tasks failed there and none succeeded; \
             `gridfolio cluster check` says what is wrong with it"
        )),
        Event::Resubmitted { shards, failed } => {
            let were = if shards == 1 {
                "shard was"
            } else {
                "shards were"
            };
            let warning = format!("warning: {shards} {were} lost and submitted again\n{failed}");
            bar.warn(warning.trim_end());
        }
    }
}
