//! What a trade costs: fees on its value or its shares, and a worse price.

use crate::conventions::FeeBasis;
use crate::strategy::{Costs, Fees};

impl Fees {
    /// Currency units paid for a trade of `quantity` shares at `price`. Never negative.
    #[inline]
    pub fn of_trade(&self, price: f64, quantity: f64, basis: FeeBasis) -> f64 {
        match *self {
            Fees::Zero => 0.0,
            Fees::Percent { .. } => {
                let value = price * quantity;
                self.of_value(match basis {
                    FeeBasis::Exact => value,
                    FeeBasis::WholeUnits => whole_units(value),
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
        price * self.markups().of(quantity)
    }

    pub(crate) fn markups(&self) -> Markups {
        let fraction = (self.slippage_bps + self.half_spread_bps) / 10_000.0;
        Markups {
            buy: 1.0 + fraction,
            sell: 1.0 - fraction,
        }
    }
}

/// What prices are multiplied by.
#[derive(Clone, Copy)]
pub(crate) struct Markups {
    buy: f64,
    sell: f64,
}

impl Markups {
    /// For an order of so many shares.
    pub(crate) fn of(self, quantity: f64) -> f64 {
        if quantity > 0.0 { self.buy } else { self.sell }
    }
}

/// To whole currency units, ties to even as Python's `round` breaks them.
///
/// The same as `f64::round_ties_even` but for the sign, which a fee does not have: that one is a
/// call into the C library on processors that have no instruction for it.
fn whole_units(value: f64) -> f64 {
    /// From here on there are no fractions.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    let value = value.abs();
    if value < WHOLE {
        (value + WHOLE) - WHOLE
    } else {
        value
    }
}
