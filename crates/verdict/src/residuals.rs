//! The compared trials, each hedged by what one could have held instead of it.

use std::collections::BTreeMap;

use sweep::{Sweep, SweepError, Trial, par_map_chunks, validation};

use crate::overfitting::hedge::{Hedge, HedgeSums, Yardsticks, are_long_enough, halve};
use crate::overfitting::sign_flips::{DRAWS, Extremes, Flips, TrialSums};
use crate::samples::Sample;

/// What the flips of signs depend on, in every sweep and on every machine.
const SEED: u64 = 0x6c75_636b;

/// What one of a trial's yardsticks is called, and what it shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Yardstick {
    pub(crate) name: String,
    /// Over the risk-free ones, session by session.
    pub(crate) returns: Vec<f64>,
}

/// The yardsticks of a trial, from another run of them: none when there is none to run.
pub(crate) fn yardsticks_of(trial: &Trial) -> Vec<Yardstick> {
    let strategy = &trial.file.strategy;
    let found = trial.yardsticks();
    let benchmark = strategy.benchmark.as_ref().map(|named| named.name());
    let equal_weights = match strategy.assets().as_slice() {
        [one] => (*one).to_owned(),
        _ => "equal weights".to_owned(),
    };
    let mut names = Vec::new();
    if found.benchmark.is_some() {
        names.extend(benchmark);
    }
    if found.equal_weights.is_some() {
        names.push(equal_weights);
    }
    let series = [found.benchmark, found.equal_weights];
    let series = names.into_iter().zip(series.into_iter().flatten());
    series
        .map(|(name, returns)| Yardstick { name, returns })
        .collect()
}

/// The trials that have yardsticks, in the order of their numbers, and what is left of each.
pub(crate) struct Residuals<'a> {
    pub(crate) n: usize,
    pub(crate) samples: Vec<&'a Sample>,
    pub(crate) hedges: Vec<Hedge>,
    /// Stretches whose signs are flipped.
    pub(crate) stretches: usize,
    /// By trial, its sums over the stretches.
    sums: Vec<f64>,
    /// By trial, its [`TrialSums::statistic`].
    pub(crate) statistics: Vec<f64>,
    /// By trial, its Sharpe ratio per observation.
    pub(crate) ratios: Vec<f64>,
}

impl<'a> Residuals<'a> {
    /// Of the trials that have yardsticks, all over the same sessions.
    ///
    /// # Errors
    ///
    /// A trial that cannot be read any more.
    pub(crate) fn of(
        sweep: &Sweep,
        threads: usize,
        n: usize,
        samples: &[&'a Sample],
    ) -> Result<Residuals<'a>, SweepError> {
        let finest = validation::n_stretches(n);
        let groups = groups(sweep, threads, n, samples)?;
        let group_of = |sample: &Sample| {
            let products = sample.period_sums.products?;
            Some((groups.get(&products.yardsticks)?, products.sums))
        };
        let samples: Vec<&Sample> = (samples.iter())
            .filter(|sample| group_of(sample).is_some())
            .copied()
            .collect();
        let parts = par_map_chunks(threads, &samples, |part| {
            let mut sums = vec![0.0; part.len() * finest];
            let mut hedges = Vec::with_capacity(part.len());
            for (sample, out) in part.iter().zip(sums.chunks_exact_mut(finest)) {
                let Some((group, products)) = group_of(sample) else {
                    continue;
                };
                let stretches = sample.over(finest, n);
                let hedge = group.hedge(&HedgeSums {
                    stretches: &stretches,
                    squares: sample.squares(),
                    products,
                });
                group.residual_sums(&hedge, &stretches, out);
                hedges.push(hedge);
            }
            (sums, hedges)
        });
        let (mut sums, mut hedges) = (Vec::new(), Vec::new());
        for (more_sums, more_hedges) in parts {
            sums.extend(more_sums);
            hedges.extend(more_hedges);
        }
        let mut stretches = finest;
        loop {
            let each = sums.chunks_exact(stretches).zip(&hedges);
            let highest = each
                .map(|(sums, hedge)| hedge.variance_ratio(sums, n))
                .fold(0.0, f64::max);
            if are_long_enough(stretches, n, highest) {
                break;
            }
            halve(&mut sums, stretches);
            stretches /= 2;
        }
        let mut residuals = Residuals {
            n,
            samples,
            hedges,
            stretches,
            sums,
            statistics: Vec::new(),
            ratios: Vec::new(),
        };
        let trials = 0..residuals.samples.len();
        residuals.statistics = (trials.clone())
            .map(|at| residuals.trial_sums(at).statistic())
            .collect();
        residuals.ratios = trials
            .map(|at| residuals.hedges[at].sharpe(residuals.sum(at), n))
            .collect();
        Ok(residuals)
    }

