//! A sweep whose shards are the tasks of a Slurm cluster.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;

use cluster::{Client, ClusterError, Cores, Plan, Program, Settings, Size, Slurm, Status};
use failure::{Code, Failure};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use sweep::{Completion, Draft, Shards, Standing};

use crate::errors::raised;
use crate::market::Market;
use crate::strategy::Strategy;
use crate::sweep::{Sweep, attended, drafted};

/// A planned sweep and what to ask of Slurm for it.
#[pyclass(frozen, module = "gridfolio._gridfolio")]
pub(crate) struct Submission {
    sweep: Py<Sweep>,
    plan: Plan,
}

/// Plans a sweep into a folder that the nodes see, in shards that fit the cluster.
///
/// * `settings`: the text of a `cluster.toml`, which goes before those in `folders` and before the
///   user's own.
/// * `program`: what a task runs in place of the command line's program, if the settings name none.
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
) -> PyResult<Submission> {
    let mut draft = drafted(py, strategy, &overrides, market, None)?;
    let planned = py.detach(|| planned(&mut draft, &out, fresh, settings, folders, program));
    let plan = planned.map_err(|error| raised(py, &Failure::of_cluster(&error)))?;
    Ok(Submission {
        sweep: Py::new(py, Sweep::planned(py, draft, &out, fresh)?)?,
        plan,
    })
}

fn planned(
    draft: &mut Draft,
    out: &Path,
    fresh: bool,
    settings: &str,
    mut folders: Vec<PathBuf>,
    program: PathBuf,
) -> Result<Plan, ClusterError> {
    folders.extend(Settings::user_folder());
    let own = Settings::parse(Path::new("slurm"), settings)?;
    let mut settings = own.or(Settings::of_folders(&folders)?);
    settings.program.get_or_insert(program);
    let client = Client::default();
    let cores = Cores::ask(&client, &settings)?;
    let there = (!fresh).then(|| Shards::open(out).ok()).flatten();
    let numbers = match &there {
        Some(shards) => shards.numbers_of(&shards.missing()?),
        None => draft.n_numbers(),
    };
    if let (true, Ok(shards)) = (fresh, Shards::open(out)) {
        // Its jobs would go on with what is no longer there.
        sweep::Backend::cancel(&mut Slurm::new(client, Plan::default()), &shards)?;
    }
    let per_trial = draft.estimate().per_trial;
    let shard = there.as_ref().map(Shards::size);
    let size = Size::of(numbers, per_trial, shard, cores, &settings);
    draft.set_shard_size(size.shard);
    Ok(Plan {
        per_task: size.per_task,
        program: Some(Program::of(&settings, &out.join("program"))?),
        settings,
    })
}

/// Trials that are done, all trials, and how it stands in words.
type Told = (u64, u64, String);

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
    /// Ctrl-C stops the watching; the jobs go on.
    fn complete(&self, py: Python<'_>, progress: &Bound<'_, PyAny>) -> PyResult<()> {
        let shards = self.sweep.get().sweep.shards();
        let (line, failed) = (RefCell::new(String::new()), RefCell::new(String::new()));
        let work = |stop: &AtomicBool, tell: &mpsc::Sender<(Told, String)>| {
            let mut slurm = Slurm::new(Client::default(), self.plan.clone());
            slurm.begin(&shards)?;
            let patience = slurm.patience();
            let observe = |standing: &Standing, slurm: &Slurm| {
                let (missing, active) = (&standing.missing, &standing.active);
                let status = Status::of(&shards, missing, active, slurm);
                let told = (status.trials_done, status.trials, status.to_line());
                // Whoever waited may have given up.
                let _ = tell.send((told, status.failed_to_text()));
            };
            sweep::complete(&shards, &mut slurm, patience, stop, observe)
        };
        let completed = attended(
            py,
            &AtomicBool::new(false),
            work,
            |((done, total, now), failed_now)| {
                line.replace(now.clone());
                failed.replace(failed_now);
                progress.call1((done, total, now)).map(|_| ())
            },
        );
        let dir = shards.dir().display();
        let completed: Result<Completion, ClusterError> = match completed {
            Err(error) if error.is_instance_of::<PyKeyboardInterrupt>(py) => {
                Ok(Completion::Stopped)
            }
            completed => completed?,
        };
        match completed {
            Ok(Completion::Complete) => Ok(()),
            Ok(Completion::Stopped) => Err(PyKeyboardInterrupt::new_err(format!(
                "no longer watching: {}; the jobs go on, and the same call watches again",
                line.borrow()
            ))),
            Ok(Completion::Lost(lost)) => {
                let n = lost.len();
                let mut failure = Failure::new(
                    Code::Cluster,
                    format!("{n} shards were submitted again and again, and lost each time"),
                );
                for line in failed.borrow().lines() {
                    failure = failure.cause(line.to_owned());
                }
                let hint = format!(
                    "put right what the tasks complain of (their logs are in `{dir}/logs`) and call again; \
                     all other shards are done and stay"
                );
                Err(raised(py, &failure.hint(hint)))
            }
            Err(error) => Err(raised(py, &Failure::of_cluster(&error))),
        }
    }
}

/// Ends the jobs of a sweep's folder. What is done stays.
#[pyfunction]
pub(crate) fn cancel_on_slurm(py: Python<'_>, dir: PathBuf) -> PyResult<()> {
    let cancelled = py.detach(|| {
        let shards = Shards::open(&dir)?;
        sweep::Backend::cancel(&mut Slurm::new(Client::default(), Plan::default()), &shards)
    });
    cancelled.map_err(|error| raised(py, &Failure::of_cluster(&error)))
}
