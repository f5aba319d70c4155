//! A sweep on a Slurm cluster: submit, watch, collect.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use cluster::{Client, ClusterError, Cores, Plan, Program, QUICK, Settings, Size, Slurm, Status};
use sweep::{Backend, Completion, Draft, Shards, Standing, Sweep, SweepSummary};

use crate::progress::Watched;
use crate::sweep::collected;
use crate::terminal;
use failure::{Code, Failure};

/// How the missing shards of a folder are to be given to the cluster.
pub(crate) struct Submission {
    slurm: Slurm,
    /// How long a task should take.
    task: Duration,
}

/// Settings of the command line, then of the `cluster.toml` beside the strategy, beside the sweep, and
/// in the user's configuration.
pub(crate) fn settings(own: &Settings, beside: &[&Path]) -> Result<Settings, Failure> {
    let parent = |path: &&Path| path.parent().map(Path::to_owned);
    let mut folders: Vec<PathBuf> = beside.iter().filter_map(parent).collect();
    folders.extend(Settings::user_folder());
    let absolute = |folder: &PathBuf| std::path::absolute(folder).unwrap_or(folder.clone());
    let mut seen = Vec::new();
    folders.retain(|folder| {
        let folder = match folder.as_os_str().is_empty() {
            true => std::path::absolute(".").unwrap_or_default(),
            false => absolute(folder),
        };
        let is_new = !seen.contains(&folder);
        seen.push(folder);
        is_new
    });
    let of_files = Settings::of_folders(&folders).map_err(|error| failure(&error))?;
    Ok(own.clone().or(of_files))
}

/// What the cluster has; it is not asked when nothing is missing.
fn cores(missing: u64, settings: &Settings) -> Result<Cores, Failure> {
    match missing {
        0 => Ok(Cores::default()),
        _ => Cores::ask(&Client::default(), settings).map_err(|error| failure(&error)),
    }
}

impl Submission {
    /// Plans the tasks of a sweep that may be there already; sizes the shards of one that is not.
    ///
    /// * `anyway`: also when this machine would be done before a cluster has begun.
    pub(crate) fn plan(
        draft: &mut Draft,
        there: Option<&Shards>,
        dir: &Path,
        settings: Settings,
        anyway: bool,
    ) -> Result<Submission, Failure> {
        let numbers = match there {
            Some(shards) => {
                let missing = shards.missing()?;
                shards.numbers_of(&missing)
            }
            None => draft.n_numbers(),
        };
        let cores = cores(numbers, &settings)?;
        let per_trial = draft.estimate().per_trial;
        let all = per_trial.mul_f64(numbers as f64);
        // What has been begun there is ended there.
        let has_begun = there.is_some_and(Slurm::has_begun);
        if all < QUICK && numbers > 0 && !anyway && !has_begun {
            let seconds = all.as_secs_f64().ceil();
            let needs = format!("this needs {seconds:.0} s on one core");
            return Err(Failure::new(Code::No, needs)
                .cause("this machine is done before a cluster has begun".to_owned())
                .hint("leave `--on slurm` out, or say `--anyway`"));
        }
        let size = Size::of(
            numbers,
            per_trial,
            there.map(Shards::size),
            cores,
            &settings,
        );
        draft.set_shard_size(size.shard);
        let at_once = f64::from(settings.cpus_per_task.unwrap_or(1));
        let task = per_trial.mul_f64((size.shard * size.per_task).min(numbers) as f64 / at_once);
        Submission::new(dir, settings, size.per_task, task)
    }

    /// Plans the tasks of what is missing in a folder.
    pub(crate) fn resume(shards: &Shards, settings: Settings) -> Result<Submission, Failure> {
        let missing = shards.missing()?;
        let numbers = shards.numbers_of(&missing);
        let cores = cores(numbers, &settings)?;
        let notes = sweep::worker_statuses(shards.dir());
        let done = notes.iter().flat_map(|note| &note.shards);
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
    ) -> Result<Submission, Failure> {
        let dir = std::path::absolute(dir).unwrap_or(dir.to_owned());
        let program = Program::of(&settings, &dir.join("program"));
        let plan = Plan {
            per_task,
            settings,
            program: Some(program.map_err(|error| failure(&error))?),
        };
        Ok(Submission {
            slurm: Slurm::new(Client::default(), plan),
            task,
        })
    }

    /// What would be submitted.
    pub(crate) fn dry_run(&self, shards: &Shards) -> Result<String, Failure> {
        let missing = shards.missing()?;
        let shown = self.slurm.dry_run(shards, &missing);
        let shown = shown.map_err(|error| failure(&error))?;
        let n = self.slurm.n_tasks(&missing);
        let tasks = if n == 1 { "task" } else { "tasks" };
        let seconds = match self.task.as_secs_f64() {
            seconds if seconds < 1.0 => "less than a second".to_owned(),
            seconds => format!("about {seconds:.0} s"),
        };
        Ok(format!(
            "on Slurm: {n} {tasks}, {seconds} on one node each\n\n{shown}"
        ))
    }

