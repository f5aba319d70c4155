//! Is the best of many better than luck? From sums over stretches of time alone.
//!
//! Without skill, a trial might as well have earned the negative of what it earned in any stretch
//! of time. So the signs of whole stretches are flipped, the same flips for all trials, and the
//! best trial of each flipped history is a draw of what luck looks like. Trials stay as correlated
//! as they are, and what belongs together within a stretch stays together.
//!
//! The flips of [`Flips`] form a group, and the observed history is one of them. If the stretches'
//! sums are symmetric around zero without skill, the test is therefore exact, with any number of
//! trials, however correlated: at most 5 % of skill-less sweeps get a p-value of 0.05 or less
//! (Hemerik and Goeman, "Exact testing with random permutations", 2018; Romano and Lehmann,
//! "Testing Statistical Hypotheses", 2005, section 15.2). Without symmetry it holds for many
//! stretches. The statistics are those of White, of Hansen and of Romano and Wolf.
//!
//! All draws of a trial are one Walsh–Hadamard transform of its sums, which costs a few
//! microseconds; and the maximum over many trials is that of the maxima over parts of them.

use multiversion::multiversion;
use statistics::random::SplitMix64;

use crate::overfitting::matrix::{LANES, Lanes};

/// A group of sign flips of a number of stretches of time.
#[derive(Clone, Debug)]
pub struct Flips {
    /// The sign of stretch `k` in draw `b` is negative when `columns[k] & b` has an odd number of
    /// bits.
    columns: Vec<u16>,
}

/// Two to the power of this many draws, of which the first flips nothing.
const LOG_DRAWS: u32 = 10;

/// How many draws there are.
pub const DRAWS: usize = 1 << LOG_DRAWS;

/// What a trial brings: sums of its returns over the stretches, and over all of time the sum of
/// their squares.
#[derive(Clone, Copy, Debug)]
pub struct TrialSums<'a> {
    /// One for each stretch.
    pub sums: &'a [f64],
    /// The sum of all squared returns.
    pub squares: f64,
}

impl TrialSums<'_> {
    /// The sum over its standard error, which the stretches' own squares give, as without skill.
    /// 0 for a trial that did nothing.
    pub fn statistic(&self) -> f64 {
        let squares: f64 = self.sums.iter().map(|sum| sum * sum).sum();
        over(self.sums.iter().sum(), squares)
    }
}

/// `sum / √squares`, 0 when there is nothing.
fn over(sum: f64, squares: f64) -> f64 {
    if squares > 0.0 {
        sum / squares.sqrt()
    } else {
        0.0
    }
}

impl Flips {
    /// The flips of a seed. Every process with the seed has the same.
    ///
    /// * `stretches`: at least 2 and below [`DRAWS`].
    pub fn new(seed: u64, stretches: usize) -> Flips {
        assert!((2..DRAWS).contains(&stretches));
        let mut random = SplitMix64::new(seed);
        // The units make sure that no two draws are the same; the rest are any others.
        let mut columns: Vec<u16> = (0..LOG_DRAWS).map(|bit| 1 << bit).collect();
        while columns.len() < stretches {
            let column = 1 + random.below(DRAWS as u64 - 1) as u16;
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        for at in (1..columns.len()).rev() {
            columns.swap(at, random.below(at as u64 + 1) as usize);
        }
        columns.truncate(stretches);
        Flips { columns }
    }
}

/// The highest of each draw over some trials, and what was observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Extremes {
    /// Mean over root mean square.
    sharpe: Vec<f64>,
    /// Sum over standard error.
    upper: Vec<f64>,
    consistent: Vec<f64>,
    lower: Vec<f64>,
}

/// p-values of "no trial has skill", at least one over [`DRAWS`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlipPValues {
    /// Of the highest sum over its standard error: the Reality Check, studentised. No trial is taken for
    /// worse than it looks.
    pub reality_check: f64,
    /// Hansen's consistent p-value: the same with trials that are clearly bad taken for bad.
    pub spa_consistent: f64,
    /// Hansen's lower bound: with all trials that look bad taken for bad.
    pub spa_lower: f64,
}

