//! What a verdict has to show: the null worlds, and what walk-forward analysis picked.

use std::collections::BTreeMap;

use drawing::chart::{Across, Bar, Chart, Key, Legend, Mark, Picture, Range, Upright};
use drawing::{Axis, Ink};
use verdict::{WalkForwardCurve, WorldsShown};

use super::fan::growth_chart;
use super::report::SweepReport;
use crate::numbers::{count_tick, number, of, share_tick};
use crate::panel::{Panel, Table};

/// The highest residual Sharpe ratio against those in null worlds. `None` where these were not computed.
pub(super) fn worlds(report: &SweepReport<'_>) -> Option<Panel> {
    let worlds = report.luck?.worlds.as_ref()?;
    let (low, high) = worlds.range;
    let mut table = Table::new(&["", "residual Sharpe ratio"]);
    table.named("this sweep".to_owned(), [number(worlds.observed, 3)]);
    table.named("median world".to_owned(), [number(worlds.median, 3)]);
    table.named(
        "95 of 100 worlds below".to_owned(),
        [number(worlds.high, 3)],
    );
    let chart = Chart {
        label: "The highest residual Sharpe ratio in null worlds".to_owned(),
        height: 178.0,
        across: Across::Numbers {
            axis: Axis::between(low, high),
            ticks: 7,
            label: number,
        },
        across_title: "highest residual Sharpe ratio",
        upright: Upright {
            range: Range::FromZero,
            ticks: 4,
            label: count_tick,
            title: "",
        },
        marks: world_marks(worlds),
        legend: Legend::None,
        empty: "no world to show",
    };
    let n = worlds.worlds as usize;
    let note = format!(
        "The whole sweep again on the same days in another order, {} times: {} reach what this sweep shows.",
        n,
        of(worlds.reached as usize, "world")
    );
    let title = "Luck in null worlds";
    Some(Panel::picture(
        "null-worlds",
        title,
        note,
        Picture::Chart(chart),
        table,
    ))
}

fn world_marks(worlds: &WorldsShown) -> Vec<Mark> {
    let (low, high) = worlds.range;
    let width = (high - low) / worlds.counts.len().max(1) as f64;
    let bar = |(at, n): (usize, &u64)| {
        let from = low + width * at as f64;
        Bar {
            across: (from, from + width),
            upright: (0.0, *n as f64),
            ink: Ink::Primary,
            title: format!(
                "{} from {} to {}",
                of(*n as usize, "world"),
                number(from, 2),
                number(from + width, 2)
            ),
        }
    };
    let bars = Mark::Bars {
        bars: worlds.counts.iter().enumerate().map(bar).collect(),
        opacity: 0.6,
    };
    let flag = Mark::Flag {
        at: worlds.observed,
        name: format!("this sweep {}", number(worlds.observed, 2)),
        ink: Ink::Contrast,
    };
    vec![bars, flag]
}

/// The growth of what walk-forward analysis picked. `None` without a walk-forward analysis.
pub(super) fn walk_forward(report: &SweepReport<'_>) -> Option<Panel> {
    let walk = report.luck?.walk_forward.as_ref()?;
    let curve = &walk.curve;
    let (first, last) = (curve.days.first().copied()?, curve.days.last().copied()?);
    let mut keys = vec![Key::new("selected out of sample", Ink::Contrast)];
    let named = curve.yardsticks.iter().zip([Ink::Reference, Ink::Muted]);
    keys.extend(named.map(|(own, ink)| Key::new(&own.name, ink)));
    let mut table = Table::new(&[
        "test from",
        "trial",
        "parameters",
        "in-sample Sharpe",
        "out-of-sample Sharpe",
        "efficiency",
    ]);
    let shown = |value: Option<f64>| value.map_or("-".to_owned(), |value| number(value, 2));
    for window in &walk.windows {
        table.named(
            window.from.clone(),
            [
                window.trial.to_string(),
                parameters(&window.parameters),
                shown(window.in_sample),
                shown(window.out_of_sample),
                shown(window.efficiency),
            ],
        );
    }
    let label = "Growth of 1 of what walk-forward analysis selected";
    let chart = growth_chart(label, (first, last), curve_marks(curve), keys);
    let note = format!(
        "The trial with the best {} of each window, held through the next: {}; the scale is logarithmic.",
        walk.metric,
        of(walk.windows.len(), "window")
    );
    let title = "Selected in time";
    Some(Panel::picture(
        "walk-forward",
        title,
        note,
        Picture::Chart(chart),
        table,
    ))
}

