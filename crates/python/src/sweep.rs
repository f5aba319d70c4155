//! A sweep: planned into a folder, computed on threads or shard by shard, its results as columns.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use gridfolio::{Code, Error};
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use results::{Column, Query, Results, ResultsError};
use sweep::{Draft, Existing, Progress, Request, RunOptions, StrategyText, WorkerOptions};
use verdict::HowMany;

use crate::errors::{detached, raised};
use crate::market::Market;
use crate::model::{PythonModels, Trust};
use crate::run::Run;
use crate::strategy::{Strategy, keywords};

/// A sweep in its folder.
#[pyclass(frozen, module = "gridfolio._gridfolio")]
pub(crate) struct Sweep {
    pub(crate) sweep: sweep::Sweep,
    /// Also stops its Python models.
    stop: Arc<AtomicBool>,
    trust: Trust,
}

/// How often Python is asked whether Ctrl-C was pressed.
const PATIENCE: Duration = Duration::from_millis(100);

/// Checks a strategy and its axes and writes the plan into a folder, or finds it there.
#[pyfunction]
#[pyo3(signature = (strategy, overrides, market, out, fresh, shard_size, classes))]
#[expect(clippy::too_many_arguments, reason = "called from one place")]
pub(crate) fn plan_sweep(
    py: Python<'_>,
    strategy: &Strategy,
    overrides: Vec<String>,
    market: Option<&Market>,
    out: PathBuf,
    fresh: bool,
    shard_size: Option<u64>,
    classes: Vec<String>,
) -> PyResult<Sweep> {
    let trust = Trust::of_caller(classes);
    let draft = drafted(py, strategy, &overrides, market, shard_size, &trust)?;
    let existing = existing(fresh);
    Ok(Sweep::of(
        detached(py, || draft.into_folder(&out, existing))?,
        trust,
    ))
}

/// A sweep that is checked, with its prices.
pub(crate) fn drafted(
    py: Python<'_>,
    strategy: &Strategy,
    overrides: &[String],
    market: Option<&Market>,
    shard_size: Option<u64>,
    trust: &Trust,
) -> PyResult<Draft> {
    let overrides = gridfolio::overrides(overrides, "axes").map_err(|error| raised(py, &error))?;
    let request = Request {
        strategies: vec![StrategyText {
            file: strategy.0.file().to_owned(),
            text: strategy.0.text().to_owned(),
        }],
        overrides: [strategy.0.overrides(), &overrides[..]].concat(),
        data_dir: None,
        shard_size,
    };
    let mut draft = detached(py, || match market {
        Some(market) => Draft::with_prices(&request, market.0.series(), market.0.rates()),
        None => Draft::new(&request),
    })?;
    draft.set_models(Arc::new(PythonModels {
        trust: trust.clone(),
        ..PythonModels::default()
    }));
    Ok(draft)
}

/// What to do with a sweep that the folder holds.
pub(crate) fn existing(fresh: bool) -> Existing {
    match fresh {
        true => Existing::StartOver,
        false => Existing::Resume,
    }
}

impl Sweep {
    /// * `trust`: without any, the sweep is read, and its models are not run.
    pub(crate) fn of(mut sweep: sweep::Sweep, trust: Trust) -> Sweep {
        let stop = Arc::<AtomicBool>::default();
        if !trust.is_none() {
            sweep.set_models(Arc::new(PythonModels {
                stop: Arc::clone(&stop),
                trust: trust.clone(),
            }));
        }
        Sweep { sweep, stop, trust }
    }

    /// Refuses to run the Python models of a folder that is not trusted.
    fn expect_trust(&self, py: Python<'_>) -> PyResult<()> {
        if !self.trust.is_none() || !self.sweep.asks_models() {
            return Ok(());
        }
        let dir = self.sweep.dir().display();
        let what = match self.class() {
            Some(class) => format!("the Python class `{class}`"),
            None => "Python classes".to_owned(),
        };
        let error = Error::new(
            Code::Usage,
            format!("`{dir}` runs {what}, and it is not said that the folder is trusted"),
        );
        Err(raised(
            py,
            &error.hint(
                "if you know where the folder comes from, open it with `trust=True`, or pass its \
                 classes as `models=[...]`",
            ),
        ))
    }

