//! The sums that are gathered over one fold of a curve, and over all folds.

use multiversion::multiversion;

use crate::partial_sums::{PARTS, PartialSums, total};
use crate::peaks::{Days, Peaks};
use crate::risk_free::excess_return;

/// Equal stretches of time that sums are kept for.
pub const FOLDS: usize = 16;

/// Sums over one of [`FOLDS`] equal stretches of the returns, over the risk-free ones if there are
/// any: enough to form the Sharpe ratio of any union of stretches without the curve.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fold {
    /// How many returns.
    pub n: usize,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
}

/// Sums over one fold, as interleaved partial sums.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sums {
    pub(crate) powers: [PartialSums; 4],
    pub(crate) gains: PartialSums,
    pub(crate) losses_squared: PartialSums,
    pub(crate) lagged: PartialSums,
    pub(crate) n_gains: [u64; PARTS],
    pub(crate) n_losses: [u64; PARTS],
    pub(crate) best: PartialSums,
    pub(crate) worst: PartialSums,
    pub(crate) wealth: PartialSums,
    pub(crate) depths: PartialSums,
    pub(crate) depths_squared: PartialSums,
    pub(crate) deepest: PartialSums,
    /// The last return. Before the first it is zero, which adds nothing.
    pub(crate) last: f64,
}

pub(crate) const NO_SUMS: Sums = Sums {
    powers: [[0.0; PARTS]; 4],
    gains: [0.0; PARTS],
    losses_squared: [0.0; PARTS],
    lagged: [0.0; PARTS],
    n_gains: [0; PARTS],
    n_losses: [0; PARTS],
    best: [f64::NEG_INFINITY; PARTS],
    worst: [f64::INFINITY; PARTS],
    wealth: [0.0; PARTS],
    depths: [0.0; PARTS],
    depths_squared: [0.0; PARTS],
    deepest: [0.0; PARTS],
    last: 0.0,
};

/// Sums over all folds so far, added fold by fold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Totals {
    pub(crate) powers: [f64; 4],
    pub(crate) gains: f64,
    pub(crate) losses_squared: f64,
    pub(crate) n_gains: f64,
    pub(crate) n_losses: f64,
    pub(crate) wealth: f64,
    /// Depths below the peak.
    pub(crate) depths: f64,
    pub(crate) depths_squared: f64,
    pub(crate) deepest: f64,
    /// Sum of the products of each return with the one before.
    pub(crate) lagged: f64,
    pub(crate) first: f64,
    pub(crate) best: f64,
    pub(crate) worst: f64,
}

pub(crate) const NO_TOTALS: Totals = Totals {
    powers: [0.0; 4],
    gains: 0.0,
    losses_squared: 0.0,
    n_gains: 0.0,
    n_losses: 0.0,
    wealth: 0.0,
    depths: 0.0,
    depths_squared: 0.0,
    deepest: 0.0,
    lagged: 0.0,
    first: f64::NAN,
    best: f64::NEG_INFINITY,
    worst: f64::INFINITY,
};

impl Totals {
    /// Adds a fold that has ended.
    pub(crate) fn add(&mut self, sums: &Sums) {
        let powers = sums.powers.map(total);
        for (total, power) in self.powers.iter_mut().zip(powers) {
            *total += power;
        }
        self.gains += total(sums.gains);
        self.losses_squared += total(sums.losses_squared);
        self.lagged += total(sums.lagged);
        self.wealth += total(sums.wealth);
        self.depths += total(sums.depths);
        self.depths_squared += total(sums.depths_squared);
        self.n_gains += sums.n_gains.iter().sum::<u64>() as f64;
        self.n_losses += sums.n_losses.iter().sum::<u64>() as f64;
        self.best = sums.best.into_iter().fold(self.best, f64::max);
        self.worst = sums.worst.into_iter().fold(self.worst, f64::min);
        let deepest = sums.deepest.into_iter();
        self.deepest = deepest.fold(self.deepest, f64::max);
    }
}

/// Sums of returns over the risk-free ones, as interleaved partial sums.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExcessSums {
    pub(crate) powers: [PartialSums; 4],
    pub(crate) losses_squared: PartialSums,
    pub(crate) lagged: PartialSums,
    /// The last one. Before the first it is zero, which adds nothing.
    pub(crate) last: f64,
}

pub(crate) const NO_EXCESS_SUMS: ExcessSums = ExcessSums {
    powers: [[0.0; PARTS]; 4],
    losses_squared: [0.0; PARTS],
    lagged: [0.0; PARTS],
    last: 0.0,
};

/// Sums over all folds so far of returns over the risk-free ones, or of the returns themselves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExcessTotals {
    pub(crate) powers: [f64; 4],
    pub(crate) losses_squared: f64,
    /// Sum of the products of each one with the one before.
    pub(crate) lagged: f64,
    pub(crate) first: f64,
    pub(crate) last: f64,
}

impl ExcessTotals {
    pub(crate) const NONE: ExcessTotals = ExcessTotals {
        powers: [0.0; 4],
        losses_squared: 0.0,
        lagged: 0.0,
        first: f64::NAN,
        last: 0.0,
    };

    /// Adds a fold that has ended.
    pub(crate) fn add(&mut self, sums: &ExcessSums) {
        for (total, power) in self.powers.iter_mut().zip(sums.powers.map(total)) {
            *total += power;
        }
        self.losses_squared += total(sums.losses_squared);
        self.lagged += total(sums.lagged);
        self.last = sums.last;
    }
}