/// As in `lookback = 126, top_n = 3`.
fn parameters(of: &BTreeMap<String, String>) -> String {
    let one = |(name, value): (&String, &String)| {
        let short = name.rsplit('.').next().unwrap_or(name);
        format!("{short} = {value}")
    };
    of.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The paths of cross-validation. `None` where the strategy asks for none.
pub(super) fn cross_validation(report: &SweepReport<'_>) -> Option<Panel> {
    let cross = report.luck?.cross_validation.as_ref()?;
    let (first, last) = (*cross.days.first()?, *cross.days.last()?);
    let middle = cross.curves.len() / 2;
    let line = |(at, curve): (usize, &Vec<f64>)| Mark::Line {
        points: (cross.days.iter().zip(curve))
            .map(|(day, sum)| (f64::from(*day), *sum))
            .collect(),
        ink: if at == middle {
            Ink::Contrast
        } else {
            Ink::Muted
        },
        end: String::new(),
    };
    let mut lines: Vec<Mark> = cross.curves.iter().enumerate().map(line).collect();
    // The median path lies over the others.
    if middle < lines.len() {
        let median = lines.remove(middle);
        lines.push(median);
    }
    lines.insert(0, Mark::Level(0.0));
    let mut table = Table::new(&["path", "Sharpe ratio"]);
    for (at, sharpe) in cross.paths.iter().take(MOST_PATHS).enumerate() {
        table.named((at + 1).to_string(), [number(*sharpe, 2)]);
    }
    let keys = vec![
        Key::new("median path", Ink::Contrast),
        Key::new("the others", Ink::Muted),
    ];
    let chart = Chart {
        label: "Sums of returns of the paths of cross-validation".to_owned(),
        height: 220.0,
        across: Across::Days(first, last),
        across_title: "",
        upright: Upright {
            range: Range::MarksAnd(0.0),
            ticks: 5,
            label: share_tick,
            title: "",
        },
        marks: lines,
        legend: Legend::Row(keys),
        empty: "no path to show",
    };
    let note = format!(
        "Each path chains, fold by fold, what the trial with the best {} of other folds earned there, as \
         sums of returns: {} of {}; {:.0} % of {} lost money.",
        cross.metric,
        cross.curves.len(),
        of(cross.paths.len(), "path"),
        100.0 * cross.loss,
        of(cross.splits as usize, "selection"),
    );
    let title = "Paths of cross-validation";
    Some(Panel::picture(
        "cross-validation",
        title,
        note,
        Picture::Chart(chart),
        table,
    ))
}

/// Rows of the table of paths.
const MOST_PATHS: usize = 100;

fn curve_marks(curve: &WalkForwardCurve) -> Vec<Mark> {
    let line = |values: &[f64], ink| Mark::Line {
        points: (curve.days.iter().zip(values))
            .map(|(day, value)| (f64::from(*day), *value))
            .collect(),
        ink,
        end: String::new(),
    };
    let yardsticks = curve.yardsticks.iter().zip([Ink::Reference, Ink::Muted]);
    let yardsticks = yardsticks.map(|(own, ink)| line(&own.growth, ink));
    yardsticks
        .chain([line(&curve.growth, Ink::Contrast)])
        .collect()
}
