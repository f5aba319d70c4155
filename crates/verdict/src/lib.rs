//! Whether the best trial of a sweep is real or luck, counting every trial ever made on the same
//! prices.
//!
//! 1. [`evaluate`] reads the shards of a sweep, runs the few trials that walk-forward analysis
//!    selects, adds the trials of other sweeps in the user's [`TrialLedger`], and returns a
//!    [`Verdict`].
//! 2. [`Holdout`] runs one trial in the hold-out period, which no trial of the sweep has seen.
//! 3. [`overfitting`] has the statistics as pure functions.
//!
//! A verdict follows from the plan, the shards and the count of other trials alone: neither threads
//! nor shard sizes change a bit of it.

mod compared;
mod date_text;
mod error;
mod evaluate;
mod holdout;
mod in_sample;
mod ledger;
mod out_of_sample;
pub mod overfitting;
mod samples;
mod test;
mod tested;
mod text;
mod verdict;

pub use error::VerdictError;
pub use holdout::Holdout;
pub use ledger::{EntryKind, LEDGER_VARIABLE, LedgerEntry, TrialLedger, evaluate};
pub use test::{CONFIDENCE, LEVEL, Light, Test, TestResult};
pub use tested::Tested;
pub use verdict::{
    BenchmarkShown, Best, CrossValidated, Deflated, HaircutSharpe, LuckBand, PickBias, Plateau,
    RealityCheck, Verdict, WalkForwardResult, WalkForwardWindow,
};
