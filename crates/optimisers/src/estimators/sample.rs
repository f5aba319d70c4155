//! The sample covariance.

use crate::covariance::Covariance;
use crate::estimator::{Estimator, finish, sums_of_products};
use crate::failure::Failure;
use crate::returns::Returns;

/// The unbiased sample covariance `Y'Y / (T - 1)`, where `Y` are the deviations of `T` returns from
/// their means.
///
/// With fewer returns than assets it is singular: some portfolio has no risk at all in the sample.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample;

impl Estimator for Sample {
    fn estimate(&self, returns: &Returns, covariance: &mut Covariance) -> Result<(), Failure> {
        sums_of_products(returns, covariance)?;
        let degrees = (returns.periods() - 1) as f64;
        for entry in covariance.parts().0 {
            *entry /= degrees;
        }
        finish(returns, covariance)
    }
}
