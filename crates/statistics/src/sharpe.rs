//! What a Sharpe ratio is worth: its standard error and what follows from it.

use crate::normal;
use crate::summation::{mean, pairwise_sum_by};

/// A Sharpe ratio and the moments on which its standard error depends. Nothing is annualised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SharpeEstimate {
    /// Mean over sample standard deviation of the returns.
    pub ratio: f64,
    /// Number of returns.
    pub n: usize,
    /// Biased skewness of the returns, `g₁`.
    pub skewness: f64,
    /// Biased kurtosis of the returns, `b₂`: 3 for a normal distribution.
    pub kurtosis: f64,
}

/// The distribution of an estimated Sharpe ratio, for returns that need not be normal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SharpeEvidence {
    /// Ends of the 95 % confidence interval, annualised.
    pub interval: (f64, f64),
    /// Probability that the true ratio is above zero: [`SharpeEstimate::probabilistic`] at 0.
    pub probabilistic: f64,
    /// Years of such returns needed before the ratio is above zero with 95 % confidence:
    /// [`SharpeEstimate::min_track_record`]. `None` when the ratio is not positive.
    pub min_track_record_years: Option<f64>,
}

/// The 97.5 % point of the standard normal distribution, correctly rounded: half the width of a
/// 95 % interval, in standard errors.
const Z_TWO_SIDED: f64 = 1.959_963_984_540_054;

/// The 95 % point.
const Z_ONE_SIDED: f64 = 1.644_853_626_951_472_2;

impl SharpeEstimate {
    /// From returns. `None` when they have no spread.
    pub fn of(returns: &[f64]) -> Option<SharpeEstimate> {
        let count = returns.len() as f64;
        let mean = mean(returns);
        let moment = |power: fn(f64) -> f64| {
            let term = |at: usize| power(returns[at] - mean);
            pairwise_sum_by(returns.len(), term) / count
        };
        let second = moment(|d| d * d);
        let has_spread = returns.len() >= 2 && second > 1e-26 * mean * mean && second > 0.0;
        has_spread.then(|| SharpeEstimate {
            ratio: mean / (second * count / (count - 1.0)).sqrt(),
            n: returns.len(),
            skewness: moment(|d| d * d * d) / (second * second.sqrt()),
            kurtosis: moment(|d| d * d * d * d) / (second * second),
        })
    }

    /// The standard error: `√((1 − g₁ SR + (b₂ − 1)/4 SR²) / (n − 1))`.
    ///
    /// `None` when it does not exist. Mertens (2002), Opdyke (2007).
    pub fn error(&self) -> Option<f64> {
        let spread = self.spread_at(self.ratio).filter(|_| self.n >= 2)?;
        Some((spread / (self.n - 1) as f64).sqrt())
    }

    /// The 95 % confidence interval of the ratio. `None` as for [`error`](Self::error).
    pub fn interval(&self) -> Option<(f64, f64)> {
        let reach = Z_TWO_SIDED * self.error()?;
        Some((self.ratio - reach, self.ratio + reach))
    }

    /// The probabilistic Sharpe ratio: the probability that the true ratio is above `threshold`.
    ///
    /// Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier" (2012).
    pub fn probabilistic(&self, threshold: f64) -> Option<f64> {
        Some(normal::cdf((self.ratio - threshold) / self.error()?))
    }

    /// The same with the revision of 2025: the error is taken at `threshold`, with the divisor `n`.
    ///
    /// López de Prado, Lipton and Zoonekynd, "Sharpe Ratio Inference" (2025).
    pub fn probabilistic_2025(&self, threshold: f64) -> Option<f64> {
        let spread = self.spread_at(threshold).filter(|_| self.n >= 1)?;
        let error = (spread / self.n as f64).sqrt();
        Some(normal::cdf((self.ratio - threshold) / error))
    }

    /// The minimum track record length: the number of such returns before the ratio is above
    /// `threshold` with the given confidence. `None` when the ratio is not above the threshold.
    ///
    /// Bailey and López de Prado (2012).
    pub fn min_track_record(&self, threshold: f64, confidence: f64) -> Option<f64> {
        self.track_record_beyond(threshold, normal::quantile(confidence))
    }

    /// Interval, probabilistic ratio and track record against zero at 95 %, the interval and the
    /// track record annualised. `None` as for [`error`](Self::error).
    pub fn evidence(&self, sessions_per_year: f64) -> Option<SharpeEvidence> {
        let per_year = sessions_per_year.sqrt();
        let (low, high) = self.interval()?;
        Some(SharpeEvidence {
            interval: (low * per_year, high * per_year),
            probabilistic: self.probabilistic(0.0)?,
            min_track_record_years: (self.track_record_beyond(0.0, Z_ONE_SIDED))
                .map(|needed| needed / sessions_per_year),
        })
    }

    /// * `z`: the confidence as a quantile of the standard normal distribution.
    fn track_record_beyond(&self, threshold: f64, z: f64) -> Option<f64> {
        let spread = self.spread_at(self.ratio)?;
        let needed = z / (self.ratio - threshold);
        (self.ratio > threshold).then_some(1.0 + spread * needed * needed)
    }

    /// The variance of the ratio's estimate times `n − 1`, were `ratio` the true one.
    fn spread_at(&self, ratio: f64) -> Option<f64> {
        let spread = 1.0 - self.skewness * ratio + (self.kurtosis - 1.0) / 4.0 * ratio * ratio;
        (spread > 0.0 && spread.is_finite()).then_some(spread)
    }
}

/// The factor that annualises a Sharpe ratio of returns with first-order autocorrelation `rho`:
/// `q / √(q + 2 Σ (q − k) ρᵏ)` over `k` below `q` sessions a year. `None` when it does not exist.
///
/// Lo, "The Statistics of Sharpe Ratios" (2002), the AR(1) case.
pub fn autocorrelation_factor(rho: f64, sessions_per_year: f64) -> Option<f64> {
    if rho.is_nan() || rho.abs() >= 1.0 {
        return None;
    }
    let q = sessions_per_year.round();
    let (mut sum, mut power) = (0.0, 1.0);
    for k in 1..q as u32 {
        power *= rho;
        sum += (q - f64::from(k)) * power;
    }
    let variance = q + 2.0 * sum;
    (variance > 0.0).then(|| q / variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_quantiles_but_for_rounding() {
        assert!((Z_TWO_SIDED - normal::quantile(0.975)).abs() < 1e-15);
        assert!((Z_ONE_SIDED - normal::quantile(0.95)).abs() < 1e-15);
    }
}
