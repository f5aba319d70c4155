//! Many trials of a strategy on one machine: from a file with a `[sweep]` table to a resumable
//! folder and a table of results.
//!
//! 1. [`Draft::new`] checks the strategies and their axes, and loads the prices.
//! 2. [`Draft::into_folder`] writes the plan and the prices into a folder, or finds them there.
//! 3. [`Sweep::run`] computes the shards that are missing and writes `results.parquet`.
//!    [`complete`] does the same through a [`Backend`]: threads, or machines that call [`work`].
//! 4. [`Sweep::luck`] says whether the best trial is real or luck, with what the [`Ledger`] knows of
//!    other tries.
//! 5. [`Results`] sorts, filters and prints; [`Sweep::trial`] is any row by itself.
//!
//! The folder is the protocol: whatever is interrupted goes on where it stopped, and what is under
//! a file's name is whole.
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//! use sweep::{Draft, Existing, Order, Query, Request, Results, RunOptions, StrategyText};
//!
//! # let dir = tempfile::tempdir()?;
//! # market_data::sample::write(&dir.path().join("data"), 1)?;
//! # let file = dir.path().join("momentum.toml");
//! # std::fs::write(&file, r#"
//! # backtest = { start = 2015-01-02, end = 2020-12-31 }
//! # data = { dir = "data" }
//! # universe = { assets = ["EQUITY", "BONDS", "TECH"] }
//! # alpha = { model = "top-n-momentum", lookback = 126, top_n = 1 }
//! # rebalance = { schedule = "end-of-month" }
//! # sweep = { axes = { "alpha.lookback" = { from = 21, to = 252, step = 21 }, "alpha.top_n" = [1, 2] } }
//! # "#)?;
//! # let out = dir.path().join("out");
//! let request = Request {
//!     strategies: vec![StrategyText::read(file)?],
//!     ..Request::default()
//! };
//! let sweep = Draft::new(&request)?.into_folder(&out, Existing::Resume)?;
//! let stop = AtomicBool::new(false);
//! let report = sweep.run(&RunOptions { threads: 0, progress: &|_| {}, stop: &stop })?;
//! assert_eq!((report.finished, report.progress.computed), (true, 24));
//!
//! let best = Results::open(&out)?.select(&Query {
//!     columns: Some(vec!["trial".into(), "alpha.lookback".into(), "sharpe".into()]),
//!     sort: Some(("sharpe".into(), Order::Highest)),
//!     top: Some(3),
//!     ..Query::default()
//! })?;
//! assert_eq!(best.n_rows(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod draft;
mod estimate;
mod external;
mod folder;
mod holdout;
mod ledger;
mod luck;
mod overview;
mod results;
mod run;
mod show;

mod backend;
mod shards;
mod worker;

mod error;

mod bytes;
mod metrics;
mod plan;
mod prices;
mod ranges;
mod shard;
mod snapshot;
mod trials;
mod validation;

pub use backend::{Active, Backend, Completion, Patience, Standing, Threads, complete};
pub use draft::{Draft, Request, StrategyText};
pub use error::SweepError;
pub use estimate::Estimate;
pub use external::Models;
pub use folder::{Existing, Sweep};
pub use holdout::Holdout;
pub use ledger::{Deed, LEDGER_VARIABLE, Ledger, LedgerEntry, judge};
pub use luck::{
    BenchmarkShown, Best, CrossValidated, Deflated, HaircutSharpe, Luck, LuckBand, PickBias,
    Plateau, RealityCheck, Tested, WalkForwardResult, WalkForwardWindow,
};
pub use overview::{AxisOverview, Fan, Machine, Overview, StrategyOverview};
pub use ranges::{ranges_from_text, ranges_to_text};
pub use results::{Cell, Column, Order, Query, Results, SensitivityMap, Table};
pub use run::{Progress, Report, RunOptions};
pub use shards::Shards;
pub use show::Trial;
pub use worker::{
    ShardNote, WorkerNote, WorkerOptions, WorkerState, host_name, work, work_with, worker_notes,
};
