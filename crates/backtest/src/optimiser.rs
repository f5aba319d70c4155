//! Optimisers: from alpha weights to portfolio weights.

mod equal_weight;
mod fixed_weight;

use crate::alpha::Weights;
use crate::check_context::Context;
use crate::declaration::{At, Mistake};
use crate::market::AssetId;

pub use equal_weight::EqualWeight;
pub use fixed_weight::FixedWeight;

crate::parts! {
    /// How alpha weights become portfolio weights: the optimisers that a strategy can name.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Optimiser: OptimiserPart {
        FixedWeight,
        EqualWeight(EqualWeight),
    }
}

/// What the engine asks of an optimiser.
pub(crate) trait OptimiserPart {
    /// Turns alpha weights into portfolio weights. `members` may be held now.
    fn apply(&self, weights: &mut Weights, members: &[AssetId]);

    /// Finds what does not go with the strategy.
    fn check(&self, context: &Context<'_>, at: &At<'_>, mistakes: &mut Vec<Mistake>);
}
