//! Portfolios with the greatest ratio of a sum to their risk.

use crate::failure::Failure;
use crate::non_negative::Outcome;
use crate::optimiser::normalise;
use crate::problem::Problem;
use crate::quadratic::Objective;
use crate::unconstrained;
use crate::workspace::Workspace;

/// Writes the weights with the greatest `a'w / sqrt(w'Sw)`. All assets have to have some variance.
pub(crate) fn maximise(
    optimiser: &'static str,
    problem: &Problem<'_>,
    numerator: &[f64],
    workspace: &mut Workspace,
    weights: &mut [f64],
) -> Result<(), Failure> {
    let constraints = problem.constraints;
    if constraints.turnover_penalty > 0.0 {
        return Err(Failure::ConstraintUnknown {
            optimiser,
            constraint: "turnover penalty",
        });
    }
    let net = constraints.net;
    if net <= 0.0 {
        return Err(Failure::Setting {
            name: "the net exposure",
            value: net,
            rule: "positive: a ratio says nothing of how much to hold",
        });
    }
    problem.covariance.all_move()?;
    if constraints.are_free() {
        let cholesky = &mut workspace.cholesky;
        if unconstrained::solve(problem.covariance, cholesky, |i| numerator[i], weights) {
            // A portfolio that sums to zero or less is no multiple of an invested one.
            let is_investment = weights.iter().sum::<f64>() > 0.0;
            if !is_investment {
                return Err(Failure::Unbounded);
            }
            normalise(weights, net);
            return Ok(());
        }
    } else if constraints.lower.iter().all(|lower| *lower >= 0.0) {
        let best = numerator.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if best <= 0.0 {
            return Err(Failure::NoPositiveExcessReturn { best: best * net });
        }
        // What is best without the other limits and keeps them is best with them.
        let covariance = problem.covariance;
        let outcome = workspace
            .non_negative
            .solve(covariance, |i| numerator[i], weights);
        normalise(weights, net);
        if constraints.are_kept(weights, problem.current) {
            match outcome {
                Outcome::Optimum => return Ok(()),
                Outcome::Riskless => return Err(Failure::ZeroRisk),
                // The numerator of some asset is positive.
                Outcome::Zero | Outcome::Unfinished => {}
            }
        }
    }
    let objective = Objective::Ratio { numerator };
    workspace.quadratic.solve(problem, objective, weights)
}
