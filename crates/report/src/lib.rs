//! What leaves the program: values in, text out. Opens no file and asks no terminal.
//!
//! 1. A [`Run`] is what a backtest was made of and what came out.
//! 2. A [`Report`] is everything that is said of it, computed once: [`Side`]s with their
//!    statistics, the comparison of the two, and the [`Warning`]s.
//! 3. The report is told as JSON for programs ([`Report::statistics_json`], whose [`qstrader`]
//!    part is read by scripts written for QSTrader), as CSV for spreadsheets
//!    ([`Report::equity_csv`] and its siblings), and as a few lines for a person
//!    ([`Report::summary`]).
//!
//! A look-ahead audit is told by its own [`AuditReport`].

mod report;

mod detail;
mod warning;
mod wealth;

mod csv;
mod json;
pub mod qstrader;

mod summary;

mod audit;

mod sparkline;

pub use audit::AuditReport;
pub use detail::{CostCase, Detail, Exposure, TradingSessions, date_of};
pub use report::{Report, Run, Side, WorstDrawdown};
pub use sparkline::sparkline;
pub use warning::Warning;
pub use wealth::Wealth;
