//! A statistic over two axes: each cell holds the trials with its two values, whatever the other
//! axes say.

use results::AxisOverview;
use statistics::catalogue::{self, Metric};

use super::axes::{briefs, labels_below};
use super::{SweepReport, called, median, plain, shown};
use crate::panel::{Content, Figure, Panel, Table};
use drawing::{Anchor, Face, Frame, Ink, Raster, Scene, cividis, text_width};

/// More values of an axis are put together.
pub(super) const MOST_VALUES: usize = 60;

/// An axis of a map: its values, or ranges of them where there are many.
pub(super) struct Bins {
    pub(super) labels: Vec<String>,
    /// For each trial, its bin.
    pub(super) of_trial: Vec<u16>,
    pub(super) is_binned: bool,
}

impl Bins {
    pub(super) fn of(axis: &AxisOverview) -> Bins {
        let n = axis.values.len();
        if n <= MOST_VALUES {
            return Bins {
                labels: axis.values.iter().map(|value| plain(value)).collect(),
                of_trial: axis.positions.iter().map(|at| *at as u16).collect(),
                is_binned: false,
            };
        }
        const BINS: usize = 40;
        if let Some(whole) = axis.numbers.as_deref().and_then(whole_numbers) {
            return Bins::of_whole(axis, &whole, BINS);
        }
        // Numbers lie in ranges of one width, texts in groups of one size.
        let bin_of = |position: usize| match &axis.numbers {
            Some(numbers) => {
                let (low, high) = (numbers[0], numbers[n - 1]);
                (((numbers[position] - low) / (high - low) * BINS as f64) as usize).min(BINS - 1)
            }
            None => position * BINS / n,
        };
        let label = |bin: usize| match &axis.numbers {
            Some(numbers) => {
                let (low, high) = (numbers[0], numbers[n - 1]);
                let middle = low + (high - low) * (bin as f64 + 0.5) / BINS as f64;
                significant(middle)
            }
            None => plain(&axis.values[bin * n / BINS]),
        };
        Bins {
            labels: (0..BINS).map(label).collect(),
            of_trial: axis
                .positions
                .iter()
                .map(|at| bin_of(*at as usize) as u16)
                .collect(),
            is_binned: true,
        }
    }

    /// Ranges of as many whole numbers each, named by their ends.
    fn of_whole(axis: &AxisOverview, numbers: &[i64], most: usize) -> Bins {
        let (low, high) = (numbers[0], numbers[numbers.len() - 1]);
        let width = (high - low) / most as i64 + 1;
        let n = ((high - low) / width + 1) as usize;
        let bin_of = |at: &u32| ((numbers[*at as usize] - low) / width) as u16;
        let label = |bin: usize| {
            let from = low + bin as i64 * width;
            format!("{from}–{}", (from + width - 1).min(high))
        };
        Bins {
            labels: (0..n).map(label).collect(),
            of_trial: axis.positions.iter().map(bin_of).collect(),
            is_binned: true,
        }
    }
}

/// The numbers, when all are whole and small enough to be counted through.
fn whole_numbers(numbers: &[f64]) -> Option<Vec<i64>> {
    let is_whole = |value: &f64| *value == value.trunc() && value.abs() < 1e15;
    (numbers.iter().all(is_whole)).then(|| numbers.iter().map(|value| *value as i64).collect())
}

/// A number with three digits that matter.
fn significant(value: f64) -> String {
    let size = value.abs();
    let decimals = match size {
        _ if size >= 100.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 1.0 => 2,
        _ if size >= 0.1 => 3,
        _ => 4,
    };
    statistics::text::decimal(value, decimals)
}

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

pub(super) fn panel<'a>(
    report: &SweepReport<'a>,
    metric: &'static Metric,
    id: &'static str,
) -> Panel<'a> {
    let (metric, title) = (metric.key, metric.title);
    let [x, y] = [&report.overview.axes[0], &report.overview.axes[1]];
    let (columns, rows) = (Bins::of(x), Bins::of(y));
    let cells = medians(&columns, &rows, report.values(metric));
    let mut table = Table::new(&[&format!("{} \\ {}", y.name, x.name)]);
    table.header.extend(columns.labels.iter().cloned());
    for (row, label) in rows.labels.iter().enumerate().rev() {
        let width = columns.labels.len();
        let values = &cells[row * width..(row + 1) * width];
        let mut line = vec![label.clone().into()];
        line.extend(values.iter().map(|value| shown(metric, *value).into()));
        table.rows.push(line);
    }
    let is_binned = columns.is_binned || rows.is_binned;
    let (x_name, y_name) = (&x.name, &y.name);
    let draw = move |width: f64| {
        let map = Map {
            metric,
            title,
            names: [x_name, y_name],
            columns: &columns,
            rows: &rows,
            cells: &cells,
        };
        map.draw(width)
    };
    let others = report.overview.axes.len() - 2;
    let over = match others {
        0 => String::new(),
        1 => " over the other axis".to_owned(),
        n => format!(" over the {n} other axes"),
    };
    let binned = if is_binned {
        "; axes with many values are in ranges"
    } else {
        ""
    };
    Panel {
        id,
        title: format!("{title} by {} and {}", x.name, y.name),
        note: format!("Each cell: the median of the trials with its two values{over}{binned}."),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: metric == "sharpe",
            interactive: None,
            table,
        }),
    }
}

struct Map<'m> {
    metric: &'m str,
    title: &'m str,
    /// Of the level and of the upright axis.
    names: [&'m str; 2],
    columns: &'m Bins,
    rows: &'m Bins,
    cells: &'m [f64],
}

