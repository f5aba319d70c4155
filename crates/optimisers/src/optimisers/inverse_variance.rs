//! Weights in inverse proportion to variance.

use crate::failure::Failure;
use crate::optimiser::{Optimiser, normalise};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// `w_i ∝ 1/S_ii`: minimum variance if all correlations are zero.
///
/// Long only; it knows no other constraint than the net exposure.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct InverseVariance;

impl Optimiser for InverseVariance {
    fn name(&self) -> &'static str {
        "inverse-variance"
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
        let volatilities = problem.covariance.volatilities();
        let least = volatilities.iter().copied().fold(f64::INFINITY, f64::min);
        for (weight, volatility) in weights.iter_mut().zip(volatilities) {
            let ratio = least / volatility;
            *weight = ratio * ratio;
        }
        normalise(weights, problem.constraints.net);
        Ok(())
    }
}
