//! Out of sample: walk-forward analysis and cross-validation of the selection.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use strategy_file::Metric;
use sweep::{SweepError, validation};

use crate::compared::Compared;
use crate::samples::{Running, Sample, SumsRange, sharpe_of};
use crate::tested::Tested;
use crate::verdict::{CrossValidated, WalkForwardResult, WalkForwardWindow};

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

    pub(crate) fn walk_forward(
        &self,
        notes: &mut Vec<String>,
    ) -> Result<Option<WalkForwardResult>, SweepError> {
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
        let mut curves: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
        let mut chain = Vec::new();
        let mut shown = Vec::new();
        let mut in_sample = Vec::new();
        let trainings: Vec<_> = windows.iter().map(|w| vec![w.train.clone()]).collect();
        for (window, pick) in windows.iter().zip(self.select(&trainings)) {
            let Some(pick) = pick else { continue };
            let returns = match curves.entry(pick.trial) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => match self.returns_of(pick.trial) {
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
        let in_sample_return = statistics::summation::mean(&in_sample);
        Ok(Some(WalkForwardResult {
            metric: validation.metric.name().to_owned(),
            efficiency: (in_sample_return > 0.0)
                .then(|| tested.arithmetic_return / in_sample_return),
            tested,
            in_sample_return,
            windows: shown,
        }))
    }

    /// The returns of a trial, session by session, from another run of it.
    fn returns_of(&self, number: u64) -> Result<Vec<f64>, SweepError> {
        let outcome = self.sweep.trial(number)?.run()?;
        Ok(outcome.excess_returns())
    }

    pub(crate) fn cross_validation(&self, notes: &mut Vec<String>) -> Option<CrossValidated> {
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
        let median = statistics::quantile(&paths, 0.5);
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
