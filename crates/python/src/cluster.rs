//! A sweep whose shards are the tasks of a Slurm cluster.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;

use gridfolio::on_slurm::{self, Event, Settings};
use gridfolio::{Code, Error};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use sweep::Shards;

use crate::errors::{detached, raised};
use crate::market::Market;
use crate::model::Trust;
use crate::strategy::Strategy;
use crate::sweep::{Sweep, attended, drafted, existing};

/// A planned sweep and what to ask of Slurm for it.
#[pyclass(frozen, module = "gridfolio._gridfolio")]
pub(crate) struct Submission {
    sweep: Py<Sweep>,
    submission: on_slurm::Submission,
}

/// Plans a sweep into a folder that the nodes see, in shards that fit the cluster.
///
/// * `settings`: the text of a `cluster.toml`, which takes precedence over those in `folders` and over
///   the user's own.
/// * `program`: what a task runs in place of the command line's program, if the settings name none.
/// * `force`: also when the sweep would finish locally before the jobs start.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "called from one place")]
pub(crate) fn plan_on_slurm(
    py: Python<'_>,
    strategy: &Strategy,
    overrides: Vec<String>,
    market: Option<&Market>,
    out: PathBuf,
    fresh: bool,
    settings: &str,
    folders: Vec<PathBuf>,
    program: PathBuf,
    force: bool,
    classes: Vec<String>,
) -> PyResult<Submission> {
    let trust = Trust::of_caller(classes);
    let mut draft = drafted(py, strategy, &overrides, market, None, &trust)?;
    let existing = existing(fresh);
    let (submission, sweep) = detached(py, || {
        let own = Settings::parse(Path::new("slurm"), settings)?;
        let mut settings = on_slurm::settings(own, &folders)?;
        settings.program.get_or_insert(program);
        let submission = on_slurm::Submission::plan(&mut draft, &out, existing, settings, force)?;
        let sweep = on_slurm::into_folder(draft, &out, existing)?;
        Ok::<_, Error>((submission, sweep))
    })?;
    Ok(Submission {
        sweep: Py::new(py, Sweep::of(sweep, trust))?,
        submission,
    })
}

/// Completed trials, all trials, and a line about the cluster.
type Message = (u64, u64, String);

#[pymethods]
impl Submission {
    #[getter]
    fn sweep(&self, py: Python<'_>) -> Py<Sweep> {
        self.sweep.clone_ref(py)
    }

    /// Submits what is missing, watches until all shards are there, and submits again what is lost.
    ///
    /// * `progress`: called with trials done, trials in all, and a line about the cluster.
    ///
    /// Ctrl-C stops the watching; the jobs continue.
    fn complete(&self, py: Python<'_>, progress: &Bound<'_, PyAny>) -> PyResult<()> {
        let shards = self.sweep.get().sweep.shards();
        let line = RefCell::new(String::new());
        let work = |stop: &AtomicBool, sender: &mpsc::Sender<Message>| {
            self.submission.complete(&shards, stop, |event| {
                if let Event::Status(status) = event {
                    // The receiver may be gone after an interruption.
                    let _ = sender.send((status.trials_done, status.trials, status.to_line()));
                }
            })
        };
        let receive = |(done, total, now): Message| {
            line.replace(now.clone());
            progress.call1((done, total, now)).map(|_| ())
        };
        let completed = match attended(py, &AtomicBool::new(false), work, receive) {
            Err(error) if error.is_instance_of::<PyKeyboardInterrupt>(py) => {
                Err(on_slurm::not_watching(&shards, &line.borrow()))
            }
            completed => completed?,
        };
        completed.map_err(|error| match error.code() {
            Code::Interrupted => PyKeyboardInterrupt::new_err(error.to_string()),
            _ => raised(py, &error),
        })
    }
}

/// Cancels the jobs of a sweep's folder. Completed shards are kept.
#[pyfunction]
pub(crate) fn cancel_on_slurm(py: Python<'_>, dir: PathBuf) -> PyResult<()> {
    let cancel = || on_slurm::cancel(&Shards::open(&dir)?);
    detached(py, cancel)
}
