//! The report of a sweep: how its trials are distributed, where on the axes the good ones lie, what
//! the best did, what failed.

mod axes;
mod fan;
mod map;
mod page;
mod shapes;
mod tables;
mod terminal;

use results::{Order, Overview};
use verdict::Verdict;

use crate::numbers::{NO_BREAK, amount, count, number, share};
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

/// How a statistic is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A fraction in per cent with so many decimals.
    Share(usize),
    /// With so many decimals.
    Number(usize),
    Count,
    Money,
}

/// Statistics with their titles. One that is not here goes by its own name.
const TITLES: [(&str, &str, Form); 27] = [
    ("sharpe", "Sharpe ratio", Form::Number(2)),
    ("cagr", "CAGR", Form::Share(1)),
    ("max_drawdown", "max drawdown", Form::Share(1)),
    ("volatility", "volatility", Form::Share(1)),
    ("sortino", "Sortino ratio", Form::Number(2)),
    ("total_return", "total return", Form::Share(1)),
    ("turnover", "turnover a year", Form::Share(0)),
    ("trades", "trades", Form::Count),
    ("mar", "MAR ratio", Form::Number(2)),
    (
        "longest_drawdown_days",
        "longest drawdown, days",
        Form::Count,
    ),
    ("ulcer_index", "ulcer index", Form::Share(1)),
    ("martin", "Martin ratio", Form::Number(2)),
    ("profit_factor", "profit factor", Form::Number(2)),
    (
        "sharpe_autocorrelation_adjusted",
        "Sharpe ratio, autocorrelation counted",
        Form::Number(2),
    ),
    (
        "sharpe_probabilistic",
        "probability of a Sharpe ratio above 0",
        Form::Share(1),
    ),
    ("skewness", "skewness", Form::Number(2)),
    ("excess_kurtosis", "excess kurtosis", Form::Number(2)),
    ("worst_session", "worst session", Form::Share(2)),
    ("best_session", "best session", Form::Share(2)),
    ("positive_sessions", "positive sessions", Form::Share(1)),
    ("autocorrelation", "autocorrelation", Form::Number(3)),
    ("downside_deviation", "downside deviation", Form::Share(1)),
    ("mean_drawdown", "mean drawdown", Form::Share(1)),
    ("underwater", "time below the peak", Form::Share(1)),
    ("time_in_market", "time in market", Form::Share(1)),
    ("cost", "costs", Form::Money),
    ("final_equity", "final equity", Form::Money),
];

fn form(metric: &str) -> Form {
    let found = TITLES.iter().find(|known| known.0 == metric);
    found.map_or(Form::Number(2), |known| known.2)
}

/// A value of a statistic as text.
fn shown(metric: &str, value: f64) -> String {
    match form(metric) {
        Form::Share(decimals) => share(value, decimals),
        Form::Number(decimals) => number(value, decimals),
        Form::Count => count(value),
        Form::Money => amount(value),
    }
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

/// Whether low values of a statistic are the better ones.
fn low_is_better(metric: &str) -> bool {
    Order::best_first(metric) == Order::Lowest
}

/// What a statistic is called.
fn called(metric: &str) -> &str {
    let found = TITLES.iter().find(|known| known.0 == metric);
    found.map_or(metric, |known| known.1)
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
    statistics::quantile(values, 0.5)
}
