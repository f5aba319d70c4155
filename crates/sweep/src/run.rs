//! Computes the shards that are missing, on all threads, and then the table of results.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use backtest::batch::{Batch, Record};
use backtest::market::Market;
use backtest::strategy::{Alpha, Strategy};
use market_data::write_atomically;
use statistics::period_sums::BoundariesFn;

use crate::columns::Cells;
use crate::error::{SweepError, error_chain};
use crate::folder::{Sweep, io_error};
use crate::models::{Models, run_alone};
use crate::prices::{Prices, have_one_market};
use crate::shard::{Row, ShardId, decode, encode, read_shard};
use crate::threads::thread_count;
use crate::trials::Trials;
use crate::validation::boundaries_fn;

/// How to run a sweep.
pub struct RunOptions<'a> {
    /// How many threads; 0 for as many as the machine has. The results do not depend on it.
    pub threads: usize,
    /// Called from any thread when a shard is done, never twice at a time.
    pub progress: &'a (dyn Fn(Progress) + Sync),
    /// Set to stop soon: shards in the making are dropped, all others stay.
    pub stop: &'a AtomicBool,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Trial numbers that are done, also by runs before this one.
    pub done: u64,
    /// All trial numbers.
    pub total: u64,
    /// Trials that this run has computed.
    pub computed: u64,
    /// Trials that failed, also in runs before this one.
    pub failed: u64,
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct SweepSummary {
    /// Whether all trials are done and the results written; otherwise the run was stopped.
    pub finished: bool,
    /// How far it came.
    pub progress: Progress,
    /// Why trials failed, and how many for each reason, the first reason first.
    pub failures: Vec<(String, u64)>,
    /// Shards that were there and could not be used, and have been computed again: what was wrong
    /// with them.
    pub redone: Vec<String>,
}

impl SweepSummary {
    /// How many trials failed, and the first reasons, as text; empty when none did.
    pub fn failures_to_text(&self) -> String {
        const SHOWN: usize = 3;
        let failed = match self.progress.failed {
            0 => return String::new(),
            1 => "1 trial failed".to_owned(),
            n => format!("{n} trials failed"),
        };
        let reasons = self.failures.iter().take(SHOWN);
        let reasons: Vec<String> = reasons
            .map(|(reason, n)| format!("{n:>8}  {reason}\n"))
            .collect();
        let more = match self.failures.len().saturating_sub(SHOWN) {
            0 => "",
            _ => "          and for other reasons: see the column `error`\n",
        };
        format!("{failed}:\n{}{more}", reasons.concat())
    }
}

/// Reasons kept apart; the rest only counts.
const MOST_REASONS: usize = 100;

/// Strategies that share a market and run in one batch.
const BATCH: usize = 512;

/// How long a shard took, on one thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ShardTiming {
    pub(crate) shard: u64,
    /// Rows computed.
    pub(crate) trials: u64,
    pub(crate) took: Duration,
}

struct Shared<'a> {
    shards: &'a [u64],
    /// The position of the next shard to take.
    next: AtomicUsize,
    failed: AtomicBool,
    state: Mutex<State>,
    options: &'a RunOptions<'a>,
    done: &'a (dyn Fn(ShardTiming) + Sync),
}

#[derive(Default)]
struct State {
    progress: Progress,
    /// The first trial and the number of trials that failed for a reason.
    failures: BTreeMap<String, (u64, u64)>,
    redone: BTreeMap<u64, String>,
    error: Option<SweepError>,
}

impl Sweep {
    /// Computes the shards that are missing. Those that are there are checked, and computed again
    /// when they are damaged.
    ///
    /// Several processes may do so at the same time: each shard is written whole, with the same
    /// bytes by any of them.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read or written. A trial that fails is no error but a row.
    pub fn compute(&self, options: &RunOptions<'_>) -> Result<SweepSummary, SweepError> {
        self.remove_stale_temp_files();
        let all: Vec<u64> = (0..self.plan.n_shards()).collect();
        self.compute_here(&all, options)
    }

