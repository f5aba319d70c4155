//! Curves over time: growth, drawdowns, the last twelve months.

use crate::Wealth;
use backtest::date::Date;
use backtest::statistics::{Drawdown, drawdown_episodes};

use super::Tearsheet;
use crate::numbers::{UNDEFINED, number, share};
use crate::panel::{Content, Figure, HALF, NARROW, Panel, Table, WIDE};
use drawing::{Anchor, Axis, Face, Frame, Ink, Scene, Shape, decimated, text_width};

/// Where curves are drawn, for a drawing of a width.
fn frame(width: f64, height: f64) -> Frame {
    let left = 50.0;
    Frame {
        left,
        top: 26.0,
        width: width - left - 12.0,
        height: height - 26.0 - 26.0,
    }
}

/// One curve of a picture.
pub(super) struct Curve<'a> {
    pub(super) name: &'a str,
    pub(super) dates: &'a [Date],
    pub(super) values: Vec<f64>,
    pub(super) ink: Ink,
}

impl Curve<'_> {
    fn points(&self, frame: &Frame, time: &Axis, axis: &Axis) -> Vec<(f64, f64)> {
        let pixel = |(date, value): (&Date, &f64)| {
            let x = frame.x(time.share(f64::from(date.epoch_days())));
            (x, frame.y(axis.share(*value)))
        };
        let points: Vec<_> = self.dates.iter().zip(&self.values).map(pixel).collect();
        decimated(&points, frame.width)
    }

    fn draw(&self, scene: &mut Scene, frame: &Frame, time: &Axis, axis: &Axis) {
        let points = self.points(frame, time, axis);
        match self.ink {
            Ink::Benchmark => scene.dashed(points, self.ink, 1.4),
            ink => scene.line(points, ink, 1.7),
        }
    }
}

/// The names of curves above a frame, each after a piece of its line; cut off where they would not
/// fit side by side.
pub(crate) fn legend(scene: &mut Scene, left: f64, curves: &[(&str, Ink)]) {
    let size = |name: &str| 46.0 + text_width(name, 12.0, Face::Regular);
    let fits = |most: &usize| {
        let names = curves.iter().map(|(name, _)| size(&short(name, *most)));
        left + names.sum::<f64>() - 20.0 <= scene.width
    };
    let most = (8..=40).rev().find(fits).unwrap_or(8);
    let mut x = left;
    for (name, ink) in curves {
        let name = short(name, most);
        let stroke = vec![(x, 11.0), (x + 20.0, 11.0)];
        match ink {
            Ink::Benchmark => scene.dashed(stroke, *ink, 1.6),
            ink => scene.line(stroke, *ink, 2.0),
        }
        scene.text((x + 26.0, 15.0), name.clone(), Ink::Text, Anchor::Start);
        x += size(&name);
    }
}

/// A name that fits, cut off with dots where it must be.
pub(crate) fn short(name: &str, most: usize) -> String {
    match name.chars().count() > most {
        true => name.chars().take(most - 1).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

fn time_axis(dates: &[Date]) -> (Axis, Date, Date) {
    let day = Date::from_epoch_days(0).expect("1970 is a year");
    let first = dates.first().copied().unwrap_or(day);
    let last = dates.last().copied().unwrap_or(day);
    let days = |date: Date| f64::from(date.epoch_days());
    (Axis::between(days(first), days(last)), first, last)
}

/// Wealth over the starting capital.
pub(crate) fn growth_of_one(wealth: &Wealth) -> Vec<f64> {
    let start = wealth.values.first().copied().unwrap_or(f64::NAN);
    wealth.values.iter().map(|value| value / start).collect()
}

/// How far wealth is below its highest so far, as a fraction that is zero or negative.
pub(crate) fn depths(wealth: &Wealth) -> Vec<f64> {
    let mut peak = f64::NEG_INFINITY;
    let depth = |value: &f64| {
        peak = peak.max(*value);
        value / peak - 1.0
    };
    wealth.values.iter().map(depth).collect()
}

/// The deepest drawdowns, the deepest first.
pub(super) fn worst_drawdowns(wealth: &Wealth, most: usize) -> Vec<Drawdown> {
    let mut all = drawdown_episodes(&wealth.values);
    all.retain(|drawdown| drawdown.depth.is_finite());
    all.sort_by(|a, b| b.depth.total_cmp(&a.depth).then(a.peak.cmp(&b.peak)));
    all.truncate(most);
    all
}

/// Drawdowns that are shaded.
pub(super) const SHADED: usize = 5;

fn curves<'a>(sheet: &'a Tearsheet, of: impl Fn(&Wealth) -> Vec<f64>) -> Vec<Curve<'a>> {
    // The benchmark goes behind.
    let benchmark = sheet.benchmark.as_ref().map(|wealth| Curve {
        name: sheet.against(),
        dates: &wealth.dates,
        values: of(wealth),
        ink: Ink::Benchmark,
    });
    let strategy = Curve {
        name: &sheet.name,
        dates: &sheet.strategy.dates,
        values: of(&sheet.strategy),
        ink: Ink::Strategy,
    };
    benchmark.into_iter().chain([strategy]).collect()
}

