//! The same weight for all that the alpha model names.

use super::part::OptimiserPart;
use crate::alpha::Weights;
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};
use crate::market::AssetId;

crate::part! {
    /// `scale / n` for each of the `n` assets that the alpha model names, zero weights too.
    pub struct EqualWeight as "equal-weight": Copy {
        /// What the equal weights sum to.
        scale: f64 => Number(Bounds::Any), Number(1.0);
    }
}

impl OptimiserPart for EqualWeight {
    fn apply(&self, weights: &mut Weights, members: &[AssetId]) {
        if weights.covers() {
            for &asset in members {
                if !weights.mentions(asset) {
                    weights.set(asset, 0.0);
                }
            }
        }
        let weight = self.scale * (1.0 / weights.entries().len() as f64);
        weights.change_each(|_| weight);
    }

    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        context.check_sign(self.scale, || at.key("scale"), mistakes);
    }
}
