//! Shrinkage of the sample covariance towards a multiple of the identity.

use crate::covariance::Covariance;
use crate::estimator::{Estimator, finish, sums_of_products};
use crate::failure::Failure;
use crate::linear::{dot, row_length};
use crate::returns::Returns;

/// The sample covariance, shrunk towards the mean variance on the diagonal: `(1 - δ)S + δμI`, where
/// `S = Y'Y/T`, `μ = tr S / n`, `δ = b²/d²`, `d² = |S - μI|² / n` and
/// `b² = min(d², ((1/T) Σ (y_t'y_t)² - |S|²) / (nT))`.
///
/// Ledoit and Wolf (2004), "A well-conditioned estimator for large-dimensional covariance matrices",
/// *Journal of Multivariate Analysis* 88. The same as `LedoitWolf` of scikit-learn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LedoitWolf;

impl Estimator for LedoitWolf {
    fn estimate(&self, returns: &Returns, covariance: &mut Covariance) -> Result<(), Failure> {
        sums_of_products(returns, covariance)?;
        let n = returns.assets();
        let assets = n as f64;
        let periods = returns.periods() as f64;
        let (entries, scratch) = covariance.parts();
        let mut trace = 0.0;
        for i in 0..n {
            for entry in &mut entries[i * n..=i * n + i] {
                *entry /= periods;
            }
            trace += entries[i * n + i];
        }
        let mean = trace / assets;
        // Everything in units of the mean variance: squares of squares of tiny returns vanish.
        let unit = if mean > 0.0 { mean } else { 1.0 };
        let mut squares = 0.0;
        let mut distance = 0.0;
        for i in 0..n {
            for entry in &entries[i * n..i * n + i] {
                let entry = entry / unit;
                squares += 2.0 * (entry * entry);
                distance += 2.0 * (entry * entry);
            }
            let variance = entries[i * n + i] / unit;
            squares += variance * variance;
            let excess = variance - mean / unit;
            distance += excess * excess;
        }
        distance /= assets;
        let mut fourth = 0.0;
        for row in scratch.chunks_exact(row_length(n)).skip(1) {
            let square = dot(row, row) / unit;
            fourth += square * square;
        }
        let noise = ((fourth / periods - squares) / (assets * periods)).min(distance);
        let shrinkage = if distance > 0.0 {
            noise / distance
        } else {
            0.0
        };
        for i in 0..n {
            for entry in &mut entries[i * n..=i * n + i] {
                *entry *= 1.0 - shrinkage;
            }
            entries[i * n + i] += shrinkage * mean;
        }
        finish(returns, covariance)
    }
}
