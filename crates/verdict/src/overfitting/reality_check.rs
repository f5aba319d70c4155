//! Is the best of many better than luck? Resampling the returns of all trials together.
//!
//! The statistic is the best trial's mean return, as it is (White, 2000) or over its standard error
//! (Hansen, 2005, truly studentised). Its distribution without skill comes from the stationary
//! bootstrap, the same draws for every trial, so that correlated trials stay correlated. A draw's
//! maximum over many trials is the maximum of the maxima over parts of them: parts may be computed
//! anywhere.

use multiversion::multiversion;
use statistics::bootstrap::Resamples;
use statistics::quantile;

use crate::overfitting::matrix::{LANES, Lanes, Returns};

/// Whether a mean return is divided by its standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// No: White's Reality Check. A trial that takes more risk weighs more.
    Plain,
    /// Yes: Hansen's test for superior predictive ability.
    Studentised,
}

/// The highest of each draw over some trials, and what was observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Maxima {
    /// The highest observed statistic, at least 0.
    pub observed: f64,
    /// The trial that has it.
    pub best: Option<usize>,
    best_statistic: f64,
    /// For each draw, with no trial taken for worse than it looks: the test of the least power.
    upper: Vec<f64>,
    /// With trials that are clearly bad taken for bad.
    consistent: Vec<f64>,
    /// With all that look bad taken for bad: not a valid test, but a bound.
    lower: Vec<f64>,
}

/// p-values of "no trial has skill".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PValues {
    /// A bound that supposes too much.
    pub lower: f64,
    /// Hansen's.
    pub consistent: f64,
    /// With the plain scale, White's Reality Check.
    pub upper: f64,
}

impl Maxima {
    /// Of no trial.
    pub fn none(draws: usize) -> Maxima {
        let none = vec![0.0; draws];
        Maxima {
            observed: 0.0,
            best: None,
            best_statistic: f64::NEG_INFINITY,
            upper: none.clone(),
            consistent: none.clone(),
            lower: none,
        }
    }

    /// Of some trials of `returns`. The rest may be done elsewhere, and then merged.
    pub fn of(
        returns: &Returns<'_>,
        trials: std::ops::Range<usize>,
        resamples: &Resamples,
        mean_block: f64,
        scale: Scale,
    ) -> Maxima {
        let mut maxima = Maxima::none(resamples.len());
        let trials: Vec<usize> = trials.collect();
        for tile in trials.chunks(LANES) {
            let tile_of = Tile::of(returns, tile, mean_block, scale);
            let threshold = {
                let n = returns.n() as f64;
                (2.0 * libm::log(libm::log(n))).sqrt()
            };
            let root = (returns.n() as f64).sqrt();
            // What a draw of a bad trial lies lower for being bad.
            let bad: Lanes = std::array::from_fn(|lane| {
                let is_bad = root * tile_of.means[lane] < -threshold * tile_of.errors[lane];
                if is_bad {
                    tile_of.statistics[lane]
                } else {
                    0.0
                }
            });
            let below = tile_of.statistics.map(|statistic| statistic.min(0.0));
            let shift = [bad, below];
            for (lane, trial) in tile.iter().enumerate() {
                let statistic = tile_of.statistics[lane];
                if statistic > maxima.best_statistic {
                    maxima.best_statistic = statistic;
                    maxima.best = Some(*trial);
                }
            }
            raise(&mut maxima, &tile_of, resamples, &shift);
        }
        maxima.observed = maxima.best_statistic.max(0.0);
        maxima
    }

    /// Of these trials and of others, with the same draws. Their order does not matter, but that
    /// of two equal trials the one in `self` is called the best.
    pub fn merge(&mut self, other: &Maxima) {
        let pairs = [
            (&mut self.upper, &other.upper),
            (&mut self.consistent, &other.consistent),
            (&mut self.lower, &other.lower),
        ];
        for (own, other) in pairs {
            for (own, other) in own.iter_mut().zip(other) {
                *own = own.max(*other);
            }
        }
        if other.best_statistic > self.best_statistic {
            self.best_statistic = other.best_statistic;
            self.best = other.best;
        }
        self.observed = self.best_statistic.max(0.0);
    }

