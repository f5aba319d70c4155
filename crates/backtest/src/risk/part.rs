//! What the engine asks of a risk model.

use crate::alpha::{AsOf, Weights};
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

/// What the engine asks of a risk model.
pub(crate) trait RiskPart {
    /// Adjusts all weights of a decision. What has no weight gets none.
    ///
    /// * `buffer`: memory that is kept from one decision to the next.
    fn apply(&self, as_of: AsOf<'_>, weights: &mut Weights, buffer: &mut Vec<f64>);

    /// Finds what does not go with the strategy, where its conventions apply risk models.
    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>);
}
