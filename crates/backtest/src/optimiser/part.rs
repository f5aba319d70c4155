//! What the engine asks of an optimiser.

use crate::alpha::Weights;
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};
use crate::market::AssetId;

/// What the engine asks of an optimiser.
pub(crate) trait OptimiserPart {
    /// Turns alpha weights into portfolio weights. `members` may be held now.
    fn apply(&self, weights: &mut Weights, members: &[AssetId]);

    /// Finds what does not go with the strategy.
    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>);
}
