//! What prices by themselves show that would spoil a backtest: one list for checks, warnings of runs and
//! Python.

use std::fmt;

use backtest::date::{Date, Weekday};
use backtest::market::PriceSeries;

use crate::error::Place;

/// Something about a symbol's prices that would spoil a backtest.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What kind it is, for programs, as `hole`. docs/prices.md has the list.
    pub kind: &'static str,
    /// The symbol.
    pub symbol: String,
    /// How many rows it is about.
    pub n: usize,
    /// The day of the first of them.
    pub first: Date,
    /// Its row, for prices that come from a file.
    pub place: Option<Place>,
    /// What was found, with rows.
    pub what: String,
    /// What it does to a backtest.
    pub effect: &'static str,
    /// The way out; empty where none is needed.
    pub way_out: String,
}

impl Fault {
    pub(crate) fn with_way_out(self, way_out: String) -> Fault {
        Fault { way_out, ..self }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}: {}", self.symbol, self.what, self.effect)?;
        match self.way_out.is_empty() {
            true => Ok(()),
            false => write!(f, "; {}", self.way_out),
        }
    }
}

/// One symbol's prices, as a backtest reads them.
pub(crate) struct Prices<'a> {
    pub(crate) symbol: &'a str,
    pub(crate) dates: &'a [Date],
    /// Opens, in line with the closes; empty where there are none.
    pub(crate) open: &'a [f64],
    pub(crate) close: &'a [f64],
    /// Where a row stands in its file.
    pub(crate) place: &'a dyn Fn(usize) -> Option<Place>,
}

/// What the prices of a symbol show on these days.
pub fn faults_of(series: &PriceSeries, days: (Date, Date)) -> Vec<Fault> {
    let from = series.dates.partition_point(|date| *date < days.0);
    let until = series.dates.partition_point(|date| *date <= days.1);
    let prices = Prices {
        symbol: &series.symbol,
        dates: &series.dates[from..until],
        open: &series.open[from..until],
        close: &series.close[from..until],
        place: &|_| None,
    };
    let mut found = look_at(&prices, None);
    found.extend(splits_not_adjusted(&prices, series));
    found
}

/// Moves that look like a split that is neither adjusted for nor booked.
fn splits_not_adjusted(prices: &Prices<'_>, series: &PriceSeries) -> Option<Fault> {
    let booked = |row: usize| {
        let date = prices.dates[row];
        let mut actions = series.actions.iter();
        actions.any(|action| action.date == date && action.split != 1.0)
    };
    let mut ratios = std::collections::HashMap::new();
    let mut rows = Vec::new();
    let mut before = f64::NAN;
    for (row, (&open, &close)) in prices.open.iter().zip(prices.close).enumerate() {
        // Without an open of its own, a split and a crash look alike.
        let split = looks_like_split(before, open, close).filter(|_| open > 0.0);
        if let Some(shares) = split.filter(|_| !booked(row)) {
            rows.push(row);
            ratios.insert(row, shares);
        }
        if close > 0.0 {
            before = close;
        }
    }
    let show = |row: usize| {
        let shares = ratios.get(&row).copied().unwrap_or(1.0);
        let split = split_in_words(shares);
        format!(
            "{} looks like an unadjusted {split} split",
            prices.dates[row]
        )
    };
    let said = (
        "the split counts as a loss or a gain",
        "download adjusted prices, or add a column of splits and set `adjusted = false` under `[data]`",
    );
    about(prices, "split-not-adjusted", &rows, show, said)
}

/// `4:1`, or `1:10` for a reverse split.
pub(crate) fn split_in_words(shares: f64) -> String {
    match shares >= 1.0 {
        true => format!("{shares}:1"),
        false => format!("1:{:.0}", 1.0 / shares),
    }
}

/// A split's ratio is met this closely: the day of a split has a return of its own.
pub(crate) const SPLIT_TOLERANCE: f64 = 0.06;

/// And its open this closely.
const OPEN_TOLERANCE: f64 = 0.04;

/// How many shares for one a split usually gives.
const SPLITS: [f64; 14] = [
    2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 30.0, 50.0, 100.0,
];

/// Shares for one when a bar is so small a part of the close before it, `None` if that does not look like
/// a split. The day of a split opens near its ratio; a crash gives way until the evening.
pub(crate) fn looks_like_split(close_before: f64, open: f64, close: f64) -> Option<f64> {
    let ratio = close_before / close;
    let is_near = |shares: &f64| (ratio / shares - 1.0).abs() < SPLIT_TOLERANCE;
    let opens_there = |shares: &f64| {
        let gap = close_before / open / shares - 1.0;
        gap.is_nan() || gap.abs() <= OPEN_TOLERANCE
    };
    let reverse = SPLITS.iter().map(|shares| 1.0 / shares);
    let mut splits = SPLITS.iter().copied().chain(reverse);
    splits.find(is_near).filter(opens_there)
}

