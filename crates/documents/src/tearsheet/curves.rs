//! Curves over time: growth, drawdowns, the last twelve months.

use backtest::date::Date;
use drawing::Ink;
use drawing::chart::{Across, Chart, Key, Label, Legend, Mark, Picture, Range, Upright};

use super::series::{
    depths, growth_of_one, rolling_sharpe as sharpes, rolling_volatility as volatilities, window,
    worst_drawdowns,
};
use super::sheet::Tearsheet;
use crate::milliseconds::date_of;
use crate::numbers::{UNDEFINED, depth_tick, number, share, share_tick, title};
use crate::panel::{NARROW, Panel, Table};
use crate::wealth::Wealth;

/// A date on a level axis of days.
pub(super) fn day(date: Date) -> f64 {
    f64::from(date.epoch_days())
}

/// The points of a curve over days.
pub(crate) fn points(dates: &[Date], values: &[f64]) -> Vec<(f64, f64)> {
    let points = dates.iter().zip(values);
    points.map(|(date, value)| (day(*date), *value)).collect()
}

/// The names of both sides, the strategy in a colour of its own.
pub(super) fn legend(sheet: &Tearsheet, ink: Ink) -> Legend {
    let strategy = Key::new(&sheet.name, ink);
    let benchmark = (sheet.benchmark.as_ref()).map(|_| Key::new(sheet.against(), Ink::Reference));
    Legend::Row(std::iter::once(strategy).chain(benchmark).collect())
}

/// The legend of a chart for the script that draws it again: of a width, and for a telephone.
pub(super) fn legends(sheet: &Tearsheet, ink: Ink, width: f64) -> [String; 2] {
    let legend = legend(sheet, ink);
    [width, NARROW].map(|width| legend.scene(width).to_svg_marks())
}

/// The lines of both sides, the benchmark behind.
fn lines(sheet: &Tearsheet, of: impl Fn(&Wealth) -> Vec<f64>) -> Vec<Mark> {
    let line = |wealth: &Wealth, ink| Mark::Line {
        points: points(&wealth.dates, &of(wealth)),
        ink,
        end: String::new(),
    };
    let benchmark = sheet.benchmark.as_ref();
    let benchmark = benchmark.map(|wealth| line(wealth, Ink::Reference));
    let strategy = line(&sheet.strategy, Ink::Primary);
    benchmark.into_iter().chain([strategy]).collect()
}

/// A chart over the days of the backtest.
fn chart(
    sheet: &Tearsheet,
    label: String,
    height: f64,
    (range, ticks, tick): (Range, usize, Label),
    marks: Vec<Mark>,
) -> Chart {
    let days = [sheet.first_date(), sheet.last_date()];
    let [first, last] = days.map(|date| date.map_or(0, Date::epoch_days));
    Chart {
        label,
        height,
        across: Across::Days(first, last),
        across_title: "",
        upright: Upright {
            range,
            ticks,
            label: tick,
            title: "",
        },
        marks,
        legend: legend(sheet, Ink::Primary),
        empty: "less than 12 months and a day of data",
    }
}

/// Drawdowns that are shaded.
const SHADED: usize = 5;

/// The deepest drawdowns: from which point of the curve to which, and what the pointer shows.
pub(super) fn shaded(sheet: &Tearsheet) -> Vec<(usize, usize, String)> {
    let dates = &sheet.strategy.dates;
    let worst = worst_drawdowns(&sheet.strategy, SHADED).into_iter();
    let span = |drawdown: backtest::statistics::Drawdown| {
        let until = drawdown.recovery.unwrap_or(dates.len() - 1);
        let (depth, peak) = (share(drawdown.depth, 1), dates[drawdown.peak]);
        let title = format!("drawdown of {depth} from {peak}");
        (drawdown.peak, until, title)
    };
    worst.map(span).collect()
}

/// The days with trades.
pub(super) fn trading_days(sheet: &Tearsheet) -> impl Iterator<Item = Date> + '_ {
    let times = sheet.detail.trading.times.iter();
    times.filter_map(|time| date_of(*time))
}

pub(super) fn growth(sheet: &Tearsheet, is_logarithmic: bool) -> Panel {
    let dates = &sheet.strategy.dates;
    let spans = shaded(sheet)
        .into_iter()
        .map(|(from, to, title)| Mark::Span {
            ends: (day(dates[from]), day(dates[to])),
            title,
        });
    let strokes = Mark::Strokes(trading_days(sheet).map(day).collect());
    let marks = spans.chain([Mark::Level(1.0), strokes]);
    let marks = marks.chain(lines(sheet, growth_of_one)).collect();
    let (id, title, range) = match is_logarithmic {
        true => ("growth-log", "Growth of 1, logarithmic", Range::Logarithmic),
        false => ("growth", "Growth of 1", Range::MarksAnd(1.0)),
    };
    let label = format!("Growth of 1 over time: {}", sheet.name);
    let chart = chart(sheet, label, 288.0, (range, 6, number), marks);
    let note = "What one unit of the starting capital became, after costs. Shaded: the five deepest \
                drawdowns. Short strokes at the bottom: sessions with trades.";
    let table = month_ends(sheet, growth_of_one, |value| number(value, 3));
    let panel = Panel::picture(id, title, note, Picture::Chart(chart), table).wide();
    match is_logarithmic {
        true => panel,
        false => panel.interactive(),
    }
}

