//! A sweep: planned into a folder, computed on threads or shard by shard, its results as columns.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use failure::{Context, Role};
use numpy::{IntoPyArray, PyArray1};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use strategy_file::Override;
use sweep::{
    Column, Draft, Existing, Progress, Query, Report, Request, Results, RunOptions, StrategyText,
    SweepError, WorkerOptions,
};

use crate::errors::of_sweep;
use crate::market::Market;
use crate::model::{PythonModels, imported};
use crate::run::Run;
use crate::strategy::{Strategy, keywords};

/// A sweep in its folder.
#[pyclass(frozen, module = "gridfolio._gridfolio")]
pub(crate) struct Sweep {
    sweep: sweep::Sweep,
}

/// How often Python is asked whether Ctrl-C was pressed.
const PATIENCE: Duration = Duration::from_millis(100);

/// Checks a strategy and its axes and writes the plan into a folder, or finds it there.
#[pyfunction]
#[pyo3(signature = (strategy, overrides, market, data_dir, out, fresh, shard_size))]
#[expect(
    clippy::too_many_arguments,
    reason = "called from one place, by position"
)]
pub(crate) fn plan_sweep(
    py: Python<'_>,
    strategy: &Strategy,
    overrides: Vec<String>,
    market: Option<&Market>,
    data_dir: Option<PathBuf>,
    out: PathBuf,
    fresh: bool,
    shard_size: Option<u64>,
) -> PyResult<Sweep> {
    let overrides = overrides.iter().map(|text| Override::parse(text));
    let overrides = overrides
        .collect::<Result<Vec<_>, _>>()
        .map_err(|problems| {
            let text = problems.render("axes", "", failure::STYLED);
            let failure = failure::Failure::rendered(failure::Code::Strategy, text);
            crate::errors::raised(py, &failure)
        })?;
    let request = Request {
        strategies: vec![StrategyText {
            file: strategy.file.clone(),
            text: strategy.text.clone(),
        }],
        overrides: [&strategy.overrides[..], &overrides[..]].concat(),
        data_dir,
        shard_size,
    };
    let existing = match fresh {
        true => Existing::StartOver,
        false => Existing::Resume,
    };
    let planned = py.detach(|| {
        let draft = match market {
            Some(market) => Draft::with_prices(&request, &market.series)?,
            None => Draft::new(&request)?,
        };
        draft.into_folder(&out, existing)
    });
    Sweep::of(planned.map_err(|error| of_sweep(py, &error))?)
}

impl Sweep {
    fn of(mut sweep: sweep::Sweep) -> PyResult<Sweep> {
        sweep.set_models(Arc::new(PythonModels));
        Ok(Sweep { sweep })
    }
}

/// What a thread of a sweep tells the one that waits.
enum Message {
    Progress(Progress),
    Done(Result<Report, SweepError>),
}

#[pymethods]
impl Sweep {
    /// Opens the folder of a sweep that was planned before.
    #[staticmethod]
    fn open(py: Python<'_>, dir: PathBuf) -> PyResult<Sweep> {
        let sweep = py.detach(|| sweep::Sweep::open(&dir));
        Sweep::of(sweep.map_err(|error| of_sweep(py, &error))?)
    }

    #[getter]
    fn dir(&self) -> PathBuf {
        self.sweep.dir().to_owned()
    }

    /// Trials have the numbers below this one.
    #[getter]
    fn n_numbers(&self) -> u64 {
        self.sweep.n_numbers()
    }

    /// The shards whose files are not there yet.
    fn missing_shards(&self, py: Python<'_>) -> PyResult<Vec<u64>> {
        let missing = py.detach(|| self.sweep.shards().missing());
        let missing = missing.map_err(|error| of_sweep(py, &error))?;
        Ok(missing.into_iter().collect())
    }

    /// Computes what is missing on `threads` threads and writes the results; returns how many trials
    /// failed and the reasons as text.
    ///
    /// * `progress`: called with trials done, trials in all, and trials failed.
    ///
    /// Ctrl-C stops it; what is done stays.
    fn run(
        &self,
        py: Python<'_>,
        threads: usize,
        progress: Option<Bound<'_, PyAny>>,
    ) -> PyResult<(u64, String)> {
        let stop = AtomicBool::new(false);
        let (tell, mut told) = mpsc::channel();
        let report = std::thread::scope(|scope| {
            let (sweep, stop) = (&self.sweep, &stop);
            scope.spawn(move || {
                let report = sweep.run(&RunOptions {
                    threads,
                    progress: &|progress| drop(tell.send(Message::Progress(progress))),
                    stop,
                });
                // Whoever waited may have given up.
                let _ = tell.send(Message::Done(report));
            });
            let waited = wait(py, &mut told, progress.as_ref());
            if waited.is_err() {
                stop.store(true, Ordering::Relaxed);
                // A Python model may be waiting for the lock.
                let told = &mut told;
                py.detach(move || while told.recv().is_ok() {});
            }
            waited
        })?;
        let report = report.map_err(|error| of_sweep(py, &error))?;
        if !report.finished {
            return Err(PyKeyboardInterrupt::new_err("the sweep was stopped"));
        }
        Ok((report.progress.failed, report.failures_to_text()))
    }

