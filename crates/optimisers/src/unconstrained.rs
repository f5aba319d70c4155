//! Portfolios without any limit but their sum.

use crate::covariance::Covariance;
use crate::linear::Cholesky;

/// Below this pivot the correlation matrix counts as singular.
const SINGULAR: f64 = 1e-12;

/// Solves `S x = g`. `false` if the correlation matrix is singular; then `x` holds nothing of use.
pub(crate) fn solve(
    covariance: &Covariance,
    cholesky: &mut Cholesky,
    g: impl Fn(usize) -> f64,
    x: &mut [f64],
) -> bool {
    let n = covariance.assets();
    let volatilities = covariance.volatilities();
    let least = volatilities.iter().copied().fold(f64::INFINITY, f64::min);
    cholesky.begin(n);
    for (i, row) in covariance.correlations().chunks_exact(n).enumerate() {
        if !cholesky.push(&row[..=i], 0.0, SINGULAR) {
            return false;
        }
    }
    // In units of the least volatility, so that nothing overflows; the sum is normalised later.
    for (i, (x, volatility)) in x.iter_mut().zip(volatilities).enumerate() {
        *x = g(i) * (least / volatility);
    }
    cholesky.solve(x);
    for (x, volatility) in x.iter_mut().zip(volatilities) {
        *x *= least / volatility;
    }
    true
}
