//! What the trials that would have been selected in time earned afterwards.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use overfitting::sharpe::Estimate;
use serde::{Deserialize, Serialize};
use strategy_file::Metric;

use super::Judged;
use super::samples::{Place, Running, Sample, sharpe_of};
use crate::error::SweepError;
use crate::folder::Sweep;
use crate::validation;

/// What a chain of returns shows. Sharpe ratios and returns are annualised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// Returns in the chain.
    pub sessions: u64,
    /// Mean return times sessions a year.
    pub arithmetic_return: f64,
    /// The Sharpe ratio; `None` without a spread.
    pub sharpe: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
}

/// A walk-forward analysis: the tests of all windows, chained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WalkForwardResult {
    /// What was selected by.
    pub metric: String,
    /// The chain of tests.
    pub tested: Tested,
    /// Mean over the windows of what the selected trials had earned where they were selected, a
    /// year.
    pub in_sample_return: f64,
    /// Walk-forward efficiency: the tests' return over that; `None` when that is not positive.
    pub efficiency: Option<f64>,
    /// The windows.
    pub windows: Vec<WalkForwardWindow>,
}

/// A window of a walk-forward analysis. Ends are numbers of returns since the beginning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WalkForwardWindow {
    /// What was selected on.
    pub train: (u64, u64),
    /// What was tested on.
    pub test: (u64, u64),
    /// The trial selected.
    pub trial: u64,
    /// Its Sharpe ratio where it was selected.
    pub in_sample: Option<f64>,
    /// Its Sharpe ratio in the test.
    pub out_of_sample: Option<f64>,
}

/// Combinatorial purged cross-validation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrossValidated {
    /// What was selected by.
    pub metric: String,
    /// How many splits there were.
    pub splits: u64,
    /// Share of splits whose pick lost in its test.
    pub loss: f64,
    /// The Sharpe ratio of each path through all of time, from the lowest.
    pub paths: Vec<f64>,
    /// Their median.
    pub median: Option<f64>,
}

impl Tested {
    /// What returns show.
    pub(crate) fn of(returns: &[f64], per_year: f64) -> Tested {
        let root = per_year.sqrt();
        let estimate = Estimate::of(returns);
        let error = estimate.and_then(|estimate| estimate.error());
        let reach = error.map(|error| overfitting::normal::quantile(0.975) * error);
        Tested {
            sessions: returns.len() as u64,
            arithmetic_return: backtest::summation::mean(returns) * per_year,
            sharpe: estimate.map(|estimate| estimate.ratio * root),
            interval: estimate
                .zip(reach)
                .map(|(e, reach)| ((e.ratio - reach) * root, (e.ratio + reach) * root)),
        }
    }
}

