//! One pass over an equity curve, as it comes: everything a sweep keeps of a backtest.
//!
//! A sweep runs millions of backtests and stores no curve, so whatever it reports is gathered
//! here while equity is marked, a block of sessions at a time. The same accumulator serves a
//! single backtest, so that both give the same bits however the curve is cut into blocks.

use multiversion::multiversion;

use super::lanes::{LANES, Lanes, add_lanes};
use crate::date::Date;

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
    staged: usize,
    /// The position in the wealth curve of `stage[0]`.
    stage_at: usize,
    /// Whether the starting capital is the first value of the curve, or stands before it.
    starts_with_capital: bool,
    returns: usize,
    fold: usize,
    fold_ends_at: usize,
    sums: Sums,
    last_return: f64,
    totals: Totals,
    folds: [Fold; FOLDS],
    peak: f64,
    peak_at: usize,
    depths: Depths,
    /// Sum of the wealth after the starting capital, by lane within each block.
    wealth: Lanes,
    under: usize,
    longest_sessions: usize,
    longest_days: i32,
}

/// Values gathered before they are worked through: a multiple of the lanes.
const STAGE: usize = 128;

/// Sums over one fold, by lane.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    powers: [Lanes; 4],
    gains: Lanes,
    losses_squared: Lanes,
    lagged: Lanes,
}

/// Sums over all folds so far, added fold by fold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Totals {
    pub(super) powers: [f64; 4],
    pub(super) gains: f64,
    pub(super) losses_squared: f64,
    pub(super) n_gains: usize,
    pub(super) n_losses: usize,
    /// Sum of the products of each return with the one before.
    pub(super) lagged: f64,
    pub(super) first: f64,
    pub(super) last: f64,
    pub(super) best: f64,
    pub(super) worst: f64,
}

/// Depths below the peak, by lane.
#[derive(Clone, Copy, Debug, Default)]
struct Depths {
    max: Lanes,
    sum: Lanes,
    squares: Lanes,
}

