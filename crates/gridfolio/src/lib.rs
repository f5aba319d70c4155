//! Backtests systematic trading strategies, sweeps their parameters on one machine or on Slurm, and
//! says whether the best result is luck.
//!
//! A [`Strategy`] is a TOML file, a [`Market`] a folder of daily bars, and a [`Backtest`] is one
//! strategy run on one market:
//!
//! ```
//! use gridfolio::{Backtest, Market, Strategy};
//!
//! # fn main() -> Result<(), gridfolio::Error> {
//! # let dir = tempfile::tempdir().unwrap();
//! # let prices = dir.path().join("prices");
//! # market_data::sample::write(&prices, 1)?;
//! # let file = dir.path().join("sixty_forty.toml");
//! # let text = include_str!("../../../examples/sixty_forty.toml");
//! # std::fs::write(&file, text.replace("dir = \"data\"", "dir = \"prices\"")).unwrap();
//! # let out = dir.path().join("result");
//! let strategy = Strategy::from_file(&file, &[])?;
//! let market = Market::of_strategy(&strategy, None)?;
//! let backtest = Backtest::run(&strategy, &market)?;
//! println!("{}", backtest.report(|report| report.summary())?);
//! backtest.write(&out)?; // statistics.json, tearsheet.html, three CSV files
//! # assert!(out.join("statistics.json").exists());
//! # Ok(())
//! # }
//! ```
//!
//! A [`Sweep`] is a folder of trials. An interrupted one continues where it stopped:
//!
//! ```no_run
//! use std::path::Path;
//! use std::sync::atomic::AtomicBool;
//!
//! use gridfolio::sweep::{Draft, Existing, Request, StrategyText, collect, compute};
//!
//! # fn main() -> Result<(), gridfolio::Error> {
//! let request = Request {
//!     strategies: vec![StrategyText::read("momentum.toml")?],
//!     ..Request::default()
//! };
//! let folder = Path::new("momentum.sweep");
//! let sweep = Draft::new(&request)?.into_folder(folder, Existing::Resume)?;
//! let stop = AtomicBool::new(false);
//! compute(&sweep, 0, &|progress| println!("{progress:?}"), &stop)?;
//! let collected = collect(&sweep, 0, &stop)?; // results.parquet and verdict.json
//! # Ok(())
//! # }
//! ```
//!
//! Whatever fails is an [`Error`], with the exit code of the command, its causes and a hint. Nothing
//! here prints or ends the process.
//!
//! | module | what |
//! |---|---|
//! | root | [`Strategy`], [`Market`], [`Backtest`], [`Sweep`], [`Error`] |
//! | [`audit`] | the look-ahead audit |
//! | [`check`] | whether a strategy can run on the prices that it names, and what they lack |
//! | [`sweep`] | planning and computing trials on the threads of this machine |
//! | [`on_slurm`] | the same on a Slurm cluster |
//! | [`worker`] | computing some shards, as a node does |
//! | [`node`] | what a node reports when a cluster is checked |
//! | [`explain`] | errors of the engine, with the file, the folder and the way out |

pub mod audit;
mod backtest;
pub mod check;
mod error;
pub mod explain;
mod market;
pub mod node;
pub mod on_slurm;
mod strategy;
pub mod sweep;
pub mod worker;

pub use self::backtest::{Backtest, open_tearsheet};
pub use self::error::Error;
pub use self::market::Market;
pub use self::strategy::{Strategy, overrides, read_strategy_file};
pub use self::sweep::Sweep;
pub use diagnostics::{Code, Diagnostic, PROGRAM, VERSION};
