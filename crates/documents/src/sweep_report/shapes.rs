//! All trials at once, as densities: never a mark for each.

use drawing::chart::{
    Across, Bar, Chart, Histogram, Legend, Mark, Parallel, ParallelAxis, Picture, Range, Upright,
    briefs,
};
use drawing::{Axis, Ink};
use statistics::catalogue;

use super::bins::Bins;
use super::map::ends;
use super::report::{NO_SHARPE, SweepReport, median, plain, short_name};
use crate::numbers::{
    QUANTILES, change, count, count_tick, number, of, quantiles, share, share_tick, shown, title,
};
use crate::panel::{Panel, Table};

/// About how many bins the histogram has at most.
const MOST_BINS: usize = 120;

pub(super) fn histogram(report: &SweepReport<'_>) -> Panel {
    let mut sorted = report.values("sharpe").to_vec();
    sorted.retain(|value| value.is_finite());
    sorted.sort_by(f64::total_cmp);
    let yardsticks: Vec<(&str, f64)> = (report.luck.iter())
        .flat_map(|luck| &luck.yardsticks)
        .filter_map(|own| Some((own.name.as_str(), own.sharpe?)))
        .collect();
    let mut table = Table::new(&["quantile", title("sharpe")]);
    for ((name, _), value) in QUANTILES.iter().zip(quantiles(&sorted)) {
        table.row([(*name).to_owned(), number(value, 3)]);
    }
    for (name, sharpe) in &yardsticks {
        table.row([(*name).to_owned(), number(*sharpe, 3)]);
    }
    let ratios = yardsticks.iter().map(|(_, sharpe)| *sharpe);
    let bins = Histogram::of(&sorted, ratios, MOST_BINS);
    let chart = Chart {
        label: "The Sharpe ratios of all trials".to_owned(),
        height: 178.0,
        across: Across::Numbers {
            axis: bins
                .as_ref()
                .map_or(Axis::between(0.0, 1.0), Histogram::axis),
            ticks: 7,
            label: number,
        },
        across_title: title("sharpe"),
        upright: Upright {
            range: Range::FromZero,
            ticks: 4,
            label: count_tick,
            title: "",
        },
        marks: bins.map_or(Vec::new(), |bins| {
            trials(report, &bins, &sorted, &yardsticks)
        }),
        legend: Legend::None,
        empty: NO_SHARPE,
    };
    let note = match sorted.len() {
        0 => "No trial has one.".to_owned(),
        n => format!("{}; the best is marked.", of(n, "trial")),
    };
    let title = "The Sharpe ratios of all trials";
    Panel::picture("sharpe-ratios", title, note, Picture::Chart(chart), table).wide()
}

/// The bars of a histogram; the median, the best and the yardsticks as flags.
fn trials(
    report: &SweepReport<'_>,
    bins: &Histogram,
    sorted: &[f64],
    yardsticks: &[(&str, f64)],
) -> Vec<Mark> {
    let bar = |(from, to, n): (f64, f64, usize)| Bar {
        across: (from, to),
        upright: (0.0, n as f64),
        ink: Ink::Primary,
        title: format!(
            "{} from {} to {}",
            of(n, "trial"),
            number(from, 2),
            number(to, 2)
        ),
    };
    let bars = Mark::Bars {
        bars: bins.bins().map(bar).collect(),
        opacity: 0.6,
    };
    let flag = |at: f64, name: String, ink| Mark::Flag { at, name, ink };
    let [.., median, _, _, best] = quantiles(sorted);
    let best_trial = report.overview.best("sharpe");
    let best_trial = best_trial.map(|row| format!(", trial {}", report.overview.trials[row]));
    let best_name = format!("best {}{}", number(best, 2), best_trial.unwrap_or_default());
    let yardsticks = yardsticks.iter().map(|(name, sharpe)| {
        let name = format!("{name} {}", number(*sharpe, 2));
        flag(*sharpe, name, Ink::Text)
    });
    let median = flag(median, format!("median {}", number(median, 2)), Ink::Muted);
    let marks = [bars, median, flag(best, best_name, Ink::Contrast)];
    marks.into_iter().chain(yardsticks).collect()
}

/// Trials drawn as lines over the density.
const LINES: usize = 20;

/// Axes of a sweep in parallel coordinates.
const MOST_AXES: usize = 7;

/// Positions of a metric in parallel coordinates, from its worst to its best value.
const LEVELS: u16 = 120;

/// Metrics in parallel coordinates.
const METRICS: [&str; 3] = ["cagr", "max_drawdown", "sharpe"];

