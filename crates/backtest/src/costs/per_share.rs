//! An amount per share.

use std::array::from_fn;

use super::lanes::FeeLanes;
use super::part::FeePart;
use crate::conventions::FeeBasis;

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

    fn rates(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }
}

/// Both amounts, by account.
#[derive(Clone, Debug)]
pub(crate) struct Lanes<const L: usize> {
    per_share: [f64; L],
    minimum: [f64; L],
}

impl<const L: usize> FeeLanes<L> for PerShare {
    type Lanes = Lanes<L>;

    fn lanes(fees: [PerShare; L]) -> Lanes<L> {
        Lanes {
            per_share: fees.map(|fees| fees.per_share),
            minimum: fees.map(|fees| fees.minimum),
        }
    }

    #[inline(always)]
    fn of_trade(lanes: &Lanes<L>, _: &[f64; L], quantity: &[f64; L], _: FeeBasis) -> [f64; L] {
        from_fn(|lane| match quantity[lane].abs() {
            0.0 => 0.0,
            quantity => (lanes.per_share[lane] * quantity).max(lanes.minimum[lane]),
        })
    }

    #[inline(always)]
    fn of_target(lanes: &Lanes<L>, value: &[f64; L], price: f64) -> [f64; L] {
        from_fn(|lane| match value[lane] {
            0.0 => 0.0,
            value => (lanes.per_share[lane] * (value / price).abs()).max(lanes.minimum[lane]),
        })
    }
}
