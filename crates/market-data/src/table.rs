//! The columns of one symbol as vendors write them, and the price series that they make: what was
//! adjusted, which dividends and splits are in the prices and which are not.

use std::fmt;

use backtest::date::Date;
use backtest::market::{CorporateAction, PriceSeries, RealShares};

use crate::error::Problem;
use crate::fields::Field;

/// Which prices of a file are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjustment {
    /// Adjusted for dividends and splits: the close is the column `Adj Close`, and the open is
    /// `(adj_close / close) * open`, the division first. Where the close is zero the open cannot
    /// be adjusted, and is zero.
    ///
    /// A file without such a column is taken as adjusted already, with a [`Notice`](crate::Notice).
    ByCloseRatio,
    /// As they are: columns `Open` and `Close`. Dividends and splits are those of the columns
    /// `Dividends` and `Stock Splits`, or follow from `Close` and `Adj Close`.
    Raw,
}

impl Adjustment {
    /// What a strategy file's `data.adjusted` asks for.
    pub fn of(adjusted: bool) -> Adjustment {
        match adjusted {
            true => Adjustment::ByCloseRatio,
            false => Adjustment::Raw,
        }
    }
}

/// The columns of one symbol. All that are there have one length; NaN is a missing value.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The days, strictly increasing.
    pub dates: Vec<Date>,
    /// Opening prices.
    pub open: Vec<f64>,
    /// Closing prices.
    pub close: Vec<f64>,
    /// Closes adjusted for dividends and splits.
    pub adj_close: Option<Vec<f64>>,
    /// Dividends in currency units per share; 0 on days without.
    pub dividends: Option<Vec<f64>>,
    /// New shares for each old one; 0 or 1 on days without a split.
    pub splits: Option<Vec<f64>>,
    /// Capital gains that a fund pays out, in currency units per share; 0 on days without.
    pub gains: Option<Vec<f64>>,
}

/// What was found out about a table, or left out of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Finding {
    /// `Close` does not move with a split: it has been adjusted for splits already, and so have
    /// dividends.
    SplitsInPrices {
        /// The row of the largest split.
        row: usize,
        /// New shares for each old one.
        ratio: f64,
    },
    /// There are dividends or splits, and they are not used: without adjusted closes the prices are
    /// taken as adjusted already.
    ActionsUnused,
    /// The same, and the close moves with a split: the prices are not adjusted.
    SplitNotAdjusted {
        /// The row of the largest split.
        row: usize,
        /// New shares for each old one.
        ratio: f64,
    },
    /// A dividend or a split on a day without a price: it is booked at the next one.
    Waits {
        /// The row of the first.
        row: usize,
        /// How many there are.
        n: usize,
    },
    /// The ratio of adjusted close and close falls, which no dividend explains.
    FactorFalls {
        /// The row of the first.
        row: usize,
        /// How many there are.
        n: usize,
    },
}

