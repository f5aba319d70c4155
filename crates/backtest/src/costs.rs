//! What a trade costs: fees on its value or its shares, and a worse price.

use crate::conventions::FeeBasis;
use crate::strategy::{Costs, Fees};

impl Fees {
    /// Currency units paid for a trade of `quantity` shares at `price`. Never negative.
    pub fn of_trade(&self, price: f64, quantity: f64, basis: FeeBasis) -> f64 {
        match *self {
            Fees::Zero => 0.0,
            Fees::Percent { .. } => {
                let value = price * quantity;
                self.of_value(match basis {
                    FeeBasis::Exact => value,
                    // Python's `round` breaks ties to even.
                    FeeBasis::WholeUnits => value.round_ties_even(),
                })
            }
            Fees::PerShare { per_share, minimum } => (per_share * quantity.abs()).max(minimum),
        }
    }

    /// Currency units to expect for a target of `value` currency units at `price`.
    pub fn of_target(&self, value: f64, price: f64) -> f64 {
        match *self {
            Fees::Zero => 0.0,
            Fees::Percent { .. } => self.of_value(value),
            Fees::PerShare { per_share, minimum } if value != 0.0 => {
                (per_share * (value / price).abs()).max(minimum)
            }
            Fees::PerShare { .. } => 0.0,
        }
    }

    fn of_value(&self, value: f64) -> f64 {
        match *self {
            Fees::Percent { commission, tax } => commission * value.abs() + tax * value.abs(),
            Fees::Zero | Fees::PerShare { .. } => 0.0,
        }
    }
}

impl Costs {
    /// The price that an order gets: higher for a buy, lower for a sell.
    pub fn fill_price(&self, price: f64, quantity: f64) -> f64 {
        let fraction = (self.slippage_bps + self.half_spread_bps) / 10_000.0;
        if quantity > 0.0 {
            price * (1.0 + fraction)
        } else {
            price * (1.0 - fraction)
        }
    }
}
