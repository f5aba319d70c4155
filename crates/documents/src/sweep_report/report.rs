//! One sweep, and its names and values as its report writes them.

use results::{AxisOverview, Overview};
use verdict::Verdict;

use crate::numbers::NO_BREAK;

/// In place of a chart of Sharpe ratios without any.
pub(super) const NO_SHARPE: &str = "no trial has a Sharpe ratio";

/// What is drawn of one sweep.
#[derive(Clone, Copy, Debug)]
pub struct SweepReport<'a> {
    /// Its axes, trials and metrics.
    pub overview: &'a Overview,
    /// The sweep's folder, as commands name it.
    pub dir: &'a str,
    /// How much of the best result is luck, which comes first. `None` where it was not computed.
    pub luck: Option<&'a Verdict>,
}

impl<'a> SweepReport<'a> {
    /// The command that runs a trial again.
    pub(super) fn command(&self, trial: u64) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        match self.dir.chars().all(plain) && !self.dir.is_empty() {
            true => format!("gridfolio show {} {trial}", self.dir),
            false => format!(
                "gridfolio show '{}' {trial}",
                self.dir.replace('\'', "'\\''")
            ),
        }
    }

    /// `alpha.lookback 126, alpha.top_n 3`.
    pub(super) fn parameters(&self, row: usize) -> String {
        let axes = self.overview.axes.iter();
        let parts = axes.map(|axis| format!("{} {}", axis.name, self.axis_value(axis, row)));
        parts.collect::<Vec<_>>().join(", ")
    }

    /// `lookback 126, top_n 3`, each in one piece.
    pub(super) fn short_parameters(&self, row: usize) -> String {
        let axes = self.overview.axes.iter();
        let parts = axes.map(|axis| {
            let name = short_name(self, &axis.name);
            let value = format!("{name} {}", self.axis_value(axis, row));
            value.replace(' ', &NO_BREAK.to_string())
        });
        parts.collect::<Vec<_>>().join(", ")
    }

    pub(super) fn values(&self, metric: &str) -> &'a [f64] {
        self.overview.metric(metric).unwrap_or(&[])
    }

    pub(super) fn title(&self) -> String {
        let names: Vec<&str> = (self.overview.strategies.iter())
            .map(|strategy| strategy.name.as_str())
            .collect();
        names.join(", ")
    }

    /// The trials that have a Sharpe ratio, the highest first.
    pub(super) fn ranked(&self) -> Vec<usize> {
        let sharpe = self.values("sharpe");
        let mut rows: Vec<usize> = (0..sharpe.len()).collect();
        rows.retain(|row| sharpe[*row].is_finite());
        rows.sort_by(|a, b| sharpe[*b].total_cmp(&sharpe[*a]).then(a.cmp(b)));
        rows
    }

    /// The value of an axis at a row.
    pub(super) fn axis_value(&self, axis: &AxisOverview, row: usize) -> String {
        plain(&axis.values[axis.positions[row] as usize])
    }
}

/// A value of an axis as it is shown: a whole table by its model and its keys.
pub(super) fn plain(value: &str) -> String {
    match value
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        Some(table) => table
            .trim()
            .replace("model = ", "")
            .replace(" = ", " ")
            .replace('"', ""),
        None => value.to_owned(),
    }
}

/// The last part of an axis' path, where no other axis has the same.
pub(super) fn short_name<'n>(report: &SweepReport<'_>, name: &'n str) -> &'n str {
    fn last(name: &str) -> &str {
        name.rsplit('.').next().unwrap_or(name)
    }
    let axes = report.overview.axes.iter();
    match axes.filter(|axis| last(&axis.name) == last(name)).count() {
        1 => last(name),
        _ => name,
    }
}

/// The median of finite values; NaN without any.
pub(super) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    statistics::median(values).unwrap_or(f64::NAN)
}
