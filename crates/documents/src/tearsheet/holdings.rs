//! What was held, how much was traded, and what other costs would have done.

use crate::{CostCase, date_of};
use backtest::date::Date;

use super::Tearsheet;
use super::curves::short;
use crate::numbers::{UNDEFINED, amount, change, count, number, of, share};
use crate::panel::{Content, Figure, Panel, Table};
use drawing::{Anchor, Axis, Face, Frame, Ink, Scene, text_width};

pub(super) fn exposure(sheet: &Tearsheet) -> Panel<'_> {
    let held = &sheet.detail.exposure;
    let dates: Vec<Date> = held
        .times
        .iter()
        .filter_map(|time| date_of(*time))
        .collect();
    // The largest at the bottom; longs grow upwards from zero, shorts downwards.
    let mut layers: Vec<(String, Ink, &[f64])> = Vec::new();
    for (at, (asset, shares)) in held.assets.iter().zip(&held.shares).enumerate() {
        layers.push((asset.clone(), Ink::Nth(at as u8), shares));
    }
    if held.n_others > 0 {
        let name = format!("{} others", count(held.n_others as f64));
        layers.push((name, Ink::Nth(7), &held.others));
    }
    let mut table = Table::new(&["date"]);
    (table.header).extend(layers.iter().map(|layer| layer.0.clone()));
    table
        .header
        .extend(["gross".to_owned(), "positions".to_owned()]);
    let every = dates.len().div_ceil(60).max(1);
    for at in (0..dates.len()).filter(|at| (dates.len() - 1 - at).is_multiple_of(every)) {
        let mut row = vec![dates[at].to_string().into()];
        row.extend(layers.iter().map(|layer| share(layer.2[at], 1).into()));
        row.push(share(held.gross[at], 1).into());
        row.push(count(held.positions[at] as f64).into());
        table.rows.push(row);
    }
    let draw = move |width: f64| {
        let names: Vec<(&str, Ink)> = layers.iter().map(|l| (l.0.as_str(), l.1)).collect();
        let mut scene = Scene::new(width, 0.0, "Share of the equity in each asset over time");
        let top = swatches(&mut scene, width, &names) + 8.0;
        let frame = Frame {
            left: 50.0,
            top,
            width: width - 62.0,
            height: 190.0,
        };
        scene.height = top + 190.0 + 28.0;
        let (Some(&first), Some(&last)) = (dates.first(), dates.last()) else {
            return scene;
        };
        let n = dates.len();
        let sums = |sign: f64| -> Vec<f64> {
            let at = |at: usize| {
                let parts = layers.iter().map(|layer| layer.2[at] * sign);
                parts.filter(|part| *part > 0.0).sum::<f64>() * sign
            };
            (0..n).map(at).collect()
        };
        let (longs, shorts) = (sums(1.0), sums(-1.0));
        let highest = longs.iter().copied().fold(1.0, f64::max);
        let lowest = shorts.iter().copied().fold(0.0, f64::min);
        let axis = Axis::between(lowest * 1.03, highest * 1.03);
        let days = |date: Date| f64::from(date.epoch_days());
        let time = Axis::between(days(first), days(last));
        frame.upright(&mut scene, &axis, 5, |value, step| {
            share(value, step.saturating_sub(2))
        });
        frame.times(&mut scene, first.epoch_days(), last.epoch_days());
        for sign in [1.0, -1.0] {
            let mut floor = vec![0.0; n];
            for (_, ink, shares) in &layers {
                let part = |at: usize| (shares[at] * sign).max(0.0) * sign;
                let ceiling: Vec<f64> = (0..n).map(|at| floor[at] + part(at)).collect();
                // In steps, each until the next close that is told: what lies between two decisions
                // does not slowly become another portfolio. Times at which none is held are left out.
                let held: Vec<usize> = (0..n).filter(|at| ceiling[*at] != floor[*at]).collect();
                let mut outlines: Vec<(f64, f64)> = Vec::new();
                for run in held.chunk_by(|a, b| a + 1 == *b) {
                    let corners = |level: &[f64], at: usize| {
                        let y = frame.y(axis.share(level[at]));
                        let until = dates.get(at + 1).copied().unwrap_or(last);
                        [dates[at], until].map(|date| (frame.x(time.share(days(date))), y))
                    };
                    let upper = run.iter().flat_map(|at| corners(&ceiling, *at));
                    let lower = run.iter().flat_map(|at| corners(&floor, *at));
                    let lower: Vec<(f64, f64)> = lower.collect();
                    outlines.extend(upper.chain(lower.into_iter().rev()));
                    outlines.push((f64::NAN, f64::NAN));
                }
                if !outlines.is_empty() {
                    scene.area(outlines, *ink, 0.75);
                }
                floor = ceiling;
            }
        }
        for level in [0.0, 1.0] {
            let y = frame.y(axis.share(level));
            scene.line(vec![(frame.left, y), (frame.right(), y)], Ink::Muted, 1.0);
        }
        if layers.is_empty() {
            let middle = (frame.left + frame.width / 2.0, frame.top + 95.0);
            scene.text(middle, "nothing was ever held", Ink::Muted, Anchor::Middle);
        }
        scene
    };
    let sampled = match held.every {
        0 | 1 => "at each close".to_owned(),
        every => format!("at every {every}th close, counted from the last"),
    };
    Panel {
        id: "exposure",
        title: "Exposure".to_owned(),
        note: format!(
            "Share of the equity in each asset, {sampled}, one upon the other in the order of their \
             names; shorts lie below zero. What is missing to 100 % is cash."
        ),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: true,
            interactive: None,
            table,
        }),
    }
}

