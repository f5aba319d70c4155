//! No fees.

use super::lanes::FeeLanes;
use super::part::FeePart;
use crate::conventions::FeeBasis;
use crate::lanes::Lanes;

crate::part! {
    /// None.
    pub struct Zero as "zero": Copy;
}

impl Zero {
    /// The same model with all amounts multiplied.
    pub(super) fn times(&self, _: f64) -> Zero {
        *self
    }
}

impl FeePart for Zero {
    fn in_words(&self) -> Vec<String> {
        Vec::new()
    }

    fn may_exceed_value(&self) -> bool {
        false
    }

    fn is_per_share(&self) -> bool {
        false
    }

    fn rates(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }
}

/// Nothing, for each account.
#[derive(Clone, Debug)]
pub(crate) struct Nothing;

impl<const L: usize> FeeLanes<L> for Zero {
    type Numbers = Nothing;

    fn lanes(_: [Zero; L]) -> Nothing {
        Nothing
    }

    #[inline(always)]
    fn of_trade(_: &Nothing, _: Lanes<L>, _: Lanes<L>, _: f64, _: FeeBasis) -> Lanes<L> {
        Lanes::ZERO
    }

    #[inline(always)]
    fn of_target(_: &Nothing, _: Lanes<L>, _: f64, _: f64) -> Lanes<L> {
        Lanes::ZERO
    }
}
