//! The results of a sweep: one row per trial, in the order of their numbers.
//!
//! 1. [`run`] computes the shards that are missing and writes `results.parquet`.
//! 2. [`Results`] opens it: columns are read when they are asked for. [`Query`] filters and sorts,
//!    [`SensitivityMap`] shows a statistic over two axes, [`Results::best_by_plateau`] ranks trials
//!    by their neighbours.
//! 3. [`rerun`] runs any row again and compares the bits.
//! 4. [`Overview`] gathers what a report shows.
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//! use results::{Query, Results, Sort};
//! use sweep::{Draft, Existing, Request, RunOptions, StrategyText};
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
//! let summary = results::run(&sweep, &RunOptions { threads: 0, progress: &|_| {}, stop: &stop })?;
//! assert_eq!((summary.finished, summary.progress.computed), (true, 24));
//!
//! let best = Results::open(&out)?.select(&Query {
//!     columns: Some(vec!["trial".into(), "alpha.lookback".into(), "sharpe".into()]),
//!     sort: Some(Sort::best_first("sharpe")),
//!     top: Some(3),
//!     ..Query::default()
//! })?;
//! assert_eq!(best.n_rows(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod axis;
mod error;
mod failures;
mod fan;
mod map;
mod neighbourhood;
mod overview;
mod plateau;
mod query;
mod reader;
mod rerun;
mod table;
mod write;

pub use axis::AxisOverview;
pub use error::ResultsError;
pub use fan::Fan;
pub use map::SensitivityMap;
pub use neighbourhood::{Neighbourhood, Neighbourhoods};
pub use overview::{Machine, Overview, StrategyOverview};
pub use query::{Direction, Query, Ruined, Sort, headlines, mapped};
pub use reader::Results;
pub use rerun::rerun;
pub use table::{Cell, Column, Table, TrialStatus};
pub use write::{run, write};