/// The legend of a chart for the script that draws it anew: large, and for a telephone.
pub(super) fn legends(sheet: &Tearsheet, ink: Ink, is_wide: bool) -> [String; 2] {
    let names = [
        (sheet.name.as_str(), ink),
        (sheet.against(), Ink::Benchmark),
    ];
    let names = &names[..1 + usize::from(sheet.benchmark.is_some())];
    [if is_wide { WIDE } else { HALF }, NARROW].map(|width| {
        let mut scene = Scene::new(width, 26.0, "");
        legend(&mut scene, frame(width, 26.0).left, names);
        scene.to_svg_marks()
    })
}

fn names<'a>(curves: &[Curve<'a>]) -> Vec<(&'a str, Ink)> {
    let mut names: Vec<_> = curves.iter().map(|curve| (curve.name, curve.ink)).collect();
    names.reverse();
    names
}

pub(super) fn growth(sheet: &Tearsheet, logarithmic: bool) -> Panel<'_> {
    let draw = move |width: f64| {
        let height = if width < 500.0 { 260.0 } else { 340.0 };
        let (mut scene, frame) = (
            Scene::new(
                width,
                height,
                format!("Growth of 1 over time: {}", sheet.name),
            ),
            frame(width, height),
        );
        let curves = curves(sheet, growth_of_one);
        let values = curves.iter().flat_map(|curve| curve.values.iter().copied());
        let axis = match logarithmic {
            true => Axis::logarithmic(values),
            false => Axis::holding(values.chain([1.0])),
        };
        let (time, first, last) = time_axis(&sheet.strategy.dates);
        let x = |date: Date| frame.x(time.share(f64::from(date.epoch_days())));
        for drawdown in worst_drawdowns(&sheet.strategy, SHADED) {
            let dates = &sheet.strategy.dates;
            let from = x(dates[drawdown.peak]);
            let to = x(dates[drawdown.recovery.unwrap_or(dates.len() - 1)]);
            let area = (from, frame.top, (to - from).max(1.0), frame.height);
            let title = format!(
                "drawdown of {} from {}",
                share(drawdown.depth, 1),
                dates[drawdown.peak]
            );
            scene.titled(area, Ink::Loss, 0.1, title);
        }
        frame.upright(&mut scene, &axis, 6, number);
        frame.times(&mut scene, first.epoch_days(), last.epoch_days());
        let one = frame.y(axis.share(1.0));
        if one <= frame.bottom() {
            scene.line(
                vec![(frame.left, one), (frame.right(), one)],
                Ink::Muted,
                1.0,
            );
        }
        let mut trades: Vec<f64> = (sheet.detail.trading.times.iter())
            .filter_map(|time| crate::date_of(*time))
            .map(|date| (x(date) * 2.0).round() / 2.0)
            .collect();
        trades.dedup();
        scene.shapes.push(Shape::Ticks {
            at: trades,
            from_to: (frame.bottom() - 6.0, frame.bottom()),
            ink: Ink::Muted,
        });
        for curve in &curves {
            curve.draw(&mut scene, &frame, &time, &axis);
        }
        legend(&mut scene, frame.left, &names(&curves));
        scene
    };
    let scale = if logarithmic { ", logarithmic" } else { "" };
    Panel {
        id: if logarithmic { "growth-log" } else { "growth" },
        title: format!("Growth of 1{scale}"),
        note:
            "What one unit of the starting capital became, after costs. Shaded: the five deepest \
               drawdowns. Short strokes at the bottom: sessions with trades."
                .to_owned(),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: true,
            interactive: (!logarithmic).then_some("growth"),
            table: month_ends(sheet, growth_of_one, |value| number(value, 3)),
        }),
    }
}

