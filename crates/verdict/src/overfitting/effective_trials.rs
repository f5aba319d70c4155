//! How many independent trials a set of correlated ones is worth. For information only.
//!
//! None of these numbers belongs into the deflated Sharpe ratio: the variance of the trials' ratios
//! already shrinks with their correlation, and it would be discounted twice.

use crate::overfitting::matrix::Returns;

/// Estimates of the number of independent trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EffectiveTrials {
    /// Mean correlation between two trials.
    pub mean_correlation: f64,
    /// `ρ̄ + (1 − ρ̄) N`: Bailey and López de Prado (2014).
    pub by_correlation: f64,
    /// `(Σλ)² / Σλ²` over the eigenvalues of the correlations.
    pub participation: f64,
    /// The exponential of their entropy: Roy and Vetterli (2007).
    pub entropy: f64,
    /// `1 + (N − 1)(1 − Var λ / N)`: Nyholt (2004).
    pub nyholt: f64,
    /// `(Σ√λ)² / Σλ`: Galwey (2009).
    pub galwey: f64,
    /// Eigenvalues of at least one, and the fractions of all: Li and Ji (2005).
    pub li_ji: f64,
    /// Principal components that explain 95 % of the variance.
    pub components_95: usize,
}

/// From the returns of a few hundred trials at most. `None` when one has no spread.
pub fn effective_trials(returns: &Returns<'_>) -> Option<EffectiveTrials> {
    let m = returns.n_trials();
    let standardised: Option<Vec<Vec<f64>>> = (0..m)
        .map(|trial| {
            let values = returns.trial(trial);
            let mean = statistics::summation::mean(&values);
            let squares = statistics::summation::pairwise_sum_by(values.len(), |at| {
                (values[at] - mean) * (values[at] - mean)
            });
            let norm = squares.sqrt();
            (norm > 0.0).then(|| values.iter().map(|value| (value - mean) / norm).collect())
        })
        .collect();
    let standardised = standardised?;
    let mut correlations = vec![0.0; m * m];
    let mut sum = 0.0;
    for i in 0..m {
        correlations[i * m + i] = 1.0;
        for j in 0..i {
            let (a, b) = (&standardised[i], &standardised[j]);
            let value = statistics::summation::pairwise_sum_by(a.len(), |at| a[at] * b[at]);
            correlations[i * m + j] = value;
            correlations[j * m + i] = value;
            sum += value;
        }
    }
    let count = m as f64;
    let mean_correlation = if m > 1 {
        sum / (count * (count - 1.0) / 2.0)
    } else {
        1.0
    };
    let mut values: Vec<f64> = eigenvalues(correlations, m);
    for value in &mut values {
        *value = value.max(0.0);
    }
    values.sort_by(|a, b| b.total_cmp(a));
    let total: f64 = values.iter().sum();
    let squares: f64 = values.iter().map(|value| value * value).sum();
    let roots: f64 = values.iter().map(|value| value.sqrt()).sum();
    let shares = values
        .iter()
        .map(|value| value / total)
        .filter(|share| *share > 0.0);
    let entropy: f64 = shares.map(|share| -share * libm::log(share)).sum();
    let mean = total / count;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (count - 1.0);
    let mut explained = 0.0;
    let below = values.iter().take_while(|value| {
        explained += **value / total;
        explained < 0.95
    });
    Some(EffectiveTrials {
        mean_correlation,
        by_correlation: mean_correlation + (1.0 - mean_correlation) * count,
        participation: total * total / squares,
        entropy: libm::exp(entropy),
        nyholt: 1.0 + (count - 1.0) * (1.0 - if m > 1 { variance } else { 0.0 } / count),
        galwey: roots * roots / total,
        li_ji: (values.iter())
            .map(|v| f64::from(u8::from(*v >= 1.0)) + v - v.floor())
            .sum(),
        components_95: below.count() + 1,
    })
}

/// `ρ̄ + (1 − ρ̄) N` from sums alone: the mean correlation of all pairs costs no more than one pass.
///
/// * `trials`: for each, its values over the same stretches of time.
///
/// `None` with fewer than two trials that have a spread.
pub fn effective_by_correlation<'a>(trials: impl Iterator<Item = &'a [f64]>) -> Option<f64> {
    let mut sum: Vec<f64> = Vec::new();
    let mut count = 0.0;
    for values in trials {
        let mean = statistics::summation::mean(values);
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        if squares > 0.0 {
            let norm = squares.sqrt();
            sum.resize(values.len(), 0.0);
            for (sum, value) in sum.iter_mut().zip(values) {
                *sum += (value - mean) / norm;
            }
            count += 1.0;
        }
    }
    let square: f64 = sum.iter().map(|s| s * s).sum();
    let mean = (square - count) / (count * (count - 1.0));
    (count > 1.0).then_some(mean + (1.0 - mean) * count)
}

/// The eigenvalues of a symmetric matrix, by Jacobi's rotations.
fn eigenvalues(mut a: Vec<f64>, n: usize) -> Vec<f64> {
    const SWEEPS: usize = 60;
    for _ in 0..SWEEPS {
        let mut off = 0.0;
        for i in 0..n {
            for j in 0..i {
                off += a[i * n + j] * a[i * n + j];
            }
        }
        if off < 1e-30 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                let apq = a[p * n + q];
                if apq == 0.0 {
                    continue;
                }
                let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * apq);
                let t = 1.0f64.copysign(theta) / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for k in 0..n {
                    let (x, y) = (a[k * n + p], a[k * n + q]);
                    a[k * n + p] = c * x - s * y;
                    a[k * n + q] = s * x + c * y;
                }
                for k in 0..n {
                    let (x, y) = (a[p * n + k], a[q * n + k]);
                    a[p * n + k] = c * x - s * y;
                    a[q * n + k] = s * x + c * y;
                }
            }
        }
    }
    (0..n).map(|i| a[i * n + i]).collect()
}
