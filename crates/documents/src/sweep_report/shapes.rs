//! All trials at once, as densities: never a mark for each.

use std::collections::BTreeMap;

use statistics::{catalogue, quantile};

use super::axes::briefs;
use super::map::{Bins, ends};
use super::{NO_SHARPE, SweepReport, called, median, plain, short_name, shown};
use crate::numbers::{change, count, number, of, share};
use crate::panel::{Content, Figure, Panel, Table};
use drawing::{Anchor, Axis, Frame, Ink, Raster, Rgb, Scene, Shape, cividis};

pub(super) fn histogram<'a>(report: &SweepReport<'a>) -> Panel<'a> {
    let mut sorted: Vec<f64> = report.values("sharpe").to_vec();
    sorted.retain(|value| value.is_finite());
    sorted.sort_by(f64::total_cmp);
    let best = report
        .overview
        .best("sharpe")
        .map(|row| report.overview.trials[row]);
    let luck_bar = report.luck.and_then(|luck| luck.luck_bar.as_ref());
    let by_luck = luck_bar.map(|bar| bar.high).filter(|bar| bar.is_finite());
    let mut table = Table::new(&["quantile", "Sharpe ratio"]);
    for (name, p) in [
        ("lowest", 0.0),
        ("5 %", 0.05),
        ("25 %", 0.25),
        ("median", 0.5),
        ("75 %", 0.75),
        ("95 %", 0.95),
        ("highest", 1.0),
    ] {
        table.row([name.to_owned(), number(quantile(&sorted, p), 3)]);
    }
    if let Some(bar) = by_luck {
        table.row(["luck alone, 95 %".to_owned(), number(bar, 3)]);
    }
    let n = sorted.len();
    let draw = move |width: f64| {
        let height = 280.0;
        let mut scene = Scene::new(width, height, "The Sharpe ratios of all trials");
        let frame = Frame {
            left: 50.0,
            top: 52.0,
            width: width - 62.0,
            height: height - 102.0,
        };
        let (Some(&lowest), Some(&highest)) = (sorted.first(), sorted.last()) else {
            scene.height = 60.0;
            scene.text((width / 2.0, 34.0), NO_SHARPE, Ink::Muted, Anchor::Middle);
            return scene;
        };
        let axis = Axis::holding([lowest, highest].into_iter().chain(by_luck));
        let wanted = (4.0 * libm::cbrt(n as f64)).clamp(10.0, frame.width / 6.0) as usize;
        let step = axis.step(wanted);
        let first = libm::floor(axis.low() / step);
        let n_bins = (libm::ceil(axis.high() / step) - first).clamp(1.0, 400.0) as usize;
        let mut counts = vec![0usize; n_bins];
        for value in &sorted {
            let bin = (libm::floor(value / step) - first).max(0.0) as usize;
            counts[bin.min(n_bins - 1)] += 1;
        }
        let axis = Axis::between(first * step, (first + n_bins as f64) * step);
        let most = counts.iter().copied().max().unwrap_or(1);
        let upright = Axis::between(0.0, most as f64 * 1.05);
        frame.upright(&mut scene, &upright, 4, |value, _| count(value));
        for (bin, n) in counts.iter().enumerate().filter(|(_, n)| **n > 0) {
            let from = (first + bin as f64) * step;
            let (x, right) = (frame.x(axis.share(from)), frame.x(axis.share(from + step)));
            let y = frame.y(upright.share(*n as f64));
            let title = format!(
                "{} from {} to {}",
                of(*n, "trial"),
                number(from, 2),
                number(from + step, 2)
            );
            let area = (x + 0.4, y, (right - x - 0.8).max(0.6), frame.bottom() - y);
            scene.titled(area, Ink::Strategy, 0.6, title);
        }
        frame.level(&mut scene, &axis, 7, number);
        let middle = frame.left + frame.width / 2.0;
        let place = (middle, height - 10.0);
        scene.sized(place, "Sharpe ratio", 11.5, Ink::Muted, Anchor::Middle);
        let typical = quantile(&sorted, 0.5);
        let mut mark = |value: f64, name: String, y: f64, ink: Ink| {
            let x = frame.x(axis.share(value));
            scene.line(vec![(x, frame.top), (x, frame.bottom())], ink, 1.6);
            let half = drawing::text_width(&name, 12.0, drawing::Face::Regular) / 2.0;
            let at = (x.clamp(half, (width - half).max(half)), y);
            scene.text(at, name, Ink::Text, Anchor::Middle);
        };
        mark(
            typical,
            format!("median {}", number(typical, 2)),
            12.0,
            Ink::Muted,
        );
        let trial = best.map_or(String::new(), |trial| format!(", trial {trial}"));
        mark(
            highest,
            format!("best {}{trial}", number(highest, 2)),
            28.0,
            Ink::Loss,
        );
        if let Some(bar) = by_luck {
            let name = format!("luck alone: below {} in 95 of 100", number(bar, 2));
            mark(bar, name, 44.0, Ink::Text);
        }
        scene
    };
    Panel {
        id: "sharpe-ratios",
        title: "The Sharpe ratios of all trials".to_owned(),
        note: match n {
            0 => "No trial has one.".to_owned(),
            n => format!("{}; the best is marked.", of(n, "trial")),
        },
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: true,
            interactive: None,
            table,
        }),
    }
}

