//! Returns by month and year, and how they are distributed.

use crate::Wealth;
use statistics::quantile;

use super::Tearsheet;
use super::curves::legend;
use crate::numbers::{UNDEFINED, change, share};
use crate::panel::{Content, Figure, Panel, Table};
use drawing::{Anchor, Axis, Frame, Ink, MONTHS, Scene, text_width};

/// The strongest colour is that of this return, or of the largest one if that is smaller.
const STRONGEST: f64 = 0.1;

pub(super) fn monthly(sheet: &Tearsheet) -> Panel<'_> {
    let months = sheet.strategy.monthly();
    let years = sheet.strategy.yearly();
    let month_of = move |year: i32, month: u32| {
        let found = months.iter().find(|known| known.0 == (year, month));
        found.map(|known| known.1)
    };
    let mut table = Table::new(&["year"]);
    table.header.extend(MONTHS.map(str::to_owned));
    table.header.push("year's return".to_owned());
    for &(year, total) in &years {
        let cells = (1..=12).map(|month| month_of(year, month));
        let mut row = vec![year.to_string().into()];
        row.extend(cells.map(|cell| cell.map_or("no data".to_owned(), |v| change(v, 1)).into()));
        row.push(change(total, 1).into());
        table.rows.push(row);
    }
    let draw = move |width: f64| {
        let is_narrow = width < 500.0;
        let (left, top, row_height) = (40.0, 22.0, 21.0);
        let height = top + years.len() as f64 * row_height + 4.0;
        let mut scene = Scene::new(width, height, "Returns by month and year, in per cent");
        let gap = if is_narrow { 4.0 } else { 10.0 };
        let column = (width - left - gap) / 13.3;
        let year_column = width - 12.0 * column - left - gap;
        let size = if is_narrow { 9.5 } else { 11.5 };
        for (at, name) in MONTHS.iter().enumerate() {
            let name = if is_narrow { &name[..1] } else { name };
            let x = left + (at as f64 + 0.5) * column;
            scene.sized((x, 15.0), name, size, Ink::Muted, Anchor::Middle);
        }
        let x = width - year_column / 2.0;
        scene.sized((x, 15.0), "Year", size, Ink::Muted, Anchor::Middle);
        let strongest = |values: &mut dyn Iterator<Item = f64>, most: f64| {
            let largest = values.map(f64::abs).filter(|v| v.is_finite());
            largest.fold(0.0, f64::max).clamp(1e-9, most)
        };
        let all_months = &mut years
            .iter()
            .flat_map(|(year, _)| (1..=12).filter_map(|month| month_of(*year, month)));
        let month_scale = strongest(all_months, STRONGEST);
        let year_scale = strongest(&mut years.iter().map(|year| year.1), 3.0 * STRONGEST);
        for (row, &(year, total)) in years.iter().enumerate() {
            let y = top + row as f64 * row_height;
            let baseline = y + row_height / 2.0 + 4.0;
            let at = (left - 8.0, baseline);
            scene.sized(at, year.to_string(), size, Ink::Muted, Anchor::End);
            let mut cell = |x: f64, width: f64, value: f64, scale: f64, title: String| {
                let strength = (value.abs() / scale).min(1.0);
                let ink = if value < 0.0 {
                    Ink::Loss
                } else {
                    Ink::Strategy
                };
                let area = (x + 0.5, y + 0.5, width - 1.0, row_height - 1.0);
                let opacity = if value == 0.0 {
                    0.0
                } else {
                    0.06 + 0.54 * strength
                };
                // A finger cannot rest on a cell of the narrow drawing.
                match is_narrow {
                    true => scene.rect(area, ink, opacity),
                    false => scene.titled(area, ink, opacity, title),
                }
                let percent = 100.0 * value;
                let decimals = usize::from(!is_narrow && percent.abs() < 99.95);
                let text = match value.is_finite() {
                    true => statistics::text::decimal(percent, decimals).replace('-', "−"),
                    false => UNDEFINED.to_owned(),
                };
                let at = (x + width / 2.0, baseline);
                scene.sized(at, text, size, Ink::Text, Anchor::Middle);
            };
            for month in 1..=12 {
                if let Some(value) = month_of(year, month) {
                    let name = MONTHS[month as usize - 1];
                    let title = format!("{name} {year}: {}", change(value, 2));
                    let x = left + f64::from(month - 1) * column;
                    cell(x, column, value, month_scale, title);
                }
            }
            let title = format!("{year}: {}", change(total, 2));
            cell(width - year_column, year_column, total, year_scale, title);
        }
        scene
    };
    Panel {
        id: "monthly",
        title: "Monthly returns, %".to_owned(),
        note: "A cell without a number has no data. The first and the last month and year may be \
               incomplete."
            .to_owned(),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: true,
            interactive: None,
            table,
        }),
    }
}