impl Map<'_> {
    fn draw(&self, width: f64) -> Scene {
        let (n_columns, n_rows) = (self.columns.labels.len(), self.rows.labels.len());
        let (column_labels, row_labels) = (briefs(&self.columns.labels), briefs(&self.rows.labels));
        let size = |label: &String| text_width(label, 11.0, Face::Regular);
        let widest = |labels: &[String]| labels.iter().map(size).fold(0.0, f64::max);
        let left = widest(&row_labels) + 12.0;
        let high = (n_rows as f64 * 26.0).clamp(120.0, 380.0);
        let mut scene = Scene::new(
            width,
            22.0 + high + 76.0,
            format!("{} over two axes", self.title),
        );
        let frame = Frame {
            left,
            top: 22.0,
            width: width - left - 8.0,
            height: high,
        };
        scene.sized((0.0, 12.0), self.names[1], 11.5, Ink::Muted, Anchor::Start);
        let cell = (frame.width / n_columns as f64, frame.height / n_rows as f64);
        let better = catalogue::better(self.metric);
        let ends = ends(self.metric, self.cells);
        let share_of = |value: f64| match ends {
            Some((worst, best)) if worst != best => {
                let (low, high) = (better.merit(worst), better.merit(best));
                (better.merit(value) - low) / (high - low)
            }
            _ => 0.5,
        };
        // The first value of the upright axis is at the bottom.
        if n_columns * n_rows > 900 {
            let colours = (0..n_rows).rev().flat_map(|row| {
                let cells = &self.cells[row * n_columns..(row + 1) * n_columns];
                cells
                    .iter()
                    .map(|v| v.is_finite().then(|| cividis(share_of(*v))))
            });
            scene.shapes.push(drawing::Shape::Raster(Raster {
                area: (frame.left, frame.top, frame.width, frame.height),
                columns: n_columns,
                cells: colours.collect(),
            }));
        } else {
            for (at, value) in self.cells.iter().enumerate().filter(|(_, v)| v.is_finite()) {
                let (row, column) = (at / n_columns, at % n_columns);
                let x = frame.left + column as f64 * cell.0;
                let y = frame.bottom() - (row + 1) as f64 * cell.1;
                let colour = cividis(share_of(*value));
                let title = format!(
                    "{} {}, {} {}: {}",
                    self.names[0],
                    self.columns.labels[column],
                    self.names[1],
                    self.rows.labels[row],
                    shown(self.metric, *value)
                );
                let area = (x, y, cell.0 - 0.7, cell.1 - 0.7);
                scene.titled(area, Ink::Exact(colour), 1.0, title);
                let text = shown(self.metric, *value).replace(" %", "");
                if text_width(&text, 10.5, Face::Regular) + 6.0 < cell.0 && cell.1 > 15.0 {
                    let bright = f64::from(colour[0]) * 0.299
                        + f64::from(colour[1]) * 0.587
                        + f64::from(colour[2]) * 0.114;
                    let ink = if bright > 125.0 {
                        [20, 24, 28]
                    } else {
                        [255, 255, 255]
                    };
                    let place = (x + cell.0 / 2.0, y + cell.1 / 2.0 + 3.8);
                    scene.sized(place, text, 10.5, Ink::Exact(ink), Anchor::Middle);
                }
            }
        }
        let every = ((widest(&column_labels) + 10.0) / cell.0).ceil().max(1.0) as usize;
        let labels = column_labels.iter().enumerate().step_by(every);
        let middle = |at: usize| frame.left + (at as f64 + 0.5) * cell.0;
        let labels = labels.map(|(at, label)| (middle(at), label.as_str()));
        labels_below(&mut scene, labels, frame.bottom() + 15.0);
        let every = (15.0 / cell.1).ceil().max(1.0) as usize;
        for (at, label) in row_labels.iter().enumerate().step_by(every) {
            let y = frame.bottom() - (at as f64 + 0.5) * cell.1 + 4.0;
            scene.sized(
                (left - 6.0, y),
                label.clone(),
                11.0,
                Ink::Muted,
                Anchor::End,
            );
        }
        let middle = frame.left + frame.width / 2.0;
        scene.sized(
            (middle, frame.bottom() + 32.0),
            self.names[0],
            11.5,
            Ink::Muted,
            Anchor::Middle,
        );
        if let Some((worst, best)) = ends.filter(|(worst, best)| worst != best) {
            self.scale(&mut scene, &frame, worst, best);
        }
        if ends.is_none() {
            let place = (middle, frame.top + frame.height / 2.0);
            scene.text(place, "no trial has a value", Ink::Muted, Anchor::Middle);
        }
        scene
    }

    /// The scale of colours, below the map.
    fn scale(&self, scene: &mut Scene, frame: &Frame, worst: f64, best: f64) {
        let (y, width) = (frame.bottom() + 46.0, 180.0);
        let left = frame.left + (frame.width - width) / 2.0;
        scene.shapes.push(drawing::Shape::Raster(Raster {
            area: (left, y, width, 10.0),
            columns: 45,
            cells: (0..45)
                .map(|at| Some(cividis(f64::from(at) / 44.0)))
                .collect(),
        }));
        let ends = [
            (left - 6.0, worst, Anchor::End),
            (left + width + 6.0, best, Anchor::Start),
        ];
        for (x, value, anchor) in ends {
            scene.sized(
                (x, y + 9.5),
                shown(self.metric, value),
                11.0,
                Ink::Muted,
                anchor,
            );
        }
        let name = format!("{}, the better the brighter", called(self.metric));
        let place = (left + width / 2.0, y + 24.0);
        scene.sized(place, name, 11.0, Ink::Muted, Anchor::Middle);
    }
}
