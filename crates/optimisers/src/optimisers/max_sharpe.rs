//! The portfolio with the greatest Sharpe ratio.

use crate::failure::Failure;
use crate::optimiser::Optimiser;
use crate::problem::Problem;
use crate::ratio;
use crate::workspace::Workspace;

/// `max (m - r)'w / sqrt(w'Sw)`, where `m` are expected returns and `r` is the risk-free rate.
///
/// Long only without other limits by an active set, else by the homogenisation of Charnes and Cooper
/// (1962), "Programming with linear fractional functionals". If no portfolio has a positive expected
/// excess return, that is an error: the least bad ratio would reward risk.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MaxSharpe {
    /// The risk-free rate of one period.
    pub risk_free: f64,
}

impl Optimiser for MaxSharpe {
    fn name(&self) -> &'static str {
        "max-sharpe"
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
        if !self.risk_free.is_finite() {
            return Err(Failure::Setting {
                name: "the risk-free rate",
                value: self.risk_free,
                rule: "a finite number",
            });
        }
        // Taken out for as long as the workspace is lent.
        let mut excess = std::mem::take(&mut workspace.scratch);
        excess.clear();
        let returns = problem.expected_returns.iter();
        excess.extend(returns.map(|m| m - self.risk_free));
        let outcome = ratio::maximise(self.name(), problem, &excess, workspace, weights);
        workspace.scratch = excess;
        outcome
    }
}
