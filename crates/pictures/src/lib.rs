//! Pictures of backtests and sweeps: values in; HTML, SVG, PNG and characters out.
//!
//! Pure: nothing here opens a file, asks a clock or a terminal; the same values give the same
//! bytes on every platform.
//!
//! 1. A [`tearsheet::Tearsheet`] is what is drawn of one backtest, a
//!    [`sweep_report::SweepReport`] of a sweep.
//! 2. Each gives [`Panel`]s: pictures and tables with titles.
//! 3. [`drawing`] writes a picture as SVG or PNG; a page holds all panels and a script.
#![warn(clippy::disallowed_methods)]

pub mod comparison;
pub mod sweep_report;
pub mod tearsheet;

pub mod drawing;
mod numbers;
mod page;
mod panel;

pub use panel::{Cell, Content, Figure, HALF, NARROW, Panel, Table, WIDE};
