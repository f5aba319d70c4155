//! One backtest, as a pure function: prices and a strategy in; equity, trades and statistics out.
//!
//! This crate does no I/O, reads no clock, environment or randomness, starts no thread and holds
//! no global. The story of a backtest, in the order of the modules:
//!
//! 1. [`market`]: prices of many assets, aligned on one calendar.
//! 2. [`strategy`]: what is to be done, in names and dates; [`conventions`]: how open questions
//!    are answered.
//! 3. [`Strategy::bind`] resolves it against a market into a
//!    [`Backtest`], or says what does not fit.
//! 4. [`Backtest::run`] steps through time: at each
//!    decision of the [`schedule`] an [`alpha`] model turns [`signal`]s into weights,
//!    [`risk`] and [`optimiser`] adjust them, [`sizing`] makes shares of them, and orders bring
//!    the [`Portfolio`] to them at the [`costs`] given.
//! 5. The [`outcome`] holds every equity value, trade and decision; [`ledger`] accounts for
//!    profits, [`statistics`] for the rest. An [`audit`] runs it again without its future.
//!
//! ```
//! use backtest::strategy::{Alpha, Schedule, Strategy, Universe};
//! use backtest::{Date, PriceSeries};
//!
//! let day = |day| Date::new(2024, 1, day).unwrap();
//! let prices = PriceSeries {
//!     symbol: "ABC".to_owned(),
//!     dates: vec![day(2), day(3), day(4)],
//!     open: vec![10.0, 10.0, 11.0],
//!     close: vec![10.0, 10.5, 12.0],
//!     ..PriceSeries::default()
//! };
//! let strategy = Strategy {
//!     universe: Universe { assets: vec!["ABC".to_owned()], ..Universe::default() },
//!     alpha: Alpha::EqualWeight,
//!     schedule: Schedule::BuyAndHold,
//!     ..Strategy::new("all in", day(2).open(), day(4).close())
//! };
//! let market = strategy.market(&[prices])?;
//! let outcome = strategy.bind(&market)?.run()?;
//! assert_eq!(outcome.equity, [1_000_000.0, 1_050_000.0, 1_200_000.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(clippy::disallowed_methods)]

mod check;
mod check_context;
mod corporate_actions;
pub mod declaration;
mod mark;
pub mod market;
mod observations;
mod own_bars;
mod price_series;
pub mod strategy;

pub mod conventions;

mod backtest;
mod bind_error;
mod cash_flows;
mod frame;
mod interest;
pub mod schedule;
mod universe;

mod observer;
mod orders;
mod run;
mod run_error;
#[doc(hidden)]
pub mod simulation;

pub mod alpha;
mod asset_set;
pub mod costs;
mod execution;
pub mod formula;
mod lanes;
pub mod optimiser;
mod portfolio;
pub mod positions;
pub mod risk;
pub mod signal;
pub mod sizing;

pub mod yardsticks;

pub mod batch;
mod crossings;
mod shared_signals;
mod signal_tables;

pub mod ledger;
pub mod outcome;
pub mod statistics;

pub mod timing_luck;

pub mod audit;

pub mod date;

pub use alpha::{AlphaError, AlphaModel, AsOf, Weights};
pub use backtest::Backtest;
pub use batch::{Batch, BatchError, Record};
pub use bind_error::BindError;
pub use cash_flows::MovedCash;
pub use conventions::Conventions;
pub use date::{Date, Moment, Weekday};
pub use interest::Accrual;
pub use market::{
    AlignError, AssetId, Mark, Market, Observations, PriceSeries, RealShares, Session,
};
pub use observer::{CashCurve, Decision, Observer};
pub use orders::{Fill, FillCause, Order};
pub use outcome::{Allocation, Outcome};
pub use portfolio::{Holding, Portfolio};
pub use run_error::RunError;
pub use strategy::Strategy;
