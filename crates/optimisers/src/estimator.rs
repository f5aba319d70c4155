//! What estimators of covariances have in common.

use crate::covariance::Covariance;
use crate::failure::Failure;
use crate::linear::{row_length, sum_products};
use crate::returns::Returns;

/// An estimator of a covariance matrix.
pub trait Estimator {
    /// Estimates the covariance of one period's returns into `covariance`.
    ///
    /// An asset whose return never changes in the window counts as one without variance, also where
    /// shrinkage gives it some: optimisers that divide by its risk name it.
    ///
    /// # Errors
    ///
    /// Too few returns; a setting outside of its range; sums that overflow.
    fn estimate(&self, returns: &Returns, covariance: &mut Covariance) -> Result<(), Failure>;
}

/// A standard deviation that is this fraction of the greatest return is what rounding leaves of an
/// asset that did not move.
const STILL: f64 = 1e-12;

/// The sums of products of deviations from the mean, `Y'Y`, on and below the diagonal; assets that
/// did not move have exact zeros. After the means,
/// `Y` is left in the scratch of `covariance`, in rows of [`row_length`].
pub(crate) fn sums_of_products(
    returns: &Returns,
    covariance: &mut Covariance,
) -> Result<(), Failure> {
    let n = returns.assets();
    let periods = returns.periods();
    if periods < 2 {
        return Err(Failure::TooFewReturns {
            needed: 2,
            found: periods,
        });
    }
    covariance.begin(n);
    let (sums, scratch) = covariance.parts();
    let length = row_length(n);
    scratch.clear();
    scratch.resize(length * (periods + 1), 0.0);
    let (means, deviations) = scratch.split_at_mut(length);
    let means = &mut means[..n];
    returns.means(means);
    for (row, own) in returns.rows().zip(deviations.chunks_exact_mut(length)) {
        for ((value, own), mean) in row.iter().zip(own).zip(&*means) {
            *own = value - mean;
        }
    }
    sum_products(sums, n, deviations);
    for i in 0..n {
        let (sums, scratch) = covariance.parts();
        let deviation = (sums[i * n + i] / (periods - 1) as f64).sqrt();
        // The mean of a constant return is that return; most assets need no second look.
        if deviation > 2.0 * STILL * scratch[i].abs() {
            continue;
        }
        let greatest = returns.rows().map(|row| row[i].abs()).fold(0.0, f64::max);
        if deviation <= STILL * greatest {
            for j in 0..n {
                sums[i.max(j) * n + i.min(j)] = 0.0;
            }
            for row in scratch[length..].chunks_exact_mut(length) {
                row[i] = 0.0;
            }
            covariance.mark_still(i);
        }
    }
    Ok(())
}

/// Mirrors and derives what follows from the entries, if they are finite.
pub(crate) fn finish(returns: &Returns, covariance: &mut Covariance) -> Result<(), Failure> {
    let n = returns.assets();
    let (entries, _) = covariance.parts();
    if let Some(at) = entries.iter().position(|entry| !entry.is_finite()) {
        return Err(Failure::NotFinite {
            what: "covariance matrix",
            asset: at / n,
            value: entries[at],
        });
    }
    covariance.finish();
    Ok(())
}
