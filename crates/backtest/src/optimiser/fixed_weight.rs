//! The alpha model's weights as they are.

use super::part::OptimiserPart;
use crate::alpha::Weights;
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};
use crate::market::AssetId;

crate::part! {
    /// Keeps the alpha model's weights.
    pub struct FixedWeight as "fixed-weight": Copy;
}

impl OptimiserPart for FixedWeight {
    fn apply(&self, _: &mut Weights, _: &[AssetId]) {}

    fn check(&self, _: &Context<'_>, _: &Place<'_>, _: &mut Vec<Mistake>) {}
}
