//! What the engine asks of a risk model.

use crate::alpha::Weights;
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

/// What the engine asks of a risk model.
pub(crate) trait RiskPart {
    /// The adjusted weight. Zero stays zero.
    fn adjust(&self, weight: f64) -> f64;

    /// Adjusts all weights of a decision.
    fn apply(&self, weights: &mut Weights) {
        weights.change_each(|weight| self.adjust(weight));
    }

    /// Finds what does not go with the strategy, where its conventions apply risk models.
    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>);
}
