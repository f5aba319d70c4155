//! Weights as they are; what is above one is borrowed.

use super::part::{Scaling, SizingLanes, SizingPart};
use crate::conventions::WeightScaling;
use crate::lanes::Lanes;

crate::part! {
    /// Weights as they are, also negative ones: a sum above one is borrowed, one below leaves cash. Where their absolute values sum to more than the highest leverage, they are scaled down to it.
    pub struct Leveraged as "leveraged": Copy {
        /// The highest gross exposure over equity.
        max_leverage: f64 => Number(Bounds::Positive), Number(2.0);
    }
}

impl Leveraged {
    pub(super) const ALLOWS_SHORTS: bool = true;
}

impl SizingPart for Leveraged {
    fn allows_shorts(&self) -> bool {
        Leveraged::ALLOWS_SHORTS
    }
}

impl<const L: usize> SizingLanes<L> for Leveraged {
    fn number(&self) -> f64 {
        self.max_leverage
    }

    #[inline(always)]
    fn base_and_scale(
        max_leverage: Lanes<L>,
        equity: Lanes<L>,
        _: Lanes<L>,
        gross: Lanes<L>,
        _: WeightScaling,
    ) -> (Lanes<L>, Scaling<L>) {
        let factor = max_leverage / gross.at_least(max_leverage);
        (equity, Scaling::MultiplyBy(factor))
    }
}
