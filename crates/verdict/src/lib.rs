//! Whether the best trial of a sweep is real or luck, counting every trial ever made on the same
//! prices.
//!
//! 1. [`evaluate`] reads the shards of a sweep, takes out of each trial what one could have held
//!    instead, runs the few trials again that walk-forward analysis selects, adds the trials of other
//!    sweeps in the user's [`TrialLedger`], and returns a [`Verdict`].
//! 2. [`Holdout`] runs one trial in the hold-out period, which no trial of the sweep has seen.
//! 3. [`overfitting`] has the statistics as pure functions.
//!
//! A verdict follows from the plan, the shards and the count of other trials alone: neither threads
//! nor shard sizes change a bit of it.

mod answer;
mod compared;
mod date_text;
mod error;
mod evaluate;
mod holdout;
mod in_sample;
mod leader;
mod ledger;
mod ledger_entry;
mod out_of_sample;
pub mod overfitting;
mod residuals;
mod samples;
mod test;
mod tested;
mod text;
pub mod timing_luck;
pub mod union;
mod verdict;
mod walk_forward_file;
mod worlds;

pub use error::VerdictError;
pub use evaluate::Evaluated;
pub use holdout::Holdout;
pub use ledger::{LEDGER_VARIABLE, LedgerEntries, TrialLedger, Unusable, evaluate};
pub use ledger_entry::{EntryKind, LedgerEntry, StoredTrials};
pub use test::{LEAST_DEFLATED, LEVEL, Light, Test, TestResult, WEAK_LEVEL};
pub use tested::Tested;
pub use text::{TEST_COLUMNS, power_in_advance};
pub use verdict::{
    Best, CrossValidated, Deflated, Detectable, Excess, HaircutSharpe, Leader, LuckBand, PickBias,
    Plateau, RealityCheck, Residual, Verdict, WalkForwardCurve, WalkForwardResult,
    WalkForwardWindow, WorldsShown, Yardstick, YardstickGrowth,
};
pub use worlds::{HowMany, compute_worlds};
