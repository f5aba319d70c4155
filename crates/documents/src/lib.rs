//! Documents about backtests and sweeps: values in, documents out. Opens no file and asks no
//! terminal; the same values give the same bytes on every platform.
//!
//! 1. A [`Run`] is a backtest and its result. A [`Report`] is what is written of it, computed once:
//!    a [`Side`] for the strategy and one for the benchmark, the comparison of both, [`Warning`]s.
//! 2. A report is written for programs ([`Report::statistics_json`], with the blocks of
//!    [`qstrader`]), for spreadsheets ([`Report::equity_csv`] and the other CSV files) and for the
//!    terminal ([`Report::summary`]). A look-ahead audit has its own [`AuditReport`].
//! 3. A [`tearsheet::Tearsheet`] draws one backtest, a [`sweep_report::SweepReport`] a sweep, a
//!    [`comparison::Comparison`] several backtests. Each is a list of [`Panel`]s, pictures and
//!    tables with titles, on one page; the crate `drawing` draws the pictures.
#![warn(clippy::disallowed_methods)]

mod milliseconds;
mod wealth;

mod run;

pub mod qstrader;

mod detail;
mod warning;

mod checks;

mod report;

mod csv;
mod json;

mod numbers;
mod sparkline;
mod text_table;

mod summary;

mod audit;

mod formats;
mod page;
mod panel;

pub mod comparison;
pub mod sweep_report;
pub mod tearsheet;

pub use audit::{Answer, AuditReport};
pub use detail::{CostCase, Detail, Exposure, TradingSessions};
pub use panel::{Cell, Content, Figure, HALF, NARROW, Panel, Table, WIDE};
pub use report::{Report, Side, WorstDrawdown};
pub use run::Run;
pub use sparkline::sparkline;
pub use warning::{Amounts, Warning};
pub use wealth::Wealth;
