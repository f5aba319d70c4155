//! Does picking the best in one half of time say anything about the other half?
//!
//! Combinatorially symmetric cross-validation: time is cut into an even number of folds, and every
//! choice of half of them is in-sample once. Bailey, Borwein, López de Prado and Zhu, "The
//! Probability of Backtest Overfitting" (2017). From sums over the folds only.
//!
//! A probability near one half also comes from a flat plateau, where picking adds nothing to an
//! edge that all trials share: look at the out-of-sample Sharpe ratio of the pick beside it.

use multiversion::multiversion;
use statistics::splits::combinations;

use crate::overfitting::matrix::{LANES, Lanes, Returns};

/// Sums of returns and of their squares over folds, for trials with the same observations.
#[derive(Clone, Debug)]
pub struct Folds {
    /// Observations in each fold.
    sizes: Vec<usize>,
    n_trials: usize,
    /// By tile of trials, then by fold: sums, and sums of squares.
    tiles: Vec<[Lanes; 2]>,
}

impl Folds {
    /// For trials to be added.
    ///
    /// * `sizes`: observations in each fold; an even number of folds, at least 2 and at most 24.
    pub fn new(sizes: Vec<usize>) -> Folds {
        assert!(sizes.len().is_multiple_of(2) && (2..=24).contains(&sizes.len()));
        Folds {
            sizes,
            n_trials: 0,
            tiles: Vec::new(),
        }
    }

    /// Of equal folds; as many observations as do not fit are left out at the beginning.
    pub fn of(returns: &Returns<'_>, n_folds: usize) -> Folds {
        let size = returns.n() / n_folds;
        let dropped = returns.n() - size * n_folds;
        let mut folds = Folds::new(vec![size; n_folds]);
        let mut sums = vec![(0.0, 0.0); n_folds];
        for trial in 0..returns.n_trials() {
            sums.fill((0.0, 0.0));
            for at in dropped..returns.n() {
                let value = returns.row(at)[trial];
                let (sum, squares) = &mut sums[(at - dropped) / size];
                *sum += value;
                *squares += value * value;
            }
            folds.push(sums.iter().copied());
        }
        folds
    }

    /// Adds a trial: for each fold, the sum of its returns and that of their squares.
    pub fn push(&mut self, sums: impl Iterator<Item = (f64, f64)>) {
        let lane = self.n_trials % LANES;
        let n_folds = self.sizes.len();
        if lane == 0 {
            // A lane without a trial never wins and never ranks.
            self.tiles.extend(vec![[[f64::NAN; LANES]; 2]; n_folds]);
        }
        let start = self.tiles.len() - n_folds;
        for (tile, (sum, squares)) in self.tiles[start..].iter_mut().zip(sums) {
            tile[0][lane] = sum;
            tile[1][lane] = squares;
        }
        self.n_trials += 1;
    }

    /// How many trials.
    pub fn n_trials(&self) -> usize {
        self.n_trials
    }

    /// Each choice of half of the folds, as bits, in lexicographic order of the folds.
    pub fn splits(&self) -> Vec<u32> {
        let n = self.sizes.len();
        let bits = |folds: &Vec<usize>| folds.iter().fold(0, |bits, fold| bits | 1 << fold);
        combinations(n, n / 2).iter().map(bits).collect()
    }

    /// What became of the pick in each of some splits. Parts may be computed anywhere.
    pub fn picks(&self, splits: &[u32]) -> Vec<Pick> {
        let everything = (1u32 << self.sizes.len()) - 1;
        let mut best = vec![(f64::NEG_INFINITY, 0u32); splits.len()];
        let n_folds = self.sizes.len();
        let mut halves = Halves::new(n_folds);
        for (number, tile) in self.tiles.chunks_exact(n_folds).enumerate() {
            halves.fill(tile);
            find_best(&halves, splits, (number * LANES) as u32, &mut best);
        }
        let mut picks: Vec<Pick> = (splits.iter().zip(&best))
            .map(|(split, (_, trial))| self.pick(*split, everything, *trial as usize))
            .collect();
        let bars: Vec<f64> = (picks.iter().zip(splits))
            .map(|(pick, split)| {
                let (sum, squares) = self.sums(pick.trial, everything & !split);
                score(sum, squares)
            })
            .collect();
        let mut ranks = vec![0.0; splits.len()];
        for tile in self.tiles.chunks_exact(n_folds) {
            halves.fill(tile);
            count_below(&halves, splits, everything, &bars, &mut ranks);
        }
        // The pick is equal to itself: a half, and the mean of equal ranks is a half more.
        for (pick, rank) in picks.iter_mut().zip(ranks) {
            pick.rank = (rank + 0.5) / (self.n_trials as f64 + 1.0);
        }
        picks
    }