/// Trials drawn as lines over the density.
const LINES: usize = 20;

/// An upright axis of parallel coordinates.
struct Upright {
    name: String,
    low: String,
    high: String,
    /// Where on it each trial lies: a position from 0 to `last`; none for a value that does not exist.
    at: Vec<Option<u16>>,
    last: u16,
}

impl Upright {
    fn share(&self, row: usize) -> Option<f64> {
        Some(f64::from(self.at[row]?) / f64::from(self.last.max(1)))
    }
}

/// The axes of the sweep, and its main statistics, the better the higher.
fn uprights(report: &SweepReport<'_>, metrics: &[&str]) -> Vec<Upright> {
    const MOST_AXES: usize = 7;
    /// Positions of a statistic, from its lowest to its highest value.
    const LEVELS: u16 = 120;
    let axes = report.overview.axes.iter().take(MOST_AXES).map(|axis| {
        let bins = Bins::of(axis);
        let ends: Vec<String> = [axis.values.first(), axis.values.last()]
            .into_iter()
            .flatten()
            .map(|end| plain(end))
            .collect();
        let ends = briefs(&ends);
        Upright {
            name: short_name(report, &axis.name).to_owned(),
            low: ends.first().cloned().unwrap_or_default(),
            high: ends.last().cloned().unwrap_or_default(),
            last: (bins.labels.len() - 1) as u16,
            at: bins.of_trial.into_iter().map(Some).collect(),
        }
    });
    let statistics = metrics.iter().map(|name| {
        let values = report.values(name);
        let better = catalogue::better(name);
        let (worst, best) = ends(name, values).unwrap_or((f64::NAN, f64::NAN));
        let (low, high) = (better.merit(worst), better.merit(best));
        let span = if high > low { high - low } else { 1.0 };
        let level = |value: &f64| {
            let share = (better.merit(*value) - low) / span;
            value
                .is_finite()
                .then(|| (share * f64::from(LEVELS)).round() as u16)
        };
        Upright {
            name: called(name).to_owned(),
            low: shown(name, worst),
            high: shown(name, best),
            at: values.iter().map(level).collect(),
            last: LEVELS,
        }
    });
    axes.chain(statistics).collect()
}

