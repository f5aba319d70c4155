//! The best of many trials against luck, from all of their returns.

use std::borrow::Cow;

use statistics::SharpeEstimate;
use sweep::{par_map_chunks, validation};

use crate::compared::Compared;
use crate::overfitting::cscv::{Folds, Overfitting};
use crate::overfitting::effective_trials::effective_by_correlation;
use crate::overfitting::haircut::Haircut;
use crate::overfitting::selection;
use crate::overfitting::sign_flips::{DRAWS, Extremes, Flips, TrialSums};
use crate::samples::Sample;
use crate::test::{CONFIDENCE, LEVEL};
use crate::verdict::{Best, Deflated, HaircutSharpe, LuckBand, PickBias, RealityCheck};

/// What the flips of signs depend on, in every sweep and on every machine.
const SEED: u64 = 0x6c75_636b;

/// Evaluations of a trial in a split that the cross-validation of picks may cost: of many trials,
/// evenly spaced splits are looked at in place of all.
const MOST_EVALUATIONS: usize = 16_000_000;

/// But at least this number of splits.
const FEWEST_SPLITS: usize = 1_000;

/// The most survivors whose numbers are kept.
const MOST_NAMED: usize = 100;

impl Compared<'_> {
    pub(crate) fn describe_best(&self, estimate: &SharpeEstimate) -> Best {
        let evidence = estimate.evidence(self.per_year);
        Best {
            trial: self.best.trial,
            sharpe: estimate.ratio * self.per_year.sqrt(),
            interval: evidence.map(|evidence| evidence.interval),
            probabilistic: evidence.map(|evidence| evidence.probabilistic),
            min_track_record_years: evidence.and_then(|evidence| evidence.min_track_record_years),
        }
    }

    /// The extremes of some of the compared trials.
    pub(crate) fn extremes(&self, trials: &[&Sample]) -> Extremes {
        let stretches = validation::n_stretches(self.n);
        let flips = Flips::new(SEED, stretches);
        let parts = par_map_chunks(self.threads, trials, |part| {
            let mut extremes = Extremes::none();
            // A few at a time, so that what is worked on stays in the cache.
            for some in part.chunks(64) {
                let sums: Vec<Cow<'_, [f64]>> =
                    some.iter().map(|s| s.over(stretches, self.n)).collect();
                let sums: Vec<TrialSums<'_>> = (some.iter().zip(&sums))
                    .map(|(sample, sums)| TrialSums {
                        sums,
                        squares: sample.squares(),
                    })
                    .collect();
                extremes.add(&flips, self.n, &sums);
            }
            extremes
        });
        let mut all = Extremes::none();
        parts.iter().for_each(|part| all.merge(part));
        all
    }

    pub(crate) fn luck_band(&self, extremes: &Extremes, tried: u64) -> LuckBand {
        let root = self.per_year.sqrt();
        let bar = extremes.luck_bar(self.n);
        let years = self.n as f64 / self.per_year;
        LuckBand {
            typical: bar.mean * root,
            low: bar.low * root,
            high: bar.high * root,
            if_independent: selection::expected_best(tried as f64) / years.sqrt(),
        }
    }

    pub(crate) fn reality_check(&self, extremes: Extremes) -> RealityCheck {
        let stretches = validation::n_stretches(self.n);
        let p = extremes.p_values();
        let statistics: Vec<f64> = par_map_chunks(self.threads, &self.trials, |part| {
            let statistic = |sample: &&Sample| {
                let sums = sample.over(stretches, self.n);
                let squares = sample.squares();
                TrialSums {
                    sums: &sums,
                    squares,
                }
                .statistic()
            };
            part.iter().map(statistic).collect::<Vec<_>>()
        })
        .concat();
        // Step by step: without those that have survived, others may.
        let mut bar = extremes.survival_bar(LEVEL);
        let mut survivors = 0;
        loop {
            let now = statistics
                .iter()
                .filter(|statistic| **statistic > bar)
                .count();
            if now == survivors || now == statistics.len() {
                survivors = now;
                break;
            }
            survivors = now;
            let rest = self.trials.iter().zip(&statistics);
            let rest = rest.filter(|(_, statistic)| **statistic <= bar);
            let rest: Vec<&Sample> = rest.map(|(sample, _)| *sample).collect();
            bar = self.extremes(&rest).survival_bar(LEVEL).min(bar);
        }
        let named = self.trials.iter().zip(&statistics);
        let named = named.filter(|(_, statistic)| **statistic > bar);
        RealityCheck {
            p: p.reality_check,
            spa_lower: p.spa_lower,
            spa_consistent: p.spa_consistent,
            survivors: survivors as u64,
            survivor_trials: named
                .map(|(sample, _)| sample.trial)
                .take(MOST_NAMED)
                .collect(),
            stretches: stretches as u64,
            draws: DRAWS as u64,
        }
    }

    pub(crate) fn deflated(&self, estimate: &SharpeEstimate, tried: u64) -> Option<Deflated> {
        let variance = self.all.variance();
        let root = self.per_year.sqrt();
        let n = tried as f64;
        let stretches = validation::n_stretches(self.n);
        let sums: Vec<Cow<'_, [f64]>> = self
            .trials
            .iter()
            .map(|s| s.over(stretches, self.n))
            .collect();
        Some(Deflated {
            probability: selection::deflated_sharpe(estimate, n, variance)?,
            luck_bar: selection::luck_bar(n, variance) * root,
            trials: tried,
            spread: variance.sqrt() * root,
            break_even_trials: selection::break_even_trials(estimate, variance, CONFIDENCE),
            effective_trials: effective_by_correlation(sums.iter().map(AsRef::as_ref)),
        })
    }

    pub(crate) fn haircut(&self, tried: u64) -> Option<HaircutSharpe> {
        let root = self.per_year.sqrt();
        let ratios: Vec<f64> = self.trials.iter().filter_map(|s| s.sharpe()).collect();
        let left = Haircut::of_best(&ratios, tried, self.n as f64)?;
        Some(HaircutSharpe {
            bonferroni: left.bonferroni * root,
            holm: left.holm * root,
            bhy: left.bhy * root,
        })
    }

    pub(crate) fn pick_bias(&self) -> Option<PickBias> {
        let root = self.per_year.sqrt();
        let edges: Vec<usize> = validation::ends(validation::FOLDS, self.n).collect();
        if self.trials.len() < 2 || self.n < 2 * validation::FOLDS {
            return None;
        }
        let starts = std::iter::once(0).chain(edges.iter().copied());
        let sizes = starts.zip(&edges).map(|(start, end)| end - start).collect();
        let mut folds = Folds::new(sizes);
        for sample in &self.trials {
            folds.push(sample.folds(&edges).into_iter());
        }
        let all = folds.splits();
        let affordable = MOST_EVALUATIONS / self.trials.len();
        let looked_at = affordable.clamp(FEWEST_SPLITS, all.len());
        let splits: Vec<u32> = (0..looked_at)
            .map(|at| all[at * all.len() / looked_at])
            .collect();
        let picks = par_map_chunks(self.threads, &splits, |part| folds.picks(part)).concat();
        let found = Overfitting::of(&picks)?;
        Some(PickBias {
            probability: found.probability,
            loss: found.loss,
            in_sample: found.in_sample * root,
            out_of_sample: found.out_of_sample * root,
            slope: found.slope,
            logit_mean: found.logit_mean,
            logit_median: found.logit_median,
            logit_counts: found.logit_counts.to_vec(),
            splits: looked_at as u64,
            splits_of: all.len() as u64,
        })
    }
}