    /// Submits what is missing, watches until it is there, and makes the table.
    pub(crate) fn complete(
        mut self,
        sweep: &Sweep,
        threads: usize,
        quiet: bool,
        stop: &AtomicBool,
    ) -> Result<SweepSummary, Failure> {
        let shards = sweep.shards();
        self.slurm.begin(&shards).map_err(|error| failure(&error))?;
        let patience = self.slurm.patience();
        let watch = Watch::new(&shards, quiet);
        let observe = |standing: &Standing, slurm: &Slurm| watch.observe(standing, slurm);
        let completion = sweep::complete(&shards, &mut self.slurm, patience, stop, observe);
        watch.bar.finish();
        let told = |completed: Result<Completion, ClusterError>| match completed {
            Ok(completion) => Ok(completion),
            Err(error) => Err(failure(&error)),
        };
        match told(completion)? {
            Completion::Complete => collected(sweep, threads, stop),
            Completion::Stopped => Err(watch.left()),
            Completion::Lost(lost) => {
                let n = lost.len();
                let times = match patience.relaunches {
                    0 => "1 time and lost".to_owned(),
                    n => format!("{} times and lost each time", n + 1),
                };
                let (shards, were) = match n {
                    1 => ("shard", "was"),
                    _ => ("shards", "were"),
                };
                terminal::complain(watch.failed.borrow().trim_end());
                let lost = format!("{n} {shards} {were} submitted {times}");
                let dir = watch.shards.dir().display();
                Err(Failure::new(Code::Cluster, lost).hint(format!(
                    "put right what the tasks complain of, then `gridfolio resume {dir}`; all other \
                     shards are done and stay"
                )))
            }
        }
    }
}

/// Tells how far a sweep is.
struct Watch<'a> {
    shards: &'a Shards,
    bar: Watched,
    last: Cell<Option<Instant>>,
    relaunched: Cell<u64>,
    line: RefCell<String>,
    failed: RefCell<String>,
    left_out: RefCell<BTreeMap<String, u64>>,
    submitted: Cell<usize>,
}

/// Between two looks at what workers have noted.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

impl<'a> Watch<'a> {
    fn new(shards: &'a Shards, quiet: bool) -> Watch<'a> {
        Watch {
            shards,
            bar: Watched::new(quiet, shards.n_numbers()),
            last: Cell::new(None),
            relaunched: Cell::new(0),
            line: RefCell::default(),
            failed: RefCell::default(),
            left_out: RefCell::default(),
            submitted: Cell::default(),
        }
    }

    fn observe(&self, standing: &Standing, slurm: &Slurm) {
        let submitted = slurm.submitted();
        for one in &submitted[self.submitted.replace(submitted.len()).min(submitted.len())..] {
            let (job, n) = (&one.job, one.tasks);
            let tasks = if n == 1 { "task" } else { "tasks" };
            self.bar
                .mention(&format!("submitted {n} {tasks} as job {job}"));
        }
        let known = self.left_out.replace(slurm.left_out().clone());
        for (node, n) in slurm.left_out() {
            if !known.contains_key(node) {
                self.bar.tell(&format!(
                    "warning: {node} is left out: {n} tasks failed there, and none came to an end; \
                     `gridfolio cluster check` says what is wrong with it"
                ));
            }
        }
        let lost_more = standing.relaunched > self.relaunched.get() || !standing.lost.is_empty();
        let is_new = (self.last.get()).is_none_or(|last| last.elapsed() >= BETWEEN_LOOKS);
        if !is_new && !lost_more && !standing.missing.is_empty() {
            return;
        }
        self.last.set(Some(Instant::now()));
        let mut status = Status::of(self.shards, &standing.missing, &standing.active, slurm);
        // One that was just finished may not be seen yet.
        status.lost = standing.lost.len() as u64;
        self.bar.show(status.trials_done, &status.to_line());
        let failed = status.failed_to_text();
        if standing.relaunched > self.relaunched.get() {
            let n = standing.relaunched - self.relaunched.get();
            let shards = if n == 1 { "shard was" } else { "shards were" };
            let warning = format!("warning: {n} {shards} lost, and submitted again");
            self.bar.tell(format!("{warning}\n{failed}").trim_end());
        }
        self.relaunched.set(standing.relaunched);
        self.line.replace(status.to_line());
        self.failed.replace(failed);
    }

    fn left(&self) -> Failure {
        let dir = self.shards.dir().display();
        Failure::new(
            Code::Interrupted,
            format!("no longer watching: {}", self.line.borrow()),
        )
        .hint(format!(
            "the jobs go on: `gridfolio status {dir}` looks at them, the same command watches and \
             collects, `gridfolio cancel {dir}` ends them"
        ))
    }
}

/// A cluster's error, for the user.
pub(crate) fn failure(error: &ClusterError) -> Failure {
    Failure::of_cluster(error)
}

/// Ends what was submitted for a folder.
pub(crate) fn cancel(shards: &Shards) -> Result<(), Failure> {
    let mut slurm = Slurm::new(Client::default(), Plan::default());
    slurm.cancel(shards).map_err(|error| failure(&error))
}
