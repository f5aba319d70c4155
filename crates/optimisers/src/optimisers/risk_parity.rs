//! Every asset contributes its share of the risk.

use crate::covariance::Covariance;
use crate::failure::Failure;
use crate::linear::{add, dot};
use crate::optimiser::{Optimiser, normalise};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The greatest difference between a share of the risk and its budget.
const TOLERANCE: f64 = 1e-12;

/// Real covariances need a dozen or two.
const SWEEPS: usize = 10_000;

/// `w_i (Sw)_i / w'Sw = b_i`: each asset contributes its budget to the variance.
///
/// The weights are the normalised minimum of `½x'Sx - Σ b_i ln x_i` (Spinu, 2013, "An algorithm for
/// computing risk parity weights"; equal budgets: Maillard, Roncalli and Teïletche, 2010, "The
/// properties of equally weighted risk contribution portfolios"). It is found by cyclical coordinate
/// descent on correlations: Griveau-Billion, Richard and Roncalli (2013), arXiv:1311.4057.
///
/// Long only. It knows no other constraint than the net exposure: bounds and equal contributions
/// contradict each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RiskParity {
    /// The budgets, positive, in any unit; empty for equal ones.
    pub budgets: Vec<f64>,
}

impl Optimiser for RiskParity {
    fn name(&self) -> &'static str {
        "risk-parity"
    }

    fn weights(
        &self,
        problem: &Problem<'_>,
        workspace: &mut Workspace,
        weights: &mut [f64],
    ) -> Result<(), Failure> {
        problem.check(weights)?;
        problem.check_long_only(self.name())?;
        problem.covariance.all_move()?;
        let n = problem.assets();
        let scratch = &mut workspace.scratch;
        scratch.clear();
        scratch.resize(2 * n, 0.0);
        let (budgets, risks) = scratch.split_at_mut(n);
        self.write_budgets(budgets)?;
        descend(problem.covariance, budgets, risks, weights)?;
        let volatilities = problem.covariance.volatilities();
        let least = volatilities.iter().copied().fold(f64::INFINITY, f64::min);
        for (weight, volatility) in weights.iter_mut().zip(volatilities) {
            *weight *= least / volatility;
        }
        normalise(weights, problem.constraints.net);
        Ok(())
    }
}

impl RiskParity {
    /// The budgets as shares of 1.
    fn write_budgets(&self, shares: &mut [f64]) -> Result<(), Failure> {
        if self.budgets.is_empty() {
            let share = 1.0 / shares.len() as f64;
            shares.fill(share);
            return Ok(());
        }
        if self.budgets.len() != shares.len() {
            return Err(Failure::WrongLength {
                what: "risk budgets",
                expected: shares.len(),
                found: self.budgets.len(),
            });
        }
        for (asset, &budget) in self.budgets.iter().enumerate() {
            if !(budget > 0.0 && budget.is_finite()) {
                return Err(Failure::Budget { asset, budget });
            }
        }
        let greatest = self.budgets.iter().copied().fold(0.0, f64::max);
        for (share, budget) in shares.iter_mut().zip(&self.budgets) {
            *share = budget / greatest;
        }
        normalise(shares, 1.0);
        Ok(())
    }
}

/// Coordinate descent on correlations: `x` are weights times volatilities, up to a factor.
fn descend(
    covariance: &Covariance,
    budgets: &[f64],
    risks: &mut [f64],
    x: &mut [f64],
) -> Result<(), Failure> {
    let n = x.len();
    let correlations = covariance.correlations();
    for (x, budget) in x.iter_mut().zip(budgets) {
        *x = budget.sqrt();
    }
    multiply(correlations, x, risks);
    let variance = dot(x, risks);
    if variance > 0.0 {
        let scale = 1.0 / variance.sqrt();
        for (x, risk) in x.iter_mut().zip(&mut *risks) {
            *x *= scale;
            *risk *= scale;
        }
    }
    for _ in 0..SWEEPS {
        for (i, row) in correlations.chunks_exact(n).enumerate() {
            // The positive root of `x² + ax - b`, without cancellation.
            let a = risks[i] - x[i];
            let budget = budgets[i];
            let root = (a * a + 4.0 * budget).sqrt();
            let new = if a > 0.0 {
                2.0 * budget / (a + root)
            } else {
                0.5 * (root - a)
            };
            add(risks, new - x[i], row);
            x[i] = new;
        }
        multiply(correlations, x, risks);
        let variance = dot(x, risks);
        let difference = |((x, risk), budget): ((&f64, &f64), &f64)| {
            let share = x * risk / variance;
            (share - budget).abs()
        };
        let shares = x.iter().zip(&*risks).zip(budgets);
        if shares.map(difference).fold(0.0, f64::max) <= TOLERANCE {
            return Ok(());
        }
    }
    Err(Failure::NoConvergence { iterations: SWEEPS })
}

fn multiply(matrix: &[f64], x: &[f64], product: &mut [f64]) {
    product.fill(0.0);
    for (row, x) in matrix.chunks_exact(x.len()).zip(x) {
        add(product, *x, row);
    }
}
