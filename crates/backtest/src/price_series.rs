//! One asset's daily prices, and what happened to its shares.

use crate::date::Date;

/// One asset's daily prices, already adjusted if they are to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceSeries {
    /// The asset's symbol.
    pub symbol: String,
    /// The days with a bar, strictly increasing.
    pub dates: Vec<Date>,
    /// The opening price of each; NaN where it is missing.
    pub open: Vec<f64>,
    /// The closing price of each; NaN where it is missing.
    pub close: Vec<f64>,
    /// How many shares changed hands on the exchange for each share at these prices.
    pub real_shares: RealShares,
    /// Dividends and splits that are not in the prices, by their day, increasing.
    pub actions: Vec<CorporateAction>,
}

/// A dividend or a split, or both. Who holds the share at the close before its day is entitled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CorporateAction {
    /// The first day without the dividend, or with the new shares.
    pub date: Date,
    /// New shares for each old one, above 0; 1 without a split.
    pub split: f64,
    /// Currency units for each share after the split; 0 without a dividend.
    pub dividend: f64,
}

/// How many shares changed hands on the exchange for each share at the prices of a series. Fees per
/// share are charged on them.
///
/// The price of one share, adjusted, over its price as traded: prices that are adjusted for
/// dividends and splits have many small shares where an account would have held few.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum RealShares {
    /// One: the prices are those at which the shares were traded.
    #[default]
    Same,
    /// It is not known: the prices are adjusted, and those as traded are not there.
    Unknown,
    /// One number for each day of the series; NaN where it is not known.
    ByDay(Vec<f64>),
}

impl RealShares {
    /// Those of some of the days.
    #[must_use]
    pub fn of_bars(&self, bars: std::ops::Range<usize>) -> RealShares {
        match self {
            RealShares::ByDay(numbers) => RealShares::ByDay(numbers[bars].to_vec()),
            other => other.clone(),
        }
    }
}
