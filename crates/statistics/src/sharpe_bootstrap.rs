//! The confidence interval of a Sharpe ratio by the stationary bootstrap.

use crate::block_length::block_length;
use crate::bootstrap::{Lengths, Resamples};
use crate::quantile::quantile;
use crate::random::SplitMix64;
use crate::sharpe::SharpeEstimate;
use crate::summation::{mean, pairwise_sum_by};

/// What the bootstrap says of a Sharpe ratio. Not annualised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SharpeInterval {
    /// Quantiles of the resampled ratios: the percentile interval.
    pub percentile: (f64, f64),
    /// The percentile interval turned around the ratio.
    pub basic: (f64, f64),
    /// Sample standard deviation of the resampled ratios.
    pub error: f64,
    /// Share of resampled ratios that are not above zero.
    pub not_positive: f64,
}

/// The confidence interval of a Sharpe ratio from resampled series. `None` without a spread.
///
/// * `confidence`: as in 0.95.
pub fn sharpe_interval(
    returns: &[f64],
    resamples: &Resamples,
    confidence: f64,
) -> Option<SharpeInterval> {
    let mut draws = 0..resamples.len();
    interval(returns, confidence, |add| {
        for (start, end) in resamples.runs(draws.next()?) {
            add(*start as usize, *end as usize);
        }
        Some(())
    })
}

/// As [`sharpe_interval`], from series that come one after another.
///
/// * `next`: hands out the stretches of the next series, from an observation to below another;
///   `None` after the last series.
fn interval(
    returns: &[f64],
    confidence: f64,
    mut next: impl FnMut(&mut dyn FnMut(usize, usize)) -> Option<()>,
) -> Option<SharpeInterval> {
    let ratio = SharpeEstimate::of(returns)?.ratio;
    let count = returns.len() as f64;
    let center = mean(returns);
    // Sums up to each observation, of deviations: a stretch is a difference of two.
    let mut sums = vec![(0.0, 0.0)];
    let (mut first, mut second) = (0.0, 0.0);
    for value in returns {
        let deviation = value - center;
        first += deviation;
        second += deviation * deviation;
        sums.push((first, second));
    }
    let mut ratios: Vec<f64> = std::iter::from_fn(|| {
        let (mut first, mut second) = (0.0, 0.0);
        next(&mut |start, end| {
            let (before, after) = (sums[start], sums[end]);
            first += after.0 - before.0;
            second += after.1 - before.1;
        })?;
        let mean = first / count;
        let variance = (second - first * mean) / (count - 1.0);
        Some((center + mean) / variance.max(f64::MIN_POSITIVE).sqrt())
    })
    .collect();
    if ratios.len() < 2 {
        return None;
    }
    let n_not_positive = ratios.iter().filter(|ratio| **ratio <= 0.0).count();
    let error = {
        let mean = mean(&ratios);
        let squares = pairwise_sum_by(ratios.len(), |at| (ratios[at] - mean) * (ratios[at] - mean));
        (squares / (ratios.len() - 1) as f64).sqrt()
    };
    ratios.sort_by(f64::total_cmp);
    let tail = (1.0 - confidence) / 2.0;
    let (low, high) = (quantile(&ratios, tail), quantile(&ratios, 1.0 - tail));
    Some(SharpeInterval {
        percentile: (low, high),
        basic: (2.0 * ratio - high, 2.0 * ratio - low),
        error,
        not_positive: n_not_positive as f64 / ratios.len() as f64,
    })
}

/// The 95 % bootstrap interval of a Sharpe ratio as a single backtest reports it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SharpeBootstrap {
    /// The percentile interval. Not annualised.
    pub interval: (f64, f64),
    /// The mean block length, in observations.
    pub block: f64,
}

/// The draws behind [`SharpeBootstrap`], and their seed, the same on every machine.
const DRAWS: usize = 500;
const SEED: u64 = 0x626f_6f74;

/// Shorter blocks would break the dependence between the sizes of neighbouring returns, which the
/// block length of Politis and White does not see.
const SHORTEST_BLOCK: f64 = 5.0;

impl SharpeBootstrap {
    /// By the stationary bootstrap with the block length that suits the returns, at least 5. `None` for
    /// fewer than 8 returns, or without a spread.
    pub fn of(returns: &[f64]) -> Option<SharpeBootstrap> {
        let block = block_length(returns)?.stationary.max(SHORTEST_BLOCK);
        let (n, lengths) = (returns.len(), Lengths::geometric(block));
        let (mut random, mut draws) = (SplitMix64::new(SEED), 0..DRAWS);
        let found = interval(returns, 0.95, |add| {
            draws.next()?;
            let mut left = n;
            while left > 0 {
                let start = random.below(n as u64) as usize;
                let length = lengths.of(random.bits()).min(left);
                left -= length;
                // After the last observation comes the first.
                add(start, n.min(start + length));
                if start + length > n {
                    add(0, start + length - n);
                }
            }
            Some(())
        });
        let interval = found?.percentile;
        Some(SharpeBootstrap { interval, block })
    }
}
