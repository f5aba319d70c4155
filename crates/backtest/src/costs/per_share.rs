//! An amount per share.

use super::lanes::FeeLanes;
use super::part::FeePart;
use crate::conventions::FeeBasis;
use crate::lanes::Lanes;

crate::part! {
    /// An amount per share, with a minimum per order.
    pub struct PerShare as "per-share": Copy {
        /// Currency units per share.
        per_share: f64 => Number(Bounds::NotNegative), Required;
        /// Currency units per order, at least.
        minimum: f64 => Number(Bounds::NotNegative), Number(0.0);
    }
}

impl PerShare {
    /// The same model with all amounts multiplied.
    pub(super) fn times(&self, factor: f64) -> PerShare {
        let (per_share, minimum) = (self.per_share * factor, self.minimum * factor);
        PerShare { per_share, minimum }
    }
}

impl FeePart for PerShare {
    fn in_words(&self) -> Vec<String> {
        let PerShare { per_share, minimum } = self;
        vec![format!(
            "commission {per_share} a share, at least {minimum} an order"
        )]
    }

    fn may_exceed_value(&self) -> bool {
        self.per_share > 0.0 || self.minimum > 0.0
    }

    fn is_per_share(&self) -> bool {
        self.per_share > 0.0
    }

    fn rates(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }
}

/// Both amounts, by account.
#[derive(Clone, Debug)]
pub(crate) struct Amounts<const L: usize> {
    per_share: Lanes<L>,
    minimum: Lanes<L>,
}

impl<const L: usize> FeeLanes<L> for PerShare {
    type Numbers = Amounts<L>;

    fn lanes(fees: [PerShare; L]) -> Amounts<L> {
        Amounts {
            per_share: Lanes(fees.map(|fees| fees.per_share)),
            minimum: Lanes(fees.map(|fees| fees.minimum)),
        }
    }

    #[inline(always)]
    fn of_trade(
        amounts: &Amounts<L>,
        _: Lanes<L>,
        quantity: Lanes<L>,
        real: f64,
        _: FeeBasis,
    ) -> Lanes<L> {
        let shares = quantity.abs() * real;
        amounts.of(shares).where_not_zero(shares)
    }

    #[inline(always)]
    fn of_target(amounts: &Amounts<L>, value: Lanes<L>, price: f64, real: f64) -> Lanes<L> {
        let shares = (value / price).abs() * real;
        amounts.of(shares).where_not_zero(value)
    }
}

impl<const L: usize> Amounts<L> {
    #[inline(always)]
    fn of(&self, shares: Lanes<L>) -> Lanes<L> {
        (self.per_share * shares).at_least(self.minimum)
    }
}
