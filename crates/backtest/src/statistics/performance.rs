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
    /// The last return of the block before, then the returns of the block.
    returns_staged: [f64; STAGE + 1],
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
    peak: f64,
    peak_at: usize,
    depths: Depths,
    under: usize,
    longest_sessions: usize,
    longest_days: i32,
}

/// Values gathered before they are worked through: a multiple of the lanes.
const STAGE: usize = 128;

/// Sums over one fold, by lane.
#[derive(Clone, Copy, Debug)]
struct Sums {
    powers: [Lanes; 4],
    gains: Lanes,
    losses_squared: Lanes,
    lagged: Lanes,
    wealth: Lanes,
    n_gains: Lanes,
    n_losses: Lanes,
    best: Lanes,
    worst: Lanes,
}

const NO_SUMS: Sums = Sums {
    powers: [[0.0; LANES]; 4],
    gains: [0.0; LANES],
    losses_squared: [0.0; LANES],
    lagged: [0.0; LANES],
    wealth: [0.0; LANES],
    n_gains: [0.0; LANES],
    n_losses: [0.0; LANES],
    best: [f64::NEG_INFINITY; LANES],
    worst: [f64::INFINITY; LANES],
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
            returns_staged: [0.0; STAGE + 1],
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
        let wealth = &self.stage[..=n];
        let returns = &mut self.returns_staged[..=n];
        simple_returns(wealth, &mut returns[1..]);
        if self.returns == 0 {
            self.totals.first = returns[1];
        }
        // Before the first return there is none to multiply it with: zero adds nothing.
        add_sums(&mut self.sums, &wealth[1..], &returns[1..], &returns[..n]);
        self.totals.last = returns[n];
        self.returns_staged[0] = self.returns_staged[n];
        self.returns += n;
        self.stage[0] = self.stage[n];
        self.stage_at += n;
        self.staged = 0;
        if self.returns == self.fold_ends_at {
            self.close_fold();
        }
    }

    fn close_fold(&mut self) {
        let sums = std::mem::replace(&mut self.sums, NO_SUMS);
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
        self.totals.wealth += add_lanes(sums.wealth);
        self.totals.n_gains += add_lanes(sums.n_gains);
        self.totals.n_losses += add_lanes(sums.n_losses);
        self.totals.best = sums.best.into_iter().fold(self.totals.best, f64::max);
        self.totals.worst = sums.worst.into_iter().fold(self.totals.worst, f64::min);
        self.fold += 1;
        self.enter_fold();
    }

    fn track_drawdowns(&mut self, n: usize, dates: &[Date]) {
        let wealth = &self.stage[1..=n];
        let mut at = 0;
        while at < n {
            // Most stretches lie below the peak and need no look at each value.
            let below = values_below(&wealth[at..], self.peak);
            add_depths(&mut self.depths, &wealth[at..at + below], self.peak);
            self.under += below;
            at += below;
            if at < n {
                let now = self.stage_at + 1 + at;
                if self.peak_at + 1 < now {
                    lasted(
                        (&mut self.longest_sessions, &mut self.longest_days),
                        (self.peak_at, now),
                        self.starts_with_capital,
                        dates,
                    );
                }
                (self.peak, self.peak_at) = (wealth[at], now);
                at += 1;
            }
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

/// How many of the first values lie below the peak.
fn values_below(wealth: &[f64], peak: f64) -> usize {
    let (blocks, rest) = wealth.as_chunks::<LANES>();
    let below = |block: &[f64]| {
        block
            .iter()
            .fold(true, |below, value| below & (*value < peak))
    };
    let whole = blocks.iter().take_while(|block| below(*block)).count();
    let block = blocks.get(whole).map_or(rest, |block| &block[..]);
    whole * LANES + block.iter().take_while(|value| **value < peak).count()
}

/// Adds the depths of values that lie below the peak.
#[multiversion(targets("x86_64+avx2"))]
fn add_depths(depths: &mut Depths, wealth: &[f64], peak: f64) {
    let mut lanes = *depths;
    let (blocks, rest) = wealth.as_chunks::<LANES>();
    for block in blocks {
        for (lane, value) in block.iter().enumerate() {
            add_depth(&mut lanes, lane, 1.0 - value / peak);
        }
    }
    for (lane, value) in rest.iter().enumerate() {
        add_depth(&mut lanes, lane, 1.0 - value / peak);
    }
    *depths = lanes;
}

#[inline(always)]
fn add_depth(depths: &mut Depths, lane: usize, depth: f64) {
    depths.max[lane] = if depth > depths.max[lane] {
        depth
    } else {
        depths.max[lane]
    };
    depths.sum[lane] += depth;
    depths.squares[lane] += depth * depth;
}

#[multiversion(targets("x86_64+avx2"))]
fn simple_returns(wealth: &[f64], returns: &mut [f64]) {
    for (value, (before, now)) in returns.iter_mut().zip(wealth.iter().zip(&wealth[1..])) {
        *value = now / before - 1.0;
    }
}

/// Adds values to the lanes, `i` to lane `i mod` [`LANES`]: the wealth, the return that led to it,
/// and the return before that.
#[multiversion(targets("x86_64+avx2"))]
fn add_sums(sums: &mut Sums, wealth: &[f64], returns: &[f64], before: &[f64]) {
    let mut lanes = *sums;
    let (wealth_blocks, wealth_rest) = wealth.as_chunks::<LANES>();
    let (blocks, rest) = returns.as_chunks::<LANES>();
    let (before_blocks, before_rest) = before.as_chunks::<LANES>();
    for ((wealth, returns), before) in wealth_blocks.iter().zip(blocks).zip(before_blocks) {
        for lane in 0..LANES {
            add_one(&mut lanes, lane, wealth[lane], returns[lane], before[lane]);
        }
    }
    for lane in 0..rest.len() {
        add_one(
            &mut lanes,
            lane,
            wealth_rest[lane],
            rest[lane],
            before_rest[lane],
        );
    }
    *sums = lanes;
}

#[inline(always)]
fn add_one(sums: &mut Sums, lane: usize, wealth: f64, value: f64, before: f64) {
    let square = value * value;
    let loss = if value < 0.0 { value } else { 0.0 };
    sums.powers[0][lane] += value;
    sums.powers[1][lane] += square;
    sums.powers[2][lane] += square * value;
    sums.powers[3][lane] += square * square;
    sums.gains[lane] += if value > 0.0 { value } else { 0.0 };
    sums.losses_squared[lane] += loss * loss;
    sums.lagged[lane] += value * before;
    sums.wealth[lane] += wealth;
    sums.n_gains[lane] += if value > 0.0 { 1.0 } else { 0.0 };
    sums.n_losses[lane] += if value < 0.0 { 1.0 } else { 0.0 };
    sums.best[lane] = if value > sums.best[lane] {
        value
    } else {
        sums.best[lane]
    };
    sums.worst[lane] = if value < sums.worst[lane] {
        value
    } else {
        sums.worst[lane]
    };
}
