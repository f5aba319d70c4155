//! Exponentially weighted covariance.

use crate::covariance::Covariance;
use crate::estimator::{Estimator, finish};
use crate::failure::Failure;
use crate::linear::{row_length, sum_products};
use crate::returns::Returns;

/// Exponentially weighted products of returns around a mean of zero:
/// `A_t = λ A_(t-1) + (1 - λ) x_t x_t'` from `A_0 = 0`, divided by `1 - λ^T`. The last return weighs
/// most, and the weights sum to 1.
///
/// J.P. Morgan/Reuters, *RiskMetrics Technical Document* (1996), chapter 5, with λ = 0.94 for days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ewma {
    /// λ, above 0 and below 1: by what the weight of a return shrinks with each period.
    pub decay: f64,
}

impl Ewma {
    /// The decay that halves a weight in `periods` periods: `λ = 2^(-1/h)`.
    pub fn half_life(periods: f64) -> Self {
        Self {
            decay: libm::exp2(-1.0 / periods),
        }
    }
}

impl Estimator for Ewma {
    fn estimate(&self, returns: &Returns, covariance: &mut Covariance) -> Result<(), Failure> {
        let decay = self.decay;
        if !(decay > 0.0 && decay < 1.0) {
            return Err(Failure::Setting {
                name: "the decay of the weights",
                value: decay,
                rule: "between 0 and 1",
            });
        }
        let n = returns.assets();
        if returns.periods() == 0 {
            return Err(Failure::TooFewReturns {
                needed: 1,
                found: 0,
            });
        }
        covariance.begin(n);
        let (entries, scratch) = covariance.parts();
        // From the newest return back, so that the weights are products of λ and their sum comes
        // along; a common factor of 1 - λ would cancel.
        scratch.clear();
        let mut weight = 1.0_f64;
        let mut total = 0.0;
        for row in returns.rows().rev() {
            let root = weight.sqrt();
            scratch.extend(row.iter().map(|value| root * value));
            scratch.resize(scratch.len().next_multiple_of(row_length(n)), 0.0);
            total += weight;
            weight *= decay;
        }
        sum_products(entries, n, scratch);
        for entry in entries {
            *entry /= total;
        }
        finish(returns, covariance)
    }
}
