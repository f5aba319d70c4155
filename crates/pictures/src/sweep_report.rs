//! The report of a sweep: how its trials are distributed, where on the axes the good ones lie, what
//! the best did, what failed.

mod axes;
mod fan;
mod map;
mod page;
mod shapes;
mod tables;
mod terminal;

use sweep::{Order, Overview};

use crate::numbers::{count, number, share};
use crate::panel::Panel;

/// All that is drawn of one sweep.
#[derive(Clone, Copy, Debug)]
pub struct SweepReport<'a> {
    /// What is told.
    pub overview: &'a Overview,
    /// The sweep's folder, as commands name it.
    pub dir: &'a str,
    /// How much of the best result is luck, a paragraph each: the first thing that is told. `None`
    /// where nobody has worked it out.
    pub verdict: Option<&'a [String]>,
}

/// Statistics of which a map is drawn beforehand.
const MAPPED: [(&str, &str, &str); 3] = [
    ("sharpe", "map-sharpe", "Sharpe ratio"),
    ("cagr", "map-cagr", "CAGR"),
    ("max_drawdown", "map-max-drawdown", "Max drawdown"),
];

impl<'a> SweepReport<'a> {
    /// The panels, in order.
    pub fn panels(&self) -> Vec<Panel<'a>> {
        let mut panels = vec![shapes::histogram(self)];
        if self.overview.axes.len() >= 2 {
            for (metric, id, title) in MAPPED {
                panels.push(map::panel(self, metric, id, title));
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
            format!(
                "{} {}",
                axis.name, axis.values[axis.positions[row] as usize]
            )
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

/// A value of a statistic as text.
fn shown(metric: &str, value: f64) -> String {
    match metric {
        "cagr" | "max_drawdown" | "volatility" | "total_return" => share(value, 1),
        "turnover" => share(value, 0),
        "trades" => count(value),
        _ => number(value, 2),
    }
}

/// Whether low values of a statistic are the better ones.
fn low_is_better(metric: &str) -> bool {
    Order::best_first(metric) == Order::Lowest
}

/// What a statistic is called.
fn called(metric: &str) -> &str {
    match metric {
        "sharpe" => "Sharpe ratio",
        "cagr" => "CAGR",
        "max_drawdown" => "max drawdown",
        "sortino" => "Sortino ratio",
        "total_return" => "total return",
        other => other,
    }
}

/// The median of values that are numbers; NaN when there is none.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    backtest::statistics::quantile(values, 0.5)
}
