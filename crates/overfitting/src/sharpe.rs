//! What one Sharpe ratio is worth.

use backtest::statistics::sharpe_error;

use crate::normal;

/// A Sharpe ratio and what its error depends on. Nothing is annualised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Mean over sample standard deviation of the returns.
    pub ratio: f64,
    /// How many returns.
    pub n: usize,
    /// Their biased skewness.
    pub skewness: f64,
    /// Their biased kurtosis, 3 for a normal distribution.
    pub kurtosis: f64,
}

impl Estimate {
    /// From returns; `None` without a spread.
    pub fn of(returns: &[f64]) -> Option<Estimate> {
        let count = returns.len() as f64;
        let mean = backtest::summation::mean(returns);
        let moment = |power: fn(f64) -> f64| {
            let term = |at: usize| power(returns[at] - mean);
            backtest::summation::pairwise_sum_by(returns.len(), term) / count
        };
        let second = moment(|d| d * d);
        let has_spread = returns.len() >= 2 && second > 1e-26 * mean * mean && second > 0.0;
        has_spread.then(|| Estimate {
            ratio: mean / (second * count / (count - 1.0)).sqrt(),
            n: returns.len(),
            skewness: moment(|d| d * d * d) / (second * second.sqrt()),
            kurtosis: moment(|d| d * d * d * d) / (second * second),
        })
    }

    /// The standard error: `√((1 − g₃ SR + (g₄ − 1)/4 SR²) / (n − 1))`.
    ///
    /// `None` when it does not exist. Mertens (2002), Opdyke (2007).
    pub fn error(&self) -> Option<f64> {
        sharpe_error(self.ratio, self.skewness, self.kurtosis, self.n)
    }

    /// The probabilistic Sharpe ratio: how sure one can be that the true ratio is above `against`.
    ///
    /// Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier" (2012).
    pub fn probabilistic(&self, against: f64) -> Option<f64> {
        Some(normal::cdf((self.ratio - against) / self.error()?))
    }

    /// The same with the revision of 2025: the error is taken at `against`, with the divisor `n`.
    ///
    /// López de Prado, Lipton and Zoonekynd, "Sharpe Ratio Inference" (2025).
    pub fn probabilistic_2025(&self, against: f64) -> Option<f64> {
        let error = sharpe_error(against, self.skewness, self.kurtosis, self.n + 1)?;
        Some(normal::cdf((self.ratio - against) / error))
    }

    /// How many such returns it takes before the ratio is above `against` with so much
    /// confidence: the minimum track record length. `None` when it is not above.
    ///
    /// Bailey and López de Prado (2012).
    pub fn min_track_record(&self, against: f64, confidence: f64) -> Option<f64> {
        // The error of two returns is the root of the spread itself.
        let spread = sharpe_error(self.ratio, self.skewness, self.kurtosis, 2)?;
        let needed = normal::quantile(confidence) * spread / (self.ratio - against);
        (self.ratio > against).then_some(1.0 + needed * needed)
    }
}