    /// Computes those of these shards that are missing. The report is about them alone, and no
    /// table is written.
    ///
    /// * `done`: called with each shard that this run has computed, from any thread.
    ///
    /// # Errors
    ///
    /// As [`Sweep::compute`].
    pub(crate) fn compute_shards(
        &self,
        shards: &[u64],
        options: &RunOptions<'_>,
        done: &(dyn Fn(ShardTiming) + Sync),
    ) -> Result<SweepSummary, SweepError> {
        let threads = thread_count(options.threads).min(shards.len()).max(1);
        let numbers = |shard: &u64| self.shard(*shard).end - self.shard(*shard).first;
        let progress = Progress {
            total: shards.iter().map(numbers).sum(),
            ..Progress::default()
        };
        let shared = Shared {
            shards,
            next: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            state: Mutex::new(State {
                progress,
                ..State::default()
            }),
            options,
            done,
        };
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| self.work(&shared));
            }
        });
        let state = shared
            .state
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = state.error {
            return Err(error);
        }
        let mut failures: Vec<_> = state.failures.into_iter().collect();
        failures.sort_by_key(|(_, (first, _))| *first);
        Ok(SweepSummary {
            finished: state.progress.done == state.progress.total,
            progress: state.progress,
            failures: failures
                .into_iter()
                .map(|(reason, (_, n))| (reason, n))
                .collect(),
            redone: state.redone.into_values().collect(),
        })
    }

    /// Computes one shard if it is missing, on this thread; returns how many of its trials there
    /// are and how many of them failed. `None` when `stop` was set meanwhile.
    ///
    /// # Errors
    ///
    /// As [`Sweep::compute`].
    pub fn compute_shard(
        &self,
        shard: u64,
        stop: &AtomicBool,
    ) -> Result<Option<(u64, u64)>, SweepError> {
        let is_over = || stop.load(Ordering::Relaxed);
        let done = self.shard_rows(&self.shard(shard), &mut None, &is_over)?;
        Ok(done.map(|done| {
            let failed = done.rows.iter().filter(|row| row.outcome.is_err());
            (done.rows.len() as u64, failed.count() as u64)
        }))
    }

    fn work(&self, shared: &Shared<'_>) {
        let is_over =
            || shared.options.stop.load(Ordering::Relaxed) || shared.failed.load(Ordering::Relaxed);
        let mut batch = None;
        while !is_over() {
            let next = shared.next.fetch_add(1, Ordering::Relaxed);
            let Some(&shard) = shared.shards.get(next) else {
                return;
            };
            let start = Instant::now();
            let outcome = self.shard_rows(&self.shard(shard), &mut batch, &is_over);
            let mut state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
            match outcome {
                Ok(None) => return,
                Ok(Some(done)) => {
                    if done.computed {
                        (shared.done)(ShardTiming {
                            shard,
                            trials: done.rows.len() as u64,
                            took: start.elapsed(),
                        });
                    }
                    state.add(&self.shard(shard), done);
                    (shared.options.progress)(state.progress);
                }
                Err(error) => {
                    state.error.get_or_insert(error);
                    shared.failed.store(true, Ordering::Relaxed);
                }
            }
        }
    }

    /// The rows of a shard, from its file if that is good. `None` when the run is over.
    pub(crate) fn shard_rows(
        &self,
        id: &ShardId,
        batch: &mut Option<Batch>,
        is_over: &dyn Fn() -> bool,
    ) -> Result<Option<Done>, SweepError> {
        let path = self.shard_path(id.shard);
        let mut redone = None;
        match read_shard(&path) {
            Ok(file) => match decode(id, &file) {
                Ok(rows) => {
                    return Ok(Some(Done {
                        rows,
                        computed: false,
                        redone: None,
                    }));
                }
                Err(reason) => {
                    redone = Some(format!("`{}` is computed again: {reason}", path.display()));
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(io_error("read", &path)(error)),
        }
        let numbers = id.first..id.end;
        let rows = match compute(&self.trials, &self.prices, numbers, batch, is_over) {
            Ok(rows) => rows,
            Err(Halt::Over) => return Ok(None),
            Err(Halt::NoModels) => return Err(SweepError::NoModels),
        };
        let bytes = encode(id, &rows);
        write_atomically(&path, |out| out.write_all(&bytes))?;
        Ok(Some(Done {
            rows,
            computed: true,
            redone,
        }))
    }
}

pub(crate) struct Done {
    pub(crate) rows: Vec<Row>,
    computed: bool,
    redone: Option<String>,
}

impl State {
    fn add(&mut self, id: &ShardId, done: Done) {
        self.progress.done += id.end - id.first;
        if done.computed {
            self.progress.computed += done.rows.len() as u64;
        }
        if let Some(redone) = done.redone {
            self.redone.insert(id.shard, redone);
        }
        for row in &done.rows {
            let Err(reason) = &row.outcome else { continue };
            self.progress.failed += 1;
            if let Some((first, n)) = self.failures.get_mut(reason) {
                *first = (*first).min(row.trial);
                *n += 1;
            } else if self.failures.len() < MOST_REASONS {
                self.failures.insert(reason.clone(), (row.trial, 1));
            }
        }
    }
}

/// Why trials are not computed to the end.
pub(crate) enum Halt {
    /// `is_over` said so.
    Over,
    /// They ask for alpha models that nobody makes. No row may say that a trial fails because this
    /// program cannot run it.
    NoModels,
}

/// Computes the trials with these numbers.
///
/// * `batch`: of the trials before these, with the signals that it remembers. Rows do not depend
///   on it.
pub(crate) fn compute(
    trials: &Trials,
    prices: &Prices,
    numbers: std::ops::Range<u64>,
    batch: &mut Option<Batch>,
    is_over: &dyn Fn() -> bool,
) -> Result<Vec<Row>, Halt> {
    let mut rows = Vec::new();
    let mut waiting = Waiting {
        models: trials.models.as_deref(),
        boundaries_fn: boundaries_fn(&trials.validation),
        group: 0,
        numbers: Vec::new(),
        strategies: Vec::new(),
    };
    for trial in numbers {
        if trial % 64 == 0 && is_over() {
            return Err(Halt::Over);
        }
        let Some(point) = trials.point(trial) else {
            continue;
        };
        let strategy = match trials.read(&point) {
            Ok(file) => file.strategy,
            Err(problems) => {
                waiting.flush(prices, batch, &mut rows, is_over)?;
                rows.push(Row {
                    trial,
                    outcome: Err(on_one_line(&problems.to_string())),
                });
                continue;
            }
        };
        let group = trials.sources[point.source].group;
        if !waiting.takes(group, &strategy) {
            waiting.flush(prices, batch, &mut rows, is_over)?;
        }
        waiting.group = group;
        waiting.numbers.push(trial);
        waiting.strategies.push(strategy);
    }
    waiting.flush(prices, batch, &mut rows, is_over)?;
    Ok(rows)
}

/// Strategies of one market that have not run yet.
struct Waiting<'a> {
    models: Option<&'a dyn Models>,
    boundaries_fn: BoundariesFn,
    group: usize,
    numbers: Vec<u64>,
    strategies: Vec<Strategy>,
}

