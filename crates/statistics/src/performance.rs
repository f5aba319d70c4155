//! One pass over an equity curve, as it comes: everything a sweep keeps of a backtest.
//!
//! A sweep runs millions of backtests and stores no curve, so whatever it reports is gathered
//! here while equity is marked, a block of sessions at a time. The same accumulator serves a
//! single backtest, so that both give the same bits however the curve is cut into blocks.

use multiversion::multiversion;

use crate::day::Day;
use crate::partial_sums::{PARTS, PartialSums, total};
use crate::peaks::{Days, Numbered, Peaks};

/// Equal stretches of time that sums are kept for.
pub const FOLDS: usize = 16;

/// Sums over one of [`FOLDS`] equal stretches of the returns: enough to form the Sharpe ratio of
/// any union of stretches without the curve.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fold {
    /// How many returns.
    pub n: usize,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
}

/// Gathers an equity curve. `start`, then `push` for each stretch, then `finish`.
#[derive(Clone, Debug)]
pub struct Performance {
    initial_cash: f64,
    /// How many values of the curve are to come in all.
    expected: usize,
    /// How many have come.
    seen: usize,
    /// The last wealth of the block before, then the wealth of the block in the making.
    stage: [f64; STAGE + 1],
    /// The peak so far at each of these values.
    peaks_staged: [f64; STAGE],
    staged: usize,
    /// The position in the wealth curve of `stage[0]`.
    stage_at: usize,
    /// Whether the starting capital is the first value of the curve, or stands before it.
    starts_with_capital: bool,
    returns: usize,
    fold: usize,
    fold_ends_at: usize,
    sums: Sums,
    totals: Totals,
    folds: [Fold; FOLDS],
    peaks: Peaks,
}

/// Values gathered before they are worked through: a multiple of the lanes.
const STAGE: usize = 256;

/// Sums over one fold, by lane.
#[derive(Clone, Copy, Debug)]
struct Sums {
    powers: [PartialSums; 4],
    gains: PartialSums,
    losses_squared: PartialSums,
    lagged: PartialSums,
    n_gains: [u64; PARTS],
    n_losses: [u64; PARTS],
    best: PartialSums,
    worst: PartialSums,
    wealth: PartialSums,
    depths: PartialSums,
    depths_squared: PartialSums,
    deepest: PartialSums,
    /// The last return. Before the first it is zero, which adds nothing.
    last: f64,
}

const NO_SUMS: Sums = Sums {
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
pub(super) struct Totals {
    pub(super) powers: [f64; 4],
    pub(super) gains: f64,
    pub(super) losses_squared: f64,
    pub(super) n_gains: f64,
    pub(super) n_losses: f64,
    pub(super) wealth: f64,
    /// Depths below the peak.
    pub(super) depths: f64,
    pub(super) depths_squared: f64,
    pub(super) deepest: f64,
    /// Sum of the products of each return with the one before.
    pub(super) lagged: f64,
    pub(super) first: f64,
    pub(super) best: f64,
    pub(super) worst: f64,
}

/// What is known when the curve has ended.
pub(super) struct Gathered {
    pub(super) n: usize,
    pub(super) first_wealth: f64,
    pub(super) last_wealth: f64,
    pub(super) totals: Totals,
    /// The last return.
    pub(super) last: f64,
    pub(super) folds: [Fold; FOLDS],
    pub(super) peaks: Peaks,
}

impl Performance {
    /// An accumulator for a curve of `sessions` values. The starting capital is a peak; it is the
    /// curve's first value when that equals it, and stands before the curve otherwise.
    pub fn start(initial_cash: f64, sessions: usize) -> Performance {
        Performance {
            initial_cash,
            expected: sessions,
            seen: 0,
            stage: [0.0; STAGE + 1],
            peaks_staged: [0.0; STAGE],
            staged: 0,
            stage_at: 0,
            starts_with_capital: true,
            returns: 0,
            fold: 0,
            fold_ends_at: 0,
            sums: NO_SUMS,
            totals: Totals {
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
            },
            folds: [Fold::default(); FOLDS],
            peaks: Peaks::from(initial_cash),
        }
    }

    /// Takes the next values of the curve. `dates`: of all its sessions.
    pub fn push<D: Day>(&mut self, equity: &[f64], dates: &[D]) {
        self.push_values(equity, &dates);
    }

    fn push_values(&mut self, mut equity: &[f64], dates: &dyn Numbered) {
        if self.seen == 0 && !equity.is_empty() {
            self.begin(equity[0]);
            if self.starts_with_capital {
                self.seen = 1;
                equity = &equity[1..];
            }
        }
        self.seen += equity.len();
        while !equity.is_empty() {
            let room = (STAGE - self.staged).min(self.fold_ends_at - self.returns - self.staged);
            let taken = room.min(equity.len());
            let (now, later) = equity.split_at(taken);
            self.stage[1 + self.staged..][..taken].copy_from_slice(now);
            self.staged += taken;
            equity = later;
            if self.staged == STAGE || self.returns + self.staged == self.fold_ends_at {
                self.work_through(dates);
            }
        }
    }

    fn begin(&mut self, first: f64) {
        self.starts_with_capital = first == self.initial_cash;
        self.stage[0] = self.initial_cash;
        self.totals.first = self.initial_cash;
        self.enter_fold();
    }

    /// Returns that the whole curve will have.
    fn n(&self) -> usize {
        self.expected - usize::from(self.starts_with_capital)
    }

    /// Moves on to the next fold that has returns.
    fn enter_fold(&mut self) {
        while self.fold < FOLDS {
            self.fold_ends_at = (self.fold + 1) * self.n() / FOLDS;
            if self.fold_ends_at > self.returns {
                return;
            }
            self.fold += 1;
        }
    }

    fn days<'a>(&self, sessions: &'a dyn Numbered) -> Days<'a> {
        Days {
            sessions,
            start_with_capital: self.starts_with_capital,
        }
    }

    /// Works through what is staged, which lies in one fold.
    fn work_through(&mut self, dates: &dyn Numbered) {
        let n = self.staged;
        let wealth = &self.stage[..=n];
        if self.returns == 0 {
            self.totals.first = wealth[1] / wealth[0] - 1.0;
        }
        let (first, days) = (self.stage_at + 1, self.days(dates));
        let (peaks, highest) = (&mut self.peaks, &mut self.peaks_staged[..n]);
        add_staged(&mut self.sums, peaks, highest, wealth, first, days);
        self.returns += n;
        self.stage[0] = self.stage[n];
        self.stage_at += n;
        self.staged = 0;
        if self.returns == self.fold_ends_at {
            self.close_fold();
        }
    }

    fn close_fold(&mut self) {
        let sums = self.sums;
        self.sums = Sums {
            last: sums.last,
            ..NO_SUMS
        };
        let powers = sums.powers.map(total);
        let n_before: usize = self.folds[..self.fold].iter().map(|fold| fold.n).sum();
        let n = self.returns - n_before;
        self.folds[self.fold] = Fold {
            n,
            sum: powers[0],
            squares: powers[1],
        };
        for (total, power) in self.totals.powers.iter_mut().zip(powers) {
            *total += power;
        }
        self.totals.gains += total(sums.gains);
        self.totals.losses_squared += total(sums.losses_squared);
        self.totals.lagged += total(sums.lagged);
        self.totals.wealth += total(sums.wealth);
        self.totals.depths += total(sums.depths);
        self.totals.depths_squared += total(sums.depths_squared);
        self.totals.n_gains += sums.n_gains.iter().sum::<u64>() as f64;
        self.totals.n_losses += sums.n_losses.iter().sum::<u64>() as f64;
        self.totals.best = sums.best.into_iter().fold(self.totals.best, f64::max);
        self.totals.worst = sums.worst.into_iter().fold(self.totals.worst, f64::min);
        let deepest = sums.deepest.into_iter();
        self.totals.deepest = deepest.fold(self.totals.deepest, f64::max);
        self.fold += 1;
        self.enter_fold();
    }

    /// Ends the curve. `None` when it has no return, or no starting capital.
    pub(super) fn gathered(&mut self, dates: &dyn Numbered) -> Option<Gathered> {
        if self.staged > 0 {
            self.work_through(dates);
        }
        if self.returns == 0 || self.initial_cash <= 0.0 {
            return None;
        }
        let days = self.days(dates);
        self.peaks.end(self.returns, days);
        Some(Gathered {
            n: self.returns,
            first_wealth: self.initial_cash,
            last_wealth: self.stage[0],
            totals: self.totals,
            last: self.sums.last,
            folds: self.folds,
            peaks: self.peaks,
        })
    }
}

