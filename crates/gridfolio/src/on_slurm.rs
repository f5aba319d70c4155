//! A sweep on a Slurm cluster: planning its tasks, submitting and watching them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use ::sweep::{Backend, Completion, Draft, Existing, Shards, Standing, Sweep};
use cluster::{Client, Cores, Plan, Program, QUICK, Size, Slurm};
use diagnostics::Code;

use crate::error::Error;

pub use cluster::{Settings, Status};

/// How the missing shards of a folder are to be given to the cluster.
#[derive(Clone)]
pub struct Submission {
    plan: Plan,
    /// How long a task should take.
    task: Duration,
}

/// The front end's own settings, then those of `cluster.toml` in `folders`, then those of the user's
/// configuration.
///
/// # Errors
///
/// A file with a mistake, or one that cannot be read.
pub fn settings(own: Settings, folders: &[PathBuf]) -> Result<Settings, Error> {
    let mut distinct: Vec<PathBuf> = Vec::new();
    for folder in folders.iter().cloned().chain(Settings::user_folder()) {
        let folder = match folder.as_os_str().is_empty() {
            true => std::path::absolute(".").unwrap_or_default(),
            false => std::path::absolute(&folder).unwrap_or(folder),
        };
        if !distinct.contains(&folder) {
            distinct.push(folder);
        }
    }
    Ok(own.or(Settings::of_folders(&distinct)?))
}

/// Cancels the jobs of a folder's sweep. Completed shards are kept.
///
/// # Errors
///
/// When Slurm cannot be asked.
pub fn cancel(shards: &Shards) -> Result<(), Error> {
    Ok(Slurm::new(Client::default(), Plan::default()).cancel(shards)?)
}

/// Writes the plan of a sweep into a folder, or finds it there. Where a sweep is replaced, its jobs
/// are cancelled first: they would write into the new one.
///
/// # Errors
///
/// A folder that cannot be used or holds another sweep; when Slurm cannot be asked.
pub fn into_folder(draft: Draft, dir: &Path, existing: Existing) -> Result<Sweep, Error> {
    if let (Existing::StartOver, Ok(shards)) = (existing, Shards::open(dir)) {
        cancel(&shards)?;
    }
    Ok(draft.into_folder(dir, existing)?)
}

/// What the cluster has; it is not asked when nothing is missing.
fn cores(missing: u64, settings: &Settings) -> Result<Cores, Error> {
    match missing {
        0 => Ok(Cores::default()),
        _ => Ok(Cores::ask(&Client::default(), settings)?),
    }
}

impl Submission {
    /// Plans the tasks of a sweep, and sizes its shards if its folder is new.
    ///
    /// * `existing`: whether a sweep that the folder holds is resumed or replaced.
    /// * `force`: also when the sweep would finish locally before the jobs start.
    ///
    /// # Errors
    ///
    /// A cluster or a folder that cannot be used; [`Code::No`] when the sweep is too short for a
    /// cluster.
    pub fn plan(
        draft: &mut Draft,
        dir: &Path,
        existing: Existing,
        settings: Settings,
        force: bool,
    ) -> Result<Submission, Error> {
        let there = match existing {
            Existing::Resume => Shards::open(dir).ok(),
            Existing::StartOver => None,
        };
        let numbers = match &there {
            Some(shards) => shards.numbers_of(&shards.missing()?),
            None => draft.n_numbers(),
        };
        let cores = cores(numbers, &settings)?;
        let per_trial = draft.estimate().per_trial;
        let all = per_trial.mul_f64(numbers as f64);
        // A sweep that was submitted before is completed there.
        let has_begun = there.as_ref().is_some_and(Slurm::has_begun);
        if all < QUICK && numbers > 0 && !force && !has_begun {
            let seconds = all.as_secs_f64().ceil();
            let needs = format!("the sweep needs {seconds:.0} s on one core");
            return Err(Error::new(Code::No, needs)
                .cause("it would finish locally before the jobs start")
                .hint(
                    "run it without Slurm, or force it with `--force` (in Python, `force=True`)",
                ));
        }
        let shard = there.as_ref().map(Shards::size);
        let size = Size::of(numbers, per_trial, shard, cores, &settings);
        draft.set_shard_size(size.shard);
        let at_once = f64::from(settings.cpus_per_task.unwrap_or(1));
        let task = per_trial.mul_f64((size.shard * size.per_task).min(numbers) as f64 / at_once);
        Submission::new(dir, settings, size.per_task, task)
    }