    fn pick(&self, split: u32, everything: u32, trial: usize) -> Pick {
        let ratio = |mask: u32| {
            let (sum, squares) = self.sums(trial, mask);
            let sizes = self.sizes.iter().enumerate();
            let n: usize = sizes
                .filter(|(fold, _)| mask >> fold & 1 == 1)
                .map(|(_, n)| n)
                .sum();
            let n = n as f64;
            let mean = sum / n;
            let variance = (squares - n * mean * mean) / (n - 1.0);
            if variance > 0.0 {
                mean / variance.sqrt()
            } else {
                0.0
            }
        };
        Pick {
            trial,
            in_sample: ratio(split),
            out_of_sample: ratio(everything & !split),
            rank: f64::NAN,
        }
    }

    /// In the order in which the loops over tiles add, so that equal means equal.
    fn sums(&self, trial: usize, mask: u32) -> (f64, f64) {
        let n_folds = self.sizes.len();
        let tile = &self.tiles[trial / LANES * n_folds..][..n_folds];
        let of = |part: std::ops::Range<usize>, which: usize| {
            let chosen = part.filter(|fold| mask >> fold & 1 == 1);
            // From the lowest up, as the tables are built.
            chosen.fold(0.0, |sum, fold| sum + tile[fold][which][trial % LANES])
        };
        let half = n_folds / 2;
        (
            of(0..half, 0) + of(half..n_folds, 0),
            of(0..half, 1) + of(half..n_folds, 1),
        )
    }
}

/// Orders trials as the Sharpe ratio of the same observations does, without its root: the signed
/// square of the sum over the sum of squares. 0 for a trial that did not trade.
#[inline(always)]
fn score(sum: f64, squares: f64) -> f64 {
    let score = sum * sum.abs() / squares;
    if squares == 0.0 { 0.0 } else { score }
}

/// Sums over every choice of the first half of the folds, and of the second: any choice of folds is
/// one addition.
struct Halves {
    half: usize,
    low: Vec<[Lanes; 2]>,
    high: Vec<[Lanes; 2]>,
}

impl Halves {
    fn new(n_folds: usize) -> Halves {
        let half = n_folds / 2;
        let none = vec![[[0.0; LANES]; 2]; 1 << half];
        Halves {
            half,
            low: none.clone(),
            high: none,
        }
    }

    fn fill(&mut self, tile: &[[Lanes; 2]]) {
        let (low, high) = tile.split_at(self.half);
        for (table, folds) in [(&mut self.low, low), (&mut self.high, high)] {
            for choice in 1..table.len() {
                // Without its last fold, the sum is there already.
                let last = choice.ilog2() as usize;
                let rest = table[choice & !(1 << last)];
                table[choice] = std::array::from_fn(|which| {
                    std::array::from_fn(|lane| rest[which][lane] + folds[last][which][lane])
                });
            }
        }
    }

    #[inline(always)]
    fn scores(&self, choice: u32) -> Lanes {
        let low = &self.low[choice as usize & (self.low.len() - 1)];
        let high = &self.high[choice as usize >> self.half];
        std::array::from_fn(|lane| {
            score(low[0][lane] + high[0][lane], low[1][lane] + high[1][lane])
        })
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn find_best(halves: &Halves, splits: &[u32], first: u32, best: &mut [(f64, u32)]) {
    for (split, best) in splits.iter().zip(best) {
        let scores = halves.scores(*split);
        let mut is_better = false;
        for score in scores {
            is_better |= score > best.0;
        }
        if is_better {
            for (lane, score) in scores.into_iter().enumerate() {
                if score > best.0 {
                    *best = (score, first + lane as u32);
                }
            }
        }
    }
}

/// Adds one to a rank for each trial below its bar, and a half for each that is equal.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn count_below(halves: &Halves, splits: &[u32], everything: u32, bars: &[f64], ranks: &mut [f64]) {
    let half = |is_so: bool| if is_so { 0.5 } else { 0.0 };
    for ((split, bar), rank) in splits.iter().zip(bars).zip(ranks) {
        let scores = halves.scores(everything & !split);
        let counts: Lanes =
            std::array::from_fn(|lane| half(scores[lane] < *bar) + half(scores[lane] <= *bar));
        let pairs: [f64; 4] = std::array::from_fn(|lane| counts[lane] + counts[lane + 4]);
        *rank += (pairs[0] + pairs[2]) + (pairs[1] + pairs[3]);
    }
}

/// The best trial of one choice of folds, and what it did in the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pick {
    /// The trial with the highest in-sample Sharpe ratio, the first of equal ones.
    pub trial: usize,
    /// Its Sharpe ratio in-sample, per observation.
    pub in_sample: f64,
    /// Its Sharpe ratio out of sample, per observation.
    pub out_of_sample: f64,
    /// Its rank out of sample among all trials, the worst first, over their number plus one.
    pub rank: f64,
}

