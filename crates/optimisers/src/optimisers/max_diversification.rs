//! The most diversified portfolio.

use crate::failure::Failure;
use crate::optimiser::Optimiser;
use crate::problem::Problem;
use crate::ratio;
use crate::workspace::Workspace;

/// `max s'w / sqrt(w'Sw)`, where `s` are volatilities: the weighted mean volatility of what is held,
/// compared with the volatility of the whole.
///
/// Choueifaty and Coignard (2008), "Toward maximum diversification", *Journal of Portfolio
/// Management* 35(1).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MaxDiversification;

impl Optimiser for MaxDiversification {
    fn name(&self) -> &'static str {
        "max-diversification"
    }

    fn weights(
        &self,
        problem: &Problem<'_>,
        workspace: &mut Workspace,
        weights: &mut [f64],
    ) -> Result<(), Failure> {
        problem.check(weights)?;
        let volatilities = problem.covariance.volatilities();
        ratio::maximise(self.name(), problem, volatilities, workspace, weights)
    }
}