/// What the best Sharpe ratio of the same trials looks like without skill, per observation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LuckBar {
    /// Its mean.
    pub mean: f64,
    /// It is above this in 95 % of all draws.
    pub low: f64,
    /// It is below this in 95 % of all draws.
    pub high: f64,
}

impl Extremes {
    /// Of no trial.
    pub fn none() -> Extremes {
        let none = vec![0.0; DRAWS];
        Extremes {
            sharpe: none.clone(),
            upper: none.clone(),
            consistent: none.clone(),
            lower: none,
        }
    }

    /// Takes trials into account. Neither their order nor what is added together matters.
    ///
    /// * `n`: observations of each trial.
    pub fn add(&mut self, flips: &Flips, n: usize, trials: &[TrialSums<'_>]) {
        let threshold = clearly_bad(n);
        let mut drawn = vec![[0.0; LANES]; DRAWS];
        for tile in trials.chunks(LANES) {
            drawn.fill([0.0; LANES]);
            let mut scales = Scales::default();
            for (lane, trial) in tile.iter().enumerate() {
                let squares: f64 = trial.sums.iter().map(|sum| sum * sum).sum();
                if squares == 0.0 || trial.squares == 0.0 {
                    continue;
                }
                for (sum, column) in trial.sums.iter().zip(&flips.columns) {
                    drawn[usize::from(*column)][lane] = *sum;
                }
                let statistic = over(trial.sums.iter().sum(), squares);
                scales.sharpe[lane] = 1.0 / (n as f64 * trial.squares).sqrt();
                scales.error[lane] = 1.0 / squares.sqrt();
                scales.bad[lane] = if statistic < -threshold {
                    statistic
                } else {
                    0.0
                };
                scales.below[lane] = statistic.min(0.0);
            }
            transform(&mut drawn);
            raise(self, &drawn, &scales);
        }
    }

    /// Takes the trials of another into account.
    pub fn merge(&mut self, other: &Extremes) {
        let pairs = [
            (&mut self.sharpe, &other.sharpe),
            (&mut self.upper, &other.upper),
            (&mut self.consistent, &other.consistent),
            (&mut self.lower, &other.lower),
        ];
        for (own, other) in pairs {
            for (own, other) in own.iter_mut().zip(other) {
                *own = own.max(*other);
            }
        }
    }

    /// Shares of draws whose best is at least as good as the observed best; the draw that flips
    /// nothing is one.
    pub fn p_values(&self) -> FlipPValues {
        let p = |draws: &[f64]| share_reaching(draws, self.upper[0]);
        FlipPValues {
            reality_check: p(&self.upper),
            spa_consistent: p(&self.consistent),
            spa_lower: p(&self.lower),
        }
    }

    /// The p-value of one trial among all of these, by its [`TrialSums::statistic`]: the share of draws
    /// whose best is at least as good. Romano and Wolf's single step.
    pub fn p_of(&self, statistic: f64) -> f64 {
        share_reaching(&self.upper, statistic)
    }

    /// For each draw the highest studentised sum of all trials, at least 0; the first draw flips nothing.
    pub fn maxima(&self) -> &[f64] {
        &self.upper
    }

    /// Takes other trials on the same history into account, by their [`Extremes::maxima`] under the same
    /// flips.
    pub fn raise(&mut self, maxima: &[f64]) {
        for (own, other) in self.upper.iter_mut().zip(maxima) {
            *own = own.max(*other);
        }
    }

    /// The studentised sum that the best of these trials stays below with the given probability without
    /// skill.
    pub fn quantile(&self, probability: f64) -> f64 {
        let mut draws = self.upper.clone();
        draws.sort_by(f64::total_cmp);
        statistics::quantile(&draws, probability)
    }

    /// The luck bar, in Sharpe ratios per observation.
    ///
    /// * `n`: observations of each trial.
    pub fn luck_bar(&self, n: usize) -> LuckBar {
        let mut ratios: Vec<f64> = self.sharpe[1..].iter().map(|s| ratio(*s, n)).collect();
        ratios.sort_by(f64::total_cmp);
        LuckBar {
            mean: statistics::summation::mean(&ratios),
            low: statistics::quantile(&ratios, 0.05),
            high: statistics::quantile(&ratios, 0.95),
        }
    }

    /// Romano and Wolf's single step: whether a trial with this [`TrialSums::statistic`] has skill,
    /// all trials of these maxima being tested together.
    ///
    /// Step by step: leave out the survivors, take the maxima of the rest, ask again.
    pub fn survives(&self, statistic: f64, level: f64) -> bool {
        self.p_of(statistic) <= level
    }

    /// The statistic above which [`Extremes::survives`] holds.
    pub fn survival_bar(&self, level: f64) -> f64 {
        let mut draws = self.upper.clone();
        draws.sort_by(f64::total_cmp);
        let allowed = (level * DRAWS as f64).floor() as usize;
        draws[DRAWS - 1 - allowed]
    }
}

/// The Sharpe ratio with the sample deviation, from the mean over the root mean square.
fn ratio(s: f64, n: usize) -> f64 {
    let count = n as f64;
    s / (1.0 - s * s).max(f64::MIN_POSITIVE).sqrt() * ((count - 1.0) / count).sqrt()
}

/// The share of draws that reach what was observed; 1 when that is not above zero.
///
/// * `observed`: may come by other operations than the draws, so that its last digits may differ.
pub fn share_reaching(draws: &[f64], observed: f64) -> f64 {
    if observed.is_nan() || observed <= 0.0 {
        return 1.0;
    }
    let bar = observed * (1.0 - 1e-12);
    draws.iter().filter(|draw| **draw >= bar).count() as f64 / draws.len() as f64
}

/// Hansen's threshold in standard errors: `√(2 ln ln n)`.
fn clearly_bad(n: usize) -> f64 {
    (2.0 * libm::log(libm::log(n.max(3) as f64)).max(0.0)).sqrt()
}

#[derive(Default)]
struct Scales {
    sharpe: Lanes,
    error: Lanes,
    bad: Lanes,
    below: Lanes,
}

/// The Walsh–Hadamard transform of the lanes: entry `b` becomes the sum of all entries `c`, with a
/// minus where `b & c` has an odd number of bits.
#[multiversion(targets("x86_64+avx2"))]
fn transform(values: &mut [Lanes]) {
    // Far steps first, so that near ones, within what the first-level cache holds, come last.
    let mut step = values.len() / 2;
    while step >= NEAR {
        for block in values.chunks_exact_mut(2 * step) {
            let (low, high) = block.split_at_mut(step);
            butterflies(low, high);
        }
        step /= 2;
    }
    for block in values.chunks_exact_mut(NEAR.min(values.len())) {
        let mut step = block.len() / 2;
        while step >= 1 {
            for block in block.chunks_exact_mut(2 * step) {
                let (low, high) = block.split_at_mut(step);
                butterflies(low, high);
            }
            step /= 2;
        }
    }
}

const NEAR: usize = 256;

#[inline(always)]
fn butterflies(low: &mut [Lanes], high: &mut [Lanes]) {
    for (a, b) in low.iter_mut().zip(high) {
        for lane in 0..LANES {
            let (x, y) = (a[lane], b[lane]);
            a[lane] = x + y;
            b[lane] = x - y;
        }
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn raise(extremes: &mut Extremes, drawn: &[Lanes], scales: &Scales) {
    let highest = |lanes: Lanes| {
        let pairs: [f64; 4] = std::array::from_fn(|lane| larger(lanes[lane], lanes[lane + 4]));
        larger(larger(pairs[0], pairs[2]), larger(pairs[1], pairs[3]))
    };
    let outs = (extremes.sharpe.iter_mut().zip(&mut extremes.upper))
        .zip(extremes.consistent.iter_mut().zip(&mut extremes.lower));
    for (drawn, ((sharpe, upper), (consistent, lower))) in drawn.iter().zip(outs) {
        let error: Lanes = std::array::from_fn(|lane| drawn[lane] * scales.error[lane]);
        *sharpe = larger(
            *sharpe,
            highest(std::array::from_fn(|l| drawn[l] * scales.sharpe[l])),
        );
        *upper = larger(*upper, highest(error));
        *consistent = larger(
            *consistent,
            highest(std::array::from_fn(|l| error[l] + scales.bad[l])),
        );
        *lower = larger(
            *lower,
            highest(std::array::from_fn(|l| error[l] + scales.below[l])),
        );
    }
}

/// One instruction, where `f64::max` takes several for the sake of NaN.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}