    /// The alpha model of the first trial that has one.
    fn class(&self) -> Option<String> {
        let first = (0..self.sweep.n_numbers().min(64)).find_map(|number| {
            let trial = self.sweep.trial(number).ok()?;
            match trial.file.strategy.alpha {
                backtest::strategy::Alpha::External(external) => Some(external.class),
                _ => None,
            }
        })?;
        Some(first)
    }
}

#[pymethods]
impl Sweep {
    /// Opens the folder of a sweep that was planned before.
    ///
    /// * `trust`: whether its alpha models may be run.
    /// * `classes`: those that may in any case.
    #[staticmethod]
    #[pyo3(signature = (dir, trust = false, classes = Vec::new()))]
    fn open(py: Python<'_>, dir: PathBuf, trust: bool, classes: Vec<String>) -> PyResult<Sweep> {
        let sweep = detached(py, || sweep::Sweep::open(&dir))?;
        let trust = Trust {
            alpha_models: trust,
            classes,
        };
        Ok(Sweep::of(sweep, trust))
    }

    /// Whether its alpha models may be run, and which classes in any case.
    #[getter]
    fn trust(&self) -> (bool, Vec<String>) {
        (self.trust.alpha_models, self.trust.classes.clone())
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

    /// Whether trials ask for Python alpha models.
    #[getter]
    fn asks_models(&self) -> bool {
        self.sweep.asks_models()
    }

    /// The shards whose files are not there yet.
    fn missing_shards(&self, py: Python<'_>) -> PyResult<Vec<u64>> {
        let missing = detached(py, || self.sweep.shards().missing())?;
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
        if !self.missing_shards(py)?.is_empty() {
            self.expect_trust(py)?;
        }
        let work = |stop: &AtomicBool, sender: &mpsc::Sender<Progress>| {
            let options = RunOptions {
                threads,
                progress: &|progress| {
                    // The receiver may be gone after an interruption.
                    let _ = sender.send(progress);
                },
                stop,
            };
            results::run(&self.sweep, &options)
        };
        let report = attended(py, &self.stop, work, |now| match &progress {
            Some(progress) => progress
                .call1((now.done, now.total, now.failed))
                .map(|_| ()),
            None => Ok(()),
        })?;
        let report = report.map_err(|error| raised(py, &error.into()))?;
        Ok((report.progress.failed, report.failures_to_text()))
    }

    /// The verdict on the results, counting all trials of this user's ledger, which it is entered in:
    /// as text, as JSON, and warnings.
    fn evaluate(&self, py: Python<'_>, threads: usize) -> PyResult<(String, String, Vec<String>)> {
        let (luck, warnings) = detached(py, || verdict::evaluate(&self.sweep, threads))?;
        Ok((luck.to_text(), luck.to_json(), warnings))
    }

    /// Computes the null worlds that are missing: this number with shuffled days, and with shuffled blocks
    /// of days. Ctrl-C stops it; what is done stays.
    fn compute_worlds(&self, py: Python<'_>, worlds: u64, threads: usize) -> PyResult<()> {
        self.expect_trust(py)?;
        let work = |stop: &AtomicBool, _: &mpsc::Sender<()>| {
            verdict::compute_worlds(&self.sweep, HowMany::Exactly(worlds), threads, stop)
        };
        let done = attended(py, &self.stop, work, |()| Ok(()))?;
        done.map_err(|error| raised(py, &error.into())).map(drop)
    }

    /// Computes one shard if it is missing; returns how many trials it has and how many failed.
    fn compute_shard(&self, py: Python<'_>, shard: u64) -> PyResult<(u64, u64)> {
        self.expect_trust(py)?;
        let stop = AtomicBool::new(false);
        let done = detached(py, || self.sweep.compute_shard(shard, &stop))?;
        Ok(done.unwrap_or_default())
    }

    /// The results, a column after the other; NaN and `None` where there is no value.
    fn results<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let select = || Results::open(self.sweep.dir())?.select(&Query::default());
        let table = detached(py, select)?;
        let columns = PyDict::new(py);
        for column in &table.columns {
            columns.set_item(column.name(), array(py, column)?)?;
        }
        Ok(columns)
    }

    /// The axes, in order.
    fn axes(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let results = detached(py, || Results::open(self.sweep.dir()))?;
        Ok(results.axes().to_vec())
    }

