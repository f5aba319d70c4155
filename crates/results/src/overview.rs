//! What a report shows of a sweep: its columns, its failures, its times, its plan, and curves of
//! some of its trials, run again.

use std::collections::BTreeMap;

use backtest::date::Date;
use backtest::outcome::Outcome;
use statistics::catalogue::{self, Metric, Prominence};
use sweep::{PlannedStrategy, PlannedSweep, Sweep, SweepError, Trial, worker_notes};

use crate::query::{Query, Sort};
use crate::reader::Results;
use crate::table::{Cell, Column};

/// All that a report shows of a sweep that has been run to its end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overview {
    /// The strategies, and what of them was planned.
    pub strategies: Vec<StrategyOverview>,
    /// Trials have the numbers below this one.
    pub numbers: u64,
    /// The version of this program.
    pub program: String,
    /// A digest of all that the results depend on.
    pub identity: String,
    /// A digest of the prices.
    pub prices: String,
    /// The number of each trial, in order. All columns below are as long.
    pub trials: Vec<u64>,
    /// The axes that vary.
    pub axes: Vec<AxisOverview>,
    /// Name and values of some statistics; NaN where undefined, and for annual growth over less
    /// than a year.
    pub metrics: Vec<(String, Vec<f64>)>,
    /// The digest of each trial; empty for one that failed.
    pub digests: Vec<String>,
    /// Why trials failed: the reason, how many, and the first of them; the most frequent first.
    /// Reasons that differ in their numbers alone are one, shown by the first.
    pub failures: Vec<(String, u64, u64)>,
    /// What each machine computed, where that was recorded.
    pub machines: Vec<Machine>,
    /// Growth of 1 over time.
    pub fan: Option<Fan>,
}

/// One strategy of a sweep.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StrategyOverview {
    /// Its name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// The digest of its file.
    pub digest: String,
    /// `grid`, `random` or `sobol`; `None` when nothing is varied.
    pub sampler: Option<String>,
    /// The seed of a random sampler.
    pub seed: u64,
    /// The name of each axis, how many values it has, the first and the last.
    pub axes: Vec<(String, u64, String, String)>,
    /// The folder of its prices.
    pub prices: String,
}

/// An axis that varies, and where on it each trial lies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AxisOverview {
    /// Its path in the strategy file.
    pub name: String,
    /// Its values, rising when they are numbers, else in the order of their first trials.
    pub values: Vec<String>,
    /// The same as numbers, when all are.
    pub numbers: Option<Vec<f64>>,
    /// For each trial, the position of its value.
    pub positions: Vec<u32>,
}

/// What one machine computed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machine {
    /// Its name.
    pub host: String,
    /// Its architecture.
    pub arch: String,
    /// Trials.
    pub trials: u64,
    /// Shards.
    pub shards: u64,
    /// Seconds of one thread.
    pub seconds: f64,
}

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

/// The metrics that a report is about, the most important first: the Sharpe ratio, by which trials
/// are ranked, the headlines, the rest.
fn reported() -> Vec<&'static Metric> {
    let is_shown = |metric: &&Metric| metric.prominence <= Prominence::Report;
    let mut reported: Vec<&Metric> = catalogue::metrics().filter(is_shown).collect();
    reported.sort_by_key(|metric| (metric.key != "sharpe", metric.prominence));
    reported
}

/// Trials run again for the fan.
const SAMPLED: usize = 200;
const MOST_DATES: usize = 600;
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