/// Coloured squares with names, in as many lines as it takes; gives where the last one ends.
fn swatches(scene: &mut Scene, width: f64, names: &[(&str, Ink)]) -> f64 {
    let (mut x, mut y) = (50.0, 12.0);
    for (name, ink) in names {
        let name = short(name, 24);
        let size = text_width(&name, 12.0, Face::Regular) + 34.0;
        if x + size > width && x > 50.0 {
            (x, y) = (50.0, y + 18.0);
        }
        scene.rect((x, y - 9.0, 11.0, 11.0), *ink, 0.75);
        scene.text((x + 16.0, y + 1.0), name, Ink::Text, Anchor::Start);
        x += size;
    }
    y
}

pub(super) fn turnover(sheet: &Tearsheet) -> Panel<'_> {
    let by_year = by_year(sheet);
    let mut table = Table::new(&["year", "turnover", "trades", "costs"]);
    for year in &by_year {
        table.row([
            year.year.to_string(),
            year.turnover()
                .map_or(UNDEFINED.to_owned(), |t| share(t, 1)),
            count(year.trades as f64),
            amount(year.costs),
        ]);
    }
    let draw = move |width: f64| {
        let height = 240.0;
        let mut scene = Scene::new(width, height, "Turnover of each year");
        let frame = Frame {
            left: 60.0,
            top: 12.0,
            width: width - 72.0,
            height: height - 42.0,
        };
        let values = by_year.iter().filter_map(Year::turnover);
        let axis = Axis::between(0.0, values.fold(0.0, f64::max).max(0.01) * 1.08);
        frame.upright(&mut scene, &axis, 5, |value, step| {
            share(value, step.saturating_sub(2))
        });
        let slot = frame.width / by_year.len().max(1) as f64;
        let every = (38.0 / slot).ceil().max(1.0) as usize;
        for (at, year) in by_year.iter().enumerate() {
            let x = frame.left + at as f64 * slot;
            if let Some(turnover) = year.turnover() {
                let y = frame.y(axis.share(turnover));
                let bar = (slot * 0.62).min(60.0);
                let area = (x + (slot - bar) / 2.0, y, bar, frame.bottom() - y);
                let title = format!(
                    "{}: {} exchanged, {}, costs {}",
                    year.year,
                    share(turnover, 1),
                    of(year.trades, "trade"),
                    amount(year.costs)
                );
                scene.titled(area, Ink::Strategy, 0.85, title);
            }
            if (by_year.len() - 1 - at).is_multiple_of(every) {
                let place = (x + slot / 2.0, frame.bottom() + 18.0);
                scene.text(place, year.year.to_string(), Ink::Muted, Anchor::Middle);
            }
        }
        let y = frame.bottom();
        scene.line(vec![(frame.left, y), (frame.right(), y)], Ink::Muted, 1.0);
        scene
    };
    Panel {
        id: "turnover",
        title: "Turnover by year".to_owned(),
        note: "Half of the value traded in the year over its mean equity: 100 % is the whole \
               portfolio exchanged once. The first and the last year may be incomplete."
            .to_owned(),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: false,
            interactive: None,
            table,
        }),
    }
}