    /// Runs a trial again, compares it with its row, and gives all of it.
    fn show(&self, py: Python<'_>, number: u64) -> PyResult<Run> {
        self.expect_trust(py)?;
        let trial = py.detach(|| {
            let trial = self.sweep.trial(number)?;
            results::rerun(&self.sweep, &trial)?;
            Ok(trial)
        });
        let trial = trial.map_err(|error: ResultsError| not_shown(py, &self.sweep, error))?;
        let strategy = &trial.file.strategy;
        let model = match &strategy.alpha {
            backtest::strategy::Alpha::External(backtest::alpha::External {
                class,
                parameters,
            }) => {
                let class = self.trust.imported(py, class)?;
                Some(class.call((), Some(&keywords(py, parameters)?))?.unbind())
            }
            _ => None,
        };
        Run::of_trial(py, self.sweep.dir(), &trial, model)
    }

    /// The complete strategy file of a trial.
    fn trial_toml(&self, py: Python<'_>, number: u64) -> PyResult<String> {
        Ok(detached(py, || self.sweep.trial(number))?.to_toml())
    }

    /// Computes given shards of a folder, as a node of a cluster does; returns how many trials
    /// failed. `trust` and `classes` as for `open`.
    #[staticmethod]
    #[expect(clippy::too_many_arguments, reason = "called from one place")]
    fn work(
        py: Python<'_>,
        dir: PathBuf,
        shards: BTreeSet<u64>,
        threads: usize,
        task: &str,
        restart: u32,
        trust: bool,
        classes: Vec<String>,
    ) -> PyResult<u64> {
        let trust = Trust {
            alpha_models: trust,
            classes,
        };
        let opened = detached(py, || sweep::Sweep::open(&dir))?;
        Sweep::of(opened, trust.clone()).expect_trust(py)?;
        let stopped = Arc::default();
        let work = |stop: &AtomicBool, _: &mpsc::Sender<()>| {
            let options = WorkerOptions {
                shards: &shards,
                threads,
                task,
                restart,
                stop,
            };
            let stop = Arc::clone(&stopped);
            let models = PythonModels {
                stop,
                trust: trust.clone(),
            };
            gridfolio::worker::work(&dir, &options, Some(Arc::new(models)))
        };
        let summary = attended(py, &stopped, work, |()| Ok(()))?;
        let summary = summary.map_err(|error| raised(py, &error))?;
        Ok(summary.progress.failed)
    }
}

/// A Python model need not be deterministic; then a difference is not a bug of this program.
fn not_shown(py: Python<'_>, sweep: &sweep::Sweep, error: ResultsError) -> PyErr {
    if !matches!(error, ResultsError::NotReproduced { .. }) || !sweep.asks_models() {
        return raised(py, &error.into());
    }
    let error = Error::new(Code::Strategy, error.to_string()).hint(
        "the alpha model must be deterministic: keep its state in the object, and seed its \
         random numbers",
    );
    raised(py, &error)
}

/// Does something on a thread of its own, while this one passes on its messages and handles Ctrl-C.
///
/// * `stop`: set on Ctrl-C. `work` has to end soon then, and is waited for. It sends its messages.
///
/// The lock of Python is free meanwhile, except while `receive` is called.
pub(crate) fn attended<T: Send, M: Send>(
    py: Python<'_>,
    stop: &AtomicBool,
    work: impl FnOnce(&AtomicBool, &mpsc::Sender<M>) -> T + Send,
    mut receive: impl FnMut(M) -> PyResult<()>,
) -> PyResult<T> {
    let (sender, mut receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        let working = scope.spawn(move || work(stop, &sender));
        let waited = loop {
            let one = &mut receiver;
            let received = match py.detach(move || one.recv_timeout(PATIENCE)) {
                Ok(message) => receive(message),
                Err(mpsc::RecvTimeoutError::Timeout) => Ok(()),
                // The sender is gone: the work is done.
                Err(mpsc::RecvTimeoutError::Disconnected) => break Ok(()),
            };
            if let Err(error) = received.and_then(|()| py.check_signals()) {
                stop.store(true, Ordering::Relaxed);
                break Err(error);
            }
        };
        // A Python model may be waiting for the lock.
        let done = py.detach(|| working.join());
        let done = done.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        stop.store(false, Ordering::Relaxed);
        waited.map(|()| done)
    })
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