pub(super) fn yearly(sheet: &Tearsheet) -> Panel<'_> {
    let ours = sheet.strategy.yearly();
    let theirs = sheet.benchmark.as_ref().map(Wealth::yearly);
    let of_benchmark = move |year: i32| {
        let found = theirs.iter().flatten().find(|known| known.0 == year);
        found.map(|known| known.1)
    };
    let mut table = Table::new(&["year", &sheet.name]);
    if sheet.benchmark.is_some() {
        table.header.push(sheet.against().to_owned());
    }
    for &(year, value) in &ours {
        let mut row = vec![year.to_string().into(), change(value, 2).into()];
        if sheet.benchmark.is_some() {
            let text = of_benchmark(year).map_or(UNDEFINED.to_owned(), |v| change(v, 2));
            row.push(text.into());
        }
        table.rows.push(row);
    }
    let draw = move |width: f64| {
        let height = 240.0;
        let mut scene = Scene::new(width, height, "Return of each year");
        let frame = Frame {
            left: 60.0,
            top: 26.0,
            width: width - 72.0,
            height: height - 56.0,
        };
        let values = (ours.iter().map(|year| year.1))
            .chain(ours.iter().filter_map(|year| of_benchmark(year.0)));
        let axis = Axis::holding(values.chain([0.0]));
        frame.upright(&mut scene, &axis, 5, |value, step| {
            share(value, step.saturating_sub(2))
        });
        let zero = frame.y(axis.share(0.0));
        let slot = frame.width / ours.len().max(1) as f64;
        let every = (38.0 / slot).ceil().max(1.0) as usize;
        for (at, &(year, value)) in ours.iter().enumerate() {
            let x = frame.left + at as f64 * slot;
            if value.is_finite() {
                let y = frame.y(axis.share(value));
                let bar = (slot * 0.62).min(60.0);
                let left = x + (slot - bar) / 2.0;
                let area = (left, y.min(zero), bar, (y - zero).abs().max(0.5));
                let ink = if value < 0.0 {
                    Ink::Loss
                } else {
                    Ink::Strategy
                };
                let mut title = format!("{year}: {}", change(value, 2));
                if let Some(value) = of_benchmark(year) {
                    title += &format!(", {} {}", "benchmark", change(value, 2));
                }
                scene.titled(area, ink, 0.85, title);
            }
            if let Some(value) = of_benchmark(year).filter(|value| value.is_finite()) {
                let y = frame.y(axis.share(value));
                let mark = vec![(x + slot * 0.08, y), (x + slot * 0.92, y)];
                scene.line(mark, Ink::Text, 2.0);
            }
            // Counted from the last, which is always named.
            if (ours.len() - 1 - at).is_multiple_of(every) {
                let place = (x + slot / 2.0, frame.bottom() + 18.0);
                scene.text(place, year.to_string(), Ink::Muted, Anchor::Middle);
            }
        }
        scene.line(
            vec![(frame.left, zero), (frame.right(), zero)],
            Ink::Muted,
            1.0,
        );
        let mut names = vec![("gain", Ink::Strategy), ("loss", Ink::Loss)];
        if sheet.benchmark.is_some() {
            names.push((sheet.against(), Ink::Text));
        }
        legend(&mut scene, frame.left, &names);
        scene
    };
    Panel {
        id: "yearly",
        title: "Yearly returns".to_owned(),
        note: "The first and the last year may be incomplete.".to_owned(),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: false,
            interactive: None,
            table,
        }),
    }
}

/// Over how long a return is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    Day,
    Month,
    Year,
}