/// That the prices of a symbol that is only read end before some day, by more than the usual distance of
/// its bars explains.
pub fn old_at(series: &PriceSeries, day: Date) -> Option<Fault> {
    let until = series.dates.partition_point(|date| *date <= day);
    let prices = Prices {
        symbol: &series.symbol,
        dates: &series.dates[..until],
        open: &[],
        close: &[],
        place: &|_| None,
    };
    let row = until.checked_sub(1)?;
    let longest = HOLE.max(5 * usual_gap(prices.dates)?);
    let is_old = day.epoch_days() - series.dates[row].epoch_days() > longest;
    let show = |row: usize| {
        let last = prices.dates[row];
        format!("it ends on {last}, and the backtest goes on until {day}")
    };
    let said = (
        "signals read its last close from then on",
        "download it again, or end the backtest there",
    );
    (is_old.then(|| about(&prices, "ends-early", &[row], show, said))).flatten()
}

/// A move that is out of line with both closes around it, as a part of them.
const OUT_OF_LINE: f64 = 0.75;
/// Rows with one close that are more than a quiet market.
const STANDING: usize = 10;
/// Calendar days that no row of holidays explains; more where bars are rarer.
const HOLE: i32 = 14;
/// How many rows are named.
const SHOWN: usize = 3;

/// What the prices of one symbol show.
///
/// * `today`: dates after it are a finding, when it is known.
pub(crate) fn look_at(prices: &Prices<'_>, today: Option<Date>) -> Vec<Fault> {
    let mut found = Vec::new();
    found.extend(opens_out_of_line(prices));
    found.extend(holes(prices));
    found.extend(standing(prices));
    found.extend(today.and_then(|today| future(prices, today)));
    found.extend(days_of_the_week(prices));
    found
}

/// A finding about rows, the first few of which are shown.
pub(crate) fn about(
    prices: &Prices<'_>,
    kind: &'static str,
    rows: &[usize],
    show: impl Fn(usize) -> String,
    (effect, way_out): (&'static str, &'static str),
) -> Option<Fault> {
    let first = *rows.first()?;
    let in_file = |row: usize| match (prices.place)(row) {
        Some(place) => format!("{} ({place})", show(row)),
        None => show(row),
    };
    let mut what = rows
        .iter()
        .take(SHOWN)
        .map(|row| in_file(*row))
        .collect::<Vec<_>>()
        .join(", ");
    if rows.len() > SHOWN {
        what.push_str(&format!(" and {} more", rows.len() - SHOWN));
    }
    Some(Fault {
        kind,
        symbol: prices.symbol.to_owned(),
        n: rows.len(),
        first: prices.dates[first],
        place: (prices.place)(first),
        what,
        effect,
        way_out: way_out.to_owned(),
    })
}

fn opens_out_of_line(prices: &Prices<'_>) -> Option<Fault> {
    let mut rows = Vec::new();
    let mut before = f64::NAN;
    let mut ratios = std::collections::HashMap::new();
    for (row, (&open, &close)) in prices.open.iter().zip(prices.close).enumerate() {
        let (of_before, of_after) = (open / before, open / close);
        let low = of_before < OUT_OF_LINE && of_after < OUT_OF_LINE;
        let high = of_before > 1.0 / OUT_OF_LINE && of_after > 1.0 / OUT_OF_LINE;
        if open > 0.0 && close > 0.0 && (low || high) {
            rows.push(row);
            ratios.insert(row, (of_before, of_after));
        }
        if close > 0.0 {
            before = close;
        }
    }
    let show = |row: usize| {
        let (before, after) = ratios
            .get(&row)
            .map_or((String::new(), String::new()), |(a, b)| {
                (format!("{a:.2}"), format!("{b:.2}"))
            });
        let date = prices.dates[row];
        match before == after {
            true => {
                format!("{date} the open is {before} of the close before and of the close after")
            }
            false => format!(
                "{date} the open is {before} of the close before and {after} of the close after"
            ),
        }
    };
    let said = (
        "orders are filled at opens, so that a wrong one is a gain or a loss that nothing earned",
        "compare it with another source, and correct it or leave its cell empty",
    );
    about(prices, "open-out-of-line", &rows, show, said)
}

