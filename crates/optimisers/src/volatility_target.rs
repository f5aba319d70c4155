//! A portfolio scaled to a volatility.

use crate::covariance::Covariance;
use crate::failure::Failure;

/// Scales weights so that the portfolio's volatility in a year, `sqrt(P · w'Sw)`, is `target`, but
/// gross exposure is at most `max_gross`: 1 is no leverage. `periods_per_year` is P. What the weights
/// then lack of 1 is cash, and what they exceed it by is borrowed. Returns the factor.
///
/// # Errors
///
/// A target or a limit that is negative or NaN; a wrong number of weights; a portfolio without risk,
/// which no factor brings to a target.
pub fn target_volatility(
    covariance: &Covariance,
    weights: &mut [f64],
    target: f64,
    periods_per_year: f64,
    max_gross: f64,
) -> Result<f64, Failure> {
    if weights.len() != covariance.assets() {
        return Err(Failure::WrongLength {
            what: "weights",
            expected: covariance.assets(),
            found: weights.len(),
        });
    }
    let rule = "0 or more";
    for (name, value) in [
        ("the target of volatility", target),
        ("the limit of gross exposure", max_gross),
        ("the number of periods in a year", periods_per_year),
    ] {
        if value.is_nan() || value < 0.0 {
            return Err(Failure::Setting { name, value, rule });
        }
    }
    let volatility = (covariance.variance(weights) * periods_per_year).sqrt();
    let has_risk = volatility > 0.0;
    if !has_risk {
        return Err(Failure::ZeroRisk);
    }
    let gross: f64 = weights.iter().map(|weight| weight.abs()).sum();
    let factor = (target / volatility).min(max_gross / gross);
    for weight in weights {
        *weight *= factor;
    }
    Ok(factor)
}
