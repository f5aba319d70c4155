//! What the strategies of one data folder run on.

use backtest::market::{Observations, PriceSeries};

/// The prices of a group of strategies, and the series beside them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct GroupData {
    pub(crate) prices: Vec<PriceSeries>,
    pub(crate) rates: Vec<Observations>,
}
