//! Prices of many assets on one calendar.

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
}
