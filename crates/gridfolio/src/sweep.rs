//! Many trials on the threads of this machine.

use std::sync::atomic::AtomicBool;

use ::sweep::{Completion, RunOptions, Shards, SweepSummary, Threads};
use diagnostics::Code;
use strategy_file::TrialCount;
use verdict::Verdict;

use crate::error::Error;

pub use ::sweep::{Draft, Existing, Progress, Request, StrategyText, Sweep, Trial};

/// Computes the shards that are missing. What another process computes in the same folder meanwhile
/// is not computed twice.
///
/// * `threads`: 0 for one per core. The results do not depend on it.
/// * `progress`: called from any thread when a shard is done, never twice at a time.
/// * `stop`: set to stop soon; completed shards are kept.
///
/// # Errors
///
/// A folder that cannot be used; [`Code::Interrupted`] when it was stopped.
pub fn compute(
    sweep: &Sweep,
    threads: usize,
    progress: &(dyn Fn(Progress) + Sync),
    stop: &AtomicBool,
) -> Result<(), Error> {
    let shards = sweep.shards();
    let mut backend = Threads {
        sweep,
        options: RunOptions {
            threads,
            progress,
            stop,
        },
    };
    match ::sweep::complete(&shards, &mut backend, Threads::PATIENCE, stop, |_, _| {})? {
        Completion::Complete => Ok(()),
        Completion::Stopped | Completion::Lost(_) => Err(stopped(&shards)?),
    }
}

fn stopped(shards: &Shards) -> Result<Error, Error> {
    let total = shards.n_numbers();
    let done = total - shards.numbers_of(&shards.missing()?);
    let stopped = format!("interrupted after {done} of {total} trials");
    Ok(Error::new(Code::Interrupted, stopped).hint("run the same command again to continue"))
}

/// What a sweep would be: how many trials, how long on `threads` threads, the first few, and what skill its
/// verdict could see at all.
pub fn dry_run(draft: &Draft, threads: usize) -> String {
    let mut text = draft.dry_run(threads);
    let (TrialCount::Exact(trials) | TrialCount::About(trials)) = draft.n_trials();
    if let Some(years) = draft.years() {
        text += &format!("\n{}", verdict::power_in_advance(years, trials));
    }
    text
}

/// What a complete sweep has to show.
pub struct Collected {
    /// How the run ended, and why trials failed.
    pub summary: SweepSummary,
    /// What the best trial is worth; `None` when collecting was stopped.
    pub verdict: Option<Verdict>,
    /// Why the ledger of trials could not be used, one sentence each.
    pub warnings: Vec<String>,
}

/// Writes `results.parquet` and `verdict.json` of a sweep whose shards are all there, and enters it
/// in the user's ledger. Each shard is checked; one that is damaged is computed again.
///
/// # Errors
///
/// A folder that cannot be used.
pub fn collect(sweep: &Sweep, threads: usize, stop: &AtomicBool) -> Result<Collected, Error> {
    let options = RunOptions {
        threads,
        progress: &|_| {},
        stop,
    };
    let summary = results::run(sweep, &options)?;
    let (verdict, warnings) = match summary.finished {
        true => {
            let (verdict, warnings) = verdict::evaluate(sweep, threads)?;
            (Some(verdict), warnings)
        }
        false => (None, Vec::new()),
    };
    Ok(Collected {
        summary,
        verdict,
        warnings,
    })
}
