//! The best of many trials against luck, from all of their returns.

use statistics::SharpeEstimate;
use sweep::{par_map_chunks, validation};

use crate::compared::Compared;
use crate::leader::Lead;
use crate::overfitting::cscv::{Folds, Overfitting};
use crate::overfitting::effective_trials::effective_by_correlation;
use crate::overfitting::haircut::Haircut;
use crate::overfitting::selection;
use crate::overfitting::sign_flips::Extremes;
use crate::residuals::Residuals;
use crate::test::{LEAST_DEFLATED, LEVEL, WEAK_LEVEL};
use crate::union::{Sessions, SweepTrials};
use crate::verdict::{Best, Deflated, Detectable, HaircutSharpe, LuckBand, PickBias, RealityCheck};

/// Evaluations of a trial in a split that the cross-validation of picks may cost: of many trials,
/// evenly spaced splits are looked at in place of all.
const MOST_EVALUATIONS: usize = 4_000_000;

/// But at least this number of splits.
const FEWEST_SPLITS: usize = 400;

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

    /// The extremes of all trials that have yardsticks.
    pub(crate) fn extremes(&self) -> Extremes {
        let all: Vec<usize> = (0..self.residuals.samples.len()).collect();
        self.residuals.extremes(self.threads, &all)
    }

    pub(crate) fn sessions(&self) -> Sessions {
        Sessions {
            first_day: self.best.period_sums.first_day,
            n: self.n as u64,
            stretches: self.residuals.stretches as u64,
        }
    }

    pub(crate) fn kept(&self, extremes: &Extremes) -> SweepTrials {
        let ratios = self.residuals.digested_ratios();
        SweepTrials::new(self.sessions(), extremes.maxima(), &ratios)
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

    /// The smallest skill that a reality check over these trials sees.
    pub(crate) fn detectable(&self, extremes: &Extremes) -> Detectable {
        let years = self.n as f64 / self.per_year;
        let critical = extremes.quantile(1.0 - LEVEL);
        Detectable {
            ratio: selection::detectable_ratio(critical, years),
            years_for_a_fifth: selection::years_to_detect(critical, 0.2),
        }
    }

    pub(crate) fn reality_check(&self, extremes: &Extremes, lead: &Lead<'_>) -> RealityCheck {
        let residuals = &self.residuals;
        let p = extremes.p_values();
        let union = |statistic| {
            let sessions = self.sessions();
            self.elsewhere.p(&sessions, extremes.maxima(), statistic)
        };
        let own = (residuals.samples.iter()).position(|one| one.trial == self.best.trial);
        let own = own.map_or(0.0, |at| residuals.statistics[at]);
        let (survivors, bar) = survivors(residuals, self.threads, extremes);
        let named = residuals.samples.iter().zip(&residuals.statistics);
        let named = named.filter(|(_, statistic)| **statistic > bar);
        RealityCheck {
            p: union(lead.statistic),
            p_alone: p.reality_check,
            p_of_best: union(own),
            spa_consistent: p.spa_consistent,
            spa_lower: p.spa_lower,
            survivors: survivors as u64,
            survivor_trials: named
                .map(|(sample, _)| sample.trial)
                .take(MOST_NAMED)
                .collect(),
            stretches: residuals.stretches as u64,
            draws: Residuals::DRAWS,
        }
    }

    /// `None` when the residual's moments are not known, or give no standard error.
    pub(crate) fn deflated(&self, lead: &Lead<'_>, tried: u64) -> Option<Deflated> {
        let estimate = lead.estimate.as_ref()?;
        let ratios = self.residuals.digested_ratios();
        let variance = self.elsewhere.variance_with(&ratios);
        let inflation = lead.variance_ratio;
        let (root, n) = (self.per_year.sqrt(), tried as f64);
        let residuals = &self.residuals;
        let moving = (0..residuals.samples.len()).filter(|at| !residuals.hedges[*at].follows);
        Some(Deflated {
            probability: selection::deflated_residual(estimate, n, variance, inflation)?,
            luck_bar: selection::luck_bar(n, variance) * root,
            trials: tried,
            spread: variance.sqrt() * root,
            break_even_trials: selection::break_even_trials(estimate, variance, LEAST_DEFLATED),
            effective_trials: effective_by_correlation(moving.map(|at| residuals.sums(at))),
        })
    }

    pub(crate) fn haircut(&self, tried: u64) -> Option<HaircutSharpe> {
        let root = self.per_year.sqrt();
        let left = Haircut::of_best(&self.residuals.ratios, tried, self.n as f64)?;
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
        // Of identical trials none is picked.
        let first = &self.trials[0].period_sums;
        let is_first = |sums: &[f64], squares: &[f64]| {
            (sums, squares) == (first.sums.as_slice(), first.squares.as_slice())
        };
        let mut others = self.trials.iter().map(|own| &own.period_sums);
        if others.all(|own| is_first(&own.sums, &own.squares)) {
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
            logit_mean: found.logit_mean,
            logit_median: found.logit_median,
            logit_counts: found.logit_counts.to_vec(),
            splits: looked_at as u64,
            splits_of: all.len() as u64,
        })
    }
}

/// Romano and Wolf's survivors of this sweep alone: how many, and the statistic above which they are.
fn survivors(residuals: &Residuals<'_>, threads: usize, extremes: &Extremes) -> (usize, f64) {
    let statistics = &residuals.statistics;
    let mut bar = extremes.survival_bar(WEAK_LEVEL);
    let mut survivors = 0;
    // Step by step: without those that have survived, others may.
    loop {
        let above = statistics.iter().filter(|statistic| **statistic > bar);
        let now = above.count();
        if now == survivors || now == statistics.len() {
            return (now, bar);
        }
        survivors = now;
        let rest: Vec<usize> = (0..statistics.len())
            .filter(|at| statistics[*at] <= bar)
            .collect();
        let without = residuals.extremes(threads, &rest);
        bar = without.survival_bar(WEAK_LEVEL).min(bar);
    }
}