    /// The share of draws whose best is better than the observed best.
    pub fn p_values(&self) -> PValues {
        let share = |draws: &[f64]| {
            let above = draws.iter().filter(|draw| **draw > self.observed).count();
            above as f64 / draws.len() as f64
        };
        PValues {
            lower: share(&self.lower),
            consistent: share(&self.consistent),
            upper: share(&self.upper),
        }
    }
}

/// Some trials side by side.
struct Tile {
    means: Lanes,
    /// The kernel estimate of the standard deviation of `√n` times the mean.
    errors: Lanes,
    /// `√n` times the mean, over the scale.
    statistics: Lanes,
    /// Sums of deviations up to each observation, over `√n` times the scale.
    sums: Vec<Lanes>,
}

impl Tile {
    fn of(returns: &Returns<'_>, trials: &[usize], mean_block: f64, scale: Scale) -> Tile {
        let mut values = returns.lanes(trials);
        let n = values.len() as f64;
        let mut means = [0.0; LANES];
        for row in &values {
            for lane in 0..LANES {
                means[lane] += row[lane];
            }
        }
        means = means.map(|sum| sum / n);
        for row in &mut values {
            for lane in 0..LANES {
                row[lane] -= means[lane];
            }
        }
        let errors = kernel_variance(&values, 1.0 / mean_block).map(f64::sqrt);
        let root = n.sqrt();
        let scales = match scale {
            Scale::Plain => [1.0; LANES],
            // A trial that never trades is no candidate and no competitor.
            Scale::Studentised => errors.map(|e| if e > 0.0 { e } else { f64::INFINITY }),
        };
        let mut sum = [0.0; LANES];
        let mut sums = Vec::with_capacity(values.len() + 1);
        sums.push(sum);
        for row in &values {
            for lane in 0..LANES {
                sum[lane] += row[lane] / (root * scales[lane]);
            }
            sums.push(sum);
        }
        let statistics = std::array::from_fn(|lane| root * means[lane] / scales[lane]);
        Tile {
            means,
            errors,
            statistics,
            sums,
        }
    }
}

/// The variance of `√n` times the mean that the stationary bootstrap itself has: autocovariances
/// with its kernel, up to the lag at which that has become nothing. Politis and Romano (1994).
///
/// * `q`: one over the mean block.
#[multiversion(targets("x86_64+avx2"))]
fn kernel_variance(deviations: &[Lanes], q: f64) -> Lanes {
    let n = deviations.len();
    let count = n as f64;
    let mut variance = [0.0; LANES];
    for lag in 0..n {
        let share = lag as f64 / count;
        let weight = if lag == 0 {
            1.0
        } else {
            let near = libm::pow(1.0 - q, lag as f64);
            let far = libm::pow(1.0 - q, (n - lag) as f64);
            if near < 1e-16 && far < 1e-16 {
                continue;
            }
            2.0 * ((1.0 - share) * near + share * far)
        };
        let mut sum = [0.0; LANES];
        for (early, late) in deviations[..n - lag].iter().zip(&deviations[lag..]) {
            for lane in 0..LANES {
                sum[lane] += early[lane] * late[lane];
            }
        }
        for lane in 0..LANES {
            variance[lane] += weight * sum[lane] / count;
        }
    }
    variance
}

/// The standard deviation of `√n` times a trial's mean, as Hansen studentises with it.
pub fn hansen_error(returns: &Returns<'_>, trial: usize, mean_block: f64) -> f64 {
    Tile::of(returns, &[trial], mean_block, Scale::Studentised).errors[0]
}