struct Year {
    year: i32,
    equity: f64,
    sessions: usize,
    traded_value: f64,
    trades: usize,
    costs: f64,
}

impl Year {
    fn turnover(&self) -> Option<f64> {
        let mean = self.equity / self.sessions as f64;
        let turnover = self.traded_value / 2.0 / mean;
        (turnover.is_finite() && mean > 0.0).then_some(turnover)
    }
}

fn by_year(sheet: &Tearsheet) -> Vec<Year> {
    let mut years: Vec<Year> = Vec::new();
    for (date, value) in sheet.strategy.dates.iter().zip(&sheet.strategy.values) {
        if years.last().is_none_or(|last| last.year != date.year()) {
            years.push(Year {
                year: date.year(),
                equity: 0.0,
                sessions: 0,
                traded_value: 0.0,
                trades: 0,
                costs: 0.0,
            });
        }
        if let Some(year) = years.last_mut() {
            year.equity += value;
            year.sessions += 1;
        }
    }
    let trading = &sheet.detail.trading;
    for (at, time) in trading.times.iter().enumerate() {
        let year = date_of(*time).map(Date::year);
        if let Some(year) = years.iter_mut().find(|known| Some(known.year) == year) {
            year.traded_value += trading.traded_value[at];
            year.trades += trading.buys[at] + trading.sells[at];
            year.costs += trading.costs[at];
        }
    }
    years
}