    /// Plans the tasks of what is missing in a folder.
    ///
    /// # Errors
    ///
    /// A cluster or a folder that cannot be used.
    pub fn resume(shards: &Shards, settings: Settings) -> Result<Submission, Error> {
        let numbers = shards.numbers_of(&shards.missing()?);
        let cores = cores(numbers, &settings)?;
        let statuses = ::sweep::worker_statuses(shards.dir());
        let done = statuses.iter().flat_map(|status| &status.shards);
        let (trials, seconds) = done.fold((0, 0.0), |(trials, seconds), shard| {
            (trials + shard.trials, seconds + shard.seconds)
        });
        // Where nothing has been measured, a task is the smallest there is.
        let per_trial = match trials {
            0 => Duration::MAX,
            n => Duration::from_secs_f64(seconds / n as f64),
        };
        let size = Size::of(numbers, per_trial, Some(shards.size()), cores, &settings);
        Submission::new(shards.dir(), settings, size.per_task, Duration::ZERO)
    }

    fn new(
        dir: &Path,
        settings: Settings,
        per_task: u64,
        task: Duration,
    ) -> Result<Submission, Error> {
        let dir = std::path::absolute(dir).unwrap_or(dir.to_owned());
        let program = Program::of(&settings, &dir.join("program"))?;
        let plan = Plan {
            per_task,
            settings,
            program: Some(program),
        };
        Ok(Submission { plan, task })
    }

    /// What would be submitted, as text.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read; settings that cannot be submitted.
    pub fn dry_run(&self, shards: &Shards) -> Result<String, Error> {
        let slurm = Slurm::new(Client::default(), self.plan.clone());
        let missing = shards.missing()?;
        let shown = slurm.dry_run(shards, &missing)?;
        let n = slurm.n_tasks(&missing);
        let tasks = if n == 1 { "task" } else { "tasks" };
        let seconds = match self.task.as_secs_f64() {
            seconds if seconds < 1.0 => "less than a second".to_owned(),
            seconds => format!("about {seconds:.0} s"),
        };
        Ok(format!(
            "on Slurm: {n} {tasks}, {seconds} on one node each\n\n{shown}"
        ))
    }