#[multiversion(targets("x86_64+avx2"))]
fn raise(maxima: &mut Maxima, tile: &Tile, resamples: &Resamples, shift: &[Lanes; 2]) {
    for draw in 0..resamples.len() {
        let mut sum = [0.0; LANES];
        for (start, end) in resamples.runs(draw) {
            let (before, after) = (&tile.sums[*start as usize], &tile.sums[*end as usize]);
            for lane in 0..LANES {
                sum[lane] += after[lane] - before[lane];
            }
        }
        let highest = |lanes: Lanes| lanes.into_iter().fold(0.0, f64::max);
        let shifted = |by: &Lanes| std::array::from_fn(|lane| sum[lane] + by[lane]);
        maxima.upper[draw] = maxima.upper[draw].max(highest(sum));
        maxima.consistent[draw] = maxima.consistent[draw].max(highest(shifted(&shift[0])));
        maxima.lower[draw] = maxima.lower[draw].max(highest(shifted(&shift[1])));
    }
}

/// Which trials survive when all are tested together, step by step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepDown {
    /// The trials whose lack of skill is rejected, in increasing order.
    pub survivors: Vec<usize>,
    /// For each trial the lowest level at which it survives.
    pub adjusted: Vec<f64>,
}

/// Romano and Wolf, "Stepwise Multiple Testing as Formalized Data Snooping" (2005), and their
/// adjusted p-values (2016).
pub fn step_down(
    returns: &Returns<'_>,
    resamples: &Resamples,
    mean_block: f64,
    scale: Scale,
    level: f64,
) -> StepDown {
    let n_trials = returns.n_trials();
    let all: Vec<usize> = (0..n_trials).collect();
    let mut statistics = Vec::with_capacity(n_trials);
    for tile in all.chunks(LANES) {
        let found = Tile::of(returns, tile, mean_block, scale).statistics;
        statistics.extend_from_slice(&found[..tile.len()]);
    }
    let mut order = all;
    order.sort_by(|a, b| statistics[*b].total_cmp(&statistics[*a]));
    // From the worst to the best, so that one vector of maxima serves every step.
    let draws = resamples.len();
    let mut maxima = vec![f64::NEG_INFINITY; draws];
    let mut sorted = Vec::new();
    let mut critical = vec![f64::INFINITY; n_trials];
    let mut adjusted = vec![0.0; n_trials];
    for ranks in (0..n_trials).rev().collect::<Vec<_>>().chunks(LANES) {
        let trials: Vec<usize> = ranks.iter().map(|rank| order[*rank]).collect();
        let tile = Tile::of(returns, &trials, mean_block, scale);
        let drawn = draws_of(&tile, resamples);
        for (lane, rank) in ranks.iter().enumerate() {
            let statistic = tile.statistics[lane];
            let mut reached = 0;
            for (highest, drawn) in maxima.iter_mut().zip(&drawn) {
                *highest = highest.max(drawn[lane]);
                reached += usize::from(*highest >= statistic);
            }
            adjusted[trials[lane]] = (1 + reached) as f64 / (draws + 1) as f64;
            if statistic > 0.0 {
                sorted.clone_from(&maxima);
                sorted.sort_by(f64::total_cmp);
                critical[*rank] = quantile(&sorted, 1.0 - level);
            }
        }
    }
    let mut highest = 0.0f64;
    for trial in &order {
        highest = highest.max(adjusted[*trial]);
        adjusted[*trial] = highest;
    }
    let mut rejected = 0;
    while rejected < n_trials {
        let bar = critical[rejected];
        let above = order[rejected..]
            .iter()
            .take_while(|trial| statistics[**trial] > bar);
        match above.count() {
            0 => break,
            more => rejected += more,
        }
    }
    let mut survivors = order[..rejected].to_vec();
    survivors.sort_unstable();
    StepDown {
        survivors,
        adjusted,
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn draws_of(tile: &Tile, resamples: &Resamples) -> Vec<Lanes> {
    let mut drawn = Vec::with_capacity(resamples.len());
    for draw in 0..resamples.len() {
        let mut sum = [0.0; LANES];
        for (start, end) in resamples.runs(draw) {
            let (before, after) = (&tile.sums[*start as usize], &tile.sums[*end as usize]);
            for lane in 0..LANES {
                sum[lane] += after[lane] - before[lane];
            }
        }
        drawn.push(sum);
    }
    drawn
}