/// What is known when the curve has ended.
pub(super) struct Gathered {
    pub(super) n: usize,
    pub(super) first_wealth: f64,
    pub(super) last_wealth: f64,
    pub(super) totals: Totals,
    pub(super) folds: [Fold; FOLDS],
    pub(super) wealth_sum: f64,
    pub(super) max_depth: f64,
    pub(super) depth_sum: f64,
    pub(super) depth_squares: f64,
    pub(super) under: usize,
    pub(super) longest_sessions: usize,
    pub(super) longest_days: i32,
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
            staged: 0,
            stage_at: 0,
            starts_with_capital: true,
            returns: 0,
            fold: 0,
            fold_ends_at: 0,
            sums: Sums::default(),
            last_return: f64::NAN,
            totals: Totals {
                powers: [0.0; 4],
                gains: 0.0,
                losses_squared: 0.0,
                n_gains: 0,
                n_losses: 0,
                lagged: 0.0,
                first: f64::NAN,
                last: f64::NAN,
                best: f64::NEG_INFINITY,
                worst: f64::INFINITY,
            },
            folds: [Fold::default(); FOLDS],
            peak: initial_cash,
            peak_at: 0,
            depths: Depths::default(),
            wealth: [0.0; LANES],
            under: 0,
            longest_sessions: 0,
            longest_days: 0,
        }
    }

    /// Takes the next values of the curve. `dates`: of all its sessions.
    pub fn push(&mut self, mut equity: &[f64], dates: &[Date]) {
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

    /// Works through what is staged, which lies in one fold.
    fn work_through(&mut self, dates: &[Date]) {
        let n = self.staged;
        self.track_drawdowns(n, dates);
        let mut wealth = [0.0; STAGE];
        wealth[..n].copy_from_slice(&self.stage[1..=n]);
        add_plain(&mut self.wealth, &wealth);
        let mut returns = [0.0; STAGE];
        let mut lagged = [0.0; STAGE];
        simple_returns(&self.stage[..=n], &mut returns[..n]);
        products(&returns[..n], self.last_return, &mut lagged[..n]);
        self.sums.add(&returns, &lagged, n);
        let [best, worst] = extremes(&returns[..n]);
        self.totals.best = if best > self.totals.best {
            best
        } else {
            self.totals.best
        };
        self.totals.worst = if worst < self.totals.worst {
            worst
        } else {
            self.totals.worst
        };
        let [gains, losses] = counts(&returns[..n]);
        self.totals.n_gains += gains;
        self.totals.n_losses += losses;
        if self.returns == 0 {
            self.totals.first = returns[0];
        }
        self.totals.last = returns[n - 1];
        self.last_return = returns[n - 1];
        self.returns += n;
        self.stage[0] = self.stage[n];
        self.stage_at += n;
        self.staged = 0;
        if self.returns == self.fold_ends_at {
            self.close_fold();
        }
    }

    fn close_fold(&mut self) {
        let sums = std::mem::take(&mut self.sums);
        let powers = sums.powers.map(add_lanes);
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
        self.totals.gains += add_lanes(sums.gains);
        self.totals.losses_squared += add_lanes(sums.losses_squared);
        self.totals.lagged += add_lanes(sums.lagged);
        self.fold += 1;
        self.enter_fold();
    }

    fn track_drawdowns(&mut self, n: usize, dates: &[Date]) {
        let mut at = self.stage_at + 1;
        for block in self.stage[1..=n].chunks(LANES) {
            // Most blocks lie below the peak as a whole and need no look at each value.
            match <&Lanes>::try_from(block) {
                Ok(block)
                    if block
                        .iter()
                        .fold(true, |below, value| below & (*value < self.peak)) =>
                {
                    self.depths.add(block, self.peak);
                    self.under += LANES;
                }
                _ => {
                    for (offset, &value) in block.iter().enumerate() {
                        if value >= self.peak {
                            if self.peak_at + 1 < at + offset {
                                lasted(
                                    (&mut self.longest_sessions, &mut self.longest_days),
                                    (self.peak_at, at + offset),
                                    self.starts_with_capital,
                                    dates,
                                );
                            }
                            (self.peak, self.peak_at) = (value, at + offset);
                        } else {
                            let mut lanes = [self.peak; LANES];
                            lanes[offset] = value;
                            self.depths.add(&lanes, self.peak);
                            self.under += 1;
                        }
                    }
                }
            }
            at += block.len();
        }
    }

    /// Ends the curve. `None` when it has no return, or no starting capital.
    pub(super) fn gathered(&mut self, dates: &[Date]) -> Option<Gathered> {
        if self.staged > 0 {
            self.work_through(dates);
        }
        if self.returns == 0 || self.initial_cash <= 0.0 {
            return None;
        }
        if self.peak_at < self.returns {
            lasted(
                (&mut self.longest_sessions, &mut self.longest_days),
                (self.peak_at, self.returns),
                self.starts_with_capital,
                dates,
            );
        }
        Some(Gathered {
            n: self.returns,
            first_wealth: self.initial_cash,
            last_wealth: self.stage[0],
            totals: self.totals,
            folds: self.folds,
            wealth_sum: add_lanes(self.wealth),
            max_depth: self.depths.max.into_iter().fold(0.0, f64::max),
            depth_sum: add_lanes(self.depths.sum),
            depth_squares: add_lanes(self.depths.squares),
            under: self.under,
            longest_sessions: self.longest_sessions,
            longest_days: self.longest_days,
        })
    }
}

/// Keeps the longest stretch between two positions of the wealth curve.
fn lasted(
    (sessions, days): (&mut usize, &mut i32),
    (from, to): (usize, usize),
    starts_with_capital: bool,
    dates: &[Date],
) {
    // Capital that stands before the curve is dated like the first close.
    let date = |at: usize| match starts_with_capital {
        true => dates[at],
        false => dates[at.saturating_sub(1)],
    };
    *sessions = (*sessions).max(to - from);
    *days = (*days).max(date(to).epoch_days() - date(from).epoch_days());
}