impl Waiting<'_> {
    fn takes(&self, group: usize, strategy: &Strategy) -> bool {
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
        is_over: &dyn Fn() -> bool,
    ) -> Result<(), Halt> {
        let Some(first) = self.strategies.first() else {
            return Ok(());
        };
        let is_external = |one: &Strategy| matches!(one.alpha, Alpha::External(_));
        let any_external = self.strategies.iter().any(is_external);
        let outcomes = match (prices.market(self.group, first), self.models) {
            (Ok(_), None) if any_external => return Err(Halt::NoModels),
            // Models of others may do what they like, so nothing is shared between their trials, and
            // each of them may take its time.
            (Ok(market), Some(models)) if any_external => {
                let mut run = |strategy: &Strategy| {
                    let outcome = match is_external(strategy) {
                        true => run_alone(&market, strategy, models, &self.boundaries_fn),
                        false => {
                            let one = std::slice::from_ref(strategy);
                            let records =
                                run_batch(Arc::clone(&market), batch, one, &self.boundaries_fn);
                            (records.into_iter().next())
                                .unwrap_or_else(|| Err("nothing came out".to_owned()))
                        }
                    };
                    // A model that was told to stop has failed for no other reason.
                    match is_over() {
                        true => Err(Halt::Over),
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
                Ok(record) => Ok(Cells::of(&record)),
                Err(message) => Err(on_one_line(&message)),
            },
        };
        rows.extend(self.numbers.drain(..).zip(outcomes).map(row));
        self.strategies.clear();
        Ok(())
    }
}

/// A panic in one strategy is the end of that one only.
fn run_batch(
    market: Arc<Market>,
    batch: &mut Option<Batch>,
    strategies: &[Strategy],
    boundaries_fn: &BoundariesFn,
) -> Vec<Result<Record, String>> {
    // After a panic nothing of the batch is used again.
    let known = batch
        .take()
        .filter(|batch| Arc::ptr_eq(batch.market(), &market));
    let new = || Batch::new(Arc::clone(&market)).with_period_sums(Arc::clone(boundaries_fn));
    let mut now = known.unwrap_or_else(new);
    let records = catch_unwind(AssertUnwindSafe(|| now.run(strategies)));
    if records.is_ok() {
        *batch = Some(now);
    }
    let records = match records {
        Ok(records) => records,
        Err(panic) if strategies.len() == 1 => {
            let message = (panic.downcast_ref::<String>().map(String::as_str))
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("unknown");
            return vec![Err(format!("a bug of this program: {message}"))];
        }
        // Each by itself, to find the culprit.
        Err(_) => {
            let each = strategies.chunks(1);
            return each
                .flat_map(|one| run_batch(Arc::clone(&market), batch, one, boundaries_fn))
                .collect();
        }
    };
    let outcome = |record: Result<Record, _>| {
        record.map_err(|error: backtest::batch::BatchError| error_chain(&error))
    };
    records.into_iter().map(outcome).collect()
}

fn on_one_line(message: &str) -> String {
    message.lines().collect::<Vec<_>>().join("; ")
}
