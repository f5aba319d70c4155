//! How to run a sweep, how far a run is, and how it ended.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How to run a sweep.
pub struct RunOptions<'a> {
    /// How many threads; 0 for as many as the machine has. The results do not depend on it.
    pub threads: usize,
    /// Called from any thread when a shard is done, never twice at a time.
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// Set to stop soon: shards in the making are dropped, all others stay.
    pub stop: &'a AtomicBool,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Trial numbers that are done, also by runs before this one.
    pub done: u64,
    /// All trial numbers.
    pub total: u64,
    /// Trials that this run has computed.
    pub computed: u64,
    /// Trials that failed, also in runs before this one.
    pub failed: u64,
}

/// The result of a run.
#[derive(Clone, Debug, Default)]
pub struct SweepSummary {
    /// Whether all trials are done and the results written; otherwise the run was stopped.
    pub finished: bool,
    /// How far it got.
    pub progress: Progress,
    /// Why trials failed, and how many for each reason, the first reason first.
    pub failures: Vec<(String, u64)>,
    /// Shards that were there and could not be used, and have been computed again: what was wrong
    /// with them.
    pub redone: Vec<String>,
}

impl SweepSummary {
    /// How many trials failed, and the first reasons, as text; empty when none did.
    pub fn failures_to_text(&self) -> String {
        const SHOWN: usize = 3;
        let failed = match self.progress.failed {
            0 => return String::new(),
            1 => "1 trial failed".to_owned(),
            n => format!("{n} trials failed"),
        };
        let reasons = self.failures.iter().take(SHOWN);
        let reasons: Vec<String> = reasons
            .map(|(reason, n)| format!("{n:>8}  {reason}\n"))
            .collect();
        let more = match self.failures.len().saturating_sub(SHOWN) {
            0 => "",
            _ => "          and for other reasons: see the column `error`\n",
        };
        format!("{failed}:\n{}{more}", reasons.concat())
    }
}

/// How long a shard took, on one thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ShardTiming {
    pub(crate) shard: u64,
    /// Rows computed.
    pub(crate) trials: u64,
    pub(crate) took: Duration,
}
