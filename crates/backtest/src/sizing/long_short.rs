//! Weights may be negative; their absolute values are scaled to a gross leverage.

use std::array::from_fn;

use super::part::{NEGLIGIBLE, Scaling, SizingLanes, SizingPart};
use crate::conventions::WeightScaling;

crate::part! {
    /// Weights may be negative; their absolute values are scaled to the gross leverage.
    pub struct LongShort as "long-short": Copy {
        /// Gross exposure over equity.
        gross_leverage: f64 => Number(Bounds::Positive), StandardNumber(1.0);
    }
}

impl LongShort {
    pub(super) const ALLOWS_SHORTS: bool = true;
}

impl SizingPart for LongShort {
    fn allows_shorts(&self) -> bool {
        LongShort::ALLOWS_SHORTS
    }
}

impl<const L: usize> SizingLanes<L> for LongShort {
    fn number(&self) -> f64 {
        self.gross_leverage
    }

    #[inline(always)]
    fn base_and_scale(
        gross_leverage: &[f64; L],
        equity: &[f64; L],
        _: &[f64; L],
        gross: &[f64; L],
        scaling: WeightScaling,
    ) -> ([f64; L], Scaling<L>) {
        let factor = |lane: usize| long_short_factor(gross[lane], gross_leverage[lane], scaling);
        (*equity, Scaling::MultiplyBy(from_fn(factor)))
    }
}

#[inline(always)]
fn long_short_factor(gross: f64, gross_leverage: f64, scaling: WeightScaling) -> f64 {
    match scaling {
        WeightScaling::AboveOne => gross_leverage / gross.max(1.0),
        WeightScaling::Always if gross.abs() <= NEGLIGIBLE => 1.0,
        WeightScaling::Always => gross_leverage / gross,
    }
}
