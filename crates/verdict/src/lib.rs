//! Whether the best trial of a sweep is real or luck, counting every trial ever made on the same
//! prices.
//!
//! 1. [`evaluate`] reads the shards of a sweep, runs the few trials that walk-forward analysis
//!    selects, counts what the user's [`TrialLedger`] knows of other sweeps, and returns a
//!    [`Verdict`].
//! 2. [`Holdout`] shows one trial in the time that no trial has seen.
//!
//! A verdict follows from the plan, the shards and the count of other tries alone: neither threads
//! nor shard sizes change a bit of it.

mod compared;
mod error;
mod evaluate;
mod holdout;
mod in_sample;
mod ledger;
mod light;
mod out_of_sample;
pub mod overfitting;
mod samples;
mod tested;
mod text;
mod verdict;

pub use error::VerdictError;
pub use holdout::Holdout;
pub use light::{Evidence, Light, Outcome, Test};
pub use ledger::{EntryKind, LEDGER_VARIABLE, LedgerEntry, TrialLedger, evaluate};
pub use tested::Tested;
pub use verdict::{
    BenchmarkShown, Best, CrossValidated, Deflated, HaircutSharpe, LuckBand, PickBias, Plateau,
    RealityCheck, Verdict, WalkForwardResult, WalkForwardWindow,
};
