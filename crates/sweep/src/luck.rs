//! Is the best trial real, or luck? What every sweep ends with, unasked.
//!
//! All of it follows from the shards: from each trial's sums over stretches of time, its moments,
//! and one seed. Neither threads nor shards change a bit.

mod out_of_sample;
mod samples;
mod text;

use std::borrow::Cow;
use std::fs;
use std::io;
use std::thread;

use market_data::write_atomically;
use overfitting::cscv::{Folds, Overfitting};
use overfitting::effective_trials::effective_by_correlation;
use overfitting::haircut::Haircut;
use overfitting::selection;
use overfitting::sharpe::Estimate;
use overfitting::sign_flips::{DRAWS, Extremes, Flips, TrialSums};
use overfitting::verdict::{CONFIDENCE, Evidence, LEVEL};
use serde::{Deserialize, Serialize};

use crate::error::SweepError;
use crate::folder::{Sweep, io_error};
use crate::results::Results;
use crate::run::all_if_zero;
use crate::validation;

use samples::{Sample, Samples};

pub(crate) use out_of_sample::returns;
pub use out_of_sample::{CrossValidated, Tested, WalkForwardResult, WalkForwardWindow};

/// The file that it is kept in.
pub(crate) const VERDICT: &str = "verdict.json";

/// What the flips of signs depend on, in every sweep and on every machine.
const SEED: u64 = 0x6c75_636b;

/// Evaluations of a trial in a split that the cross-validation of picks may cost: of many trials,
/// evenly spaced splits are looked at in place of all.
const MOST_EVALUATIONS: usize = 16_000_000;

/// But at least so many splits.
const FEWEST_SPLITS: usize = 1_000;

/// Survivors that are named.
const MOST_NAMED: usize = 100;

/// What a benchmark shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BenchmarkShown {
    /// Its symbol or weights.
    pub name: String,
    /// Its Sharpe ratio; `None` without a spread.
    pub sharpe: Option<f64>,
}

/// What the result of a sweep is worth. Sharpe ratios are annualised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Luck {
    /// The version of this program.
    pub program: String,
    /// `green`, `amber` or `red`; `None` when there is nothing to judge.
    pub light: Option<String>,
    /// The tests that failed, by name.
    pub failed_tests: Vec<String>,
    /// Trials of this sweep that ran to their end.
    pub trials: u64,
    /// All trials ever made on these prices, these included.
    pub tried: u64,
    /// Trials over the same sessions as the best, which are all that can be compared day by day.
    pub compared: u64,
    /// Returns of each.
    pub sessions: u64,
    /// The same in years.
    pub years: f64,
    /// The trial with the highest Sharpe ratio.
    pub best: Option<Best>,
    /// The best Sharpe ratio that luck alone would show.
    pub luck_bar: Option<LuckBand>,
    /// White's and Hansen's tests, and Romano and Wolf's survivors.
    pub reality_check: Option<RealityCheck>,
    /// The deflated Sharpe ratio.
    pub deflated: Option<Deflated>,
    /// What corrections for many tests leave of the Sharpe ratio.
    pub haircut: Option<HaircutSharpe>,
    /// Years below which the best of so many trials would show a Sharpe ratio of 1 by luck.
    pub min_backtest_years: f64,
    /// What picking the best in-sample is worth.
    pub pick_bias: Option<PickBias>,
    /// Whether the best stands on a plateau or on a spike.
    pub plateau: Option<Plateau>,
    /// What selecting anew as time went on would have earned.
    pub walk_forward: Option<WalkForwardResult>,
    /// The cross-validation that the strategy asks for.
    pub cross_validation: Option<CrossValidated>,
    /// What the benchmark of the best trial shows over the same sessions. Nothing is tested against it.
    pub benchmark: Option<BenchmarkShown>,
    /// The first day of the time that no trial has seen.
    pub holdout: Option<String>,
    /// What could not be told, and why.
    pub notes: Vec<String>,
}

/// The trial with the highest Sharpe ratio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Its number.
    pub trial: u64,
    /// Its Sharpe ratio.
    pub sharpe: f64,
    /// The 95 % interval, as if it had been the only trial.
    pub interval: Option<(f64, f64)>,
    /// The probabilistic Sharpe ratio against zero, as if it had been the only trial.
    pub probabilistic: Option<f64>,
    /// Years of such returns before the ratio is above zero with 95 % confidence.
    pub min_track_record_years: Option<f64>,
}

/// The best Sharpe ratio of the same trials without skill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LuckBand {
    /// Its mean.
    pub typical: f64,
    /// It is above this 95 % of the time.
    pub low: f64,
    /// It is below this 95 % of the time.
    pub high: f64,
    /// What as many independent trials would typically reach, by formula.
    pub if_independent: f64,
}