pub(super) fn underwater(sheet: &Tearsheet) -> Panel {
    let mut outline = points(&sheet.strategy.dates, &depths(&sheet.strategy));
    outline.retain(|point| point.1.is_finite());
    let ends = [outline.last(), outline.first()].map(Option::<&_>::copied);
    outline.extend(ends.into_iter().flatten().map(|(day, _)| (day, 0.0)));
    let area = Mark::Area {
        outline,
        ink: Ink::Contrast,
        opacity: 0.25,
        is_outlined: true,
    };
    let mut marks = lines(sheet, depths);
    marks.pop();
    marks.push(area);
    let label = "Depth below the highest value so far".to_owned();
    let mut chart = chart(sheet, label, 138.0, (Range::ToZero, 4, depth_tick), marks);
    chart.legend = legend(sheet, Ink::Contrast);
    let note = "How far wealth was below its highest value so far; the starting capital is a peak.";
    let table = month_ends(sheet, depths, |value| share(value, 1));
    let panel = Panel::picture(
        "underwater",
        "Drawdowns",
        note,
        Picture::Chart(chart),
        table,
    );
    panel.wide().interactive()
}

/// The Sharpe ratio of the last twelve months.
pub(super) fn rolling_sharpes(sheet: &Tearsheet, wealth: &Wealth) -> Vec<f64> {
    sharpes(wealth, &sheet.detail.risk_free, sheet.sessions_per_year())
}

/// The volatility of the last twelve months.
pub(super) fn rolling_volatilities(sheet: &Tearsheet, wealth: &Wealth) -> Vec<f64> {
    volatilities(wealth, sheet.sessions_per_year())
}

pub(super) fn rolling_sharpe(sheet: &Tearsheet) -> Panel {
    let cell = |value| number(value, 2);
    let of = |wealth: &Wealth| rolling_sharpes(sheet, wealth);
    rolling(sheet, "rolling-sharpe", "sharpe", of, number, cell)
}

pub(super) fn rolling_volatility(sheet: &Tearsheet) -> Panel {
    let cell = |value| share(value, 1);
    let of = |wealth: &Wealth| rolling_volatilities(sheet, wealth);
    rolling(
        sheet,
        "rolling-volatility",
        "volatility",
        of,
        share_tick,
        cell,
    )
}

fn rolling(
    sheet: &Tearsheet,
    id: &'static str,
    metric: &str,
    of: impl Fn(&Wealth) -> Vec<f64>,
    tick: Label,
    cell: fn(f64) -> String,
) -> Panel {
    let title = format!("{} of the last 12 months", title(metric));
    let mut marks = vec![Mark::Level(0.0)];
    marks.extend(lines(sheet, &of));
    let range = (Range::MarksAnd(0.0), 5, tick);
    let chart = chart(sheet, title.clone(), 168.0, range, marks);
    let n = window(sheet.sessions_per_year());
    let note = format!("Over {n} sessions before each day, annualised.");
    let table = month_ends(sheet, of, cell);
    Panel::picture(id, title, note, Picture::Chart(chart), table).interactive()
}

/// Months for which each month's end is shown; of more, each quarter's.
const MOST_MONTHS: usize = 120;

/// A value for the last session of each month or quarter.
fn month_ends(
    sheet: &Tearsheet,
    of: impl Fn(&Wealth) -> Vec<f64>,
    cell: impl Fn(f64) -> String,
) -> Table {
    let dates = &sheet.strategy.dates;
    let is_long = dates.len() as f64 / sheet.sessions_per_year() * 12.0 > MOST_MONTHS as f64;
    let (period, months) = match is_long {
        true => ("quarter's end", 3),
        false => ("month's end", 1),
    };
    let values = of(&sheet.strategy);
    let benchmark = sheet.benchmark.as_ref().map(|wealth| (wealth, of(wealth)));
    let mut table = sheet.table(&[period]);
    let period = |date: &Date| (date.year(), (date.month() - 1) / months);
    for (at, date) in dates.iter().enumerate() {
        let next = dates.get(at + 1);
        if next.is_some_and(|next| period(next) == period(date)) {
            continue;
        }
        let theirs = benchmark.as_ref().map(|(wealth, values)| {
            let found = wealth.dates.binary_search(date);
            found.map_or(UNDEFINED.to_owned(), |at| cell(values[at]))
        });
        let cells = std::iter::once(cell(values[at])).chain(theirs);
        table.named(date.to_string(), cells);
    }
    table
}