impl Overview {
    /// Gathers all that a report shows. It runs some trials again, the same at each call.
    ///
    /// # Errors
    ///
    /// Results that are not there yet or cannot be read.
    pub fn of(sweep: &Sweep) -> Result<Overview, SweepError> {
        let results = Results::open(sweep.dir())?;
        let column = |name: &str| -> Result<Column, SweepError> {
            let table = results.select(&Query {
                columns: Some(vec![name.to_owned()]),
                ..Query::default()
            })?;
            Ok((table.columns.into_iter().next())
                .unwrap_or_else(|| Column::Floats(name.to_owned(), Vec::new())))
        };
        let trials: Vec<u64> = match column("trial")? {
            Column::Integers(_, values) => values
                .into_iter()
                .map(|trial| trial.unwrap_or(0) as u64)
                .collect(),
            _ => Vec::new(),
        };
        let mut axes = Vec::new();
        for name in results.axes() {
            let axis = AxisOverview::of(&column(name)?);
            if axis.values.len() > 1 {
                axes.push(axis);
            }
        }
        let days = numbers(&column("calendar_days")?);
        let mut metrics = Vec::new();
        for metric in reported() {
            let mut values = numbers(&column(metric.key)?);
            if metric.is_yearly {
                for (value, days) in values.iter_mut().zip(&days) {
                    if *days < 365.0 {
                        *value = f64::NAN;
                    }
                }
            }
            metrics.push((metric.key.to_owned(), values));
        }
        let errors = column("error")?;
        let digests = texts(&column("digest")?);
        let planned = sweep.plan();
        let mut overview = Overview {
            strategies: (planned.strategies.iter())
                .map(|strategy| StrategyOverview::of(sweep, strategy))
                .collect(),
            numbers: planned.numbers,
            program: planned.program.clone(),
            identity: planned.identity(),
            prices: planned.snapshot.clone(),
            failures: failures(&errors, &trials),
            machines: machines(sweep),
            trials,
            axes,
            metrics,
            digests,
            fan: None,
        };
        overview.fan = Fan::of(sweep, &overview);
        Ok(overview)
    }
}

impl Fan {
    /// `None` when no trial can be run again here.
    fn of(sweep: &Sweep, overview: &Overview) -> Option<Fan> {
        let sharpe = overview.metric("sharpe")?;
        let best = overview.best("sharpe")?;
        let best = sweep.trial(overview.trials[best]).ok()?;
        let benchmark = (best.run_benchmark())
            .and_then(Result::ok)
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
        let ran: Vec<u64> = (overview.trials.iter().zip(sharpe))
            .filter(|(_, sharpe)| sharpe.is_finite())
            .map(|(trial, _)| *trial)
            .collect();
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

impl Results {
    /// The number of the best trial by a statistic; the first of several. `None` when no trial has
    /// it.
    ///
    /// # Errors
    ///
    /// A statistic that does not exist; a damaged file.
    pub fn best_trial(&self, by: &str) -> Result<Option<u64>, SweepError> {
        let best = self.select(&Query {
            columns: Some(vec!["trial".to_owned(), by.to_owned()]),
            sort: Some(Sort::best_first(by)),
            top: Some(1),
            ..Query::default()
        })?;
        let [trial, value] = best.columns.as_slice() else {
            return Ok(None);
        };
        Ok(match (trial.cell(0), value.cell(0)) {
            (Cell::Integer(trial), Cell::Float(_) | Cell::Integer(_)) => Some(trial as u64),
            _ => None,
        })
    }
}

impl StrategyOverview {
    fn of(sweep: &Sweep, planned: &PlannedStrategy) -> StrategyOverview {
        let varied = planned.sweep.as_ref();
        let axes = varied.map_or(&[][..], |planned: &PlannedSweep| planned.axes.as_slice());
        let axis = |axis: &sweep::PlannedAxis| {
            let (first, last) = (axis.first.clone(), axis.last.clone());
            (axis.name.clone(), axis.values, first, last)
        };
        StrategyOverview {
            name: planned.name.clone(),
            file: planned.file.clone(),
            digest: planned.digest.clone(),
            sampler: varied.map(|varied| varied.sampler.clone()),
            seed: varied.map_or(0, |varied| varied.seed),
            axes: axes.iter().map(axis).collect(),
            prices: sweep.plan().prices[planned.prices].dir.clone(),
        }
    }
}

impl Overview {
    /// The values of a statistic.
    pub fn metric(&self, name: &str) -> Option<&[f64]> {
        let found = self.metrics.iter().find(|(known, _)| known == name);
        found.map(|(_, values)| values.as_slice())
    }

    /// The row of the best trial by a statistic; the first of several.
    pub fn best(&self, by: &str) -> Option<usize> {
        let values = self.metric(by)?;
        let better = catalogue::better(by);
        let finite = (0..values.len()).filter(|row| values[*row].is_finite());
        finite.reduce(
            |best, next| match better.merit(values[next]) > better.merit(values[best]) {
                true => next,
                false => best,
            },
        )
    }
}

impl AxisOverview {
    fn of(column: &Column) -> AxisOverview {
        let mut known: BTreeMap<String, u32> = BTreeMap::new();
        let (mut values, mut found, mut positions) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..column.len() {
            let cell = column.cell(row);
            let (text, number) = match cell {
                Cell::Missing => ("–".to_owned(), None),
                Cell::Integer(integer) => (integer.to_string(), Some(integer as f64)),
                Cell::Float(float) => (float.to_string(), Some(float)),
                Cell::Flag(flag) => (flag.to_string(), None),
                Cell::Text(text) => (text.to_owned(), None),
            };
            let position = *known.entry(text).or_insert_with_key(|text| {
                values.push(text.clone());
                found.push(number);
                values.len() as u32 - 1
            });
            positions.push(position);
        }
        let numbers: Option<Vec<f64>> = found.into_iter().collect();
        let mut axis = AxisOverview {
            name: column.name().to_owned(),
            values,
            numbers,
            positions,
        };
        axis.sort();
        axis
    }

    /// Puts the values in rising order, when they are numbers.
    fn sort(&mut self) {
        let Some(numbers) = &self.numbers else { return };
        let mut order: Vec<usize> = (0..numbers.len()).collect();
        order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b]));
        let mut place = vec![0; order.len()];
        for (at, old) in order.iter().enumerate() {
            place[*old] = at as u32;
        }
        self.values = order.iter().map(|at| self.values[*at].clone()).collect();
        self.numbers = Some(order.iter().map(|at| numbers[*at]).collect());
        for position in &mut self.positions {
            *position = place[*position as usize];
        }
    }
}

