//! Weights in inverse proportion to volatility.

use crate::failure::Failure;
use crate::optimiser::{Optimiser, normalise};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// `w_i ∝ 1/s_i`: risk parity if all correlations are equal.
///
/// Long only; it knows no other constraint than the net exposure.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct InverseVolatility;

impl Optimiser for InverseVolatility {
    fn name(&self) -> &'static str {
        "inverse-volatility"
    }

    fn weights(
        &self,
        problem: &Problem<'_>,
        _: &mut Workspace,
        weights: &mut [f64],
    ) -> Result<(), Failure> {
        problem.check(weights)?;
        problem.check_long_only(self.name())?;
        problem.covariance.all_move()?;
        // Relative to the least, so that no reciprocal overflows.
        let volatilities = problem.covariance.volatilities();
        let least = volatilities.iter().copied().fold(f64::INFINITY, f64::min);
        for (weight, volatility) in weights.iter_mut().zip(volatilities) {
            *weight = least / volatility;
        }
        normalise(weights, problem.constraints.net);
        Ok(())
    }
}
