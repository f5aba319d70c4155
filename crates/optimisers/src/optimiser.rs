//! What optimisers have in common.

use crate::failure::Failure;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// A way to choose weights.
pub trait Optimiser {
    /// What the method is called.
    fn name(&self) -> &'static str;

    /// Whether the method reads expected returns.
    fn needs_expected_returns(&self) -> bool {
        false
    }

    /// Writes one weight per asset into `weights`. A bound that is reached is reached exactly, and
    /// what should not be held is exactly 0. The answer depends on nothing but the problem, however
    /// often the workspace was used before.
    ///
    /// # Errors
    ///
    /// [`Failure`] says what is at fault; `weights` then hold nothing of use.
    fn weights(
        &self,
        problem: &Problem<'_>,
        workspace: &mut Workspace,
        weights: &mut [f64],
    ) -> Result<(), Failure>;
}

/// Scales positive numbers so that they sum to `net`.
pub(crate) fn normalise(weights: &mut [f64], net: f64) {
    let sum: f64 = weights.iter().sum();
    for weight in weights {
        *weight = *weight / sum * net;
    }
}
