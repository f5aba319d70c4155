//! The report of a sweep: how its trials are distributed, where on the axes the good ones lie, what
//! the best did, what failed.

mod axes;
mod fan;
mod map;
mod page;
mod shapes;
mod tables;
mod terminal;

use results::Overview;
use statistics::catalogue::{self, Form, Metric};
use verdict::Verdict;

use crate::numbers::{NO_BREAK, text};
use crate::panel::Panel;

/// What is said where nothing can be drawn.
const NO_SHARPE: &str = "no trial has a Sharpe ratio";

/// All that is drawn of one sweep.
#[derive(Clone, Copy, Debug)]
pub struct SweepReport<'a> {
    /// What is told.
    pub overview: &'a Overview,
    /// The sweep's folder, as commands name it.
    pub dir: &'a str,
    /// How much of the best result is luck: the first thing that is told. `None` where nobody has
    /// worked it out.
    pub luck: Option<&'a Verdict>,
}

impl<'a> SweepReport<'a> {
    /// The panels, in order.
    pub fn panels(&self) -> Vec<Panel<'a>> {
        let mut panels = vec![shapes::histogram(self)];
        if self.overview.axes.len() >= 2 {
            // That of the Sharpe ratio, by which trials are ranked, comes first.
            let mapped = catalogue::metrics().filter_map(|metric| Some((metric, metric.map?)));
            let mut mapped: Vec<(&Metric, &str)> = mapped.collect();
            mapped.sort_by_key(|(metric, _)| metric.key != "sharpe");
            for (metric, id) in mapped {
                panels.push(map::panel(self, metric, id));
            }
        }
        panels.push(tables::top(self));
        for axis in 0..self.overview.axes.len().min(axes::MOST_AXES) {
            panels.push(axes::marginal(self, axis));
        }
        if !self.overview.axes.is_empty() {
            panels.push(shapes::parallel(self));
        }
        panels.push(shapes::return_and_risk(self));
        panels.push(fan::panel(self));
        panels.push(tables::failures(self));
        panels.push(tables::times(self));
        panels.push(tables::plan(self));
        panels
    }

    /// The command that runs a trial again.
    fn command(&self, trial: u64) -> String {
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
    fn parameters(&self, row: usize) -> String {
        let axes = self.overview.axes.iter();
        let parts = axes.map(|axis| {
            let value = &axis.values[axis.positions[row] as usize];
            format!("{} {}", axis.name, plain(value))
        });
        parts.collect::<Vec<_>>().join(", ")
    }

    /// `lookback 126, top_n 3`, each in one piece.
    fn short_parameters(&self, row: usize) -> String {
        let axes = self.overview.axes.iter();
        let parts = axes.map(|axis| {
            let value = &axis.values[axis.positions[row] as usize];
            let value = format!("{} {}", short_name(self, &axis.name), plain(value));
            value.replace(' ', &NO_BREAK.to_string())
        });
        parts.collect::<Vec<_>>().join(", ")
    }

    fn values(&self, metric: &str) -> &'a [f64] {
        self.overview.metric(metric).unwrap_or(&[])
    }

    fn title(&self) -> String {
        let names: Vec<&str> = (self.overview.strategies.iter())
            .map(|strategy| strategy.name.as_str())
            .collect();
        names.join(", ")
    }
}

/// A value of a metric as text.
fn shown(metric: &str, value: f64) -> String {
    let form = catalogue::metric(metric).map_or(Form::Number(2), |metric| metric.form);
    text(form, value)
}

/// A value of an axis as it is shown: a whole table by its model and its keys.
fn plain(value: &str) -> String {
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

/// What a metric is called.
fn called(metric: &str) -> &str {
    catalogue::metric(metric).map_or(metric, |metric| metric.title)
}

/// The last part of an axis' path, where no other axis has the same.
fn short_name<'n>(report: &SweepReport<'_>, name: &'n str) -> &'n str {
    fn last(name: &str) -> &str {
        name.rsplit('.').next().unwrap_or(name)
    }
    let axes = report.overview.axes.iter();
    match axes.filter(|axis| last(&axis.name) == last(name)).count() {
        1 => last(name),
        _ => name,
    }
}

/// The median of values that are numbers; NaN when there is none.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    statistics::median(values).unwrap_or(f64::NAN)
}
