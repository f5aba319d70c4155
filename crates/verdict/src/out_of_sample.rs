//! Out of sample: walk-forward analysis and cross-validation of the selection.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use backtest::date::Date;
use statistics::splits::Window;
use strategy_file::Metric;
use sweep::{AxisColumn, SweepError, validation};

use crate::compared::Compared;
use crate::leader::measure;
use crate::overfitting::rank_correlation::rank_correlation;
use crate::residuals::{Yardstick, yardsticks_of};
use crate::samples::{Running, Sample, SumsRange, sharpe_of};
use crate::tested::Tested;
use crate::verdict::{
    CrossValidated, WalkForwardCurve, WalkForwardResult, WalkForwardWindow, YardstickGrowth,
};

/// The most trials whose ranks are correlated.
const MOST_RANKED: usize = 500;

/// A trial that was run again, and its yardsticks.
struct Run {
    /// Over the risk-free ones.
    returns: Vec<f64>,
    /// Zeros without a risk-free rate.
    risk_free: Vec<f64>,
    yardsticks: Vec<Yardstick>,
}

/// What a walk-forward analysis picked, session by session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chain {
    /// The number of each session among the returns.
    pub(crate) sessions: Vec<usize>,
    /// The trial that was held.
    pub(crate) trials: Vec<u64>,
    /// Over the risk-free ones, as those of the yardsticks.
    pub(crate) returns: Vec<f64>,
    pub(crate) risk_free: Vec<f64>,
    /// Of each pick's own.
    pub(crate) yardsticks: Vec<Yardstick>,
}

/// Points of a curve that is shown.
const POINTS: usize = 300;

impl Chain {
    /// The growth of 1, thinned.
    ///
    /// * `dates`: of all sessions of the trials.
    fn curve(&self, dates: &[Date]) -> WalkForwardCurve {
        let every = self.sessions.len().div_ceil(POINTS).max(1);
        let last = self.sessions.len().saturating_sub(1);
        // Counted from the last, which is always there.
        let kept: Vec<usize> = (0..self.sessions.len())
            .filter(|at| (last - at).is_multiple_of(every) && self.sessions[*at] < dates.len())
            .collect();
        let growth = |returns: &[f64]| -> Vec<f64> {
            let mut value = 1.0;
            let each = returns.iter().zip(&self.risk_free);
            let all: Vec<f64> = each
                .map(|(own, risk_free)| {
                    value *= 1.0 + own + risk_free;
                    value
                })
                .collect();
            kept.iter().filter_map(|at| all.get(*at).copied()).collect()
        };
        WalkForwardCurve {
            days: (kept.iter())
                .map(|at| dates[self.sessions[*at]].epoch_days())
                .collect(),
            growth: growth(&self.returns),
            yardsticks: (self.yardsticks.iter())
                .map(|own| YardstickGrowth {
                    name: own.name.clone(),
                    growth: growth(&own.returns),
                })
                .collect(),
        }
    }

    fn add(&mut self, trial: u64, run: &Run, test: &Range<usize>) {
        if self.returns.is_empty() {
            let named = run.yardsticks.iter();
            let empty = named.map(|own| Yardstick {
                name: own.name.clone(),
                returns: Vec::new(),
            });
            self.yardsticks = empty.collect();
        }
        self.sessions.extend(test.clone());
        self.trials.extend(test.clone().map(|_| trial));
        self.returns.extend_from_slice(&run.returns[test.clone()]);
        self.risk_free
            .extend_from_slice(&run.risk_free[test.clone()]);
        for (own, theirs) in self.yardsticks.iter_mut().zip(&run.yardsticks) {
            own.returns.extend_from_slice(&theirs.returns[test.clone()]);
        }
    }
}

/// What a metric orders trials by, from the sum of their returns and that of the squares.
fn order(metric: Metric, sum: f64, squares: f64) -> f64 {
    match metric {
        // The order of Sharpe ratios, without the root.
        Metric::Sharpe if squares > 0.0 => sum * sum.abs() / squares,
        _ => sum,
    }
}