/// p-values of "no trial has skill".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RealityCheck {
    /// Of the highest Sharpe ratio: White's test.
    pub p: f64,
    /// Of the highest studentised mean: Hansen's test, a lower bound.
    pub spa_lower: f64,
    /// Hansen's test.
    pub spa_consistent: f64,
    /// Hansen's test, an upper bound.
    pub spa_upper: f64,
    /// How many trials survive Romano and Wolf's step-down test at 5 %.
    pub survivors: u64,
    /// The first hundred of them.
    pub survivor_trials: Vec<u64>,
    /// Stretches of time whose signs were flipped.
    pub stretches: u64,
    /// Flipped histories, the observed one included.
    pub draws: u64,
}

/// The deflated Sharpe ratio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deflated {
    /// Confidence that the true Sharpe ratio is above what the best of all tries shows by luck.
    pub probability: f64,
    /// That ratio.
    pub luck_bar: f64,
    /// Trials it counts.
    pub trials: u64,
    /// Standard deviation of the trials' Sharpe ratios.
    pub spread: f64,
    /// With how many trials at most it would be 0.95; `None` when not even with one.
    pub break_even_trials: Option<u64>,
    /// How many independent trials these are worth. For information only.
    pub effective_trials: Option<f64>,
}

/// What corrections for many tests leave of the Sharpe ratio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HaircutSharpe {
    /// By Bonferroni's.
    pub bonferroni: f64,
    /// By Holm's.
    pub holm: f64,
    /// By Benjamini, Hochberg and Yekutieli's.
    pub bhy: f64,
}

/// Cross-validation of the pick: the best in one half of time, looked at in the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PickBias {
    /// The probability of backtest overfitting.
    pub probability: f64,
    /// Share of picks that lost money out of sample.
    pub loss: f64,
    /// Mean Sharpe ratio of the picks where they were picked.
    pub in_sample: f64,
    /// Mean Sharpe ratio of the picks in the other half.
    pub out_of_sample: f64,
    /// Slope of the second on the first.
    pub slope: Option<f64>,
    /// Mean of the logits of the picks' ranks.
    pub logit_mean: f64,
    /// Their median.
    pub logit_median: f64,
    /// How many lie below −5, from −5 to −4, …, above 5.
    pub logit_counts: Vec<u64>,
    /// Splits looked at.
    pub splits: u64,
    /// Splits that there are.
    pub splits_of: u64,
}

/// The neighbourhood of the best trial on the axes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plateau {
    /// Median Sharpe ratio of the neighbours and itself.
    pub median: f64,
    /// The lowest of them.
    pub worst: f64,
    /// How many they are.
    pub neighbours: u64,
    /// Its Sharpe ratio less the median, in standard deviations of all trials.
    pub peakiness: Option<f64>,
}

impl Sweep {
    /// What the results are worth; also kept as `verdict.json` in the folder.
    ///
    /// * `threads`: 0 for as many as the machine has.
    /// * `tried_elsewhere`: trials of other sweeps on the same prices, as the ledger counts them.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read or written, or whose sweep has not been run to its end.
    pub fn luck(&self, threads: usize, tried_elsewhere: u64) -> Result<Luck, SweepError> {
        let threads = all_if_zero(threads);
        let luck = self.judge(threads, tried_elsewhere)?;
        let text = luck.to_json();
        write_atomically(&self.dir().join(VERDICT), |out| {
            out.write_all(text.as_bytes())
        })?;
        Ok(luck)
    }

    fn judge(&self, threads: usize, tried_elsewhere: u64) -> Result<Luck, SweepError> {
        let all = Samples::read(self, threads)?;
        let mut luck = Luck {
            program: self.plan.program.clone(),
            light: None,
            failed_tests: Vec::new(),
            trials: all.n_trials,
            tried: all.n_trials + tried_elsewhere,
            compared: 0,
            sessions: 0,
            years: 0.0,
            best: None,
            luck_bar: None,
            reality_check: None,
            deflated: None,
            haircut: None,
            min_backtest_years: 0.0,
            pick_bias: None,
            plateau: None,
            walk_forward: None,
            cross_validation: None,
            benchmark: None,
            holdout: (self.trials.validation.holdout).map(|date| date.to_string()),
            notes: Vec::new(),
        };
        luck.min_backtest_years = selection::min_backtest_years(luck.tried as f64, 1.0);
        let Some(best) = all.best() else {
            luck.notes
                .push("no trial has a Sharpe ratio, so there is nothing to judge".to_owned());
            return Ok(luck);
        };
        let best = &all.samples[best];
        let judged = Judged {
            sweep: self,
            threads,
            n: best.stretches.n,
            per_year: self.sessions_per_year(best.trial),
            compared: all.like(best),
            best,
            all: &all,
        };
        judged.fill(&mut luck)?;
        Ok(luck)
    }

