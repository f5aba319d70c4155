//! Growth of 1 over time, for a sample of the trials of a sweep, the best one and its benchmark.

use backtest::date::Date;
use backtest::outcome::Outcome;
use sweep::{Sweep, Trial};

/// Growth of 1 over time: quantiles over a sample of the trials, the best trial, the benchmark.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fan {
    /// At most 600 days.
    pub dates: Vec<Date>,
    /// 5, 25, 50, 75 and 95 % over the sample, at each date.
    pub quantiles: [Vec<f64>; 5],
    /// The best trial by its Sharpe ratio.
    pub best: Vec<f64>,
    /// Its benchmark.
    pub benchmark: Option<Vec<f64>>,
    /// How many trials were run again, evenly spaced by their numbers.
    pub n_sampled: usize,
}

/// Trials run again for the fan.
const SAMPLED: usize = 200;
/// The most dates of a fan.
const MOST_DATES: usize = 600;
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

impl Fan {
    /// Runs some trials again. `None` when this process cannot run them.
    ///
    /// * `best`: the number of the best trial.
    /// * `ran`: the numbers of all trials that have a Sharpe ratio, in order.
    pub(crate) fn of(sweep: &Sweep, best: u64, ran: &[u64]) -> Option<Fan> {
        let best = sweep.trial(best).ok()?;
        let benchmark = (best.run_benchmark())
            .ok()
            .flatten()
            .map(|outcome| growth(&best, &outcome));
        let (dates, best) = growth(&best, &best.run().ok()?);
        let every = dates.len().div_ceil(MOST_DATES).max(1);
        // Counted from the last, which is always there.
        let kept: Vec<Date> = (0..dates.len())
            .filter(|at| (dates.len() - 1 - at).is_multiple_of(every))
            .map(|at| dates[at])
            .collect();
        let on_kept = |dates: &[Date], values: &[f64]| -> Vec<f64> {
            let value = |date: &Date| {
                let after = dates.partition_point(|known| known <= date);
                after.checked_sub(1).map_or(f64::NAN, |at| values[at])
            };
            kept.iter().map(value).collect()
        };
        let n = ran.len().min(SAMPLED);
        let sampled = (0..n).map(|at| ran[at * ran.len() / n]);
        let curves: Vec<Vec<f64>> = sampled
            .filter_map(|number| {
                let trial = sweep.trial(number).ok()?;
                Some(growth(&trial, &trial.run().ok()?))
            })
            .map(|(dates, growth)| on_kept(&dates, &growth))
            .collect();
        let mut quantiles: [Vec<f64>; 5] = Default::default();
        for at in 0..kept.len() {
            let mut values: Vec<f64> = (curves.iter().map(|curve| curve[at]))
                .filter(|value| value.is_finite())
                .collect();
            values.sort_by(f64::total_cmp);
            for (quantile, p) in quantiles.iter_mut().zip(QUANTILES) {
                quantile.push(statistics::quantile(&values, p));
            }
        }
        Some(Fan {
            best: on_kept(&dates, &best),
            benchmark: benchmark.map(|(dates, values)| on_kept(&dates, &values)),
            n_sampled: curves.len(),
            dates: kept,
            quantiles,
        })
    }
}

/// The dates of a run and its growth of 1.
fn growth(trial: &Trial, outcome: &Outcome) -> (Vec<Date>, Vec<f64>) {
    let start = outcome.initial_cash;
    let growth = outcome.equity.iter().map(|value| value / start).collect();
    (outcome.dates(&trial.market).to_vec(), growth)
}