    /// The sums of a trial over the stretches.
    pub(crate) fn sums(&self, at: usize) -> &[f64] {
        &self.sums[at * self.stretches..][..self.stretches]
    }

    fn sum(&self, at: usize) -> f64 {
        self.sums(at).iter().sum()
    }

    fn trial_sums(&self, at: usize) -> TrialSums<'_> {
        let sum = self.sum(at);
        let hedge = &self.hedges[at];
        let squares = match hedge.follows {
            true => 0.0,
            false => hedge.variation + sum * sum / self.n as f64,
        };
        TrialSums {
            sums: self.sums(at),
            squares,
        }
    }

    /// The trial with the highest statistic, the first of equal ones.
    pub(crate) fn best(&self) -> Option<usize> {
        let all = self.statistics.iter().enumerate();
        let best = all.fold(None, |best: Option<(usize, f64)>, (at, own)| match best {
            Some((_, highest)) if *own <= highest => best,
            _ => Some((at, *own)),
        });
        best.map(|(at, _)| at)
    }

    /// The highest residual Sharpe ratio per observation; 0 when there is none above.
    pub(crate) fn highest_ratio(&self) -> f64 {
        self.ratios.iter().copied().fold(0.0, f64::max)
    }

    /// The extremes of some of the trials.
    pub(crate) fn extremes(&self, threads: usize, trials: &[usize]) -> Extremes {
        let flips = Flips::new(SEED, self.stretches);
        let parts = par_map_chunks(threads, trials, |part| {
            let mut extremes = Extremes::none();
            // A few at a time, so that what is worked on stays in the cache.
            for some in part.chunks(64) {
                let some: Vec<TrialSums<'_>> = some.iter().map(|at| self.trial_sums(*at)).collect();
                extremes.add(&flips, self.n, &some);
            }
            extremes
        });
        let mut all = Extremes::none();
        parts.iter().for_each(|part| all.merge(part));
        all
    }

    /// Of each trial a digest of its results and its yardsticks, and its residual Sharpe ratio.
    pub(crate) fn digested_ratios(&self) -> Vec<(u64, f64)> {
        let digest = |sample: &Sample| {
            let products = sample.period_sums.products;
            let yardsticks = products.map_or(0, |products| products.yardsticks);
            statistics::random::mix(sample.digest ^ statistics::random::mix(yardsticks))
        };
        let samples = self.samples.iter().map(|sample| digest(sample));
        samples.zip(self.ratios.iter().copied()).collect()
    }

    pub(crate) const DRAWS: u64 = DRAWS as u64;
}

/// By the digest of the yardsticks of some trials the yardsticks themselves, from another run of those of
/// the first such trial; without those that do not move.
fn groups(
    sweep: &Sweep,
    threads: usize,
    n: usize,
    samples: &[&Sample],
) -> Result<BTreeMap<u64, Yardsticks>, SweepError> {
    let mut first: BTreeMap<u64, u64> = BTreeMap::new();
    for sample in samples {
        if let Some(products) = sample.period_sums.products {
            first.entry(products.yardsticks).or_insert(sample.trial);
        }
    }
    let first: Vec<(u64, u64)> = first.into_iter().collect();
    let finest = validation::n_stretches(n);
    let parts = par_map_chunks(threads, &first, |part| {
        let mut groups = Vec::new();
        for (digest, trial) in part {
            let trial = sweep.trial(*trial)?;
            let Some(returns) = trial.yardsticks().into_returns() else {
                continue;
            };
            let series: Vec<&[f64]> = returns.series().iter().map(Vec::as_slice).collect();
            if returns.digest() == *digest && series[0].len() == n {
                let shared = Yardsticks::new(&series, validation::ends(finest, n));
                if shared.kept() != [false, false] {
                    groups.push((*digest, shared));
                }
            }
        }
        Ok::<_, SweepError>(groups)
    });
    let mut groups = BTreeMap::new();
    for part in parts {
        groups.extend(part?);
    }
    Ok(groups)
}