    /// Of the strategy of a trial.
    fn sessions_per_year(&self, trial: u64) -> f64 {
        let point = self.trials.point(trial);
        let file = point.and_then(|point| self.trials.read(&point).ok());
        file.map_or(252.0, |file| file.strategy.sessions_per_year)
    }
}

/// The trials that are judged together.
struct Judged<'a> {
    sweep: &'a Sweep,
    threads: usize,
    /// Returns of each trial.
    n: usize,
    per_year: f64,
    best: &'a Sample,
    /// Trials over the same sessions, in the order of their numbers.
    compared: Vec<&'a Sample>,
    all: &'a Samples,
}

impl Judged<'_> {
    fn fill(&self, luck: &mut Luck) -> Result<(), SweepError> {
        let root = self.per_year.sqrt();
        luck.compared = self.compared.len() as u64;
        luck.sessions = self.n as u64;
        luck.years = self.n as f64 / self.per_year;
        if luck.compared < luck.trials {
            luck.notes.push(format!(
                "{} of {} trials cover other sessions than the best one; they count as tries, and \
                 are left out where trials are compared day by day",
                luck.trials - luck.compared,
                luck.trials
            ));
        }
        let estimate = self.best.estimate();
        luck.best = Some(self.describe_best(&estimate));
        let extremes = self.extremes(&self.compared);
        let bar = extremes.luck_bar(self.n);
        luck.luck_bar = Some(LuckBand {
            typical: bar.mean * root,
            low: bar.low * root,
            high: bar.high * root,
            if_independent: selection::expected_best(luck.tried as f64) / luck.years.sqrt(),
        });
        luck.reality_check = Some(self.reality_check(extremes));
        let variance = self.all.variance();
        luck.deflated = self.deflated(&estimate, variance, luck.tried);
        luck.haircut = self.haircut(luck.tried);
        luck.pick_bias = self.pick_bias();
        luck.walk_forward = self.walk_forward(&mut luck.notes)?;
        luck.cross_validation = self.cross_validation(&mut luck.notes);
        luck.plateau = self.plateau()?;
        luck.benchmark = self.benchmark()?;
        let evidence = Evidence {
            reality_check: luck.reality_check.as_ref().map(|found| found.p),
            deflated_sharpe: luck.deflated.as_ref().map(|found| found.probability),
            out_of_sample: (luck.walk_forward.as_ref()).and_then(|found| found.tested.interval),
        };
        let verdict = evidence.verdict();
        luck.light = Some(verdict.light.name().to_owned());
        luck.failed_tests = (verdict.failed.iter())
            .map(|test| test.name().to_owned())
            .collect();
        Ok(())
    }

    fn describe_best(&self, estimate: &Estimate) -> Best {
        let root = self.per_year.sqrt();
        let interval = estimate.error().map(|error| {
            let reach = overfitting::normal::quantile(0.975) * error;
            (
                (estimate.ratio - reach) * root,
                (estimate.ratio + reach) * root,
            )
        });
        Best {
            trial: self.best.trial,
            sharpe: estimate.ratio * root,
            interval,
            probabilistic: estimate.probabilistic(0.0),
            min_track_record_years: (estimate.min_track_record(0.0, CONFIDENCE))
                .map(|sessions| sessions / self.per_year),
        }
    }

    /// The extremes of some of the compared trials.
    fn extremes(&self, trials: &[&Sample]) -> Extremes {
        let stretches = validation::n_stretches(self.n);
        let flips = Flips::new(SEED, stretches);
        let parts = on_threads(self.threads, trials, |part| {
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

    fn reality_check(&self, extremes: Extremes) -> RealityCheck {
        let stretches = validation::n_stretches(self.n);
        let p = extremes.p_values();
        let statistics: Vec<f64> = on_threads(self.threads, &self.compared, |part| {
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
            let rest = self.compared.iter().zip(&statistics);
            let rest = rest.filter(|(_, statistic)| **statistic <= bar);
            let rest: Vec<&Sample> = rest.map(|(sample, _)| *sample).collect();
            bar = self.extremes(&rest).survival_bar(LEVEL).min(bar);
        }
        let named = self.compared.iter().zip(&statistics);
        let named = named.filter(|(_, statistic)| **statistic > bar);
        RealityCheck {
            p: p.reality_check,
            spa_lower: p.spa_lower,
            spa_consistent: p.spa_consistent,
            spa_upper: p.spa_upper,
            survivors: survivors as u64,
            survivor_trials: named
                .map(|(sample, _)| sample.trial)
                .take(MOST_NAMED)
                .collect(),
            stretches: stretches as u64,
            draws: DRAWS as u64,
        }
    }

    fn deflated(&self, estimate: &Estimate, variance: f64, tried: u64) -> Option<Deflated> {
        let root = self.per_year.sqrt();
        let n = tried as f64;
        let stretches = validation::n_stretches(self.n);
        let sums: Vec<Cow<'_, [f64]>> = self
            .compared
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

    fn haircut(&self, tried: u64) -> Option<HaircutSharpe> {
        let root = self.per_year.sqrt();
        let ratios: Vec<f64> = self.compared.iter().filter_map(|s| s.sharpe()).collect();
        let left = Haircut::of_best(&ratios, tried, self.n as f64)?;
        Some(HaircutSharpe {
            bonferroni: left.bonferroni * root,
            holm: left.holm * root,
            bhy: left.bhy * root,
        })
    }

    fn pick_bias(&self) -> Option<PickBias> {
        let root = self.per_year.sqrt();
        let edges: Vec<usize> = validation::ends(validation::FOLDS, self.n).collect();
        if self.compared.len() < 2 || self.n < 2 * validation::FOLDS {
            return None;
        }
        let starts = std::iter::once(0).chain(edges.iter().copied());
        let sizes = starts.zip(&edges).map(|(start, end)| end - start).collect();
        let mut folds = Folds::new(sizes);
        for sample in &self.compared {
            folds.push(sample.folds(&edges).into_iter());
        }
        let all = folds.splits();
        let affordable = MOST_EVALUATIONS / self.compared.len();
        let looked_at = affordable.clamp(FEWEST_SPLITS, all.len());
        let splits: Vec<u32> = (0..looked_at)
            .map(|at| all[at * all.len() / looked_at])
            .collect();
        let picks = on_threads(self.threads, &splits, |part| folds.picks(part)).concat();
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

    /// The benchmark over the sessions of the best trial.
    fn benchmark(&self) -> Result<Option<BenchmarkShown>, SweepError> {
        let trial = self.sweep.trial(self.best.trial)?;
        let strategy = &trial.file.strategy;
        let (Some(named), Some(against)) = (&strategy.benchmark, strategy.benchmark_strategy())
        else {
            return Ok(None);
        };
        let outcome = against.bind(&trial.market).ok().and_then(|b| b.run().ok());
        let returns = outcome.map(|outcome| returns(outcome.initial_cash, &outcome.equity));
        let tested = returns.map(|returns| {
            let same = &returns[returns.len().saturating_sub(self.n)..];
            Tested::of(same, self.per_year)
        });
        Ok(Some(BenchmarkShown {
            name: named.name(),
            sharpe: tested.and_then(|tested| tested.sharpe),
        }))
    }

    fn plateau(&self) -> Result<Option<Plateau>, SweepError> {
        let results = Results::open(self.sweep.dir())?;
        let found = results.neighbourhood_of("sharpe", self.best.trial)?;
        Ok(found.filter(|found| found.n > 1).map(|found| Plateau {
            median: found.median,
            worst: found.worst,
            neighbours: found.n as u64,
            peakiness: found.peakiness,
        }))
    }
}

/// Hands each thread an equal part and gathers what they make of it, in order.
fn on_threads<S: Sync, T: Send>(
    threads: usize,
    all: &[S],
    of: impl Fn(&[S]) -> T + Sync,
) -> Vec<T> {
    let threads = threads.clamp(1, all.len().max(1));
    let part = |thread: usize| {
        let edge = |thread: usize| thread * all.len() / threads;
        &all[edge(thread)..edge(thread + 1)]
    };
    if threads == 1 {
        return vec![of(all)];
    }
    thread::scope(|scope| {
        let of = &of;
        let started: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || of(part(thread))))
            .collect();
        let join = |started: thread::ScopedJoinHandle<'_, T>| match started.join() {
            Ok(made) => made,
            // A panic goes on where it would without threads.
            Err(panic) => std::panic::resume_unwind(panic),
        };
        started.into_iter().map(join).collect()
    })
}

impl Luck {
    /// Reads what a sweep's folder says of it. `None` when it says nothing yet.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or is no verdict.
    pub fn open(dir: &std::path::Path) -> Result<Option<Luck>, SweepError> {
        let path = dir.join(VERDICT);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io_error("read", &path)(error)),
        };
        match serde_json::from_slice(&text) {
            Ok(luck) => Ok(Some(luck)),
            Err(error) => Err(SweepError::Damaged {
                path,
                reason: error.to_string(),
            }),
        }
    }
}