impl Judged<'_> {
    /// For each selection the trial with the highest value over its ranges, the first of equal ones.
    fn select(&self, selections: &[Vec<Range<usize>>]) -> Vec<Option<&Sample>> {
        let metric = self.sweep.trials.validation.metric;
        let place = |range: &Range<usize>| self.best.place(range);
        let places: Vec<Vec<Place>> = (selections.iter())
            .map(|ranges| ranges.iter().map(place).collect())
            .collect();
        let mut best: Vec<Option<(&Sample, f64)>> = vec![None; selections.len()];
        let mut running = Running::default();
        for sample in &self.compared {
            sample.running(&mut running);
            for (places, best) in places.iter().zip(&mut best) {
                let (sum, squares) = running.over(places);
                let value = match metric {
                    // The order of Sharpe ratios, without the root.
                    Metric::Sharpe if squares > 0.0 => sum * sum.abs() / squares,
                    _ => sum,
                };
                if best.is_none_or(|(_, highest)| value > highest) {
                    *best = Some((sample, value));
                }
            }
        }
        let picks = best.into_iter();
        picks.map(|best| best.map(|(sample, _)| sample)).collect()
    }

    pub(super) fn walk_forward(
        &self,
        notes: &mut Vec<String>,
    ) -> Result<Option<WalkForwardResult>, SweepError> {
        let validation = &self.sweep.trials.validation;
        let windows = validation::windows(validation, self.n);
        let windows: Vec<_> = windows.into_iter().filter(|w| !w.test.is_empty()).collect();
        if windows.is_empty() || self.n < validation::FOLDS * 2 {
            let n = self.n;
            notes.push(format!("no walk-forward window fits into {n} sessions"));
            return Ok(None);
        }
        let root = self.per_year.sqrt();
        let annual = |sums: (f64, f64), n: usize| sharpe_of(n, sums.0, sums.1).map(|s| s * root);
        let mut curves: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
        let mut chain = Vec::new();
        let mut shown = Vec::new();
        let mut in_sample = Vec::new();
        let trainings: Vec<_> = windows.iter().map(|w| vec![w.train.clone()]).collect();
        for (window, pick) in windows.iter().zip(self.select(&trainings)) {
            let Some(pick) = pick else { continue };
            let returns = match curves.entry(pick.trial) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => match self.sweep.returns_of(pick.trial) {
                    Err(SweepError::NoModels) => {
                        notes.push(
                            "no walk-forward analysis: it runs trials again, and only Python can \
                             run their alpha models"
                                .to_owned(),
                        );
                        return Ok(None);
                    }
                    returns => new.insert(returns?),
                },
            };
            chain.extend_from_slice(&returns[window.test.clone()]);
            let train = pick.range(&window.train);
            in_sample.push(train.0 / window.train.len() as f64 * self.per_year);
            let ends = |range: &Range<usize>| (range.start as u64, range.end as u64);
            shown.push(WalkForwardWindow {
                train: ends(&window.train),
                test: ends(&window.test),
                trial: pick.trial,
                in_sample: annual(train, window.train.len()),
                out_of_sample: annual(pick.range(&window.test), window.test.len()),
            });
        }
        let tested = Tested::of(&chain, self.per_year);
        let in_sample_return = backtest::summation::mean(&in_sample);
        Ok(Some(WalkForwardResult {
            metric: validation.metric.name().to_owned(),
            efficiency: (in_sample_return > 0.0)
                .then(|| tested.arithmetic_return / in_sample_return),
            tested,
            in_sample_return,
            windows: shown,
        }))
    }

    pub(super) fn cross_validation(&self, notes: &mut Vec<String>) -> Option<CrossValidated> {
        let validation = &self.sweep.trials.validation;
        let scheme = validation::combinatorial(validation)?;
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
        let mut paths: Vec<f64> = (0..scheme.n_paths() as usize)
            .filter_map(|path| {
                let (mut sum, mut squares) = (0.0, 0.0);
                for (fold, splits) in by_fold.iter().enumerate() {
                    let pick = picks.get(*splits.get(path)?)?;
                    let own = pick.range(&scheme.fold(fold, self.n));
                    sum += own.0;
                    squares += own.1;
                }
                sharpe_of(self.n, sum, squares).map(|sharpe| sharpe * self.per_year.sqrt())
            })
            .collect();
        paths.sort_by(f64::total_cmp);
        let median = backtest::statistics::quantile(&paths, 0.5);
        Some(CrossValidated {
            metric: validation.metric.name().to_owned(),
            splits: splits.len() as u64,
            loss: losses as f64 / splits.len() as f64,
            median: (!paths.is_empty()).then_some(median),
            paths,
        })
    }
}

fn over(sample: &Sample, ranges: &[Range<usize>]) -> (f64, f64) {
    ranges.iter().fold((0.0, 0.0), |(sum, squares), range| {
        let own = sample.range(range);
        (sum + own.0, squares + own.1)
    })
}

impl Sweep {
    /// The returns of a trial, session by session, from another run of it.
    fn returns_of(&self, number: u64) -> Result<Vec<f64>, SweepError> {
        let trial = self.trial(number)?;
        let outcome = self.outcome(&trial)?;
        Ok(returns(outcome.initial_cash, &outcome.equity))
    }
}

/// Simple returns of a curve; the starting capital stands before it unless it is its first value.
pub(crate) fn returns(initial_cash: f64, equity: &[f64]) -> Vec<f64> {
    let starts_with_capital = equity.first() == Some(&initial_cash);
    let equity = &equity[usize::from(starts_with_capital)..];
    let before = std::iter::once(&initial_cash).chain(equity);
    before
        .zip(equity)
        .map(|(before, now)| now / before - 1.0)
        .collect()
}