/// The named quantiles of a distribution.
const QUANTILES: [(&str, f64); 7] = [
    ("lowest", 0.0),
    ("5 %", 0.05),
    ("25 %", 0.25),
    ("median", 0.5),
    ("75 %", 0.75),
    ("95 %", 0.95),
    ("highest", 1.0),
];

pub(super) fn distribution(sheet: &Tearsheet, length: Length) -> Panel<'_> {
    let of = |wealth: &Wealth| -> Vec<f64> {
        let mut returns: Vec<f64> = match length {
            Length::Day => (wealth.values.windows(2))
                .map(|pair| pair[1] / pair[0] - 1.0)
                .collect(),
            Length::Month => wealth.monthly().iter().map(|month| month.1).collect(),
            Length::Year => wealth.yearly().iter().map(|year| year.1).collect(),
        };
        returns.retain(|value| value.is_finite());
        returns.sort_by(f64::total_cmp);
        returns
    };
    let returns = of(&sheet.strategy);
    let benchmark = sheet.benchmark.as_ref().map(of);
    let (id, title, decimals) = match length {
        Length::Day => ("daily-returns", "Distribution of daily returns", 2),
        Length::Month => ("monthly-returns", "Distribution of monthly returns", 1),
        Length::Year => ("yearly-returns", "Distribution of yearly returns", 1),
    };
    let mut table = Table::new(&["quantile", &sheet.name]);
    if benchmark.is_some() {
        table.header.push(sheet.against().to_owned());
    }
    for (name, p) in QUANTILES {
        let mut row = vec![name.into(), change(quantile(&returns, p), decimals).into()];
        if let Some(benchmark) = &benchmark {
            row.push(change(quantile(benchmark, p), decimals).into());
        }
        table.rows.push(row);
    }
    let n = returns.len();
    let draw = move |width: f64| {
        let height = 250.0;
        let mut scene = Scene::new(width, height, title);
        let frame = Frame {
            left: 42.0,
            top: 26.0,
            width: width - 54.0,
            height: height - 94.0,
        };
        let (Some(&lowest), Some(&highest)) = (returns.first(), returns.last()) else {
            let middle = (width / 2.0, height / 2.0);
            scene.text(middle, "no return to show", Ink::Muted, Anchor::Middle);
            return scene;
        };
        let axis = Axis::holding([lowest, highest, 0.0]);
        let (edges, counts) = histogram(&returns, &axis, frame.width);
        let axis = Axis::between(edges[0], edges[edges.len() - 1]);
        let most = counts.iter().copied().max().unwrap_or(1);
        let density = density(&returns, &axis, edges[1] - edges[0]);
        let highest_density = density.iter().copied().fold(0.0, f64::max);
        let upright = Axis::between(0.0, highest_density.max(most as f64) * 1.05);
        frame.upright(&mut scene, &upright, 4, |value, _| {
            crate::numbers::count(value)
        });
        for (bin, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let (from, to) = (edges[bin], edges[bin + 1]);
            let (x, right) = (frame.x(axis.share(from)), frame.x(axis.share(to)));
            let y = frame.y(upright.share(*count as f64));
            // A bin lies on one side of zero.
            let ink = if to <= 1e-12 {
                Ink::Loss
            } else {
                Ink::Strategy
            };
            let title = format!(
                "{} from {} to {}",
                crate::numbers::of(*count, "return"),
                change(from, decimals + 1),
                change(to, decimals + 1)
            );
            let area = (x + 0.4, y, (right - x - 0.8).max(0.6), frame.bottom() - y);
            scene.titled(area, ink, 0.55, title);
        }
        if n > 3 {
            let step = frame.width / (density.len() - 1) as f64;
            let point = |(at, value): (usize, &f64)| {
                let x = frame.left + at as f64 * step;
                (x, frame.y(upright.share(*value)))
            };
            let line = density.iter().enumerate().map(point).collect();
            scene.line(line, Ink::Text, 1.4);
        }
        frame.level(&mut scene, &axis, 5, |value, step| {
            change(value, step.saturating_sub(2))
        });
        // Five numbers below the bars: a line from 5 % to 95 %, a box from 25 % to 75 %.
        let y = frame.bottom() + 34.0;
        let x = |p: f64| frame.x(axis.share(quantile(&returns, p)));
        scene.line(vec![(x(0.0), y), (x(1.0), y)], Ink::Grid, 1.5);
        scene.line(vec![(x(0.05), y), (x(0.95), y)], Ink::Muted, 1.5);
        let (low, high) = (x(0.25), x(0.75));
        scene.rect(
            (low, y - 5.0, (high - low).max(1.0), 10.0),
            Ink::Benchmark,
            0.5,
        );
        scene.line(vec![(x(0.5), y - 7.0), (x(0.5), y + 7.0)], Ink::Text, 2.0);
        let text = |p| change(quantile(&returns, p), decimals);
        let words = format!(
            "5 %: {} · median: {} · 95 %: {}",
            text(0.05),
            text(0.5),
            text(0.95)
        );
        let middle = frame.left + frame.width / 2.0;
        scene.sized((middle, y + 24.0), words, 11.5, Ink::Muted, Anchor::Middle);
        let names = [("gains", Ink::Strategy), ("losses", Ink::Loss)];
        let right = frame.right() - text_width("density", 12.0, drawing::Face::Regular);
        legend(&mut scene, frame.left, &names);
        if n > 3 {
            let stroke = vec![(right - 26.0, 11.0), (right - 6.0, 11.0)];
            scene.line(stroke, Ink::Text, 1.4);
            scene.text((right, 15.0), "density", Ink::Text, Anchor::Start);
        }
        scene
    };
    Panel {
        id,
        title: title.to_owned(),
        note: format!(
            "{}. Below the bars: the whole range, 5 % to 95 %, the middle half, the median.",
            crate::numbers::of(n, "return")
        ),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: false,
            interactive: None,
            table,
        }),
    }
}