pub(super) fn cost_sensitivity(sheet: &Tearsheet) -> Panel<'_> {
    let cases = &sheet.detail.cost_sensitivity;
    let name = |case: &CostCase| match case.extra_basis_points {
        None => "no costs at all".to_owned(),
        Some(0.0) => "as assumed".to_owned(),
        Some(extra) => format!("{} bp more", number(extra, 0)),
    };
    let mut table = Table::new(&[
        "costs",
        "total return",
        "CAGR",
        "Sharpe ratio",
        "costs paid",
    ]);
    let optional =
        |value: Option<f64>, text: fn(f64) -> String| value.map_or(UNDEFINED.to_owned(), text);
    let is_long = sheet.number("strategy.returns.calendar_days") >= Some(365.0);
    for case in cases {
        table.row([
            name(case),
            optional(case.total_return, |v| change(v, 1)),
            optional(case.cagr.filter(|_| is_long), |v| change(v, 2)),
            optional(case.sharpe, |v| number(v, 2)),
            optional(case.costs, amount),
        ]);
    }
    let draw = move |width: f64| {
        let height = 240.0;
        let mut scene = Scene::new(width, height, "Sharpe ratio at other trading costs");
        let frame = Frame {
            left: 50.0,
            top: 14.0,
            width: width - 72.0,
            height: height - 72.0,
        };
        let known: Vec<(f64, f64)> = (cases.iter())
            .filter_map(|case| case.extra_basis_points.zip(case.sharpe))
            .collect();
        if known.is_empty() {
            let middle = (width / 2.0, height / 2.0);
            scene.text(
                middle,
                "no Sharpe ratio to show",
                Ink::Muted,
                Anchor::Middle,
            );
            return scene;
        }
        let free = cases.iter().find(|case| case.extra_basis_points.is_none());
        let free = free.and_then(|case| case.sharpe);
        let values = known.iter().map(|point| point.1).chain(free);
        let axis = Axis::holding(values.chain([0.0]));
        frame.upright(&mut scene, &axis, 5, number);
        // Evenly spaced: basis points are chosen on a roughly logarithmic scale.
        let slots = (cases.len() - 1).max(1) as f64;
        let x = |at: usize| frame.left + (at as f64 + 0.5) / (slots + 1.0) * frame.width;
        let point =
            |(at, case): (usize, &CostCase)| Some((x(at), frame.y(axis.share(case.sharpe?))));
        let zero = frame.y(axis.share(0.0));
        scene.line(
            vec![(frame.left, zero), (frame.right(), zero)],
            Ink::Muted,
            1.0,
        );
        let points: Vec<(f64, f64)> = cases.iter().enumerate().filter_map(point).collect();
        scene.line(points, Ink::Strategy, 1.7);
        for (at, case) in cases.iter().enumerate() {
            let label = match case.extra_basis_points {
                None => "free".to_owned(),
                Some(extra) => format!("+{}", number(extra, 0)),
            };
            let place = (x(at), frame.bottom() + 18.0);
            let size = if width < 400.0 { 9.5 } else { 12.0 };
            scene.sized(place, label, size, Ink::Muted, Anchor::Middle);
            if let Some((x, y)) = point((at, case)) {
                let is_own = case.extra_basis_points == Some(0.0);
                let half = if is_own { 4.5 } else { 3.0 };
                let area = (x - half, y - half, 2.0 * half, 2.0 * half);
                let ink = if is_own { Ink::Text } else { Ink::Strategy };
                let title = format!(
                    "{}: Sharpe ratio {}, total return {}",
                    name(case),
                    optional(case.sharpe, |v| number(v, 2)),
                    optional(case.total_return, |v| change(v, 1))
                );
                scene.titled(area, ink, 1.0, title);
            }
        }
        let middle = (frame.left + frame.width / 2.0, height - 10.0);
        let words = "slippage on top of the assumed costs, basis points";
        scene.sized(middle, words, 11.5, Ink::Muted, Anchor::Middle);
        scene
    };
    Panel {
        id: "costs",
        title: "Sharpe ratio at other costs".to_owned(),
        note: format!(
            "The strategy run again without costs, with those assumed ({}), and with more and more \
             slippage on top of them.{}",
            sheet.detail.costs,
            break_even(cases)
        ),
        content: Content::Figure(Figure {
            draw: Box::new(draw),
            is_wide: false,
            interactive: None,
            table,
        }),
    }
}

/// Where the total return turns negative, between two of the runs.
fn break_even(cases: &[CostCase]) -> String {
    let known: Vec<(f64, f64)> = (cases.iter())
        .filter_map(|case| case.extra_basis_points.zip(case.total_return))
        .collect();
    let crossing = known
        .windows(2)
        .find(|pair| pair[0].1 > 0.0 && pair[1].1 <= 0.0);
    match (crossing, known.first(), known.last()) {
        (Some(pair), ..) => {
            let (a, b) = (pair[0], pair[1]);
            let extra = a.0 + (b.0 - a.0) * a.1 / (a.1 - b.1);
            format!(
                " The total return is used up by about {} bp more.",
                number(extra, 0)
            )
        }
        (None, Some(first), Some(last)) if first.1 > 0.0 && last.1 > 0.0 && first != last => {
            format!(" Even {} bp more leave a gain.", number(last.0, 0))
        }
        _ => String::new(),
    }
}
