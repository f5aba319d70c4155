//! Weights may be negative; their absolute values are scaled to a gross leverage.

use super::part::{NEGLIGIBLE, Scaling, SizingLanes, SizingPart};
use crate::conventions::WeightScaling;
use crate::lanes::Lanes;

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
        gross_leverage: Lanes<L>,
        equity: Lanes<L>,
        _: Lanes<L>,
        gross: Lanes<L>,
        scaling: WeightScaling,
    ) -> (Lanes<L>, Scaling<L>) {
        let factor = match scaling {
            WeightScaling::AboveOne => gross_leverage / gross.at_least(Lanes::from(1.0)),
            WeightScaling::Always => gross_leverage.zip(gross, always_scaled),
        };
        (equity, Scaling::MultiplyBy(factor))
    }
}

#[inline(always)]
fn always_scaled(gross_leverage: f64, gross: f64) -> f64 {
    match gross.abs() <= NEGLIGIBLE {
        true => 1.0,
        false => gross_leverage / gross,
    }
}
