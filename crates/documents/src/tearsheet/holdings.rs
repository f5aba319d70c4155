//! What was held, how much was traded, and the result at other costs.

use backtest::date::Date;
use drawing::Ink;
use drawing::chart::{Across, Chart, Key, Legend, Mark, Picture, Point, Range, Upright};

use super::curves::day;
use super::periods::slot;
use super::sheet::Tearsheet;
use crate::detail::{CostCase, Exposure};
use crate::milliseconds::date_of;
use crate::numbers::{amount, count, number, of, share, share_tick, shown_if, title};
use crate::panel::{Panel, Table};

/// The share of the equity in one asset, or in all that have no layer of their own, over time.
struct Layer<'a> {
    name: String,
    ink: Ink,
    shares: &'a [f64],
}

/// The largest first. Longs grow upwards from zero, shorts downwards.
fn layers(held: &Exposure) -> Vec<Layer<'_>> {
    let assets = held.assets.iter().zip(&held.shares).enumerate();
    let mut layers: Vec<Layer<'_>> = assets
        .map(|(at, (asset, shares))| Layer {
            name: asset.clone(),
            ink: Ink::Nth(at as u8),
            shares,
        })
        .collect();
    if held.n_others > 0 {
        layers.push(Layer {
            name: format!("{} others", count(held.n_others as f64)),
            ink: Ink::Nth(7),
            shares: &held.others,
        });
    }
    layers
}

pub(super) fn exposure(sheet: &Tearsheet) -> Panel {
    let held = &sheet.detail.exposure;
    let dates: Vec<Date> = held
        .times
        .iter()
        .filter_map(|time| date_of(*time))
        .collect();
    let layers = layers(held);
    let names = layers.iter().map(|layer| layer.name.as_str());
    let mut table = Table::new(&["date"]).with(names.chain(["gross", "positions"]));
    let every = dates.len().div_ceil(60).max(1);
    for at in (0..dates.len()).filter(|at| (dates.len() - 1 - at).is_multiple_of(every)) {
        let shares = layers.iter().map(|layer| share(layer.shares[at], 1));
        let sums = [share(held.gross[at], 1), count(held.positions[at] as f64)];
        table.named(dates[at].to_string(), shares.chain(sums));
    }
    let ends = [dates.first(), dates.last()].map(|date| date.map_or(0, |date| date.epoch_days()));
    let areas = stacked(&layers, &dates);
    let levels = [0.0, 1.0].map(Mark::Level);
    let keys = layers.iter().map(|layer| Key::new(&layer.name, layer.ink));
    let chart = Chart {
        label: "Share of the equity in each asset over time".to_owned(),
        height: 190.0,
        across: Across::Days(ends[0], ends[1]),
        across_title: "",
        upright: Upright {
            range: Range::Shares,
            ticks: 5,
            label: share_tick,
            title: "",
        },
        marks: areas.into_iter().chain(levels).collect(),
        legend: Legend::Swatches(keys.collect()),
        empty: "nothing was ever held",
    };
    let sampled = match held.every {
        0 | 1 => "at each close".to_owned(),
        every => format!("at every {every}th close, counted from the last"),
    };
    let note = format!(
        "Share of the equity in each asset, {sampled}, stacked in the order of their names; shorts \
         lie below zero. The rest to 100 % is cash."
    );
    Panel::picture("exposure", "Exposure", note, Picture::Chart(chart), table).wide()
}