pub(super) fn parallel<'a>(report: &SweepReport<'a>) -> Panel<'a> {
    let overview = report.overview;
    let sharpe = report.values("sharpe");
    let ran: Vec<usize> = (0..sharpe.len())
        .filter(|row| sharpe[*row].is_finite())
        .collect();
    let mut by_rank = ran.clone();
    by_rank.sort_by(|a, b| sharpe[*b].total_cmp(&sharpe[*a]).then(a.cmp(b)));
    by_rank.truncate(LINES);
    let metrics = ["cagr", "max_drawdown", "sharpe"];
    let uprights = uprights(report, &metrics);
    let n_axes = uprights.len() - metrics.len();
    let mut table = Table::new(&["trial"]);
    (table.header).extend(uprights.iter().map(|upright| upright.name.clone()));
    for &row in &by_rank {
        let mut line = vec![overview.trials[row].to_string().into()];
        for axis in overview.axes.iter().take(n_axes) {
            line.push(plain(&axis.values[axis.positions[row] as usize]).into());
        }
        line.extend(metrics.map(|name| shown(name, report.values(name)[row]).into()));
        table.rows.push(line);
    }
    let n_lines = by_rank.len();
    let draw = move |width: f64| {
        let height = 300.0;
        let mut scene = Scene::new(width, height, "All trials across all axes, as a density");
        if ran.is_empty() {
            scene.height = 60.0;
            scene.text((width / 2.0, 34.0), NO_SHARPE, Ink::Muted, Anchor::Middle);
            return scene;
        }
        let frame = Frame {
            left: 46.0,
            top: 40.0,
            width: width - 92.0,
            height: height - 64.0,
        };
        let gap = frame.width / (uprights.len() - 1) as f64;
        let x = |at: usize| frame.left + at as f64 * gap;
        for (at, pair) in uprights.windows(2).enumerate() {
            let area = (x(at), frame.top, gap, frame.height);
            draw_density(&mut scene, &pair[0], &pair[1], &ran, area);
        }
        for &row in by_rank.iter().rev() {
            let point =
                |(at, upright): (usize, &Upright)| Some((x(at), frame.y(upright.share(row)?)));
            let line = uprights.iter().enumerate().filter_map(point).collect();
            scene.line(line, Ink::Loss, 1.1);
        }
        for (at, upright) in uprights.iter().enumerate() {
            let x = x(at);
            scene.line(vec![(x, frame.top), (x, frame.bottom())], Ink::Text, 1.2);
            let most = ((gap / 6.6) as usize).max(6);
            let name = crate::tearsheet::short(&upright.name, most);
            let is_narrow = width < 500.0;
            let y = if is_narrow && at % 2 == 1 { 24.0 } else { 11.0 };
            scene.sized((x, y), name, 11.0, Ink::Text, Anchor::Middle);
            if !is_narrow || at % 2 == 0 {
                let high = crate::tearsheet::short(&upright.high, most);
                scene.sized((x, frame.top - 5.0), high, 10.0, Ink::Muted, Anchor::Middle);
            }
            let low = crate::tearsheet::short(&upright.low, most);
            let place = (x, frame.bottom() + 14.0);
            scene.sized(place, low, 10.0, Ink::Muted, Anchor::Middle);
        }
        scene
    };
    let n = report.overview.trials.len();
    Panel {
        id: "parallel",
        title: "All axes at once".to_owned(),
        note: format!(
            "Parallel coordinates of {}, as a density: the brighter, the more trials pass. Lines in \
             front: the {n_lines} with the highest Sharpe ratio. Statistics are the better the \
             higher.",
            of(n, "trial")
        ),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: true,
            interactive: None,
            table,
        }),
    }
}

/// Different lines between two axes that are drawn one by one; more become a raster.
const FEW_LINES: usize = 600;