    /// What the results are worth, counting all tries of this user's ledger, which it is entered in:
    /// as text, as JSON, and warnings.
    fn judge(&self, py: Python<'_>, threads: usize) -> PyResult<(String, String, Vec<String>)> {
        let judged = py.detach(|| sweep::judge(&self.sweep, threads));
        let (luck, warnings) = judged.map_err(|error| of_sweep(py, &error))?;
        Ok((luck.to_text(), luck.to_json(), warnings))
    }

    /// Computes one shard if it is missing; returns how many trials it has and how many failed.
    fn compute_shard(&self, py: Python<'_>, shard: u64) -> PyResult<(u64, u64)> {
        let stop = AtomicBool::new(false);
        let done = py.detach(|| self.sweep.compute_shard(shard, &stop));
        let done = done.map_err(|error| of_sweep(py, &error))?;
        Ok(done.unwrap_or_default())
    }

    /// The results, a column after the other; NaN and `None` where there is no value.
    fn results<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let table = py.detach(|| Results::open(self.sweep.dir())?.select(&Query::default()));
        let table = table.map_err(|error| of_sweep(py, &error))?;
        let columns = PyDict::new(py);
        for column in &table.columns {
            columns.set_item(column.name(), array(py, column)?)?;
        }
        Ok(columns)
    }

    /// The axes, in order.
    fn axes(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let results = py.detach(|| Results::open(self.sweep.dir()));
        Ok(results
            .map_err(|error| of_sweep(py, &error))?
            .axes()
            .to_vec())
    }

    /// Runs a trial again, compares it with its row, and gives all of it.
    fn show(&self, py: Python<'_>, number: u64) -> PyResult<Run> {
        let trial = py.detach(|| {
            let trial = self.sweep.trial(number)?;
            self.sweep.rerun(&trial)?;
            Ok(trial)
        });
        let trial = trial.map_err(|error: SweepError| of_sweep(py, &error))?;
        let strategy = &trial.file.strategy;
        let model = match &strategy.alpha {
            backtest::strategy::Alpha::External { class, parameters } => {
                let class = imported(py, class)?;
                Some(class.call((), Some(&keywords(py, parameters)?))?.unbind())
            }
            _ => None,
        };
        let context = Context {
            file: self.sweep.dir(),
            dir: self.sweep.dir(),
            strategy,
            series: &[],
            role: Role::Strategy,
        };
        Run::of(py, &context, Arc::clone(&trial.market), model, &[])
    }

    /// The complete strategy file of a trial.
    fn trial_toml(&self, py: Python<'_>, number: u64) -> PyResult<String> {
        let trial = py.detach(|| self.sweep.trial(number));
        Ok(trial.map_err(|error| of_sweep(py, &error))?.to_toml())
    }

    /// Computes given shards of a folder, as a node of a cluster does; returns how many trials
    /// failed.
    #[staticmethod]
    fn work(
        py: Python<'_>,
        dir: PathBuf,
        shards: BTreeSet<u64>,
        threads: usize,
        task: &str,
        restart: u32,
    ) -> PyResult<u64> {
        let stop = AtomicBool::new(false);
        let options = WorkerOptions {
            shards: &shards,
            threads,
            task,
            restart,
            stop: &stop,
        };
        let report = py.detach(|| sweep::work_with(&dir, &options, Arc::new(PythonModels)));
        Ok(report
            .map_err(|error| of_sweep(py, &error))?
            .progress
            .failed)
    }
}

/// Waits for the end, telling of progress and hearing Ctrl-C.
fn wait(
    py: Python<'_>,
    told: &mut mpsc::Receiver<Message>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Result<Report, SweepError>> {
    loop {
        let one = &mut *told;
        let message = py.detach(move || one.recv_timeout(PATIENCE));
        match message {
            Ok(Message::Done(report)) => return Ok(report),
            Ok(Message::Progress(now)) => {
                if let Some(progress) = progress {
                    progress.call1((now.done, now.total, now.failed))?;
                }
            }
            Err(_) => {}
        }
        py.check_signals()?;
    }
}

fn array<'py>(py: Python<'py>, column: &Column) -> PyResult<Bound<'py, PyAny>> {
    let floats = |values: Vec<f64>| -> Bound<'py, PyArray1<f64>> { values.into_pyarray(py) };
    Ok(match column {
        Column::Integers(_, values) if values.iter().all(Option::is_some) => {
            let values: Vec<i64> = values.iter().flatten().copied().collect();
            values.into_pyarray(py).into_any()
        }
        Column::Integers(_, values) => {
            let float = |value: &Option<i64>| value.map_or(f64::NAN, |value| value as f64);
            floats(values.iter().map(float).collect()).into_any()
        }
        Column::Floats(_, values) => {
            let float = |value: &Option<f64>| value.unwrap_or(f64::NAN);
            floats(values.iter().map(float).collect()).into_any()
        }
        Column::Flags(_, values) => PyList::new(py, values)?.into_any(),
        Column::Texts(_, values) => PyList::new(py, values)?.into_any(),
    })
}
