//! The stationary bootstrap: resampled series that keep the dependence between neighbours.

use backtest::statistics::quantile;

use crate::sharpe::Estimate;

/// Counter-based random numbers: number `k` follows from the seed and `k` alone, so that every
/// process draws the same. SplitMix64, Steele, Lea and Flood (2014).
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> SplitMix64 {
        SplitMix64(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// The next number from 0 to below 1, in steps of 2⁻⁵³.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// The next whole number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u64
    }

    /// The next value of about a standard normal distribution: twelve uniform ones less six.
    pub fn normal(&mut self) -> f64 {
        (0..12).fold(0.0, |sum, _| sum + self.uniform()) - 6.0
    }
}

/// Which observations each resampled series consists of.
#[derive(Clone, Debug)]
pub struct Resamples {
    n: usize,
    /// From here to below there, one stretch of neighbours after another.
    pub(crate) runs: Vec<(u32, u32)>,
    /// Where the runs of each series end.
    ends: Vec<usize>,
}

impl Resamples {
    /// The stationary bootstrap of Politis and Romano (1994): stretches of geometric length that
    /// begin anywhere; after the last observation comes the first.
    ///
    /// * `n`: observations, at least 1 and below 2³².
    /// * `mean_block`: the mean length of a stretch, at least 1.
    pub fn stationary(seed: u64, n: usize, draws: usize, mean_block: f64) -> Resamples {
        let mut random = SplitMix64::new(seed);
        let new_stretch = 1.0 / mean_block;
        let mut runs = Vec::new();
        let mut ends = Vec::with_capacity(draws);
        for _ in 0..draws {
            let mut start = random.below(n as u64) as u32;
            let mut end = start + 1;
            for _ in 1..n {
                if random.uniform() < new_stretch {
                    runs.push((start, end));
                    start = random.below(n as u64) as u32;
                    end = start + 1;
                } else if end as usize == n {
                    runs.push((start, end));
                    (start, end) = (0, 1);
                } else {
                    end += 1;
                }
            }
            runs.push((start, end));
            ends.push(runs.len());
        }
        Resamples { n, runs, ends }
    }

    /// How many resampled series.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Observations in each.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The stretches of one series: from an observation to below another.
    pub fn runs(&self, draw: usize) -> &[(u32, u32)] {
        let start = if draw == 0 { 0 } else { self.ends[draw - 1] };
        &self.runs[start..self.ends[draw]]
    }

    /// The observations of one series, in order.
    pub fn indices(&self, draw: usize) -> impl Iterator<Item = usize> {
        let runs = self.runs(draw).iter();
        runs.flat_map(|(start, end)| *start as usize..*end as usize)
    }
}

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
    let mean = backtest::summation::mean(values);
    let deviations: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let product =
        |a: &[f64], b: &[f64]| backtest::summation::pairwise_sum_by(a.len(), |at| a[at] * b[at]);
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
    let ratio = Estimate::of(returns)?.ratio;
    let count = returns.len() as f64;
    let center = backtest::summation::mean(returns);
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
        let mean = backtest::summation::mean(&ratios);
        let squares = backtest::summation::pairwise_sum_by(ratios.len(), |at| {
            (ratios[at] - mean) * (ratios[at] - mean)
        });
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

/// The 95 % interval of a Sharpe ratio that a single backtest is told with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UsualInterval {
    /// The percentile interval. Not annualised.
    pub interval: (f64, f64),
    /// The mean block length, in observations.
    pub block: f64,
}

/// The draws behind [`UsualInterval`], and their seed, the same on every machine.
const DRAWS: usize = 500;
const SEED: u64 = 0x626f_6f74;

/// Shorter blocks would break the dependence between the sizes of neighbouring returns, which the
/// block length of Politis and White does not see.
const SHORTEST_BLOCK: f64 = 5.0;

impl UsualInterval {
    /// By the stationary bootstrap with the block length that suits the returns, at least 5. `None` for
    /// fewer than 8 returns, or without a spread.
    pub fn of(returns: &[f64]) -> Option<UsualInterval> {
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
        Some(UsualInterval { interval, block })
    }
}

/// Lengths of a geometric distribution, looked up: a stretch costs one number and not one for each
/// observation.
struct Lengths {
    /// How likely a stretch is longer than one, than two, ...: in 2⁻⁶⁴.
    longer: Vec<u64>,
    /// The lengths less one that 64 bits have at least, by the highest eight of them.
    at_least: [u32; 256],
}

impl Lengths {
    fn geometric(mean: f64) -> Lengths {
        let goes_on = 1.0 - 1.0 / mean;
        let powers = std::iter::successors(Some(goes_on), |power| Some(power * goes_on));
        // Converted with saturation: below one part in 2⁶⁴ it is never.
        let parts = powers.map(|power| (power * 18_446_744_073_709_551_616.0) as u64);
        let longer: Vec<u64> = parts.take_while(|parts| *parts > 0).collect();
        let highest = |byte: usize| (byte as u64) << 56 | ((1 << 56) - 1);
        let at_least = |byte| longer.partition_point(|longer| highest(byte) < *longer) as u32;
        Lengths {
            at_least: std::array::from_fn(at_least),
            longer,
        }
    }

    fn of(&self, bits: u64) -> usize {
        let at_least = self.at_least[(bits >> 56) as usize] as usize;
        let more = self.longer[at_least..].iter();
        1 + at_least + more.take_while(|longer| bits < **longer).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_geometric() {
        for mean in [1.0, 5.0, 31.7] {
            let (lengths, mut random) = (Lengths::geometric(mean), SplitMix64::new(7));
            let n = 100_000;
            let drawn: Vec<usize> = (0..n).map(|_| lengths.of(random.bits())).collect();
            for longer in [0, 1, 2, 5, 40] {
                let share = drawn.iter().filter(|length| **length > longer).count() as f64;
                let expected = libm::pow(1.0 - 1.0 / mean, longer as f64);
                // Five standard errors of a share.
                assert!(
                    (share / f64::from(n) - expected).abs() < 0.008,
                    "{mean} {longer}"
                );
            }
        }
    }
}