/// How many trials pass between two upright axes, and where.
fn draw_density(
    scene: &mut Scene,
    left: &Upright,
    right: &Upright,
    rows: &[usize],
    area: (f64, f64, f64, f64),
) {
    // Trials that share both ends share their line.
    let mut lines: BTreeMap<(u16, u16), u32> = BTreeMap::new();
    for &row in rows {
        if let (Some(from), Some(to)) = (left.at[row], right.at[row]) {
            *lines.entry((from, to)).or_default() += 1;
        }
    }
    let share = |at: u16, upright: &Upright| f64::from(at) / f64::from(upright.last.max(1));
    let lines = lines.into_iter();
    let lines: Vec<(f64, f64, u32)> = lines
        .map(|((from, to), n)| (share(from, left), share(to, right), n))
        .collect();
    if lines.len() > FEW_LINES {
        scene.shapes.push(Shape::Raster(density(&lines, area)));
        return;
    }
    // The most frequent in front; those of one number are one mark.
    let mut by_count: BTreeMap<u32, Vec<(f64, f64)>> = BTreeMap::new();
    for (from, to, n) in &lines {
        let y = |share: f64| area.1 + (1.0 - share) * area.3;
        let marks = by_count.entry(*n).or_default();
        let line = [(area.0, y(*from)), (area.0 + area.2, y(*to))];
        marks.extend(line);
        marks.push((f64::NAN, f64::NAN));
    }
    // Neither so dark nor so bright that a thin line is lost on its paper.
    let log = |n: Option<&u32>| libm::log(n.map_or(1.0, |n| f64::from(*n)));
    let (low, high) = (
        log(by_count.keys().next()),
        log(by_count.keys().next_back()),
    );
    for (n, marks) in by_count {
        let share = match high > low {
            true => (libm::log(f64::from(n)) - low) / (high - low),
            false => 0.5,
        };
        scene.line(marks, Ink::Exact(cividis(0.25 + 0.5 * share)), 1.3);
    }
}

/// How many trials pass through each cell between two upright axes.
fn density(lines: &[(f64, f64, u32)], area: (f64, f64, f64, f64)) -> Raster {
    const HEIGHT: usize = 180;
    let columns = ((area.2 / 1.5) as usize).clamp(8, 140);
    let mut counts = vec![0u32; columns * HEIGHT];
    for (from, to, n) in lines {
        for column in 0..columns {
            let part = (column as f64 + 0.5) / columns as f64;
            let height = (1.0 - from - (to - from) * part) * (HEIGHT - 1) as f64;
            // Between two cells it is in both, near the middle of one in that alone.
            let cell = (height as usize).min(HEIGHT - 2);
            let below = height - cell as f64;
            if below < 0.75 {
                counts[cell * columns + column] += n;
            }
            if below > 0.25 {
                counts[(cell + 1) * columns + column] += n;
            }
        }
    }
    Raster {
        area,
        columns,
        cells: colours(&counts),
    }
}

/// Counts as colours, on a logarithmic scale; none where nothing is.
fn colours(counts: &[u32]) -> Vec<Option<Rgb>> {
    // Where there are few of them, one is not many.
    const FEW: u32 = 8;
    let most = counts.iter().copied().max().unwrap_or(0).max(FEW);
    let scale = libm::log1p(f64::from(most));
    let colour = |n: &u32| (*n > 0).then(|| cividis(libm::log1p(f64::from(*n)) / scale));
    counts.iter().map(colour).collect()
}