    /// Submits what is missing, watches until all shards are there, and submits again what is lost.
    ///
    /// * `stop`: set to stop watching; the jobs continue.
    /// * `observe`: called with each event.
    ///
    /// # Errors
    ///
    /// A cluster or a folder that cannot be used; [`Code::Interrupted`] when watching was stopped;
    /// [`Code::Cluster`] when shards are lost for good.
    pub fn complete(
        &self,
        shards: &Shards,
        stop: &AtomicBool,
        mut observe: impl FnMut(Event<'_>),
    ) -> Result<(), Error> {
        let mut slurm = Slurm::new(Client::default(), self.plan.clone());
        slurm.begin(shards)?;
        let patience = slurm.patience();
        let mut watch = Watch::default();
        let look = |standing: &Standing, slurm: &Slurm| {
            watch.look(shards, standing, slurm, &mut observe);
        };
        let completion = ::sweep::complete(shards, &mut slurm, patience, stop, look)?;
        match completion {
            Completion::Complete => Ok(()),
            Completion::Stopped => Err(not_watching(shards, &watch.line)),
            Completion::Lost(lost) => {
                let times = match patience.relaunches {
                    0 => "1 time and lost".to_owned(),
                    n => format!("{} times and lost each time", n + 1),
                };
                let were = match lost.len() {
                    1 => "1 shard was".to_owned(),
                    n => format!("{n} shards were"),
                };
                let dir = shards.dir().display();
                let error = Error::new(Code::Cluster, format!("{were} submitted {times}"));
                let error = tasks(&watch.failed).into_iter().fold(error, Error::cause);
                Err(error.hint(format!(
                    "fix the errors in the task logs (`{dir}/logs`) and run `gridfolio resume {dir}`; \
                     completed shards are kept"
                )))
            }
        }
    }
}

/// Failed tasks one by one, each with the indented lines of its log.
fn tasks(failed: &str) -> Vec<String> {
    let mut tasks: Vec<String> = Vec::new();
    for line in failed.lines() {
        match tasks.last_mut() {
            Some(task) if line.starts_with(' ') => *task += &format!("\n{line}"),
            _ => tasks.push(line.to_owned()),
        }
    }
    tasks
}

/// Watching was stopped; `line` is how far the sweep was.
pub fn not_watching(shards: &Shards, line: &str) -> Error {
    let dir = shards.dir().display();
    Error::new(Code::Interrupted, format!("no longer watching: {line}")).hint(format!(
        "the jobs continue: `gridfolio status {dir}` looks at them, the same command watches and \
         collects, `gridfolio cancel {dir}` cancels them"
    ))
}

/// What happened to a sweep that is watched.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Tasks were submitted.
    Submitted {
        /// The job of all of them.
        job: &'a str,
        /// How many.
        tasks: usize,
    },
    /// A node is given no more tasks, because all that it had failed.
    Excluded {
        /// The node.
        node: &'a str,
        /// How many tasks failed there.
        failed: u64,
    },
    /// Shards were lost and submitted again.
    Resubmitted {
        /// How many.
        shards: u64,
        /// The tasks that failed, with the last lines of their logs.
        failed: &'a str,
    },
    /// How far the sweep is; every two seconds, and after a loss.
    Status(&'a Status),
}

/// Between two looks at what workers have noted.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// What has been reported of a sweep.
#[derive(Default)]
struct Watch {
    last: Option<Instant>,
    relaunched: u64,
    line: String,
    failed: String,
    left_out: BTreeMap<String, u64>,
    submitted: usize,
}

impl Watch {
    fn look(
        &mut self,
        shards: &Shards,
        standing: &Standing,
        slurm: &Slurm,
        observe: &mut impl FnMut(Event<'_>),
    ) {
        let submitted = slurm.submitted();
        for one in &submitted[self.submitted.min(submitted.len())..] {
            observe(Event::Submitted {
                job: &one.job,
                tasks: one.tasks,
            });
        }
        self.submitted = submitted.len();
        for (node, failed) in slurm.left_out() {
            if !self.left_out.contains_key(node) {
                observe(Event::Excluded {
                    node,
                    failed: *failed,
                });
            }
        }
        self.left_out.clone_from(slurm.left_out());
        let lost_more = standing.relaunched > self.relaunched || !standing.lost.is_empty();
        let is_new = (self.last).is_none_or(|last| last.elapsed() >= BETWEEN_LOOKS);
        if !is_new && !lost_more && !standing.missing.is_empty() {
            return;
        }
        self.last = Some(Instant::now());
        let mut status = Status::of(shards, &standing.missing, &standing.active, slurm);
        // One that was just finished may not be seen yet.
        status.lost = standing.lost.len() as u64;
        self.line = status.to_line();
        self.failed = status.failed_to_text();
        observe(Event::Status(&status));
        if standing.relaunched > self.relaunched {
            observe(Event::Resubmitted {
                shards: standing.relaunched - self.relaunched,
                failed: &self.failed,
            });
        }
        self.relaunched = standing.relaunched;
    }
}