impl Sums {
    /// Adds `n` returns; lane `i mod 8` takes the `i`th. The arrays hold zeros after them.
    #[inline]
    fn add(&mut self, returns: &[f64; STAGE], lagged: &[f64; STAGE], n: usize) {
        let whole = n.div_ceil(LANES) * LANES;
        add_powers(&mut self.powers, &returns[..whole]);
        add_sides(&mut self.gains, &mut self.losses_squared, &returns[..whole]);
        add_plain(&mut self.lagged, &lagged[..whole]);
    }
}

impl Depths {
    #[inline(always)]
    fn add(&mut self, wealth: &Lanes, peak: f64) {
        let depths = wealth.map(|wealth| 1.0 - wealth / peak);
        for ((max, (sum, squares)), depth) in self
            .max
            .iter_mut()
            .zip(self.sum.iter_mut().zip(&mut self.squares))
            .zip(depths)
        {
            *max = if depth > *max { depth } else { *max };
            *sum += depth;
            *squares += depth * depth;
        }
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn simple_returns(wealth: &[f64], returns: &mut [f64]) {
    for (value, (before, now)) in returns.iter_mut().zip(wealth.iter().zip(&wealth[1..])) {
        *value = now / before - 1.0;
    }
}

/// Each return times the one before it; the first of all has none.
#[multiversion(targets("x86_64+avx2"))]
fn products(returns: &[f64], before: f64, products: &mut [f64]) {
    products[0] = if before.is_nan() {
        0.0
    } else {
        before * returns[0]
    };
    for (product, (before, now)) in products[1..]
        .iter_mut()
        .zip(returns.iter().zip(&returns[1..]))
    {
        *product = before * now;
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn add_powers(powers: &mut [Lanes; 4], returns: &[f64]) {
    let [mut first, mut second, mut third, mut fourth] = *powers;
    for block in returns.as_chunks::<LANES>().0 {
        for lane in 0..LANES {
            let value = block[lane];
            let square = value * value;
            first[lane] += value;
            second[lane] += square;
            third[lane] += square * value;
            fourth[lane] += square * square;
        }
    }
    *powers = [first, second, third, fourth];
}

#[multiversion(targets("x86_64+avx2"))]
fn add_sides(gains: &mut Lanes, losses_squared: &mut Lanes, returns: &[f64]) {
    let (mut up, mut down) = (*gains, *losses_squared);
    for block in returns.as_chunks::<LANES>().0 {
        for lane in 0..LANES {
            let value = block[lane];
            let loss = if value < 0.0 { value } else { 0.0 };
            up[lane] += if value > 0.0 { value } else { 0.0 };
            down[lane] += loss * loss;
        }
    }
    (*gains, *losses_squared) = (up, down);
}

#[multiversion(targets("x86_64+avx2"))]
fn add_plain(sums: &mut Lanes, values: &[f64]) {
    let mut lanes = *sums;
    for block in values.as_chunks::<LANES>().0 {
        for lane in 0..LANES {
            lanes[lane] += block[lane];
        }
    }
    *sums = lanes;
}

/// The highest and the lowest return.
#[multiversion(targets("x86_64+avx2"))]
fn extremes(returns: &[f64]) -> [f64; 2] {
    let (mut high, mut low) = ([f64::NEG_INFINITY; LANES], [f64::INFINITY; LANES]);
    let (blocks, rest) = returns.as_chunks::<LANES>();
    for block in blocks {
        for lane in 0..LANES {
            high[lane] = if block[lane] > high[lane] {
                block[lane]
            } else {
                high[lane]
            };
            low[lane] = if block[lane] < low[lane] {
                block[lane]
            } else {
                low[lane]
            };
        }
    }
    for &value in rest {
        high[0] = if value > high[0] { value } else { high[0] };
        low[0] = if value < low[0] { value } else { low[0] };
    }
    [
        high.into_iter().fold(f64::NEG_INFINITY, f64::max),
        low.into_iter().fold(f64::INFINITY, f64::min),
    ]
}

/// How many returns are above zero, and how many below.
#[multiversion(targets("x86_64+avx2"))]
fn counts(returns: &[f64]) -> [usize; 2] {
    let mut counts = [0, 0];
    for &value in returns {
        counts[0] += usize::from(value > 0.0);
        counts[1] += usize::from(value < 0.0);
    }
    counts
}
