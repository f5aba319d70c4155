//! One pass over an equity curve, as it comes: everything a sweep keeps of a backtest.
//!
//! A sweep runs millions of backtests and stores no curve, so whatever it reports is gathered
//! here while equity is marked, a block of sessions at a time. The same accumulator serves a
//! single backtest, so that both give the same bits however the curve is cut into blocks.

use crate::day::Day;
use crate::fold_sums::{
    ExcessSums, ExcessTotals, FOLDS, Fold, NO_EXCESS_SUMS, NO_SUMS, NO_TOTALS, Sums, Totals,
    add_staged, add_staged_over,
};
use crate::partial_sums::total;
use crate::peaks::{Days, Numbered, Peaks};
use crate::risk_free::{RiskFree, excess_return};

/// Gathers an equity curve. `start`, then `push` for each stretch, then `finish`.
#[derive(Clone, Debug)]
pub struct Performance {
    initial_cash: f64,
    /// How many values of the curve are to come in all: as many as returns.
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
    /// Whether the first of the dates is the starting capital's.
    dates_capital: bool,
    returns: usize,
    fold: usize,
    fold_ends_at: usize,
    sums: Sums,
    totals: Totals,
    folds: [Fold; FOLDS],
    peaks: Peaks,
    excess: Option<Excess>,
}

/// Sums of the returns over the risk-free ones.
#[derive(Clone, Debug)]
struct Excess {
    risk_free: RiskFree,
    sums: ExcessSums,
    totals: ExcessTotals,
}

/// Values gathered before they are worked through: a multiple of the partial sums.
const STAGE: usize = 256;

/// What is known when the curve has ended.
pub(super) struct Gathered {
    pub(super) n: usize,
    pub(super) first_wealth: f64,
    pub(super) last_wealth: f64,
    pub(super) totals: Totals,
    /// Of the returns.
    pub(super) returns: ExcessTotals,
    /// Of the returns over the risk-free ones, where there are some.
    pub(super) excess: Option<ExcessTotals>,
    /// What money without risk became, as a factor: 1 where there is none.
    pub(super) risk_free_growth: f64,
    pub(super) folds: [Fold; FOLDS],
    pub(super) peaks: Peaks,
}

impl Performance {
    /// An accumulator for a curve of `sessions` values. The starting capital stands before the
    /// curve: it is a peak, and the first session has a return, whether or not anything was held.
    pub fn start(initial_cash: f64, sessions: usize) -> Performance {
        Performance {
            initial_cash,
            expected: sessions,
            seen: 0,
            stage: [0.0; STAGE + 1],
            peaks_staged: [0.0; STAGE],
            staged: 0,
            stage_at: 0,
            dates_capital: false,
            returns: 0,
            fold: 0,
            fold_ends_at: 0,
            sums: NO_SUMS,
            totals: NO_TOTALS,
            folds: [Fold::default(); FOLDS],
            peaks: Peaks::from(initial_cash),
            excess: None,
        }
    }

    /// The same, and ratios are formed of the returns over the risk-free ones.
    ///
    /// * `risk_free`: as many returns as the curve has.
    #[must_use]
    pub fn over(self, risk_free: Option<RiskFree>) -> Performance {
        let excess = risk_free.map(|risk_free| Excess {
            risk_free,
            sums: NO_EXCESS_SUMS,
            totals: ExcessTotals::NONE,
        });
        Performance { excess, ..self }
    }

    /// As [`Performance::start`], for dates that begin with the starting capital's. Without one of
    /// its own, the capital is dated like the first close.
    pub(super) fn start_dated(initial_cash: f64, sessions: usize) -> Performance {
        Performance {
            dates_capital: true,
            ..Performance::start(initial_cash, sessions)
        }
    }

    /// Takes the next values of the curve. `dates`: of all its sessions.
    pub fn push<D: Day>(&mut self, equity: &[f64], dates: &[D]) {
        self.push_values(equity, &dates);
    }

    fn push_values(&mut self, mut equity: &[f64], dates: &dyn Numbered) {
        if self.seen == 0 && !equity.is_empty() {
            self.begin();
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

    fn begin(&mut self) {
        self.stage[0] = self.initial_cash;
        self.totals.first = self.initial_cash;
        self.enter_fold();
    }

    /// Moves on to the next fold that has returns.
    fn enter_fold(&mut self) {
        while self.fold < FOLDS {
            self.fold_ends_at = (self.fold + 1) * self.expected / FOLDS;
            if self.fold_ends_at > self.returns {
                return;
            }
            self.fold += 1;
        }
    }

    fn days<'a>(&self, known: &'a dyn Numbered) -> Days<'a> {
        Days {
            known,
            start_with_capital: self.dates_capital,
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
        match &mut self.excess {
            None => add_staged(&mut self.sums, peaks, highest, wealth, first, days),
            Some(Excess {
                risk_free,
                sums,
                totals,
            }) => {
                let risk_free = &risk_free.by_session()[self.returns..self.returns + n];
                if self.returns == 0 {
                    totals.first = excess_return(self.totals.first, risk_free[0]);
                }
                let own = &mut self.sums;
                add_staged_over(risk_free, sums, own, peaks, highest, wealth, first, days);
            }
        }
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
        let powers = match &mut self.excess {
            None => sums.powers.map(total),
            Some(excess) => {
                let sums = excess.sums;
                excess.sums = ExcessSums {
                    last: sums.last,
                    ..NO_EXCESS_SUMS
                };
                excess.totals.add(&sums);
                sums.powers.map(total)
            }
        };
        let n_before: usize = self.folds[..self.fold].iter().map(|fold| fold.n).sum();
        let n = self.returns - n_before;
        self.folds[self.fold] = Fold {
            n,
            sum: powers[0],
            squares: powers[1],
        };
        self.totals.add(&sums);
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
            returns: ExcessTotals {
                powers: self.totals.powers,
                losses_squared: self.totals.losses_squared,
                lagged: self.totals.lagged,
                first: self.totals.first,
                last: self.sums.last,
            },
            excess: self.excess.as_ref().map(|excess| excess.totals),
            risk_free_growth: (self.excess.as_ref())
                .map_or(1.0, |excess| excess.risk_free.growth()),
            folds: self.folds,
            peaks: self.peaks,
        })
    }
}
