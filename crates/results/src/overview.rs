//! What a report shows of a sweep: its columns, failures, machines and plan, and the growth of some
//! of its trials, run again.

use std::collections::BTreeMap;

use statistics::catalogue::{self, Metric, Prominence};
use sweep::{PlannedStrategy, PlannedSweep, Sweep, worker_statuses};

use crate::axis::AxisOverview;
use crate::error::ResultsError;
use crate::failures::failures;
use crate::fan::Fan;
use crate::query::{Query, Ruined};
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
    /// The trials whose accounts lost everything.
    pub ruined: Ruined,
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

/// The metrics that a report is about, the most important first: the Sharpe ratio, by which trials
/// are ranked, the headlines, the rest.
fn reported() -> Vec<&'static Metric> {
    let is_shown = |metric: &&Metric| metric.prominence <= Prominence::Report;
    let mut reported: Vec<&Metric> = catalogue::metrics().filter(is_shown).collect();
    reported.sort_by_key(|metric| (metric.key != "sharpe", metric.prominence));
    reported
}

impl Overview {
    /// Gathers all that a report shows. It runs some trials again, the same at each call.
    ///
    /// # Errors
    ///
    /// Results that are not there yet or cannot be read.
    pub fn of(sweep: &Sweep) -> Result<Overview, ResultsError> {
        let results = Results::open(sweep.dir())?;
        let column = |name: &str| -> Result<Column, ResultsError> {
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
            ruined: results.ruined()?,
            machines: machines(sweep),
            trials,
            axes,
            metrics,
            digests,
            fan: None,
        };
        overview.fan = overview.fan_of(sweep);
        Ok(overview)
    }
}

impl Overview {
    fn fan_of(&self, sweep: &Sweep) -> Option<Fan> {
        let sharpe = self.trials.iter().zip(self.metric("sharpe")?);
        let ran: Vec<u64> = sharpe
            .filter(|(_, sharpe)| sharpe.is_finite())
            .map(|(trial, _)| *trial)
            .collect();
        Fan::of(sweep, self.trials[self.best("sharpe")?], &ran)
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

fn machines(sweep: &Sweep) -> Vec<Machine> {
    let mut machines: BTreeMap<String, Machine> = BTreeMap::new();
    for note in worker_statuses(sweep.dir()) {
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