impl Compared<'_> {
    /// For each selection the trial with the highest value over its ranges, the first of equal ones.
    fn select(&self, selections: &[Vec<Range<usize>>]) -> Vec<Option<&Sample>> {
        let metric = self.sweep.validation().metric;
        let place = |range: &Range<usize>| self.best.place(range);
        let places: Vec<Vec<SumsRange>> = (selections.iter())
            .map(|ranges| ranges.iter().map(place).collect())
            .collect();
        let mut best: Vec<Option<(&Sample, f64)>> = vec![None; selections.len()];
        let mut running = Running::default();
        for sample in &self.trials {
            sample.running(&mut running);
            for (places, best) in places.iter().zip(&mut best) {
                let (sum, squares) = running.over(places);
                let value = order(metric, sum, squares);
                if best.is_none_or(|(_, highest)| value > highest) {
                    *best = Some((sample, value));
                }
            }
        }
        let picks = best.into_iter();
        picks.map(|best| best.map(|(sample, _)| sample)).collect()
    }

    /// The walk-forward analysis, and what it picked; `None` with a note when there is none.
    ///
    /// * `dates`: of all sessions of the trials.
    pub(crate) fn walk_forward(
        &self,
        dates: &[Date],
        notes: &mut Vec<String>,
    ) -> Result<Option<(WalkForwardResult, Chain)>, SweepError> {
        let validation = self.sweep.validation();
        let windows = validation::windows(validation, self.n);
        let windows: Vec<_> = windows.into_iter().filter(|w| !w.test.is_empty()).collect();
        if windows.is_empty() || self.n < validation::FOLDS * 2 {
            let n = self.n;
            notes.push(format!("no walk-forward window fits into {n} sessions"));
            return Ok(None);
        }
        let root = self.per_year.sqrt();
        let annual = |sums: (f64, f64), n: usize| sharpe_of(n, sums.0, sums.1).map(|s| s * root);
        let mut runs: BTreeMap<u64, Run> = BTreeMap::new();
        let mut chain = Chain::default();
        let mut shown = Vec::new();
        let mut in_sample = Vec::new();
        let trainings: Vec<_> = windows.iter().map(|w| vec![w.train.clone()]).collect();
        for (window, pick) in windows.iter().zip(self.select(&trainings)) {
            let Some(pick) = pick else { continue };
            let run = match runs.entry(pick.trial) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => match self.run(pick.trial) {
                    Err(SweepError::NoModels) => {
                        notes.push(
                            "no walk-forward analysis: it runs trials again, and only Python can \
                             run their alpha models"
                                .to_owned(),
                        );
                        return Ok(None);
                    }
                    run => new.insert(run?),
                },
            };
            chain.add(pick.trial, run, &window.test);
            let (train, test) = (pick.range(&window.train), pick.range(&window.test));
            let a_year = |sum: f64, n: usize| sum / n as f64 * self.per_year;
            let before = a_year(train.0, window.train.len());
            in_sample.push(before);
            let ends = |range: &Range<usize>| (range.start as u64, range.end as u64);
            let from = dates.get(window.test.start);
            shown.push(WalkForwardWindow {
                from: from.map_or_else(String::new, Date::to_string),
                train: ends(&window.train),
                test: ends(&window.test),
                trial: pick.trial,
                parameters: self.parameters_of(pick.trial),
                in_sample: annual(train, window.train.len()),
                out_of_sample: annual(test, window.test.len()),
                efficiency: (before > 0.0).then(|| a_year(test.0, window.test.len()) / before),
            });
        }
        let tested = Tested::of(&chain.returns, self.per_year);
        let in_sample_return = statistics::summation::mean(&in_sample);
        let result = WalkForwardResult {
            metric: validation.metric.name().to_owned(),
            efficiency: (in_sample_return > 0.0)
                .then(|| tested.arithmetic_return / in_sample_return),
            tested,
            residual: self.residual_of(&chain),
            rank_correlation: self.rank_correlation(&windows),
            in_sample_return,
            windows: shown,
            curve: chain.curve(dates),
        };
        Ok(Some((result, chain)))
    }

    /// By axis, the value of a trial.
    fn parameters_of(&self, trial: u64) -> BTreeMap<String, String> {
        let Some(point) = self.sweep.point(trial) else {
            return BTreeMap::new();
        };
        let columns = self.sweep.axis_columns();
        let value = |column: &AxisColumn| {
            let value = self.sweep.axis_value(column, &point)?;
            Some((column.name.clone(), value.to_string()))
        };
        columns.iter().filter_map(value).collect()
    }

    /// A trial and its yardsticks, from another run of them.
    fn run(&self, number: u64) -> Result<Run, SweepError> {
        let trial = self.sweep.trial(number)?;
        let outcome = trial.run()?;
        let risk_free = outcome.risk_free.as_ref();
        Ok(Run {
            returns: outcome.excess_returns(),
            risk_free: match risk_free {
                Some(risk_free) => risk_free.by_session().to_vec(),
                None => vec![0.0; outcome.equity.len()],
            },
            yardsticks: yardsticks_of(&trial),
        })
    }

    /// `None` for a chain whose picks do not have the same yardsticks all along.
    fn residual_of(&self, chain: &Chain) -> Option<crate::verdict::Residual> {
        let n = chain.returns.len();
        let series = chain.yardsticks.iter().map(|own| own.returns.as_slice());
        let series: Vec<&[f64]> = series.collect();
        if series.is_empty() || series.iter().any(|own| own.len() != n) {
            return None;
        }
        let stretches = (self.residuals.stretches * 3 / 4).max(validation::FOLDS);
        Some(measure(&chain.returns, &series, stretches, self.per_year).shown)
    }

    fn rank_correlation(&self, windows: &[Window]) -> Option<f64> {
        let metric = self.sweep.validation().metric;
        let place = |range: &Range<usize>| vec![self.best.place(range)];
        let places: Vec<_> = (windows.iter())
            .map(|window| (place(&window.train), place(&window.test)))
            .collect();
        let ranked = self.trials.len().min(MOST_RANKED);
        let mut values = vec![(Vec::new(), Vec::new()); windows.len()];
        let mut running = Running::default();
        for at in 0..ranked {
            let sample = self.trials[at * self.trials.len() / ranked];
            sample.running(&mut running);
            for ((train, test), (before, after)) in places.iter().zip(&mut values) {
                let value = |places: &[SumsRange]| {
                    let (sum, squares) = running.over(places);
                    order(metric, sum, squares)
                };
                before.push(value(train));
                after.push(value(test));
            }
        }
        let each = values.iter();
        let each: Vec<f64> = each
            .filter_map(|(before, after)| rank_correlation(before, after))
            .collect();
        (!each.is_empty()).then(|| statistics::summation::mean(&each))
    }

    /// * `dates`: of the sessions that are compared.
    pub(crate) fn cross_validation(
        &self,
        dates: &[Date],
        notes: &mut Vec<String>,
    ) -> Option<CrossValidated> {
        let validation = self.sweep.validation();
        let scheme = validation.cross_validation.as_ref()?;
        let splits = validation::splits(validation, self.n);
        if splits.is_empty() || splits.iter().any(|split| split.train.is_empty()) {
            let message = "the cross-validation leaves nothing to select on: shorten its purge and \
                           embargo, or take fewer folds";
            notes.push(message.to_owned());
            return None;
        }
        let trainings: Vec<_> = splits.iter().map(|split| split.train.clone()).collect();
        let picks: Vec<&Sample> = self.select(&trainings).into_iter().flatten().collect();
        let tests = picks.iter().zip(&splits);
        let losses = tests
            .filter(|(pick, split)| over(pick, &split.test).0 < 0.0)
            .count();
        // A path takes each fold's test from another split.
        let by_fold = scheme.paths();
        let folds: Vec<Range<usize>> = (0..by_fold.len())
            .map(|fold| scheme.fold(fold, self.n))
            .collect();
        let mut paths: Vec<(f64, Vec<f64>)> = (0..scheme.n_paths() as usize)
            .filter_map(|path| {
                let (mut sum, mut squares) = (0.0, 0.0);
                let mut curve = vec![0.0];
                for (range, splits) in folds.iter().zip(&by_fold) {
                    let pick = picks.get(*splits.get(path)?)?;
                    let own = pick.range(range);
                    sum += own.0;
                    squares += own.1;
                    curve.push(sum);
                }
                let sharpe = sharpe_of(self.n, sum, squares)?;
                Some((sharpe * self.per_year.sqrt(), curve))
            })
            .collect();
        paths.sort_by(|a, b| a.0.total_cmp(&b.0));
        let sharpes: Vec<f64> = paths.iter().map(|(sharpe, _)| *sharpe).collect();
        let median = statistics::quantile(&sharpes, 0.5);
        let shown = paths.len().min(MOST_CURVES);
        let curves = (0..shown).map(|at| {
            paths[at * (paths.len() - 1) / shown.max(2).saturating_sub(1)]
                .1
                .clone()
        });
        let ends = folds.iter().filter_map(|fold| fold.end.checked_sub(1));
        let days = std::iter::once(0)
            .chain(ends)
            .filter_map(|at| dates.get(at));
        Some(CrossValidated {
            metric: validation.metric.name().to_owned(),
            splits: splits.len() as u64,
            loss: losses as f64 / splits.len() as f64,
            median: (!sharpes.is_empty()).then_some(median),
            curves: curves.collect(),
            days: days.map(|day| day.epoch_days()).collect(),
            paths: sharpes,
        })
    }
}

/// Paths of a cross-validation that are drawn.
const MOST_CURVES: usize = 100;

fn over(sample: &Sample, ranges: &[Range<usize>]) -> (f64, f64) {
    ranges.iter().fold((0.0, 0.0), |(sum, squares), range| {
        let own = sample.range(range);
        (sum + own.0, squares + own.1)
    })
}