pub(super) fn parallel(report: &SweepReport<'_>) -> Panel {
    let overview = report.overview;
    let swept = overview.axes.iter().take(MOST_AXES);
    let axes = swept.clone().map(|axis| {
        let ends = [axis.values.first(), axis.values.last()];
        let ends = ends.map(|end| end.map_or(String::new(), |end| plain(end)));
        let [low, high] = <[String; 2]>::try_from(briefs(&ends)).unwrap_or_default();
        let bins = Bins::of(axis);
        ParallelAxis {
            name: short_name(report, &axis.name).to_owned(),
            low,
            high,
            last: bins.labels.len().saturating_sub(1) as u16,
            at: bins.of_trial.into_iter().map(Some).collect(),
        }
    });
    let axes: Vec<ParallelAxis> = axes
        .chain(METRICS.map(|metric| levels(metric, report.values(metric))))
        .collect();
    let rows = report.ranked();
    let lines: Vec<usize> = rows.iter().copied().take(LINES).collect();
    let mut table = Table::new(&["trial"]).with(axes.iter().map(|axis| axis.name.as_str()));
    for &row in &lines {
        let values = swept.clone().map(|axis| report.axis_value(axis, row));
        let metrics = METRICS.map(|metric| shown(metric, report.values(metric)[row]));
        table.named(overview.trials[row].to_string(), values.chain(metrics));
    }
    let note = format!(
        "Parallel coordinates of {}, as a density: the brighter, the more trials pass. Lines in \
         front: the {} with the highest Sharpe ratio. On the axes of metrics, higher is better.",
        of(overview.trials.len(), "trial"),
        lines.len()
    );
    let parallel = Parallel {
        label: "All trials across all axes, as a density".to_owned(),
        axes,
        rows,
        lines,
        empty: NO_SHARPE,
    };
    Panel::picture(
        "parallel",
        "All axes at once",
        note,
        Picture::Parallel(parallel),
        table,
    )
    .wide()
}

/// A metric as an axis, the better the higher.
fn levels(metric: &str, values: &[f64]) -> ParallelAxis {
    let better = catalogue::better(metric);
    let (worst, best) = ends(metric, values).unwrap_or((f64::NAN, f64::NAN));
    let (low, high) = (better.merit(worst), better.merit(best));
    let span = if high > low { high - low } else { 1.0 };
    let level = |value: &f64| {
        let share = (better.merit(*value) - low) / span;
        value
            .is_finite()
            .then(|| (share * f64::from(LEVELS)).round() as u16)
    };
    ParallelAxis {
        name: title(metric).to_owned(),
        low: shown(metric, worst),
        high: shown(metric, best),
        at: values.iter().map(level).collect(),
        last: LEVELS,
    }
}

pub(super) fn return_and_risk(report: &SweepReport<'_>) -> Panel {
    let (risk, growth) = (report.values("volatility"), report.values("cagr"));
    let both = |row: &usize| risk[*row].is_finite() && growth[*row].is_finite();
    let rows = (0..risk.len()).filter(both);
    let points: Vec<(f64, f64)> = rows.map(|row| (risk[row], growth[row])).collect();
    let level = Axis::holding(points.iter().map(|point| point.0));
    let best = report.overview.best("sharpe").filter(both);
    let best = best.map(|row| Mark::Cross {
        at: (risk[row], growth[row]),
        name: format!("best Sharpe ratio: trial {}", report.overview.trials[row]),
    });
    let table = by_risk(&points, &level);
    let note = format!(
        "{}, counted in cells: the brighter, the more.",
        of(points.len(), "trial")
    );
    let density = Mark::Density(points);
    let marks = [density, Mark::Level(0.0)].into_iter().chain(best);
    let chart = Chart {
        label: "Return against risk of all trials".to_owned(),
        height: 224.0,
        across: Across::Numbers {
            axis: level,
            ticks: 6,
            label: share_tick,
        },
        across_title: title("volatility"),
        upright: Upright {
            range: Range::MarksAnd(0.0),
            ticks: 5,
            label: share_tick,
            title: title("cagr"),
        },
        marks: marks.collect(),
        legend: Legend::None,
        empty: "no trial of a year or more",
    };
    let title = "Return against risk";
    Panel::picture("return-and-risk", title, note, Picture::Chart(chart), table)
}

/// The median growth of the trials in each of eight ranges of risk.
fn by_risk(points: &[(f64, f64)], level: &Axis) -> Table {
    const RANGES: u32 = 8;
    let median_of = format!("median {}", title("cagr"));
    let mut table = Table::new(&[title("volatility"), "trials", median_of.as_str()]);
    let width = (level.high() - level.low()) / f64::from(RANGES);
    for range in 0..RANGES {
        let from = level.low() + width * f64::from(range);
        let to = level.low() + width * f64::from(range + 1);
        let inside = points.iter().filter(|(risk, _)| (from..to).contains(risk));
        let mut inside: Vec<f64> = inside.map(|point| point.1).collect();
        if !inside.is_empty() {
            let (from, to) = (share(from, 1), share(to, 1));
            let growth = change(median(&mut inside), 1);
            table.row([
                format!("{from} to {to}"),
                count(inside.len() as f64),
                growth,
            ]);
        }
    }
    table
}
