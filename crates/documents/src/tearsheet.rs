//! The tear sheet of one backtest: what is drawn of it, panel by panel.
//!
//! A [`Tearsheet`] is made of a report or read from a `statistics.json`; both give the same pages.

mod sheet;

mod series;

mod metrics;

mod curves;
mod density;
mod holdings;
mod periods;
mod tables;
mod timing;

mod panels;

mod verdict;

mod page;
mod terminal;

pub(crate) use curves::points;
pub use metrics::shown_metrics;
pub(crate) use periods::slot;
pub(crate) use series::{depths, growth_of_one};
pub use sheet::{NotStatistics, Tearsheet};
pub(crate) use tables::by_group;
