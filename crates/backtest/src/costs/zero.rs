//! No fees.

use super::lanes::FeeLanes;
use super::part::FeePart;
use crate::conventions::FeeBasis;

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

    fn rates(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }
}

/// Nothing, for each account.
#[derive(Clone, Debug)]
pub(crate) struct Lanes;

impl<const L: usize> FeeLanes<L> for Zero {
    type Lanes = Lanes;

    fn lanes(_: [Zero; L]) -> Lanes {
        Lanes
    }

    #[inline(always)]
    fn of_trade(_: &Lanes, _: &[f64; L], _: &[f64; L], _: FeeBasis) -> [f64; L] {
        [0.0; L]
    }

    #[inline(always)]
    fn of_target(_: &Lanes, _: &[f64; L], _: f64) -> [f64; L] {
        [0.0; L]
    }
}