/// Edges of bins of a round width, one of them at zero, and how many values lie in each.
fn histogram(values: &[f64], axis: &Axis, width: f64) -> (Vec<f64>, Vec<usize>) {
    let wanted = (4.0 * libm::cbrt(values.len() as f64)).clamp(10.0, width / 6.0) as usize;
    let step = Axis::between(axis.low(), axis.high()).step(wanted);
    let first = (axis.low() / step).floor();
    let n = ((axis.high() / step).ceil() - first).clamp(1.0, 400.0) as usize;
    let mut counts = vec![0; n];
    for value in values {
        let at = (value / step).floor() - first;
        counts[(at.max(0.0) as usize).min(n - 1)] += 1;
    }
    let edges = (0..=n).map(|at| (first + at as f64) * step).collect();
    (edges, counts)
}

/// Points of a smooth density along an axis, in counts per bin: a Gaussian kernel with Silverman's
/// width.
fn density(sorted: &[f64], axis: &Axis, bin: f64) -> Vec<f64> {
    const POINTS: usize = 160;
    const CELLS: usize = 800;
    let n = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / n;
    let variance = sorted.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0).max(1.0);
    let spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.34;
    let deviation = match spread > 0.0 {
        true => variance.sqrt().min(spread),
        false => variance.sqrt(),
    };
    let width = (0.9 * deviation * libm::pow(n, -0.2)).max((axis.high() - axis.low()) / 400.0);
    // The values in cells: as many sums for a long backtest as for a short one.
    let cell = (axis.high() - axis.low()) / CELLS as f64;
    let mut cells = [0.0; CELLS];
    for value in sorted {
        let at = ((value - axis.low()) / cell) as usize;
        cells[at.min(CELLS - 1)] += 1.0;
    }
    let step = (axis.high() - axis.low()) / (POINTS - 1) as f64;
    let point = |at: usize| {
        let x = axis.low() + at as f64 * step;
        let kernel = |(at, count): (usize, &f64)| {
            let z = (x - axis.low() - (at as f64 + 0.5) * cell) / width;
            match *count > 0.0 && z.abs() < 5.0 {
                true => count * libm::exp(-0.5 * z * z),
                false => 0.0,
            }
        };
        let sum: f64 = cells.iter().enumerate().map(kernel).sum();
        sum * bin / (width * (2.0 * std::f64::consts::PI).sqrt())
    };
    (0..POINTS).map(point).collect()
}
