//! The catalogue of metrics: every statistic that is reported, once.
//!
//! From an entry follow the column of `results.parquet`, the order of `--sort`, the shades of maps,
//! the number's format in the terminal and in pages, its place in `statistics.json`, its title and
//! definition in the tear sheet, and its row in docs/statistics.md. A new statistic is an entry in
//! the file of its group, and its computation.

mod account;
mod docs;
mod drawdowns;
mod folds;
mod form;
mod measured;
mod metric;
mod periods;
mod ratios;
mod relative;
mod returns;
mod risk;
mod trading;

use std::sync::LazyLock;

pub use form::{Form, UNDEFINED};
pub use measured::{
    Account, Activity, Measured, Period, Periods, RoundTrips, Value, WorstDrawdown,
};
pub use metric::{Better, Group, Metric, Prominence};

/// All metrics, by group, in the order of display.
const GROUPS: [&[Metric]; 9] = [
    returns::METRICS,
    risk::METRICS,
    ratios::METRICS,
    drawdowns::METRICS,
    periods::METRICS,
    trading::METRICS,
    account::METRICS,
    relative::METRICS,
    folds::METRICS,
];

/// How many metrics are columns of `results.parquet`.
pub const N_COLUMNS: usize = {
    let (mut n, mut group) = (0, 0);
    while group < GROUPS.len() {
        let mut at = 0;
        while at < GROUPS[group].len() {
            if GROUPS[group][at].column.is_some() {
                n += 1;
            }
            at += 1;
        }
        group += 1;
    }
    n
};

static COLUMNS: LazyLock<Vec<&'static Metric>> = LazyLock::new(|| {
    let mut columns: Vec<&Metric> = metrics().filter(|metric| metric.column.is_some()).collect();
    columns.sort_by_key(|metric| metric.column);
    columns
});

/// All metrics, in the order of display.
pub fn metrics() -> impl Iterator<Item = &'static Metric> {
    GROUPS.into_iter().flatten()
}

/// The metrics that are columns of `results.parquet`, in their order.
pub fn columns() -> &'static [&'static Metric] {
    &COLUMNS
}

/// The reference of all metrics for docs/statistics.md: a table of Markdown for each group.
pub fn reference() -> String {
    docs::tables(&metrics().collect::<Vec<_>>())
}

/// A metric by its key. `None` for other columns, such as axes and `trial`.
pub fn metric(key: &str) -> Option<&'static Metric> {
    metrics().find(|metric| metric.key == key)
}

/// A metric by its place in `statistics.json`, as in `drawdown.max`.
pub fn metric_at(path: &str) -> Option<&'static Metric> {
    let (group, name) = path.split_once('.')?;
    metrics().find(|metric| metric.json == Some(name) && metric.group.json() == group)
}

/// The direction of a column of results: a metric's own; the lower is the better on an axis and
/// for the number of a trial, so that these are sorted in their natural order.
pub fn better(column: &str) -> Better {
    metric(column).map_or(Better::Lower, |metric| metric.better)
}

/// A number of a column of results as it is written for people. `None` for columns that are no
/// metrics.
pub fn text(column: &str, value: f64) -> Option<String> {
    metric(column).map(|metric| metric.form.text(value))
}