pub(super) fn underwater(sheet: &Tearsheet) -> Panel<'_> {
    let draw = move |width: f64| {
        let height = 190.0;
        let (mut scene, frame) = (
            Scene::new(width, height, "Depth below the highest value so far"),
            frame(width, height),
        );
        let curves = curves(sheet, depths);
        let lowest = (curves.iter().flat_map(|curve| &curve.values))
            .copied()
            .filter(|value| value.is_finite())
            .fold(0.0, f64::min);
        let axis = Axis::between(if lowest < 0.0 { lowest * 1.06 } else { -0.01 }, 0.0);
        let (time, first, last) = time_axis(&sheet.strategy.dates);
        frame.upright(&mut scene, &axis, 4, |value, step| {
            share(-value, step.saturating_sub(2))
        });
        frame.times(&mut scene, first.epoch_days(), last.epoch_days());
        for curve in &curves {
            if curve.ink == Ink::Strategy {
                let mut points = curve.points(&frame, &time, &axis);
                points.retain(|(_, y)| y.is_finite());
                let ends = (points.first().copied(), points.last().copied());
                if let (Some(first), Some(last)) = ends {
                    points.insert(0, (first.0, frame.top));
                    points.push((last.0, frame.top));
                    scene.outlined(points, Ink::Loss, 0.25);
                }
            } else {
                curve.draw(&mut scene, &frame, &time, &axis);
            }
        }
        let mut names = names(&curves);
        names[0].1 = Ink::Loss;
        legend(&mut scene, frame.left, &names);
        scene
    };
    Panel {
        id: "underwater",
        title: "Drawdowns".to_owned(),
        note: "How far wealth was below its highest value so far; the starting capital is a peak."
            .to_owned(),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: true,
            interactive: Some("underwater"),
            table: month_ends(sheet, depths, |value| share(-value, 1)),
        }),
    }
}

/// Sessions of twelve months.
fn window(sheet: &Tearsheet) -> usize {
    (sheet.sessions_per_year().round() as usize).max(2)
}

/// Windows summed side by side: each in its own order, one after the other they would wait for each
/// addition.
const SIDE_BY_SIDE: usize = 8;

/// Mean and deviation of the last twelve months' returns at each point of a curve, annualised by
/// `value`; NaN before there are twelve months.
fn rolling(sheet: &Tearsheet, wealth: &Wealth, value: fn(f64, f64, f64) -> f64) -> Vec<f64> {
    let (n, per_year) = (window(sheet), sheet.sessions_per_year());
    let returns: Vec<f64> = (wealth.values.windows(2))
        .map(|pair| pair[1] / pair[0] - 1.0)
        .chain([0.0; SIDE_BY_SIDE])
        .collect();
    let mut values = vec![f64::NAN; wealth.values.len()];
    let first_end = n.min(values.len());
    for (block, ends) in values[first_end..].chunks_mut(SIDE_BY_SIDE).enumerate() {
        let returns = &returns[block * SIDE_BY_SIDE..];
        let (mut means, mut squares) = ([0.0; SIDE_BY_SIDE], [0.0; SIDE_BY_SIDE]);
        for returns in returns.windows(SIDE_BY_SIDE).take(n) {
            for (sum, value) in means.iter_mut().zip(returns) {
                *sum += value;
            }
        }
        means = means.map(|sum| sum / n as f64);
        for returns in returns.windows(SIDE_BY_SIDE).take(n) {
            for ((sum, value), mean) in squares.iter_mut().zip(returns).zip(means) {
                *sum += (value - mean) * (value - mean);
            }
        }
        for ((end, mean), squares) in ends.iter_mut().zip(means).zip(squares) {
            *end = value(mean, (squares / (n - 1) as f64).sqrt(), per_year);
        }
    }
    values
}

pub(super) fn rolling_sharpes(sheet: &Tearsheet, wealth: &Wealth) -> Vec<f64> {
    rolling(sheet, wealth, |mean, deviation, per_year| {
        match deviation > 1e-12 {
            true => mean / deviation * per_year.sqrt(),
            false => f64::NAN,
        }
    })
}

