//! A strategy against its benchmark.

use crate::returns::simple_returns;
use crate::risk_free::RiskFree;
use crate::summation::{mean, pairwise_sum_by};

/// Statistics of a strategy's returns against a benchmark's, session by session. Annualised where
/// it says so. `None` where undefined.
///
/// Beta, alpha and the Treynor ratio are of the returns over the risk-free ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relative {
    /// Covariance of the excess returns over the variance of the benchmark's.
    pub beta: Option<f64>,
    /// Jensen's alpha, annualised arithmetically: mean excess return less beta times the
    /// benchmark's.
    pub alpha: Option<f64>,
    /// Correlation of the returns.
    pub correlation: Option<f64>,
    /// Standard deviation of the differences, annualised.
    pub tracking_error: Option<f64>,
    /// Mean over standard deviation of the differences, annualised. Goodwin (1998).
    pub information_ratio: Option<f64>,
    /// Annualised mean excess return over beta. Treynor (1965).
    pub treynor: Option<f64>,
    /// Mean return over the benchmark's mean return, in sessions in which that was positive.
    pub up_capture: Option<f64>,
    /// The same in sessions in which it was negative.
    pub down_capture: Option<f64>,
}

impl Relative {
    /// From two wealth curves over the same sessions, each starting with its starting capital.
    /// `None` with fewer than two returns.
    ///
    /// * `risk_free`: zero when there is none; its last return is that of the last session.
    pub fn of(
        wealth: &[f64],
        benchmark: &[f64],
        risk_free: Option<&RiskFree>,
        sessions_per_year: f64,
    ) -> Option<Relative> {
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
        let excess = |returns: &[f64]| {
            let mut excess = returns.to_vec();
            if let Some(risk_free) = risk_free {
                risk_free.take_off(&mut excess);
            }
            excess
        };
        let (our_excess, their_excess) = (excess(&ours), excess(&theirs));
        let (our_excess_mean, their_excess_mean) = (mean(&our_excess), mean(&their_excess));
        let market = product(
            &their_excess,
            their_excess_mean,
            &their_excess,
            their_excess_mean,
        );
        let shared = product(
            &our_excess,
            our_excess_mean,
            &their_excess,
            their_excess_mean,
        );
        let beta = (market > 0.0).then(|| shared / market);
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
            alpha: beta
                .map(|beta| (our_excess_mean - beta * their_excess_mean) * sessions_per_year),
            correlation: (spread > 0.0)
                .then(|| covariance / (our_variance.sqrt() * their_variance.sqrt())),
            tracking_error: Some(error * per_year),
            information_ratio: (error > 0.0).then(|| difference_mean / error * per_year),
            treynor: beta
                .filter(|beta| *beta != 0.0)
                .map(|beta| our_excess_mean * sessions_per_year / beta),
            up_capture: capture(|benchmark| benchmark > 0.0),
            down_capture: capture(|benchmark| benchmark < 0.0),
        })
    }
}
