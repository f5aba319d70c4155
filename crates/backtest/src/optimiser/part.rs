//! What the engine asks of an optimiser.

use super::plan::Plan;
use crate::alpha::{Binding, UnknownSymbol, Weights};
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};
use crate::market::AssetId;

/// What the engine asks of an optimiser.
pub(crate) trait OptimiserPart {
    /// Turns alpha weights into portfolio weights, if that takes nothing else. `members` may be held
    /// now.
    fn apply(&self, weights: &mut Weights, members: &[AssetId]) {
        let _ = (weights, members);
    }

    /// What it does at decisions, if it looks at prices: then [`apply`](Self::apply) is not called.
    fn plan(&self, binding: &Binding<'_>) -> Result<Option<Plan>, UnknownSymbol> {
        let _ = binding;
        Ok(None)
    }

    /// Finds what does not go with the strategy.
    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>);
}
