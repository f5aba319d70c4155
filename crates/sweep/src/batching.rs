//! The rows of a range of trials: read one after another, run in batches that share a market.

use std::ops::Range;
use std::sync::Arc;

use backtest::batch::{Batch, Record};
use backtest::strategy::{Alpha, Strategy};
use backtest::yardsticks::YardstickCache;
use statistics::period_sums::BoundariesFn;

use crate::fence::run_batch;
use crate::metric_values::MetricValues;
use crate::models::{Models, run_external};
use crate::prices::{Prices, have_one_market};
use crate::shard::Row;
use crate::trials::Trials;
use crate::validation::boundaries_fn;

/// The most strategies that run in one batch. They share a market.
const BATCH: usize = 512;

/// Why trials were not computed to the end.
pub(crate) enum Stop {
    /// The run was interrupted.
    Interrupted,
    /// They need alpha models that this process cannot make. No row may say that a trial failed
    /// for that.
    NoModels,
}

/// Computes the trials with these numbers.
///
/// * `batch`: the batch that ran the trials before these, with the signals it has cached. Rows do
///   not depend on it.
/// * `is_stopped`: asked between trials.
pub(crate) fn compute(
    trials: &Trials,
    prices: &Prices,
    numbers: Range<u64>,
    batch: &mut Option<Batch>,
    is_stopped: &dyn Fn() -> bool,
) -> Result<Vec<Row>, Stop> {
    let mut rows = Vec::new();
    let mut pending = Pending {
        models: trials.models.as_deref(),
        boundaries_fn: boundaries_fn(&trials.validation),
        yardsticks: YardstickCache::default(),
        group: 0,
        numbers: Vec::new(),
        strategies: Vec::new(),
    };
    for trial in numbers {
        if trial % 64 == 0 && is_stopped() {
            return Err(Stop::Interrupted);
        }
        let Some(point) = trials.point(trial) else {
            continue;
        };
        let strategy = match trials.read(&point) {
            Ok(file) => file.strategy,
            Err(problems) => {
                pending.flush(prices, batch, &mut rows, is_stopped)?;
                rows.push(Row {
                    trial,
                    outcome: Err(on_one_line(&problems.to_string())),
                });
                continue;
            }
        };
        let group = trials.sources[point.source].group;
        if !pending.accepts(group, &strategy) {
            pending.flush(prices, batch, &mut rows, is_stopped)?;
        }
        pending.group = group;
        pending.numbers.push(trial);
        pending.strategies.push(strategy);
    }
    pending.flush(prices, batch, &mut rows, is_stopped)?;
    Ok(rows)
}

/// Strategies of one market that have not run yet.
struct Pending<'a> {
    models: Option<&'a dyn Models>,
    boundaries_fn: BoundariesFn,
    /// Of external models, which run outside of the batch.
    yardsticks: YardstickCache,
    group: usize,
    numbers: Vec<u64>,
    strategies: Vec<Strategy>,
}

impl Pending<'_> {
    fn accepts(&self, group: usize, strategy: &Strategy) -> bool {
        let Some(last) = self.strategies.last() else {
            return true;
        };
        self.strategies.len() < BATCH && self.group == group && have_one_market(last, strategy)
    }

    /// Runs them.
    fn flush(
        &mut self,
        prices: &Prices,
        batch: &mut Option<Batch>,
        rows: &mut Vec<Row>,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<(), Stop> {
        let Some(first) = self.strategies.first() else {
            return Ok(());
        };
        let is_external = |one: &Strategy| matches!(one.alpha, Alpha::External(_));
        let any_external = self.strategies.iter().any(is_external);
        let outcomes = match (prices.market(self.group, first), self.models) {
            (Ok(_), None) if any_external => return Err(Stop::NoModels),
            // An external model may keep state and may be slow: its trials share nothing and run
            // one at a time.
            (Ok(market), Some(models)) if any_external => {
                let cache = &mut self.yardsticks;
                let mut run = |strategy: &Strategy| {
                    let outcome = match is_external(strategy) {
                        true => {
                            let yardsticks = cache.of(strategy, &market);
                            let boundaries = &self.boundaries_fn;
                            run_external(&market, strategy, models, boundaries, yardsticks)
                        }
                        false => {
                            let one = std::slice::from_ref(strategy);
                            let records =
                                run_batch(Arc::clone(&market), batch, one, &self.boundaries_fn);
                            (records.into_iter().next())
                                .unwrap_or_else(|| Err("nothing came out".to_owned()))
                        }
                    };
                    // An interrupted model fails; that failure is no result.
                    match is_stopped() {
                        true => Err(Stop::Interrupted),
                        false => Ok(outcome),
                    }
                };
                self.strategies
                    .iter()
                    .map(&mut run)
                    .collect::<Result<_, _>>()?
            }
            (Ok(market), _) => run_batch(market, batch, &self.strategies, &self.boundaries_fn),
            (Err(message), _) => self
                .strategies
                .iter()
                .map(|_| Err(message.clone()))
                .collect(),
        };
        let row = |(trial, outcome): (u64, Result<Record, String>)| Row {
            trial,
            outcome: match outcome {
                Ok(record) => Ok(MetricValues::of(&record)),
                Err(message) => Err(on_one_line(&message)),
            },
        };
        rows.extend(self.numbers.drain(..).zip(outcomes).map(row));
        self.strategies.clear();
        Ok(())
    }
}

fn on_one_line(message: &str) -> String {
    message.lines().collect::<Vec<_>>().join("; ")
}