impl Finding {
    /// The row that it is about.
    pub fn row(&self) -> Option<usize> {
        match self {
            Finding::ActionsUnused => None,
            Finding::SplitsInPrices { row, .. }
            | Finding::SplitNotAdjusted { row, .. }
            | Finding::Waits { row, .. }
            | Finding::FactorFalls { row, .. } => Some(*row),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let others = |n: &usize| match n - 1 {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        match self {
            Finding::SplitsInPrices { ratio, .. } => write!(
                f,
                "`Close` does not move with the split of {}: it is adjusted for splits already, so \
                 shares are counted as those of the last day, and no split is booked",
                in_words(*ratio)
            ),
            Finding::ActionsUnused => f.write_str(
                "there are dividends or splits and no column `Adj Close`; prices are taken as already \
                 adjusted for them; if they are not, set `adjusted = false` under `[data]`",
            ),
            Finding::SplitNotAdjusted { ratio, .. } => write!(
                f,
                "the close moves with the split of {}, and there is no column `Adj Close`: the prices \
                 are not adjusted, and the split counts as a loss or a gain; set `adjusted = false` \
                 under `[data]`",
                in_words(*ratio)
            ),
            Finding::Waits { n, .. } => write!(
                f,
                "a dividend or a split on a day without a price{}; it is booked with the next price",
                others(n)
            ),
            Finding::FactorFalls { n, .. } => write!(
                f,
                "`Adj Close` over `Close` falls{}, which no dividend explains; none is booked there",
                others(n)
            ),
        }
    }
}

/// `4:1`, or `1:10` for a reverse split.
fn in_words(ratio: f64) -> String {
    match ratio >= 1.0 {
        true => format!("{ratio}:1"),
        false => format!("1:{}", (1e6 / ratio).round() / 1e6),
    }
}

/// What is wrong with a table, and the row of it.
pub type TableError = (usize, Problem);

impl Table {
    /// The series of a symbol, and what is to be said about it.
    ///
    /// # Errors
    ///
    /// A price that is infinite once it is adjusted. With [`Adjustment::Raw`], a dividend below zero or
    /// not less than the price before it, a split that is not above zero, and splits of which some are in
    /// the closes and some are not.
    pub fn series(
        self,
        symbol: &str,
        adjustment: Adjustment,
    ) -> Result<(PriceSeries, Vec<Finding>), TableError> {
        let mut findings = Vec::new();
        let stated = Stated::of(&self, adjustment)?;
        let later = stated.later_splits(self.dates.len());
        let (real_shares, actions) = match (adjustment, &self.adj_close) {
            (Adjustment::ByCloseRatio, Some(adj_close)) => {
                (self.real_shares(adj_close, later.as_deref()), Vec::new())
            }
            (Adjustment::ByCloseRatio, None) => {
                findings.extend(stated.unused());
                (RealShares::Unknown, Vec::new())
            }
            (Adjustment::Raw, adj_close) => {
                findings.extend(stated.in_prices());
                let actions = match (&self.dividends, adj_close) {
                    (None, Some(adj_close)) => {
                        self.derived_actions(adj_close, &stated, &mut findings)
                    }
                    _ => self.stated_actions(&stated)?,
                };
                findings.extend(self.waiting(&actions));
                let real_shares = later.map_or(RealShares::Same, |later| {
                    RealShares::ByDay(later.iter().map(|later| 1.0 / later).collect())
                });
                (real_shares, actions)
            }
        };
        let Table {
            dates,
            mut open,
            mut close,
            adj_close,
            ..
        } = self;
        if let (Adjustment::ByCloseRatio, Some(adj_close)) = (adjustment, adj_close) {
            adjust_opens(&mut open, &close, &adj_close);
            close = adj_close;
        }
        if let Some(row) = open.iter().position(|open| open.is_infinite()) {
            let problem = Problem::Infinite {
                column: Field::Open.name(),
                text: "(adj_close / close) * open".to_owned(),
            };
            return Err((row, problem));
        }
        let series = PriceSeries {
            symbol: symbol.to_owned(),
            dates,
            open,
            close,
            real_shares,
            actions,
        };
        Ok((series, findings))
    }

    /// The price of a row: its close, or else its open, where there is such a column.
    fn price(&self, row: usize) -> Option<f64> {
        let prices = [self.close.get(row), self.open.get(row)];
        prices
            .into_iter()
            .flatten()
            .copied()
            .find(|price| !price.is_nan())
    }

    /// The last price before a row.
    fn price_before(&self, row: usize) -> Option<f64> {
        (0..row).rev().find_map(|row| self.price(row))
    }

    /// Shares as traded for each share at adjusted prices: `adj_close / close`, where both are prices,
    /// over the splits that are in the closes.
    fn real_shares(&self, adj_close: &[f64], later: Option<&[f64]>) -> RealShares {
        let later = |row: usize| later.map_or(1.0, |later| later[row]);
        let ratio = |(row, (close, adj_close)): (usize, (&f64, &f64))| match *close > 0.0
            && *adj_close > 0.0
        {
            true => adj_close / close / later(row),
            false => f64::NAN,
        };
        let closes = self.close.iter().zip(adj_close);
        let ratios: Vec<f64> = closes.enumerate().map(ratio).collect();
        match ratios.iter().all(|ratio| *ratio == 1.0) {
            true => RealShares::Same,
            false => RealShares::ByDay(ratios),
        }
    }

    /// Dividends and splits as the columns have them.
    fn stated_actions(&self, stated: &Stated) -> Result<Vec<CorporateAction>, TableError> {
        let mut actions = Vec::new();
        for (row, date) in self.dates.iter().enumerate() {
            let mut dividend = 0.0;
            for (column, values) in [
                (Field::Dividend, &self.dividends),
                (Field::Gains, &self.gains),
            ] {
                let value = values.as_ref().map_or(0.0, |values| values[row]);
                if value < 0.0 {
                    let (column, text) = (column.name(), value.to_string());
                    return Err((row, Problem::Negative { column, text }));
                }
                dividend += if value > 0.0 { value } else { 0.0 };
            }
            let split = stated.booked_at(row);
            if dividend == 0.0 && split == 1.0 {
                continue;
            }
            if let Some(price) = self.price_before(row)
                && dividend >= price / split
            {
                let price = price / split;
                return Err((row, Problem::DividendAbovePrice { dividend, price }));
            }
            actions.push(CorporateAction {
                date: *date,
                split,
                dividend,
            });
        }
        Ok(actions)
    }

    /// Dividends, and splits where no column has them, as `Adj Close / Close` tells: from one row to the
    /// next it grows by the price before over that price without the dividend.
    fn derived_actions(
        &self,
        adj_close: &[f64],
        stated: &Stated,
        findings: &mut Vec<Finding>,
    ) -> Vec<CorporateAction> {
        let (adj_unit, close_unit) = (unit(adj_close), unit(&self.close));
        // Two decimals are those of the exchange.
        let close_unit = if close_unit > 1e-3 { 0.0 } else { close_unit };
        let rounding = |price: f64, unit: f64| SCATTER + 0.5 * unit / price;
        let mut actions: Vec<CorporateAction> = Vec::new();
        let mut falls = (0, 0);
        let mut before: Option<(usize, f64, f64)> = None;
        for (row, (&close, &adj_close)) in self.close.iter().zip(adj_close).enumerate() {
            // Also false when one is missing.
            if !(close > 0.0 && adj_close > 0.0) {
                continue;
            }
            let error = rounding(adj_close, adj_unit) + rounding(close, close_unit);
            let factor = adj_close / close;
            let last = before.replace((row, factor, error));
            let Some((row_before, factor_before, error_before)) = last else {
                continue;
            };
            let close_before = self.close[row_before];
            let growth = factor / factor_before;
            let stated_split: f64 = (row_before + 1..=row)
                .map(|row| stated.booked_at(row))
                .product();
            let split = match stated.has_column {
                true => stated_split,
                false => split_in(growth, close_before / close),
            };
            let of_dividend = growth / split;
            let noise = 1.2 * (error + error_before);
            let dividend = match of_dividend > 1.0 + noise {
                true => close_before / split * (1.0 - 1.0 / of_dividend),
                false => 0.0,
            };
            if of_dividend < 1.0 - (noise + 1e-4) {
                falls = if falls.1 == 0 {
                    (row, 1)
                } else {
                    (falls.0, falls.1 + 1)
                };
            }
            if split != 1.0 || dividend > 0.0 {
                actions.push(CorporateAction {
                    date: self.dates[row],
                    split,
                    dividend,
                });
            }
        }
        if let (row, n @ 1..) = falls {
            findings.push(Finding::FactorFalls { row, n });
        }
        actions
    }

    /// The actions on days without a price.
    fn waiting(&self, actions: &[CorporateAction]) -> Option<Finding> {
        let row = |action: &CorporateAction| self.dates.binary_search(&action.date).ok();
        let waits = |row: &usize| self.price(*row).is_none();
        let rows: Vec<usize> = actions.iter().filter_map(row).filter(waits).collect();
        let (&row, n) = (rows.first()?, rows.len());
        Some(Finding::Waits { row, n })
    }
}

/// The splits of a table, and whether its closes are adjusted for them.
struct Stated {
    /// By row, increasing: new shares for each old one, never 1.
    splits: Vec<(usize, f64)>,
    /// Whether there is a column of splits.
    has_column: bool,
    has_dividends: bool,
    /// Whether closes do not move with the splits. `None` where no split has a close on both sides.
    are_in_prices: Option<bool>,
}

/// A split of this ratio or more moves a close by more than a day does.
const LARGE: f64 = 1.45;

impl Stated {
    fn of(table: &Table, adjustment: Adjustment) -> Result<Stated, TableError> {
        let mut splits = Vec::new();
        for (row, &ratio) in table.splits.iter().flatten().enumerate() {
            // Vendors write 0 or 1 where there is none.
            if ratio.is_nan() || ratio == 0.0 || ratio == 1.0 {
                continue;
            }
            if ratio > 0.0 {
                splits.push((row, fraction_of(ratio)));
            } else if adjustment == Adjustment::Raw {
                let text = ratio.to_string();
                let column = Field::Split.name();
                return Err((row, Problem::Negative { column, text }));
            }
        }
        let (mut with, mut without) = (0.0, 0.0);
        let mut large: [Option<usize>; 2] = [None, None];
        for &(row, ratio) in &splits {
            let after = (row..table.dates.len()).find_map(|row| table.price(row));
            let (Some(before), Some(after)) = (table.price_before(row), after) else {
                continue;
            };
            let moved = libm::log(before / after);
            let split = libm::log(ratio);
            if !moved.is_finite() {
                continue;
            }
            with += (moved - split) * (moved - split);
            without += moved * moved;
            if split.abs() >= libm::log(LARGE) {
                let is_in_price = moved.abs() < (moved - split).abs();
                large[usize::from(is_in_price)].get_or_insert(row);
            }
        }
        if let ([Some(moves), Some(stands)], Adjustment::Raw) = (large, adjustment) {
            let (moves, date) = (table.dates[moves], table.dates[stands]);
            return Err((stands, Problem::SplitsDisagree { moves, date }));
        }
        let measured = with + without > 0.0;
        let has_dividends = |values: &Option<Vec<f64>>| {
            let mut values = values.iter().flatten();
            values.any(|value| *value > 0.0)
        };
        Ok(Stated {
            splits,
            has_column: table.splits.is_some(),
            has_dividends: has_dividends(&table.dividends) || has_dividends(&table.gains),
            are_in_prices: measured.then_some(without < with),
        })
    }

    /// The split at a row that is not in the prices; 1 where there is none.
    fn booked_at(&self, row: usize) -> f64 {
        let found = self.splits.binary_search_by_key(&row, |(row, _)| *row);
        match (found, self.are_in_prices) {
            (Ok(index), Some(false)) => self.splits[index].1,
            _ => 1.0,
        }
    }

    /// By row, where the closes are adjusted for splits: the shares of the last row for one of this row.
    fn later_splits(&self, n_rows: usize) -> Option<Vec<f64>> {
        if self.are_in_prices != Some(true) {
            return None;
        }
        let mut later = vec![1.0; n_rows];
        let mut factor = 1.0;
        let mut splits = self.splits.iter().rev().peekable();
        for row in (0..n_rows).rev() {
            later[row] = factor;
            if let Some((_, ratio)) = splits.next_if(|(at, _)| *at == row) {
                factor *= ratio;
            }
        }
        Some(later)
    }

    fn largest(&self) -> Option<(usize, f64)> {
        let size = |ratio: f64| libm::log(ratio).abs();
        let splits = self.splits.iter().copied();
        splits.max_by(|a, b| size(a.1).total_cmp(&size(b.1)))
    }

    fn in_prices(&self) -> Option<Finding> {
        let (row, ratio) = self
            .largest()
            .filter(|_| self.are_in_prices == Some(true))?;
        Some(Finding::SplitsInPrices { row, ratio })
    }

    fn unused(&self) -> Option<Finding> {
        match (self.largest(), self.are_in_prices) {
            (Some((row, ratio)), Some(false)) => Some(Finding::SplitNotAdjusted { row, ratio }),
            (largest, _) => {
                (largest.is_some() || self.has_dividends).then_some(Finding::ActionsUnused)
            }
        }
    }
}

/// Makes opens adjusted ones: `(adj_close / close) * open`, the division first; zero where the close
/// is zero.
pub(crate) fn adjust_opens(open: &mut [f64], close: &[f64], adj_close: &[f64]) {
    for ((open, &close), &adj_close) in open.iter_mut().zip(close).zip(adj_close) {
        // The order of the operations is part of the contract: it decides the last bit.
        let ratio = adj_close / close;
        *open = if close == 0.0 {
            0.0 * *open
        } else {
            ratio * *open
        };
    }
}

/// How far the adjusted closes of vendors scatter around their factor, which they compute in single
/// precision step by step: up to 1.4e-6 from one day to the next. The dividend of a month without
/// interest was 7e-5 of the price.
const SCATTER: f64 = 2e-6;

/// What prices are rounded to: a power of ten, at most a hundredth and at least a millionth; 0 where
/// they have more decimals.
fn unit(prices: &[f64]) -> f64 {
    let is_whole = |scaled: f64| (scaled - scaled.round()).abs() < 1e-4;
    let fits = |per_unit: &f64| {
        let mut prices = prices.iter().filter(|price| price.is_finite());
        prices.all(|price| is_whole(price * per_unit))
    };
    [1e2, 1e3, 1e4, 1e5, 1e6]
        .into_iter()
        .find(fits)
        .map_or(0.0, |per_unit| 1.0 / per_unit)
}

/// New shares for each old one in splits of which no column tells.
const COMMON: [f64; 19] = [
    2.0,
    3.0,
    4.0,
    5.0,
    6.0,
    7.0,
    8.0,
    10.0,
    15.0,
    20.0,
    25.0,
    30.0,
    50.0,
    100.0,
    1.5,
    1.25,
    2.5,
    4.0 / 3.0,
    1.2,
];

/// The split in a growth of the factor, where the close moved with it; 1 where there is none.
fn split_in(growth: f64, moved: f64) -> f64 {
    let is_it = |split: &f64| {
        // A dividend may fall on the same day.
        let rest = growth / split - 1.0;
        let moved_with = libm::log(moved / split).abs() < libm::log(moved).abs();
        (-2e-3..0.02).contains(&rest) && moved_with
    };
    let reverse = COMMON.iter().map(|split| 1.0 / split);
    COMMON
        .iter()
        .copied()
        .chain(reverse)
        .find(is_it)
        .unwrap_or(1.0)
}

/// The simple fraction that a ratio with six decimals stands for: 0.333333 is a third.
fn fraction_of(ratio: f64) -> f64 {
    let one_in = (1.0 / ratio).round();
    let fractions = (1..=20).map(|below| (ratio * f64::from(below)).round() / f64::from(below));
    let near = |fraction: &f64| (fraction - ratio).abs() <= 6e-7;
    fractions.chain([1.0 / one_in]).find(near).unwrap_or(ratio)
}