/// As [`add_staged`], with the sums of the returns over the risk-free ones. What follows from the
/// higher powers and from neighbours is formed of these alone.
///
/// * `risk_free`: the risk-free return that belongs to each of the values.
#[expect(clippy::too_many_arguments, reason = "the two sums of one pass")]
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(crate) fn add_staged_over(
    risk_free: &[f64],
    excess_sums: &mut ExcessSums,
    sums: &mut Sums,
    peaks: &mut Peaks,
    highest: &mut [f64],
    wealth: &[f64],
    first: usize,
    days: Days<'_>,
) {
    peaks.follow(&wealth[1..], highest, first, days);
    let n = risk_free.len();
    let (before, wealth) = (&wealth[..n], &wealth[1..=n]);
    let (blocks, rest) = wealth.as_chunks::<PARTS>();
    let (blocks_before, rest_before) = before.as_chunks::<PARTS>();
    let (peak_blocks, peak_rest) = highest.as_chunks::<PARTS>();
    let (free_blocks, free_rest) = risk_free.as_chunks::<PARTS>();
    let mut last = excess_sums.last;
    let both = blocks.iter().zip(blocks_before);
    for ((wealth, before), (peaks, free)) in both.zip(peak_blocks.iter().zip(free_blocks)) {
        let mut returns = [0.0; PARTS];
        let mut excess = [0.0; PARTS];
        for part in 0..PARTS {
            returns[part] = wealth[part] / before[part] - 1.0;
            excess[part] = excess_return(returns[part], free[part]);
        }
        let [a, b, c, d] = excess;
        let lagged = [last, a, b, c];
        last = d;
        for part in 0..PARTS {
            let depth = 1.0 - wealth[part] / peaks[part];
            add_one_plain(sums, part, wealth[part], depth, returns[part]);
            add_one_excess(excess_sums, part, excess[part], lagged[part]);
        }
    }
    for part in 0..rest.len() {
        let value = rest[part] / rest_before[part] - 1.0;
        let excess = excess_return(value, free_rest[part]);
        let depth = 1.0 - rest[part] / peak_rest[part];
        add_one_plain(sums, part, rest[part], depth, value);
        add_one_excess(excess_sums, part, excess, last);
        last = excess;
    }
    excess_sums.last = last;
}

#[inline(always)]
fn add_one_excess(sums: &mut ExcessSums, part: usize, value: f64, before: f64) {
    let square = value * value;
    let loss = if value < 0.0 { value } else { 0.0 };
    sums.powers[0][part] += value;
    sums.powers[1][part] += square;
    sums.powers[2][part] += square * value;
    sums.powers[3][part] += square * square;
    sums.losses_squared[part] += loss * loss;
    sums.lagged[part] += value * before;
}

/// Adds values to the sums.
///
/// * `wealth`: the value before, then the values.
/// * `first`: the position in the curve of the first of the values.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(crate) fn add_staged(
    sums: &mut Sums,
    peaks: &mut Peaks,
    highest: &mut [f64],
    wealth: &[f64],
    first: usize,
    days: Days<'_>,
) {
    peaks.follow(&wealth[1..], highest, first, days);
    add_returns(sums, wealth, highest);
}

/// Adds value `i` to partial sum `i mod` [`PARTS`].
#[inline(always)]
fn add_returns(sums: &mut Sums, wealth: &[f64], peaks: &[f64]) {
    let (before, wealth) = (&wealth[..peaks.len()], &wealth[1..=peaks.len()]);
    let (blocks, rest) = wealth.as_chunks::<PARTS>();
    let (blocks_before, rest_before) = before.as_chunks::<PARTS>();
    let (peak_blocks, peak_rest) = peaks.as_chunks::<PARTS>();
    let mut last = sums.last;
    for ((wealth, before), peaks) in blocks.iter().zip(blocks_before).zip(peak_blocks) {
        let mut returns = [0.0; PARTS];
        for part in 0..PARTS {
            returns[part] = wealth[part] / before[part] - 1.0;
        }
        let [a, b, c, d] = returns;
        let lagged = [last, a, b, c];
        last = d;
        for part in 0..PARTS {
            let depth = 1.0 - wealth[part] / peaks[part];
            add_one(sums, part, wealth[part], depth, returns[part], lagged[part]);
        }
    }
    for part in 0..rest.len() {
        let value = rest[part] / rest_before[part] - 1.0;
        let depth = 1.0 - rest[part] / peak_rest[part];
        add_one(sums, part, rest[part], depth, value, last);
        last = value;
    }
    sums.last = last;
}

#[inline(always)]
fn add_one(sums: &mut Sums, part: usize, wealth: f64, depth: f64, value: f64, before: f64) {
    let square = value * value;
    sums.powers[2][part] += square * value;
    sums.powers[3][part] += square * square;
    sums.lagged[part] += value * before;
    add_one_plain(sums, part, wealth, depth, value);
}

/// What is summed of a return itself, also where there is a risk-free one.
#[inline(always)]
fn add_one_plain(sums: &mut Sums, part: usize, wealth: f64, depth: f64, value: f64) {
    let square = value * value;
    let gain = if value > 0.0 { value } else { 0.0 };
    let loss = if value < 0.0 { value } else { 0.0 };
    sums.powers[0][part] += value;
    sums.powers[1][part] += square;
    sums.gains[part] += gain;
    sums.losses_squared[part] += loss * loss;
    sums.n_gains[part] += u64::from(value > 0.0);
    sums.n_losses[part] += u64::from(value < 0.0);
    sums.best[part] = highest(value, sums.best[part]);
    sums.worst[part] = lowest(value, sums.worst[part]);
    sums.wealth[part] += wealth;
    sums.depths[part] += depth;
    sums.depths_squared[part] += depth * depth;
    sums.deepest[part] = highest(depth, sums.deepest[part]);
}

/// The higher of two; the second when they cannot be compared.
#[inline(always)]
fn highest(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// The lower of two; the second when they cannot be compared.
#[inline(always)]
fn lowest(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}