pub(super) fn return_and_risk<'a>(report: &SweepReport<'a>) -> Panel<'a> {
    let (risk, growth) = (report.values("volatility"), report.values("cagr"));
    let both = |row: &usize| risk[*row].is_finite() && growth[*row].is_finite();
    let rows: Vec<usize> = (0..risk.len()).filter(both).collect();
    let best = report.overview.best("sharpe").filter(both);
    let mut table = Table::new(&["volatility", "trials", "median CAGR"]);
    let values = |of: &'a [f64]| rows.iter().map(|row| of[*row]).collect::<Vec<f64>>();
    let (risks, growths) = (values(risk), values(growth));
    let level = Axis::holding(risks.iter().copied());
    for bin in 0..8 {
        let width = (level.high() - level.low()) / 8.0;
        let (from, to) = (
            level.low() + width * f64::from(bin),
            level.low() + width * f64::from(bin + 1),
        );
        let mut inside: Vec<f64> = (risks.iter().zip(&growths))
            .filter(|(risk, _)| **risk >= from && **risk < to)
            .map(|(_, growth)| *growth)
            .collect();
        if !inside.is_empty() {
            table.row([
                format!("{} to {}", share(from, 1), share(to, 1)),
                count(inside.len() as f64),
                change(median(&mut inside), 1),
            ]);
        }
    }
    let marked = best.map(|row| (risk[row], growth[row], report.overview.trials[row]));
    let n = rows.len();
    let draw = move |width: f64| {
        let height = 300.0;
        let mut scene = Scene::new(width, height, "Return against risk of all trials");
        let frame = Frame {
            left: 56.0,
            top: 26.0,
            width: width - 72.0,
            height: height - 76.0,
        };
        if risks.is_empty() {
            let middle = (width / 2.0, height / 2.0);
            let words = "no trial of a year or more";
            scene.text(middle, words, Ink::Muted, Anchor::Middle);
            return scene;
        }
        let upright = Axis::holding(growths.iter().copied().chain([0.0]));
        frame.upright(&mut scene, &upright, 5, |value, step| {
            share(value, step.saturating_sub(2))
        });
        frame.level(&mut scene, &level, 6, |value, step| {
            share(value, step.saturating_sub(2))
        });
        // A mark that can be seen, where it stands alone.
        let cell = if risks.len() > 500 { 5.0 } else { 7.0 };
        let (columns, lines) = (
            (frame.width / cell) as usize,
            (frame.height / cell) as usize,
        );
        let mut counts = vec![0u32; columns * lines];
        for (risk, growth) in risks.iter().zip(&growths) {
            let cell = |share: f64, n: usize| ((share * n as f64) as usize).min(n - 1);
            let column = cell(level.share(*risk), columns);
            let line = cell(1.0 - upright.share(*growth), lines);
            counts[line * columns + column] += 1;
        }
        scene.shapes.push(Shape::Raster(Raster {
            area: (frame.left, frame.top, frame.width, frame.height),
            columns,
            cells: colours(&counts),
        }));
        let zero = frame.y(upright.share(0.0));
        scene.line(
            vec![(frame.left, zero), (frame.right(), zero)],
            Ink::Muted,
            1.0,
        );
        if let Some((risk, growth, trial)) = marked {
            let (x, y) = (frame.x(level.share(risk)), frame.y(upright.share(growth)));
            scene.line(vec![(x - 6.0, y), (x + 6.0, y)], Ink::Loss, 2.0);
            scene.line(vec![(x, y - 6.0), (x, y + 6.0)], Ink::Loss, 2.0);
            let name = format!("best Sharpe ratio: trial {trial}");
            let wide = drawing::text_width(&name, 12.0, drawing::Face::Regular);
            let is_left = x + wide + 12.0 > width;
            let (at, anchor) = if is_left {
                (x - 10.0, Anchor::End)
            } else {
                (x + 10.0, Anchor::Start)
            };
            let left = if is_left { at - wide } else { at };
            scene.rect((left - 3.0, y - 20.0, wide + 6.0, 16.0), Ink::Paper, 0.8);
            scene.text((at, y - 8.0), name, Ink::Text, anchor);
        }
        let middle = frame.left + frame.width / 2.0;
        scene.sized(
            (middle, height - 10.0),
            "volatility",
            11.5,
            Ink::Muted,
            Anchor::Middle,
        );
        scene.sized((0.0, 14.0), "CAGR", 11.5, Ink::Muted, Anchor::Start);
        scene
    };
    Panel {
        id: "return-and-risk",
        title: "Return against risk".to_owned(),
        note: format!(
            "{}, counted in cells: the brighter, the more.",
            of(n, "trial")
        ),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: false,
            interactive: None,
            table,
        }),
    }
}
