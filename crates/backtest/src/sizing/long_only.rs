//! No weight may be negative; a buffer stays in cash.

use super::part::{NEGLIGIBLE, Scaling, SizingLanes, SizingPart};
use crate::conventions::WeightScaling;
use crate::lanes::Lanes;

crate::part! {
    /// Weights of the equity less a buffer; no weight may be negative.
    pub struct LongOnly as "long-only": Copy {
        /// The fraction of the equity that stays in cash.
        cash_buffer: f64 => Number(Bounds::Fraction), StandardNumber(0.0);
    }
}

impl LongOnly {
    pub(super) const ALLOWS_SHORTS: bool = false;
}

impl SizingPart for LongOnly {
    fn allows_shorts(&self) -> bool {
        LongOnly::ALLOWS_SHORTS
    }
}

impl<const L: usize> SizingLanes<L> for LongOnly {
    fn number(&self) -> f64 {
        self.cash_buffer
    }

    #[inline(always)]
    fn base_and_scale(
        cash_buffer: Lanes<L>,
        equity: Lanes<L>,
        sum: Lanes<L>,
        _: Lanes<L>,
        scaling: WeightScaling,
    ) -> (Lanes<L>, Scaling<L>) {
        (
            equity * (1.0 - cash_buffer),
            Scaling::divide_by(sum.map(|sum| long_only_divisor(sum, scaling))),
        )
    }
}

#[inline(always)]
fn long_only_divisor(sum: f64, scaling: WeightScaling) -> f64 {
    let left_as_they_are =
        sum.abs() <= NEGLIGIBLE || (scaling == WeightScaling::AboveOne && sum <= 1.0);
    if left_as_they_are { 1.0 } else { sum }
}
