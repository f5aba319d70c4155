//! Looks through the prices of one file.

use std::hash::{DefaultHasher, Hash, Hasher};

use backtest::date::Date;

use super::findings::{Break, BreakKind, Count, Jump, SymbolCheck};
use crate::bars::Bars;
use crate::faults::{self, Fault, Prices, SPLIT_TOLERANCE};
use crate::fields::Field;
use crate::table;

/// A move of the adjusted close that is reported, as a fraction.
const JUMP: f64 = 0.25;

pub(super) fn look_through(found: &mut SymbolCheck, bars: &Bars) {
    let adj_closes = bars.column(Field::AdjClose);
    let has_factor = !adj_closes.is_empty();
    let (opens, closes) = (bars.column(Field::Open), bars.column(Field::Close));
    let adjusted = if has_factor { adj_closes } else { closes };
    let splits = bars.column(Field::Split);
    // Close and adjusted close of the last row that has both.
    let mut before: Option<(f64, f64)> = None;
    let mut last = None;
    for (row, &adj_close) in adjusted.iter().enumerate() {
        let (date, place) = (bars.dates[row], bars.place(row));
        let close = closes[row];
        // Where there are no opens, none is missing.
        let open = opens.get(row).copied().unwrap_or(close);
        let prices = [open, close, adj_close];
        let count = |count: &mut Count| {
            count.n += 1;
            count.first = count.first.or(Some((date, place)));
        };
        if prices.iter().any(|price| price.is_nan()) {
            count(&mut found.missing_prices);
        }
        if prices.iter().any(|price| *price <= 0.0) {
            count(&mut found.non_positive_prices);
        }
        // Also false when one is missing.
        if !(close > 0.0 && adj_close > 0.0) {
            continue;
        }
        if let Some((close_before, adj_before)) = before {
            let change = adj_close / adj_before - 1.0;
            if change.abs() > JUMP {
                found.jumps.push(Jump {
                    date,
                    place,
                    change,
                });
            }
            let (from, to) = (adj_before / close_before, adj_close / close);
            // Cells are written with some decimals, commonly six and at times four.
            let written = |adj: f64, close: f64| 1e-6 / adj.min(close);
            let rounding = 1e-4 + written(adj_before, close_before) + written(adj_close, close);
            if has_factor && to < from * (1.0 - rounding) {
                let kind = BreakKind::FactorFalls { from, to };
                found.breaks.push(Break { date, place, kind });
            }
            let factor_moves = (to / from - 1.0).abs() > SPLIT_TOLERANCE;
            // Where the file has a column of splits, that tells.
            let known = splits.get(row).copied();
            let may_be = known.is_none_or(|split| split > 0.0 && split != 1.0) && !factor_moves;
            let split = faults::looks_like_split(close_before, open, close);
            if let Some(shares) = split.filter(|_| may_be) {
                let kind = BreakKind::UnadjustedSplit { shares };
                found.breaks.push(Break { date, place, kind });
            }
        }
        before = Some((close, adj_close));
        last = Some((date, place, adj_close / close));
    }
    if let Some((date, place, factor)) = last
        && has_factor
        && (factor - 1.0).abs() > 1e-4
    {
        let kind = BreakKind::NotOneAtEnd { factor };
        found.breaks.push(Break { date, place, kind });
    }
}

/// What the prices show by themselves, in the order of the rows of the file.
pub(super) fn findings(symbol: &str, bars: &Bars, today: Date) -> Vec<Fault> {
    let mut open = bars.column(Field::Open).to_vec();
    let close = match bars.column(Field::AdjClose) {
        [] => bars.column(Field::Close),
        adjusted => {
            if !open.is_empty() {
                table::adjust_opens(&mut open, bars.column(Field::Close), adjusted);
            }
            adjusted
        }
    };
    let prices = Prices {
        symbol,
        dates: &bars.dates,
        open: &open,
        close,
        place: &|row| Some(bars.place(row)),
    };
    let mut found = faults::look_at(&prices, Some(today));
    found.extend(outside_of_range(&prices, bars));
    found
}

/// Opens and closes outside of the day's high and low.
fn outside_of_range(prices: &Prices<'_>, bars: &Bars) -> Option<Fault> {
    // Cells are rounded, and some vendors take the open from another exchange.
    const ROUNDING: f64 = 0.005;
    let (highs, lows) = (bars.column(Field::High), bars.column(Field::Low));
    let closes = bars.column(Field::Close);
    let opens = match bars.column(Field::Open) {
        [] => closes,
        opens => opens,
    };
    let is_outside = |row: &usize| {
        let (Some(&high), Some(&low)) = (highs.get(*row), lows.get(*row)) else {
            return false;
        };
        let outside =
            |price: f64| price > high * (1.0 + ROUNDING) || price < low * (1.0 - ROUNDING);
        high > 0.0 && low > 0.0 && (outside(opens[*row]) || outside(closes[*row]))
    };
    let rows: Vec<usize> = (0..bars.len()).filter(is_outside).collect();
    let show = |row: usize| {
        format!(
            "{} opens at {} and closes at {}, between {} and {}",
            bars.dates[row], opens[row], closes[row], lows[row], highs[row]
        )
    };
    let said = (
        "one of the four prices is wrong, and orders are filled at opens",
        "compare the rows with another source",
    );
    faults::about(prices, "outside-high-low", &rows, show, said)
}

/// A number that files with the same days and closes have in common.
pub(super) fn digest(bars: &Bars) -> u64 {
    let closes = bars.column(Field::Close);
    // Prices that never move are alike without being the same.
    if closes.iter().all(|close| *close == closes[0]) {
        return 0;
    }
    let mut hasher = DefaultHasher::new();
    bars.dates.hash(&mut hasher);
    for close in closes {
        close.to_bits().hash(&mut hasher);
    }
    hasher.finish()
}
