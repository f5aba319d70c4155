//! A strategy against its benchmark.

use crate::returns::simple_returns;
use crate::summation::{mean, pairwise_sum_by};

/// Statistics of a strategy's returns against a benchmark's, session by session. Annualised where
/// it says so; risk-free rate zero. `None` where undefined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relative {
    /// Covariance over the benchmark's variance.
    pub beta: Option<f64>,
    /// Jensen's alpha, annualised arithmetically: mean less beta times the benchmark's mean.
    pub alpha: Option<f64>,
    /// Correlation of the returns.
    pub correlation: Option<f64>,
    /// Standard deviation of the differences, annualised.
    pub tracking_error: Option<f64>,
    /// Mean over standard deviation of the differences, annualised. Goodwin (1998).
    pub information_ratio: Option<f64>,
    /// Annualised arithmetic return over beta. Treynor (1965).
    pub treynor: Option<f64>,
    /// Mean return over the benchmark's mean return, in sessions in which that was positive.
    pub up_capture: Option<f64>,
    /// The same in sessions in which it was negative.
    pub down_capture: Option<f64>,
}

impl Relative {
    /// From two wealth curves over the same sessions, each starting with its starting capital.
    /// `None` with fewer than two returns.
    pub fn of(wealth: &[f64], benchmark: &[f64], sessions_per_year: f64) -> Option<Relative> {
        debug_assert_eq!(wealth.len(), benchmark.len());
        let (ours, theirs) = (simple_returns(wealth), simple_returns(benchmark));
        let n = ours.len();
        if n < 2 || !ours.iter().chain(&theirs).all(|value| value.is_finite()) {
            return None;
        }
        let (our_mean, their_mean) = (mean(&ours), mean(&theirs));
        let product = |a: &[f64], a_mean: f64, b: &[f64], b_mean: f64| {
            pairwise_sum_by(n, |i| (a[i] - a_mean) * (b[i] - b_mean)) / (n - 1) as f64
        };
        let covariance = product(&ours, our_mean, &theirs, their_mean);
        let our_variance = product(&ours, our_mean, &ours, our_mean);
        let their_variance = product(&theirs, their_mean, &theirs, their_mean);
        let difference = |i: usize| ours[i] - theirs[i];
        let difference_mean = pairwise_sum_by(n, difference) / n as f64;
        let error = (pairwise_sum_by(n, |i| {
            let deviation = difference(i) - difference_mean;
            deviation * deviation
        }) / (n - 1) as f64)
            .sqrt();
        let per_year = sessions_per_year.sqrt();
        let beta = (their_variance > 0.0).then(|| covariance / their_variance);
        let capture = |counts: fn(f64) -> bool| {
            let sum = |values: &[f64]| {
                pairwise_sum_by(n, |i| if counts(theirs[i]) { values[i] } else { 0.0 })
            };
            let benchmark = sum(&theirs);
            (benchmark != 0.0).then(|| sum(&ours) / benchmark)
        };
        let spread = our_variance * their_variance;
        Some(Relative {
            beta,
            alpha: beta.map(|beta| (our_mean - beta * their_mean) * sessions_per_year),
            correlation: (spread > 0.0)
                .then(|| covariance / (our_variance.sqrt() * their_variance.sqrt())),
            tracking_error: Some(error * per_year),
            information_ratio: (error > 0.0).then(|| difference_mean / error * per_year),
            treynor: beta
                .filter(|beta| *beta != 0.0)
                .map(|beta| our_mean * sessions_per_year / beta),
            up_capture: capture(|benchmark| benchmark > 0.0),
            down_capture: capture(|benchmark| benchmark < 0.0),
        })
    }
}