/// The median distance of bars in calendar days; `None` of too few.
fn usual_gap(dates: &[Date]) -> Option<i32> {
    let pairs = dates.windows(2);
    let mut gaps: Vec<i32> = pairs
        .map(|pair| pair[1].epoch_days() - pair[0].epoch_days())
        .collect();
    gaps.sort_unstable();
    (gaps.len() >= 3).then(|| gaps[gaps.len() / 2])
}

fn holes(prices: &Prices<'_>) -> Option<Fault> {
    let dates = prices.dates;
    let gap = |row: usize| dates[row].epoch_days() - dates[row - 1].epoch_days();
    let usual = usual_gap(dates)?;
    let rows: Vec<usize> = (1..dates.len())
        .filter(|row| gap(*row) > HOLE.max(5 * usual))
        .collect();
    let show = |row: usize| {
        let mut from = dates[row - 1].plus_days(1);
        let mut to = dates[row].plus_days(-1);
        while !from.is_weekday() && from < to {
            from = from.plus_days(1);
        }
        while !to.is_weekday() && from < to {
            to = to.plus_days(-1);
        }
        let n = to.epoch_days() - from.epoch_days() + 1;
        format!("no bar for {n} days from {from} to {to}")
    };
    let said = (
        "the days are missing from the calendar or repeat the price before them, and the bar after them is one return",
        "download them, or begin the backtest after them",
    );
    about(prices, "hole", &rows, show, said)
}

fn standing(prices: &Prices<'_>) -> Option<Fault> {
    let closes = prices.close;
    let mut rows = Vec::new();
    let mut lengths = std::collections::HashMap::new();
    let mut from = 0;
    for row in 1..=closes.len() {
        if row < closes.len() && closes[row] == closes[from] {
            continue;
        }
        let n = row - from;
        // A price that never moves is what it is.
        if n >= STANDING && n < closes.len() && closes[from] > 0.0 {
            rows.push(from);
            lengths.insert(from, n);
        }
        from = row;
    }
    let show = |row: usize| {
        let n = lengths.get(&row).copied().unwrap_or(0);
        let last = prices.dates[(row + n).saturating_sub(1)];
        format!(
            "the close stands still for {n} bars from {} to {last}",
            prices.dates[row]
        )
    };
    let said = (
        "its volatility is too low and its signals are old, and orders are filled at a price that may not have been one",
        "compare it with another source, or begin the backtest after it",
    );
    about(prices, "standing-close", &rows, show, said)
}

fn future(prices: &Prices<'_>, today: Date) -> Option<Fault> {
    let from = prices.dates.partition_point(|date| *date <= today);
    let rows: Vec<usize> = (from..prices.dates.len()).collect();
    let show = |row: usize| format!("{} is after today", prices.dates[row]);
    let said = (
        "a wrong year puts a bar where none can be, and the time before it is a hole",
        "correct the date",
    );
    about(prices, "future", &rows, show, said)
}

fn days_of_the_week(prices: &Prices<'_>) -> Option<Fault> {
    let on = |days: &[Weekday]| -> Vec<usize> {
        let rows = prices.dates.iter().enumerate();
        rows.filter(|(_, date)| days.contains(&date.weekday()))
            .map(|(row, _)| row)
            .collect()
    };
    let (sundays, saturdays) = (on(&[Weekday::Sun]), on(&[Weekday::Sat]));
    if sundays.len() >= 2 && saturdays.is_empty() && on(&[Weekday::Fri]).is_empty() {
        let show = |row: usize| {
            format!(
                "{} is a Sunday, and no bar is on a Friday",
                prices.dates[row]
            )
        };
        let said = (
            "the days are probably those of UTC: each bar is a day early, and decisions beside other assets know the future",
            "export the days of the exchange",
        );
        return about(prices, "day-early", &sundays, show, said);
    }
    let weekend = on(&[Weekday::Sat, Weekday::Sun]);
    // More are a market that is open on them; bars of months fall on any day.
    let is_daily = prices
        .dates
        .windows(2)
        .filter(|pair| pair[1].epoch_days() - pair[0].epoch_days() <= 4)
        .count()
        * 2
        > prices.dates.len();
    if weekend.len() * 20 > prices.dates.len() || !is_daily {
        return None;
    }
    let show = |row: usize| format!("{} is on a weekend", prices.dates[row]);
    let said = (
        "a session is added on which hardly anything can be traded",
        "find out which day it is of, or delete the row",
    );
    about(prices, "weekend", &weekend, show, said)
}