/// The layers as areas, longs and shorts apart.
fn stacked(layers: &[Layer<'_>], dates: &[Date]) -> Vec<Mark> {
    let mut areas = Vec::new();
    for sign in [1.0, -1.0] {
        let mut floor = vec![0.0; dates.len()];
        for layer in layers {
            let levels = floor.iter().zip(layer.shares);
            let ceiling: Vec<f64> = levels
                .map(|(floor, share)| floor + (share * sign).max(0.0) * sign)
                .collect();
            let outline = steps(dates, &floor, &ceiling);
            if !outline.is_empty() {
                areas.push(Mark::Area {
                    outline,
                    ink: layer.ink,
                    opacity: 0.75,
                    is_outlined: false,
                });
            }
            floor = ceiling;
        }
    }
    areas
}

/// The outline of a layer in steps, each until the next date: a portfolio does not slowly become
/// another one between two decisions. Times at which nothing is held are left out.
fn steps(dates: &[Date], floor: &[f64], ceiling: &[f64]) -> Vec<(f64, f64)> {
    let held: Vec<usize> = (0..dates.len())
        .filter(|at| ceiling[*at] != floor[*at])
        .collect();
    let corners = |level: &[f64], at: usize| {
        let until = dates.get(at + 1).unwrap_or(&dates[at]);
        [(day(dates[at]), level[at]), (day(*until), level[at])]
    };
    let mut outline = Vec::new();
    for run in held.chunk_by(|a, b| a + 1 == *b) {
        let lower: Vec<_> = run.iter().flat_map(|at| corners(floor, *at)).collect();
        outline.extend(run.iter().flat_map(|at| corners(ceiling, *at)));
        outline.extend(lower.into_iter().rev());
        outline.push((f64::NAN, f64::NAN));
    }
    outline
}

pub(super) fn turnover(sheet: &Tearsheet) -> Panel {
    let years = by_year(sheet);
    let mut table = Table::new(&["year", "turnover", "trades", "costs"]);
    let mut bars = Vec::new();
    for (at, year) in years.iter().enumerate() {
        let turnover = year.turnover().unwrap_or(f64::NAN);
        let (exchanged, costs) = (share(turnover, 1), amount(year.costs));
        let title = format!(
            "{}: {exchanged} exchanged, {}, costs {costs}",
            year.year,
            of(year.trades, "trade")
        );
        bars.push(slot(at, (0.0, turnover), Ink::Primary, title));
        let cells = [exchanged, count(year.trades as f64), costs];
        table.named(year.year.to_string(), cells);
    }
    let chart = Chart {
        label: "Turnover of each year".to_owned(),
        height: 198.0,
        across: Across::Names(years.iter().map(|year| year.year.to_string()).collect()),
        across_title: "",
        upright: Upright {
            range: Range::FromZero,
            ticks: 5,
            label: share_tick,
            title: "",
        },
        marks: vec![
            Mark::Bars {
                bars,
                opacity: 0.85,
            },
            Mark::Level(0.0),
        ],
        legend: Legend::None,
        empty: "no year to show",
    };
    let note = "Half of the value traded in the year over its mean equity: at 100 % the whole \
                portfolio is exchanged once. The first and the last year may be incomplete.";
    Panel::picture(
        "turnover",
        "Turnover by year",
        note,
        Picture::Chart(chart),
        table,
    )
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

pub(super) fn cost_sensitivity(sheet: &Tearsheet) -> Panel {
    let cases = &sheet.detail.cost_sensitivity;
    let metrics = ["total_return", "cagr", "sharpe", "cost"];
    let mut table = Table::new(&["slippage"]).with(metrics.map(title));
    let is_long = sheet.number("strategy.returns.calendar_days") >= Some(365.0);
    for case in cases {
        let cagr = case.cagr.filter(|_| is_long);
        let values = [case.total_return, cagr, case.sharpe, case.costs];
        let cells = (metrics.iter().zip(values)).map(|(metric, value)| shown_if(metric, value));
        table.named(case_name(case), cells);
    }
    let label = |case: &CostCase| match case.extra_basis_points {
        None => "free".to_owned(),
        Some(extra) => format!("+{}", number(extra, 0)),
    };
    let chart = Chart {
        label: format!("{} at other trading costs", title("sharpe")),
        height: 168.0,
        // Evenly spaced: the basis points grow roughly like a logarithmic scale.
        across: Across::Names(cases.iter().map(label).collect()),
        across_title: "slippage on top of the assumed costs, basis points",
        upright: Upright {
            range: Range::MarksAnd(0.0),
            ticks: 5,
            label: number,
            title: "",
        },
        marks: case_marks(cases),
        legend: Legend::None,
        empty: "no Sharpe ratio to show",
    };
    let note = format!(
        "The strategy run again without costs, with those assumed ({}), and with more and more \
         slippage on top of them.{}",
        sheet.detail.costs,
        break_even(cases)
    );
    let title = format!("{} at other costs", title("sharpe"));
    Panel::picture("costs", title, note, Picture::Chart(chart), table)
}

/// A line of Sharpe ratios with a square for each run, a larger one for the strategy's own costs.
fn case_marks(cases: &[CostCase]) -> Vec<Mark> {
    let point = |(at, case): (usize, &CostCase)| {
        let is_own = case.extra_basis_points == Some(0.0);
        let [sharpe, total] = [("sharpe", case.sharpe), ("total_return", case.total_return)]
            .map(|(metric, value)| format!("{} {}", title(metric), shown_if(metric, value)));
        Some(Point {
            at: (at as f64 + 0.5, case.sharpe?),
            half: if is_own { 4.5 } else { 3.0 },
            ink: if is_own { Ink::Text } else { Ink::Primary },
            title: format!("{}: {sharpe}, {total}", case_name(case)),
        })
    };
    let points: Vec<Point> = cases.iter().enumerate().filter_map(point).collect();
    let line = Mark::Line {
        points: points.iter().map(|point| point.at).collect(),
        ink: Ink::Primary,
        end: String::new(),
    };
    vec![Mark::Level(0.0), line, Mark::Points(points)]
}

fn case_name(case: &CostCase) -> String {
    match case.extra_basis_points {
        None => "no costs at all".to_owned(),
        Some(0.0) => "as assumed".to_owned(),
        Some(extra) => format!("{} bp more", number(extra, 0)),
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
            let extra = number(extra, 0);
            format!(" The total return falls to zero at about {extra} bp more.")
        }
        (None, Some(first), Some(last)) if first.1 > 0.0 && last.1 > 0.0 && first != last => {
            format!(" Even {} bp more leave a gain.", number(last.0, 0))
        }
        _ => String::new(),
    }
}
