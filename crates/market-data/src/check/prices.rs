//! Looks through the prices of one file.

use super::findings::{Break, BreakKind, Count, Jump, SymbolCheck};
use crate::bars::Bars;

/// A move of the adjusted close that is reported, as a fraction.
const JUMP: f64 = 0.25;

/// A split's ratio is met this closely: the day of a split has a return of its own.
const SPLIT_TOLERANCE: f64 = 0.06;

/// How many shares for one a split usually gives.
const SPLITS: [f64; 14] = [
    2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 30.0, 50.0, 100.0,
];

pub(super) fn look_through(found: &mut SymbolCheck, bars: &Bars) {
    let has_factor = !bars.adj_close.is_empty();
    let adjusted = if has_factor {
        &bars.adj_close
    } else {
        &bars.close
    };
    // Close and adjusted close of the last row that has both.
    let mut before: Option<(f64, f64)> = None;
    let mut last = None;
    for (row, &adj_close) in adjusted.iter().enumerate() {
        let (date, place) = (bars.dates[row], bars.place(row));
        let (open, close) = (bars.open[row], bars.close[row]);
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
            if let Some(shares) = split(close_before / close).filter(|_| !factor_moves) {
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

/// Shares for one when a close falls to so small a part of the close before, `None` if that does
/// not look like a split.
fn split(ratio: f64) -> Option<f64> {
    let is_near = |shares: &f64| (ratio / shares - 1.0).abs() < SPLIT_TOLERANCE;
    let reverse = SPLITS.iter().map(|shares| 1.0 / shares);
    SPLITS.iter().copied().chain(reverse).find(is_near)
}