fn numbers(column: &Column) -> Vec<f64> {
    let number = |row| match column.cell(row) {
        Cell::Float(float) => float,
        Cell::Integer(integer) => integer as f64,
        _ => f64::NAN,
    };
    (0..column.len()).map(number).collect()
}

fn texts(column: &Column) -> Vec<String> {
    let text = |row| match column.cell(row) {
        Cell::Text(text) => text.to_owned(),
        _ => String::new(),
    };
    (0..column.len()).map(text).collect()
}

/// Reasons that differ in their numbers alone count as one.
fn failures(errors: &Column, trials: &[u64]) -> Vec<(String, u64, u64)> {
    struct Kind<'a> {
        first: u64,
        example: &'a str,
        differ: bool,
        n: u64,
    }
    let mut kinds: BTreeMap<String, Kind<'_>> = BTreeMap::new();
    for (row, trial) in trials.iter().enumerate() {
        if let Cell::Text(reason) = errors.cell(row) {
            let kind = kinds.entry(without_digits(reason)).or_insert(Kind {
                first: *trial,
                example: reason,
                differ: false,
                n: 0,
            });
            kind.n += 1;
            kind.differ |= kind.example != reason;
        }
    }
    let shown = |kind: Kind<'_>| {
        let reason = match kind.differ {
            true => format!("such as: {}", kind.example),
            false => kind.example.to_owned(),
        };
        (reason, kind.n, kind.first)
    };
    let mut all: Vec<(String, u64, u64)> = kinds.into_values().map(shown).collect();
    all.sort_by_key(|(_, n, first)| (std::cmp::Reverse(*n), *first));
    all
}

fn without_digits(reason: &str) -> String {
    let kept = |c: &char| !c.is_ascii_digit() && !"-.".contains(*c);
    reason.chars().filter(kept).collect()
}

fn machines(sweep: &Sweep) -> Vec<Machine> {
    let mut machines: BTreeMap<String, Machine> = BTreeMap::new();
    for note in worker_notes(sweep.dir()) {
        let machine = machines.entry(note.host.clone()).or_default();
        (machine.host, machine.arch) = (note.host, note.arch);
        for shard in note.shards {
            machine.trials += shard.trials;
            machine.shards += 1;
            machine.seconds += shard.seconds;
        }
    }
    machines.into_values().collect()
}
