//! One axis at a time: how the Sharpe ratio depends on it, whatever the others say.

use drawing::Ink;
use drawing::chart::{Across, Chart, Legend, Mark, Picture, Point, Range, Upright};
use results::AxisOverview;

use super::bins::Bins;
use super::report::{NO_SHARPE, SweepReport};
use crate::numbers::{count, number, shown, title};
use crate::panel::{Panel, Table};
use crate::tearsheet::slot;

/// Axes with a panel of their own.
pub(super) const MOST_AXES: usize = 8;

const IDS: [&str; MOST_AXES] = [
    "axis-1", "axis-2", "axis-3", "axis-4", "axis-5", "axis-6", "axis-7", "axis-8",
];

/// The trials with one value of an axis: how many have a Sharpe ratio, and its 10 %, 50 % and 90 %.
struct Group {
    n: usize,
    quantiles: [f64; 3],
}

fn groups(bins: &Bins, values: &[f64]) -> Vec<Group> {
    let mut groups: Vec<Vec<f64>> = vec![Vec::new(); bins.labels.len()];
    let values = bins.of_trial.iter().zip(values);
    for (bin, value) in values.filter(|(_, value)| value.is_finite()) {
        groups[usize::from(*bin)].push(*value);
    }
    let group = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        Group {
            n: values.len(),
            quantiles: [0.1, 0.5, 0.9].map(|p| statistics::quantile(&values, p)),
        }
    };
    groups.into_iter().map(group).collect()
}

pub(super) fn marginal(report: &SweepReport<'_>, at: usize) -> Panel {
    let axis = &report.overview.axes[at];
    let bins = Bins::of(axis);
    let groups = groups(&bins, report.values("sharpe"));
    let mut table = Table::new(&[axis.name.as_str(), "trials", "10 %", "median", "90 %"]);
    for (label, group) in bins.labels.iter().zip(&groups) {
        let quantiles = group.quantiles.map(|value| number(value, 2));
        let cells = std::iter::once(count(group.n as f64)).chain(quantiles);
        table.named(label.as_str(), cells);
    }
    let title = format!("{} by {}", title("sharpe"), axis.name);
    let chart = Chart {
        label: title.clone(),
        height: 156.0,
        across: Across::Names(bins.labels.clone()),
        across_title: "",
        upright: Upright {
            range: Range::Marks,
            ticks: 5,
            label: number,
            title: "",
        },
        marks: marks(axis, &bins, &groups),
        legend: Legend::None,
        empty: NO_SHARPE,
    };
    let note =
        "For each value, over all others: the median, and a bar from 10 to 90 % of the trials.";
    Panel::picture(IDS[at], title, note, Picture::Chart(chart), table)
}

/// A bar and a square for each value.
fn marks(axis: &AxisOverview, bins: &Bins, groups: &[Group]) -> Vec<Mark> {
    let (mut bars, mut points) = (Vec::new(), Vec::new());
    for (at, group) in groups.iter().enumerate() {
        let [low, median, high] = group.quantiles;
        let texts = group.quantiles.map(|value| shown("sharpe", value));
        let title = format!(
            "{}: median {}, 10 % {}, 90 % {}",
            bins.labels[at], texts[1], texts[0], texts[2]
        );
        bars.push(slot(at, (low, high), Ink::Primary, title));
        points.push(Point {
            at: (at as f64 + 0.5, median),
            half: 2.5,
            ink: Ink::Primary,
            title: String::new(),
        });
    }
    // Between texts, a line has no meaning.
    let line = axis.numbers.as_ref().map(|_| Mark::Line {
        points: points.iter().map(|point| point.at).collect(),
        ink: Ink::Primary,
        end: String::new(),
    });
    let bars = Mark::Bars { bars, opacity: 0.3 };
    let points = Mark::Points(points);
    [bars, points].into_iter().chain(line).collect()
}