pub(super) fn rolling_volatilities(sheet: &Tearsheet, wealth: &Wealth) -> Vec<f64> {
    rolling(sheet, wealth, |_, deviation, per_year| {
        deviation * per_year.sqrt()
    })
}

pub(super) fn rolling_sharpe(sheet: &Tearsheet) -> Panel<'_> {
    rolling_panel(
        sheet,
        "rolling-sharpe",
        "Sharpe ratio of the last 12 months",
        rolling_sharpes,
        number,
        |value| number(value, 2),
    )
}

pub(super) fn rolling_volatility(sheet: &Tearsheet) -> Panel<'_> {
    rolling_panel(
        sheet,
        "rolling-volatility",
        "Volatility of the last 12 months",
        rolling_volatilities,
        |value, step| share(value, step.saturating_sub(2)),
        |value| share(value, 1),
    )
}

fn rolling_panel<'a>(
    sheet: &'a Tearsheet,
    id: &'static str,
    title: &'static str,
    of: fn(&Tearsheet, &Wealth) -> Vec<f64>,
    label: fn(f64, usize) -> String,
    cell: fn(f64) -> String,
) -> Panel<'a> {
    let draw = move |width: f64| {
        let height = 220.0;
        let (mut scene, frame) = (Scene::new(width, height, title), frame(width, height));
        let curves = curves(sheet, |wealth| of(sheet, wealth));
        let values: Vec<f64> = (curves.iter().flat_map(|curve| &curve.values))
            .copied()
            .filter(|value| value.is_finite())
            .collect();
        let (time, first, last) = time_axis(&sheet.strategy.dates);
        if values.is_empty() {
            let text = "less than 12 months and a day of data";
            let middle = (frame.left + frame.width / 2.0, height / 2.0);
            scene.text(middle, text, Ink::Muted, Anchor::Middle);
            return scene;
        }
        let axis = Axis::holding(values.into_iter().chain([0.0]));
        frame.upright(&mut scene, &axis, 5, label);
        frame.times(&mut scene, first.epoch_days(), last.epoch_days());
        let zero = frame.y(axis.share(0.0));
        scene.line(
            vec![(frame.left, zero), (frame.right(), zero)],
            Ink::Muted,
            1.0,
        );
        for curve in &curves {
            curve.draw(&mut scene, &frame, &time, &axis);
        }
        legend(&mut scene, frame.left, &names(&curves));
        scene
    };
    Panel {
        id,
        title: title.to_owned(),
        note: format!(
            "Over {} sessions before each day, annualised.",
            window(sheet)
        ),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: false,
            interactive: Some(id),
            table: month_ends(sheet, |wealth| of(sheet, wealth), cell),
        }),
    }
}

/// Months for which each month's end is told; of more, each quarter's.
const MOST_MONTHS: usize = 120;

/// A value for the last session of each month or quarter.
fn month_ends(
    sheet: &Tearsheet,
    of: impl Fn(&Wealth) -> Vec<f64>,
    cell: impl Fn(f64) -> String,
) -> Table {
    let dates = &sheet.strategy.dates;
    let is_long = dates.len() as f64 / sheet.sessions_per_year() * 12.0 > MOST_MONTHS as f64;
    let (period, months) = if is_long {
        ("quarter's end", 3)
    } else {
        ("month's end", 1)
    };
    let mut table = Table::new(&[period, &sheet.name]);
    let values = of(&sheet.strategy);
    let benchmark = sheet.benchmark.as_ref().map(|wealth| (wealth, of(wealth)));
    if benchmark.is_some() {
        table.header.push(sheet.against().to_owned());
    }
    for (at, date) in dates.iter().enumerate() {
        let month = |date: &Date| (date.year(), (date.month() - 1) / months);
        if dates
            .get(at + 1)
            .is_some_and(|next| month(next) == month(date))
        {
            continue;
        }
        let mut row = vec![date.to_string().into(), cell(values[at]).into()];
        if let Some((wealth, values)) = &benchmark {
            let found = wealth.dates.binary_search(date).ok();
            row.push(found.map_or(UNDEFINED.into(), |at| cell(values[at]).into()));
        }
        table.rows.push(row);
    }
    table
}
