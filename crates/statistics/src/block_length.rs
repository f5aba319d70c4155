//! How long the blocks of a bootstrap should be.

use crate::summation::{mean, pairwise_sum_by};

/// The mean block length that serves a series best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockLength {
    /// For the stationary bootstrap.
    pub stationary: f64,
    /// For the circular block bootstrap.
    pub circular: f64,
}

/// The block length of Politis and White (2004), with the constants of Patton, Politis and White
/// (2009). `None` for fewer than 8 values, or without a spread.
pub fn block_length(values: &[f64]) -> Option<BlockLength> {
    let n = values.len();
    if n < 8 {
        return None;
    }
    let count = n as f64;
    let mean = mean(values);
    let deviations: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let product = |a: &[f64], b: &[f64]| pairwise_sum_by(a.len(), |at| a[at] * b[at]);
    let longest = (3.0 * count.sqrt()).min(count / 3.0).ceil();
    let quiet = (libm::log10(count) as usize).max(5);
    let most = count.sqrt().ceil() as usize + quiet;
    let small = 2.0 * (libm::log10(count) / count).sqrt();
    let most = most.min(n - 2);
    let mut covariances = Vec::with_capacity(most + 1);
    let mut correlations: Vec<f64> = Vec::with_capacity(most + 1);
    // The lag after which `quiet` correlations in a row are small.
    let mut last = None;
    for lag in 0..=most {
        let (later, earlier) = (&deviations[lag..], &deviations[..n - lag]);
        let cross = product(later, earlier);
        let (after, before) = (&deviations[lag + 1..], &deviations[..n - lag - 1]);
        covariances.push(cross / count);
        correlations.push(cross.abs() / (product(after, after) * product(before, before)).sqrt());
        let is_quiet = |lag: usize| correlations[lag - quiet..lag].iter().all(|c| *c < small);
        if last.is_none() && lag >= quiet && is_quiet(lag) {
            last = Some(lag - quiet);
        }
    }
    let bandwidth = last.map_or(most, |last| (2 * last.max(1)).min(most));
    let (mut slope, mut variance) = (0.0, covariances[0]);
    for (lag, covariance) in covariances.iter().enumerate().skip(1).take(bandwidth) {
        let share = lag as f64 / bandwidth as f64;
        let weight = if share <= 0.5 {
            1.0
        } else {
            2.0 * (1.0 - share)
        };
        slope += 2.0 * weight * lag as f64 * covariance;
        variance += 2.0 * weight * covariance;
    }
    let length = |constant: f64| {
        let best = libm::cbrt(2.0 * slope * slope / (constant * variance * variance) * count);
        best.min(longest)
    };
    let lengths = BlockLength {
        stationary: length(2.0),
        circular: length(4.0 / 3.0),
    };
    lengths.stationary.is_finite().then_some(lengths)
}
