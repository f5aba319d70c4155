//! The portfolio with the least variance.

use crate::failure::Failure;
use crate::non_negative::Outcome;
use crate::optimiser::{Optimiser, normalise};
use crate::problem::Problem;
use crate::quadratic::Objective;
use crate::unconstrained;
use crate::workspace::Workspace;

/// `min w'Sw + κ Σ|w_i - c_i|`, where κ is the turnover penalty and `c` are the current weights.
///
/// Long only without other limits by an active set; without any limit it is `S⁻¹1 / 1'S⁻¹1`. Assets
/// without variance, if there are any, are held alone and in equal parts: it is the optimum, and
/// nearly always bad data.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MinVariance;

impl Optimiser for MinVariance {
    fn name(&self) -> &'static str {
        "min-variance"
    }

    fn weights(
        &self,
        problem: &Problem<'_>,
        workspace: &mut Workspace,
        weights: &mut [f64],
    ) -> Result<(), Failure> {
        problem.check(weights)?;
        let constraints = problem.constraints;
        let covariance = problem.covariance;
        let has_no_shorts = constraints.lower.iter().all(|lower| *lower >= 0.0);
        if constraints.are_free() {
            let cholesky = &mut workspace.cholesky;
            if unconstrained::solve(covariance, cholesky, |_| 1.0, weights) {
                normalise(weights, constraints.net);
                return Ok(());
            }
        } else if has_no_shorts && constraints.net > 0.0 && constraints.turnover_penalty == 0.0 {
            let volatilities = covariance.volatilities();
            let mut is_known = true;
            if volatilities.contains(&0.0) {
                for (weight, volatility) in weights.iter_mut().zip(volatilities) {
                    *weight = if *volatility == 0.0 { 1.0 } else { 0.0 };
                }
            } else {
                let outcome = workspace.non_negative.solve(covariance, |_| 1.0, weights);
                is_known = outcome != Outcome::Unfinished;
            }
            normalise(weights, constraints.net);
            // What is best without the other limits and keeps them is best with them.
            if is_known && constraints.are_kept(weights, problem.current) {
                return Ok(());
            }
        }
        workspace
            .quadratic
            .solve(problem, Objective::Variance, weights)
    }
}
