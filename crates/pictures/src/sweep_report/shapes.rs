//! All trials at once, as densities: never a mark for each.

use backtest::statistics::quantile;

use super::axes::brief;
use super::map::Bins;
use super::{SweepReport, median, shown};
use crate::drawing::{Anchor, Axis, Frame, Ink, Raster, Rgb, Scene, Shape, cividis};
use crate::numbers::{change, count, number, of, share};
use crate::panel::{Content, Figure, Panel, Table};

pub(super) fn histogram<'a>(report: &SweepReport<'a>) -> Panel<'a> {
    let mut sorted: Vec<f64> = report.values("sharpe").to_vec();
    sorted.retain(|value| value.is_finite());
    sorted.sort_by(f64::total_cmp);
    let best = report
        .overview
        .best("sharpe")
        .map(|row| report.overview.trials[row]);
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
    let n = sorted.len();
    let draw = move |width: f64| {
        let height = 260.0;
        let mut scene = Scene::new(width, height, "The Sharpe ratios of all trials");
        let frame = Frame {
            left: 50.0,
            top: 34.0,
            width: width - 62.0,
            height: height - 84.0,
        };
        let (Some(&lowest), Some(&highest)) = (sorted.first(), sorted.last()) else {
            let middle = (width / 2.0, height / 2.0);
            let words = "no trial has a Sharpe ratio";
            scene.text(middle, words, Ink::Muted, Anchor::Middle);
            return scene;
        };
        let axis = Axis::holding([lowest, highest]);
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
            let half = crate::drawing::text_width(&name, 12.0, crate::drawing::Face::Regular) / 2.0;
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
        scene
    };
    Panel {
        id: "sharpe-ratios",
        title: "The Sharpe ratios of all trials".to_owned(),
        note: format!("{}; the best is marked.", of(n, "trial")),
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

pub(super) fn parallel<'a>(report: &SweepReport<'a>) -> Panel<'a> {
    const MOST_AXES: usize = 7;
    let overview = report.overview;
    let sharpe = report.values("sharpe");
    let ran: Vec<usize> = (0..sharpe.len())
        .filter(|row| sharpe[*row].is_finite())
        .collect();
    let mut by_rank = ran.clone();
    by_rank.sort_by(|a, b| sharpe[*b].total_cmp(&sharpe[*a]).then(a.cmp(b)));
    by_rank.truncate(LINES);
    // Each axis as a share of its height for each trial.
    let mut names: Vec<(String, String, String)> = Vec::new();
    let mut places: Vec<Vec<f32>> = Vec::new();
    for axis in overview.axes.iter().take(MOST_AXES) {
        let bins = Bins::of(axis);
        let last = (bins.labels.len() - 1).max(1) as f32;
        places.push(
            bins.of_trial
                .iter()
                .map(|bin| f32::from(*bin) / last)
                .collect(),
        );
        let ends = (axis.values.first(), axis.values.last());
        let [low, high] = [ends.0, ends.1].map(|end| brief(end.map_or("", String::as_str)));
        names.push((axis.name.clone(), low, high));
    }
    let metric = ["cagr", "max_drawdown", "sharpe"];
    for name in metric {
        let values = report.values(name);
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let low = finite().fold(f64::INFINITY, f64::min);
        let high = finite().fold(f64::NEG_INFINITY, f64::max);
        let span = if high > low { high - low } else { 1.0 };
        let place = |value: &f64| ((value - low) / span) as f32;
        places.push(values.iter().map(place).collect());
        names.push((name.to_owned(), shown(name, low), shown(name, high)));
    }
    let mut table = Table::new(&["trial"]);
    table.header.extend(names.iter().map(|name| name.0.clone()));
    for &row in &by_rank {
        let mut line = vec![overview.trials[row].to_string().into()];
        for axis in overview.axes.iter().take(MOST_AXES) {
            line.push(axis.values[axis.positions[row] as usize].clone().into());
        }
        line.extend(metric.map(|name| shown(name, report.values(name)[row]).into()));
        table.rows.push(line);
    }
    let n_lines = by_rank.len();
    let draw = move |width: f64| {
        let height = 300.0;
        let mut scene = Scene::new(width, height, "All trials across all axes, as a density");
        let frame = Frame {
            left: 46.0,
            top: 40.0,
            width: width - 92.0,
            height: height - 64.0,
        };
        let gaps = (places.len() - 1).max(1);
        let x = |at: usize| frame.left + at as f64 / gaps as f64 * frame.width;
        let gap = frame.width / gaps as f64;
        if !ran.is_empty() {
            for at in 0..places.len() - 1 {
                let area = (x(at), frame.top, gap, frame.height);
                let raster = density_of_lines(&places[at], &places[at + 1], &ran, gap, area);
                scene.shapes.push(Shape::Raster(raster));
            }
        }
        for &row in by_rank.iter().rev() {
            let line = (places.iter().enumerate())
                .map(|(at, place)| (x(at), frame.y(f64::from(place[row]))))
                .collect();
            scene.line(line, Ink::Loss, 1.1);
        }
        for (at, (name, low, high)) in names.iter().enumerate() {
            let x = x(at);
            scene.line(vec![(x, frame.top), (x, frame.bottom())], Ink::Text, 1.2);
            let most = ((gap / 6.6) as usize).max(6);
            let short = crate::tearsheet::short(name.rsplit('.').next().unwrap_or(name), most);
            let y = if width < 500.0 && at % 2 == 1 {
                24.0
            } else {
                11.0
            };
            scene.sized((x, y), short, 11.0, Ink::Text, Anchor::Middle);
            if width >= 500.0 || at % 2 == 0 {
                let high = crate::tearsheet::short(high, most);
                scene.sized((x, frame.top - 5.0), high, 10.0, Ink::Muted, Anchor::Middle);
            }
            let low = crate::tearsheet::short(low, most);
            scene.sized(
                (x, frame.bottom() + 14.0),
                low,
                10.0,
                Ink::Muted,
                Anchor::Middle,
            );
        }
        scene
    };
    let n = report.overview.trials.len();
    Panel {
        id: "parallel",
        title: "All axes at once".to_owned(),
        note: format!(
            "Parallel coordinates of {}, as a density: the brighter, the more trials pass. Lines: \
             the {n_lines} with the highest Sharpe ratio.",
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

/// How many trials pass through each cell between two upright axes.
fn density_of_lines(
    left: &[f32],
    right: &[f32],
    rows: &[usize],
    width: f64,
    area: (f64, f64, f64, f64),
) -> Raster {
    const HEIGHT: usize = 180;
    // Trials that share both ends share their line: count them first.
    const ENDS: usize = 61;
    let end = |place: f32| (place.clamp(0.0, 1.0) * (ENDS - 1) as f32).round() as usize;
    let mut lines = vec![0u32; ENDS * ENDS];
    for &row in rows
        .iter()
        .filter(|row| left[**row].is_finite() && right[**row].is_finite())
    {
        lines[end(left[row]) * ENDS + end(right[row])] += 1;
    }
    let columns = ((width / 1.5) as usize).clamp(8, 140);
    let mut counts = vec![0u32; columns * HEIGHT];
    for (line, n) in lines.iter().enumerate().filter(|(_, n)| **n > 0) {
        let (from, to) = ((line / ENDS) as f64, (line % ENDS) as f64);
        for column in 0..columns {
            let part = (column as f64 + 0.5) / columns as f64;
            let height = (from + (to - from) * part) / (ENDS - 1) as f64;
            let cell = ((1.0 - height) * (HEIGHT - 1) as f64).round() as usize;
            // Two cells high, so that a steep line does not fall apart.
            counts[cell * columns + column] += n;
            counts[(cell + 1).min(HEIGHT - 1) * columns + column] += n;
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
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
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
            top: 14.0,
            width: width - 72.0,
            height: height - 64.0,
        };
        if risks.is_empty() {
            let middle = (width / 2.0, height / 2.0);
            let words = "no trial has both a return and a risk";
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
        let (columns, lines) = ((frame.width / 5.0) as usize, (frame.height / 5.0) as usize);
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
            let wide = crate::drawing::text_width(&name, 12.0, crate::drawing::Face::Regular);
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
        scene.sized(
            (frame.left + 6.0, frame.top + 12.0),
            "CAGR",
            11.5,
            Ink::Muted,
            Anchor::Start,
        );
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
