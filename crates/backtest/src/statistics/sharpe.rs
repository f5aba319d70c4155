//! What a Sharpe ratio is worth: its standard error and what follows from it.

/// The distribution of an estimated Sharpe ratio, for returns that need not be normal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SharpeEvidence {
    /// Ends of the 95 % confidence interval, annualised.
    pub interval: (f64, f64),
    /// Probability that the true ratio is above zero, by the estimate's asymptotic distribution:
    /// the probabilistic Sharpe ratio of Bailey and López de Prado (2012).
    pub probabilistic: f64,
    /// Years of such returns needed before the ratio is above zero with 95 % confidence: the
    /// minimum track record length of the same paper. `None` when the ratio is not positive.
    pub min_track_record_years: Option<f64>,
}

/// The 95 % points of the standard normal distribution, one- and two-sided.
const Z_ONE_SIDED: f64 = 1.644_853_626_951_472_2;
const Z_TWO_SIDED: f64 = 1.959_963_984_540_054;

impl SharpeEvidence {
    /// * `ratio`: mean over sample standard deviation of the returns, not annualised.
    /// * `skewness`, `kurtosis`: biased moment ratios, the kurtosis not in excess (3 if normal).
    /// * `n`: how many returns, at least 2.
    ///
    /// `None` when the standard error does not exist. It is that of Mertens (2002) and Opdyke (2007):
    /// `√((1 − g₃ SR + (g₄ − 1)/4 SR²) / (n − 1))`.
    pub fn new(
        ratio: f64,
        skewness: f64,
        kurtosis: f64,
        n: usize,
        sessions_per_year: f64,
    ) -> Option<SharpeEvidence> {
        let spread = spread(ratio, skewness, kurtosis).filter(|_| n >= 2)?;
        let error = sharpe_error(ratio, skewness, kurtosis, n)?;
        let per_year = sessions_per_year.sqrt();
        let needed = Z_ONE_SIDED / ratio;
        Some(SharpeEvidence {
            interval: (
                (ratio - Z_TWO_SIDED * error) * per_year,
                (ratio + Z_TWO_SIDED * error) * per_year,
            ),
            probabilistic: normal_cdf(ratio / error),
            min_track_record_years: (ratio > 0.0)
                .then(|| (1.0 + spread * needed * needed) / sessions_per_year),
        })
    }
}

/// The standard error of a Sharpe ratio, `√((1 − g₃ SR + (g₄ − 1)/4 SR²) / (n − 1))`, by the
/// arguments of [`SharpeEvidence::new`]. `None` when it does not exist.
pub fn sharpe_error(ratio: f64, skewness: f64, kurtosis: f64, n: usize) -> Option<f64> {
    let spread = spread(ratio, skewness, kurtosis).filter(|_| n >= 2)?;
    Some((spread / (n - 1) as f64).sqrt())
}

fn spread(ratio: f64, skewness: f64, kurtosis: f64) -> Option<f64> {
    let spread = 1.0 - skewness * ratio + (kurtosis - 1.0) / 4.0 * ratio * ratio;
    (spread > 0.0 && spread.is_finite()).then_some(spread)
}

/// The standard normal distribution function.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// The factor that annualises a Sharpe ratio of returns with first-order autocorrelation `rho`:
/// `q / √(q + 2 Σ (q − k) ρᵏ)` over `k` below `q` sessions a year. Lo, "The Statistics of Sharpe
/// Ratios" (2002), the AR(1) case. `None` when it does not exist.
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
