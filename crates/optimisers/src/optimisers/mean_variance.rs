//! Expected return against variance.

use crate::failure::Failure;
use crate::optimiser::Optimiser;
use crate::problem::Problem;
use crate::quadratic::Objective;
use crate::workspace::Workspace;

/// `max m'w - (λ/2) w'Sw - κ Σ|w_i - c_i|`, where `m` are expected returns, λ is the risk aversion, κ
/// the turnover penalty and `c` the current weights.
///
/// The half is that of textbooks and PyPortfolioOpt; skfolio and Riskfolio-Lib have none, so that
/// their λ is half of this one. λ has to match the period: expected returns and covariances of a
/// year go with the λ of a year only together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanVariance {
    /// λ, positive.
    pub risk_aversion: f64,
}

impl Optimiser for MeanVariance {
    fn name(&self) -> &'static str {
        "mean-variance"
    }

    fn needs_expected_returns(&self) -> bool {
        true
    }

    fn weights(
        &self,
        problem: &Problem<'_>,
        workspace: &mut Workspace,
        weights: &mut [f64],
    ) -> Result<(), Failure> {
        problem.check(weights)?;
        problem.check_expected_returns()?;
        if !(self.risk_aversion > 0.0 && self.risk_aversion.is_finite()) {
            return Err(Failure::Setting {
                name: "the risk aversion",
                value: self.risk_aversion,
                rule: "positive",
            });
        }
        let objective = Objective::Utility {
            expected: problem.expected_returns,
            risk_aversion: self.risk_aversion,
        };
        workspace.quadratic.solve(problem, objective, weights)
    }
}
