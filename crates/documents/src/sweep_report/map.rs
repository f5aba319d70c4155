//! A metric over two axes: each cell holds the trials with its two values, whatever the other axes
//! say.

use drawing::chart::{Map, MapCell, Picture, Scale};
use statistics::catalogue::{self, Metric};

use super::bins::Bins;
use super::report::{SweepReport, median};
use crate::numbers::{shown, title};
use crate::panel::{Panel, Table};

/// The median of the trials in each cell, row by row from the first value of `rows`; NaN where
/// there is none.
fn medians(columns: &Bins, rows: &Bins, values: &[f64]) -> Vec<f64> {
    let width = columns.labels.len();
    let mut cells: Vec<Vec<f64>> = vec![Vec::new(); width * rows.labels.len()];
    for (trial, value) in values.iter().enumerate().filter(|(_, v)| v.is_finite()) {
        let at = usize::from(rows.of_trial[trial]) * width + usize::from(columns.of_trial[trial]);
        cells[at].push(*value);
    }
    cells.iter_mut().map(|cell| median(cell)).collect()
}

/// The worst and the best of some values of a metric. `None` when none is a number.
pub(super) fn ends(metric: &str, values: &[f64]) -> Option<(f64, f64)> {
    let better = catalogue::better(metric);
    let finite = values.iter().copied().filter(|value| value.is_finite());
    finite.fold(None, |ends, value| {
        let merit = better.merit(value);
        let (worst, best) = ends.unwrap_or((value, value));
        Some((
            if merit < better.merit(worst) {
                value
            } else {
                worst
            },
            if merit > better.merit(best) {
                value
            } else {
                best
            },
        ))
    })
}

pub(super) fn panel(report: &SweepReport<'_>, metric: &Metric, id: &'static str) -> Panel {
    let [x, y] = [&report.overview.axes[0], &report.overview.axes[1]];
    let (columns, rows) = (Bins::of(x), Bins::of(y));
    let values = medians(&columns, &rows, report.values(metric.key));
    let mut table = Table::new(&[format!("{} \\ {}", y.name, x.name)]).with(&columns.labels);
    let lines = values.chunks(columns.labels.len().max(1)).zip(&rows.labels);
    for (values, label) in lines.rev() {
        let cells = values.iter().map(|value| shown(metric.key, *value));
        table.named(label.as_str(), cells);
    }
    let is_binned = columns.is_binned || rows.is_binned;
    let note = format!(
        "Each cell: the median of the trials with its two values{}{}.",
        match report.overview.axes.len() - 2 {
            0 => String::new(),
            1 => " over the other axis".to_owned(),
            n => format!(" over the {n} other axes"),
        },
        if is_binned {
            "; axes with many values are in ranges"
        } else {
            ""
        }
    );
    let title = format!("{} by {} and {}", metric.title, x.name, y.name);
    let map = map(metric.key, [&x.name, &y.name], columns, rows, &values);
    let panel = Panel::picture(id, title, note, Picture::Map(map), table);
    if metric.key == "sharpe" {
        panel.wide()
    } else {
        panel
    }
}

fn map(metric: &str, names: [&str; 2], columns: Bins, rows: Bins, values: &[f64]) -> Map {
    let ends = ends(metric, values);
    let better = catalogue::better(metric);
    let share = |value: f64| match ends {
        Some((worst, best)) if worst != best => {
            let (low, high) = (better.merit(worst), better.merit(best));
            (better.merit(value) - low) / (high - low)
        }
        _ => 0.5,
    };
    let width = columns.labels.len();
    let cell = |(at, value): (usize, &f64)| {
        let (column, row) = (&columns.labels[at % width], &rows.labels[at / width]);
        let text = shown(metric, *value);
        value.is_finite().then(|| MapCell {
            share: share(*value),
            title: format!("{} {column}, {} {row}: {text}", names[0], names[1]),
            text: text.replace(" %", ""),
        })
    };
    let cells = values.iter().enumerate().map(cell).collect();
    let scale = ends.filter(|(worst, best)| worst != best);
    Map {
        label: format!("{} over two axes", title(metric)),
        names: names.map(str::to_owned),
        cells,
        scale: scale.map(|(worst, best)| Scale {
            ends: [worst, best].map(|value| shown(metric, value)),
            name: format!("{}, the brighter the better", title(metric)),
        }),
        columns: columns.labels,
        rows: rows.labels,
        empty: "no trial has a value",
    }
}