impl Pick {
    /// The logit of the rank: below zero when the pick was worse than the median.
    pub fn logit(&self) -> f64 {
        libm::log(self.rank / (1.0 - self.rank))
    }
}

/// What all splits say together.
#[derive(Clone, Debug, PartialEq)]
pub struct Overfitting {
    /// How many splits.
    pub n_splits: usize,
    /// The probability of backtest overfitting: share of picks that were not above the median of
    /// all trials out of sample.
    pub probability: f64,
    /// Share of picks that lost out of sample.
    pub loss: f64,
    /// Mean of the logits.
    pub logit_mean: f64,
    /// Median of the logits.
    pub logit_median: f64,
    /// The logits in bins of one, from below −5 to above 5: twelve counts.
    pub logit_counts: [u64; 12],
    /// Slope of the out-of-sample ratio on the in-sample ratio; `None` when all are alike.
    pub slope: Option<f64>,
    /// Where that line crosses zero in-sample.
    pub intercept: Option<f64>,
    /// The share of the variance that it explains.
    pub r_squared: Option<f64>,
    /// Mean in-sample Sharpe ratio of the picks, per observation.
    pub in_sample: f64,
    /// Mean out-of-sample Sharpe ratio of the picks, per observation.
    pub out_of_sample: f64,
    /// Mean rank out of sample, 0 to 1.
    pub rank: f64,
}

impl Overfitting {
    /// `None` without picks.
    pub fn of(picks: &[Pick]) -> Option<Overfitting> {
        if picks.is_empty() {
            return None;
        }
        let n = picks.len();
        let mean = |of: &dyn Fn(&Pick) -> f64| {
            statistics::summation::pairwise_sum_by(n, |at| of(&picks[at])) / n as f64
        };
        let share = |of: &dyn Fn(&Pick) -> bool| {
            picks.iter().filter(|pick| of(pick)).count() as f64 / n as f64
        };
        let mut logits: Vec<f64> = picks.iter().map(Pick::logit).collect();
        let mut logit_counts = [0; 12];
        for logit in &logits {
            logit_counts[(logit.floor() + 6.0).clamp(0.0, 11.0) as usize] += 1;
        }
        let logit_mean = mean(&Pick::logit);
        logits.sort_by(f64::total_cmp);
        let (x, y) = (mean(&|p| p.in_sample), mean(&|p| p.out_of_sample));
        let xx = mean(&|p| (p.in_sample - x) * (p.in_sample - x));
        let xy = mean(&|p| (p.in_sample - x) * (p.out_of_sample - y));
        let yy = mean(&|p| (p.out_of_sample - y) * (p.out_of_sample - y));
        let varies = xx > 1e-26 * x * x && xx > 0.0;
        let slope = varies.then(|| xy / xx);
        Some(Overfitting {
            n_splits: n,
            probability: share(&|p| p.rank <= 0.5),
            loss: share(&|p| p.out_of_sample < 0.0),
            logit_mean,
            logit_median: statistics::quantile(&logits, 0.5),
            logit_counts,
            slope,
            intercept: slope.map(|slope| y - slope * x),
            r_squared: slope.filter(|_| yy > 0.0).map(|slope| slope * xy / yy),
            in_sample: x,
            out_of_sample: y,
            rank: mean(&|p| p.rank),
        })
    }
}
