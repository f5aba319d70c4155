//! What weights are chosen from.

use crate::constraints::Constraints;
use crate::covariance::Covariance;
use crate::failure::Failure;

/// What weights are chosen from.
#[derive(Clone, Copy, Debug)]
pub struct Problem<'a> {
    /// The covariance of one period's returns.
    pub covariance: &'a Covariance,
    /// The expected return of each asset in one period; empty for methods that need none.
    pub expected_returns: &'a [f64],
    /// The weights held now; empty where turnover does not matter.
    pub current: &'a [f64],
    /// What the weights have to keep.
    pub constraints: &'a Constraints,
}

impl Problem<'_> {
    /// How many assets there are.
    pub(crate) fn assets(&self) -> usize {
        self.covariance.assets()
    }

    /// Checks what all methods rely on.
    pub(crate) fn check(&self, weights: &[f64]) -> Result<(), Failure> {
        let assets = self.assets();
        if assets == 0 {
            return Err(Failure::NoAssets);
        }
        if weights.len() != assets {
            return Err(Failure::WrongLength {
                what: "weights",
                expected: assets,
                found: weights.len(),
            });
        }
        self.constraints.check(assets, self.current)
    }

    /// Checks the expected returns.
    pub(crate) fn check_expected_returns(&self) -> Result<(), Failure> {
        let expected = self.assets();
        let found = self.expected_returns.len();
        let what = "expected returns";
        if found != expected {
            return Err(Failure::WrongLength {
                what,
                expected,
                found,
            });
        }
        match self.expected_returns.iter().position(|m| !m.is_finite()) {
            Some(asset) => Err(Failure::NotFinite {
                what,
                asset,
                value: self.expected_returns[asset],
            }),
            None => Ok(()),
        }
    }

    /// Refuses constraints that a method without a solver cannot keep.
    pub(crate) fn check_long_only(&self, optimiser: &'static str) -> Result<(), Failure> {
        match self.constraints.beyond_long_only() {
            Some(constraint) => Err(Failure::ConstraintUnknown {
                optimiser,
                constraint,
            }),
            None => Ok(()),
        }
    }
}
