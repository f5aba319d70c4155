//! Fractions of the trade's value.

use super::lanes::FeeLanes;
use super::part::FeePart;
use crate::conventions::FeeBasis;
use crate::lanes::Lanes;

crate::part! {
    /// Fractions of the trade's value.
    pub struct Percent as "percent": Copy {
        /// Commission as a fraction of the trade's value: 0.001 is ten basis points.
        commission: f64 => Number(Bounds::Rate), Number(0.0);
        /// Tax as a fraction of the trade's value, on buys and sells.
        tax: f64 => Number(Bounds::Rate), Number(0.0);
    }
}

impl Percent {
    /// The same model with all amounts multiplied.
    pub(super) fn times(&self, factor: f64) -> Percent {
        let (commission, tax) = (self.commission * factor, self.tax * factor);
        Percent { commission, tax }
    }
}

impl FeePart for Percent {
    fn in_words(&self) -> Vec<String> {
        let paid = self.rates().into_iter().filter(|(_, rate)| *rate != 0.0);
        let basis_points = |rate: f64| (rate * 1e8).round() / 1e4;
        paid.map(|(name, rate)| format!("{name} {} bp", basis_points(rate)))
            .collect()
    }

    fn may_exceed_value(&self) -> bool {
        self.commission + self.tax >= 1.0
    }

    fn is_per_share(&self) -> bool {
        false
    }

    fn rates(&self) -> Vec<(&'static str, f64)> {
        vec![("commission", self.commission), ("tax", self.tax)]
    }
}

/// Both fractions, by account.
#[derive(Clone, Debug)]
pub(crate) struct Fractions<const L: usize> {
    commission: Lanes<L>,
    tax: Lanes<L>,
}

impl<const L: usize> FeeLanes<L> for Percent {
    type Numbers = Fractions<L>;

    fn lanes(fees: [Percent; L]) -> Fractions<L> {
        Fractions {
            commission: Lanes(fees.map(|fees| fees.commission)),
            tax: Lanes(fees.map(|fees| fees.tax)),
        }
    }

    #[inline(always)]
    fn of_trade(
        fractions: &Fractions<L>,
        price: Lanes<L>,
        quantity: Lanes<L>,
        _: f64,
        basis: FeeBasis,
    ) -> Lanes<L> {
        let value = price * quantity;
        match basis {
            FeeBasis::Exact => fractions.of(value),
            FeeBasis::WholeUnits => fractions.of(value.map(whole_units)),
        }
    }

    #[inline(always)]
    fn of_target(fractions: &Fractions<L>, value: Lanes<L>, _: f64, _: f64) -> Lanes<L> {
        fractions.of(value)
    }
}

impl<const L: usize> Fractions<L> {
    #[inline(always)]
    fn of(&self, value: Lanes<L>) -> Lanes<L> {
        self.commission * value.abs() + self.tax * value.abs()
    }
}

/// To whole currency units, ties to even as Python's `round` breaks them.
///
/// The same as `f64::round_ties_even` but for the sign, which a fee does not have: that one is a
/// call into the C library on processors that have no instruction for it.
#[inline(always)]
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