/// Adds values to the sums.
///
/// * `wealth`: the value before, then the values.
/// * `first`: the position in the curve of the first of the values.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn add_staged(
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

/// Adds values to the lanes, `i` to lane `i mod` [`PARTS`].
#[inline(always)]
fn add_returns(sums: &mut Sums, wealth: &[f64], peaks: &[f64]) {
    let (before, wealth) = (&wealth[..peaks.len()], &wealth[1..=peaks.len()]);
    let (blocks, rest) = wealth.as_chunks::<PARTS>();
    let (blocks_before, rest_before) = before.as_chunks::<PARTS>();
    let (peak_blocks, peak_rest) = peaks.as_chunks::<PARTS>();
    let mut last = sums.last;
    for ((wealth, before), peaks) in blocks.iter().zip(blocks_before).zip(peak_blocks) {
        let mut returns = [0.0; PARTS];
        for lane in 0..PARTS {
            returns[lane] = wealth[lane] / before[lane] - 1.0;
        }
        let [a, b, c, d] = returns;
        let lagged = [last, a, b, c];
        last = d;
        for lane in 0..PARTS {
            let depth = 1.0 - wealth[lane] / peaks[lane];
            add_one(sums, lane, wealth[lane], depth, returns[lane], lagged[lane]);
        }
    }
    for lane in 0..rest.len() {
        let value = rest[lane] / rest_before[lane] - 1.0;
        let depth = 1.0 - rest[lane] / peak_rest[lane];
        add_one(sums, lane, rest[lane], depth, value, last);
        last = value;
    }
    sums.last = last;
}

#[inline(always)]
fn add_one(sums: &mut Sums, lane: usize, wealth: f64, depth: f64, value: f64, before: f64) {
    let square = value * value;
    let gain = if value > 0.0 { value } else { 0.0 };
    let loss = if value < 0.0 { value } else { 0.0 };
    sums.powers[0][lane] += value;
    sums.powers[1][lane] += square;
    sums.powers[2][lane] += square * value;
    sums.powers[3][lane] += square * square;
    sums.gains[lane] += gain;
    sums.losses_squared[lane] += loss * loss;
    sums.lagged[lane] += value * before;
    sums.n_gains[lane] += u64::from(value > 0.0);
    sums.n_losses[lane] += u64::from(value < 0.0);
    sums.best[lane] = highest(value, sums.best[lane]);
    sums.worst[lane] = lowest(value, sums.worst[lane]);
    sums.wealth[lane] += wealth;
    sums.depths[lane] += depth;
    sums.depths_squared[lane] += depth * depth;
    sums.deepest[lane] = highest(depth, sums.deepest[lane]);
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
