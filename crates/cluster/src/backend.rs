//! [`Slurm`], where a sweep's shards are tasks of job arrays.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread;
use std::time::Duration;

use diagnostics::{MB, read_file, write_atomically};
use sweep::{Active, Backend, Patience, Shards, worker_statuses};

use crate::client::Client;
use crate::error::{ClusterError, SlurmMessage};
use crate::install::Program;
use crate::launches::{Launch, is_cancelled, log_names, set_cancelled, settings_file};
use crate::queue::{self, State, Task};
use crate::refusal::RETRYING;
use crate::script;
use crate::settings::Settings;

/// How shards are given to a cluster.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Shards in a task.
    pub per_task: u64,
    /// What to ask of Slurm.
    pub settings: Settings,
    /// gridfolio, as the nodes see it; `None` where nothing is launched.
    pub program: Option<Program>,
}

/// A Slurm cluster.
#[derive(Debug)]
pub struct Slurm {
    client: Client,
    plan: Plan,
    last: Active,
    tasks: Vec<Task>,
    silence: Option<String>,
    left_out: BTreeMap<String, u64>,
    submitted: Vec<Submitted>,
}

/// An array that this process has submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// The number of its job.
    pub job: String,
    /// How many tasks it has.
    pub tasks: usize,
}

/// A node with this many failed tasks and no other is excluded from further submissions.
const MANY_FAILURES: u64 = 2;

/// Slurm's default `MaxArraySize`, for a configuration that cannot be read.
const DEFAULT_MAX_ARRAY: usize = 1001;

/// Seconds for which an NFS client caches a folder by default (`acdirmax`).
const DEFAULT_LAG: u32 = 60;

/// Attempts at a submission that Slurm does not answer.
const TRIES: u32 = 3;

/// Queries for the job of an unanswered submission, which may appear late.
const LOOKS: u32 = 5;
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

impl Slurm {
    /// A cluster whose commands are on the path.
    pub fn new(client: Client, plan: Plan) -> Slurm {
        Slurm {
            client,
            plan,
            last: Active::default(),
            tasks: Vec::new(),
            silence: None,
            left_out: BTreeMap::new(),
            submitted: Vec::new(),
        }
    }

    /// Whether anything was ever submitted for a folder's plan.
    pub fn has_begun(shards: &Shards) -> bool {
        !Launch::all(shards).is_empty()
    }

    /// How long a file may be invisible before its shard counts as lost.
    pub fn patience(&self) -> Patience {
        let settings = &self.plan.settings;
        Patience {
            lag: Duration::from_secs(u64::from(settings.share_lag.unwrap_or(DEFAULT_LAG))),
            relaunches: settings.resubmissions.unwrap_or(3),
            pace: (Duration::from_secs(1), Duration::from_secs(10)),
        }
    }

    /// The tasks that Slurm listed when it was last asked.
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// Why there was no answer, when there was none.
    pub fn silence(&self) -> Option<&str> {
        self.silence.as_deref()
    }

    /// What was submitted since it was made.
    pub fn submitted(&self) -> &[Submitted] {
        &self.submitted
    }

    /// How many tasks these shards make.
    pub fn n_tasks(&self, which: &BTreeSet<u64>) -> usize {
        self.tasks_of(which).len()
    }

    /// Excluded nodes, each with its number of failed tasks.
    pub fn left_out(&self) -> &BTreeMap<String, u64> {
        &self.left_out
    }

    /// Makes the folder ready: with the program, with the settings for later commands, and without a
    /// cancellation.
    ///
    /// # Errors
    ///
    /// A folder that cannot be written to.
    pub fn begin(&self, shards: &Shards) -> Result<(), ClusterError> {
        if let Some(program) = &self.plan.program {
            program.put()?;
        }
        set_cancelled(shards.dir(), false)?;
        let path = settings_file(shards.dir());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(crate::error::io_error("make the folder", folder))?;
        }
        let text = serde_json::to_vec_pretty(&self.plan.settings).unwrap_or_default();
        Ok(write_atomically(&path, |out| out.write_all(&text))?)
    }

    /// The settings that were kept; the usual ones when there are none.
    pub fn kept_settings(shards: &Shards) -> Settings {
        let kept = read_file(&settings_file(shards.dir()), MB).ok();
        kept.and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default()
    }

    /// What would be submitted: each command, with its script.
    ///
    /// # Errors
    ///
    /// Settings that cannot be used; no Slurm.
    pub fn dry_run(&self, shards: &Shards, which: &BTreeSet<u64>) -> Result<String, ClusterError> {
        let mut text = String::new();
        for array in self.tasks_of(which).chunks(self.largest_array()?) {
            let launch = Launch::new(shards, array);
            let (arguments, script) = self.written(shards, &launch)?;
            let name = launch.script_name();
            let command = script::typed("sbatch", &arguments);
            text += &format!("$ {command}\n\n{name}:\n{script}\n");
        }
        Ok(text)
    }

    /// The shards of each task.
    fn tasks_of(&self, which: &BTreeSet<u64>) -> Vec<Vec<u64>> {
        let which: Vec<u64> = which.iter().copied().collect();
        let per_task = usize::try_from(self.plan.per_task.max(1)).unwrap_or(usize::MAX);
        which.chunks(per_task).map(<[u64]>::to_vec).collect()
    }

    /// How many tasks an array may have. A task's number is lower than `MaxArraySize`.
    fn largest_array(&self) -> Result<usize, ClusterError> {
        let arguments = ["show".to_owned(), "config".to_owned()];
        let text = match self.client.ask("scontrol", &arguments) {
            Err(ClusterError::Refused { .. }) => return Ok(DEFAULT_MAX_ARRAY),
            text => text?,
        };
        let setting = text.lines().find_map(|line| {
            let (name, value) = line.split_once('=')?;
            (name.trim() == "MaxArraySize").then(|| value.trim().parse().ok())?
        });
        Ok(setting.unwrap_or(DEFAULT_MAX_ARRAY).max(1))
    }

    fn written(
        &self,
        shards: &Shards,
        launch: &Launch,
    ) -> Result<(Vec<String>, String), ClusterError> {
        let dir = script::path_text(shards.dir())?;
        let program = self.plan.program.as_ref().map(|program| &*program.path);
        let program = script::path_text(program.unwrap_or(Path::new("gridfolio")))?;
        let excluded = self.excluded()?;
        let settings = &self.plan.settings;
        let arguments = script::arguments(launch, dir, excluded.as_deref(), settings)?;
        Ok((arguments, script::script(launch, dir, program, settings)))
    }

    /// The nodes that tasks must not run on. Slurm's own `--nodelist` gives all of its nodes to each
    /// task: to use some nodes, the others are excluded.
    fn excluded(&self) -> Result<Option<String>, ClusterError> {
        let settings = &self.plan.settings;
        let mut excluded: Vec<String> = settings.exclude.iter().cloned().collect();
        excluded.extend(self.left_out.keys().cloned());
        if let Some(list) = &settings.nodelist {
            let wanted = expanded(&self.client, list)?;
            let arguments = ["--noheader", "--Node", "--format=%N"].map(str::to_owned);
            let known: BTreeSet<String> = (self.client.ask("sinfo", &arguments)?.lines())
                .map(|name| name.trim().to_owned())
                .collect();
            if let Some(node) = wanted.iter().find(|node| !known.contains(*node)) {
                return Err(ClusterError::NoNode {
                    node: node.clone(),
                    known: known.into_iter().collect(),
                });
            }
            excluded.extend(known.difference(&wanted).cloned());
        }
        Ok((!excluded.is_empty()).then(|| excluded.join(",")))
    }

    /// A node without the share, or with a full disk, fails each task at once and so gets the next.
    /// Failures on all nodes have another cause: then none is excluded.
    fn leave_out(&mut self) {
        let mut failures: BTreeMap<&str, u64> = BTreeMap::new();
        let mut good = BTreeSet::new();
        for task in self.tasks.iter().filter(|task| !task.node.is_empty()) {
            match &task.state {
                State::Over(state) if matches!(&**state, "FAILED" | "BOOT_FAIL" | "NODE_FAIL") => {
                    *failures.entry(&task.node).or_default() += 1;
                }
                State::Over(state) if state != "COMPLETED" => {}
                _ => {
                    good.insert(&*task.node);
                }
            }
        }
        if good.is_empty() {
            return;
        }
        let bad = failures
            .into_iter()
            .filter(|(node, n)| *n >= MANY_FAILURES && !good.contains(node));
        let bad: Vec<(String, u64)> = bad.map(|(node, n)| (node.to_owned(), n)).collect();
        self.left_out.extend(bad);
    }

    /// Submits an array, once, whatever Slurm answers; the number of its job.
    fn submit(&self, shards: &Shards, tasks: &[Vec<u64>]) -> Result<String, ClusterError> {
        let dir = shards.dir();
        let mut launch = Launch::new(shards, tasks);
        let (arguments, script) = self.written(shards, &launch)?;
        launch.write(dir, &script)?;
        let mut last = None;
        for _ in 0..TRIES {
            let answer = self.client.call_in(dir, "sbatch", &arguments);
            let error = match answer {
                Ok(answer) if answer.ok => {
                    let job = answer.stdout.trim().lines().last().unwrap_or_default();
                    let job = job.split(';').next().unwrap_or_default();
                    if !job.is_empty() && job.bytes().all(|byte| byte.is_ascii_digit()) {
                        launch.job = Some(job.to_owned());
                        launch.note(dir)?;
                        return Ok(job.to_owned());
                    }
                    let message = [answer.stdout.trim(), answer.stderr.trim()].concat();
                    ClusterError::Refused {
                        program: "sbatch".to_owned(),
                        message: SlurmMessage(format!(
                            "it gave no job number: {}",
                            message.replace('\n', "; ")
                        )),
                    }
                }
                Ok(answer) => answer.refusal("sbatch"),
                Err(error) => error,
            };
            if !matches!(error, ClusterError::NoAnswer { .. }) {
                launch.forget(dir);
                return Err(error);
            }
            // The job may be in the queue nevertheless.
            if let Some(job) = self.job_named(&launch.job_name()) {
                launch.job = Some(job.clone());
                launch.note(dir)?;
                return Ok(job);
            }
            last = Some(error);
        }
        // The record stays: should the job appear later, the next command recognises it.
        Err(last.unwrap_or(ClusterError::NoAnswer {
            program: "sbatch".to_owned(),
            message: SlurmMessage("no answer".to_owned()),
        }))
    }

    fn job_named(&self, name: &str) -> Option<String> {
        for look in 0..LOOKS {
            if look > 0 {
                thread::sleep(BETWEEN_LOOKS);
            }
            let tasks = queue::tasks(&self.client, &[name.to_owned()]);
            if let Some(task) = tasks.ok().and_then(|tasks| tasks.into_iter().next()) {
                return Some(task.job);
            }
        }
        None
    }

    /// Tasks that failed without leaving a log or a status file: the nodes do not see the folder.
    fn check_traces(&self, shards: &Shards) -> Result<(), ClusterError> {
        let failed = |task: &&Task| matches!(&task.state, State::Over(state) if state == "FAILED");
        let Some(task) = self.tasks.iter().find(failed) else {
            return Ok(());
        };
        let notes = worker_statuses(shards.dir())
            .into_iter()
            .map(|note| note.task);
        let traces: Vec<String> = notes.chain(log_names(shards.dir())).collect();
        let launches = Launch::all(shards);
        let is_ours = |trace: &String| {
            let own = |launch: &Launch| trace.starts_with(&launch.token);
            launches.iter().any(own)
        };
        match traces.iter().any(is_ours) {
            true => Ok(()),
            false => Err(ClusterError::NotShared {
                job: task.job.clone(),
                dir: shards.dir().to_owned(),
            }),
        }
    }
}

impl Backend for Slurm {
    type Error = ClusterError;

    fn launch(
        &mut self,
        shards: &Shards,
        which: &BTreeSet<u64>,
    ) -> Result<BTreeSet<u64>, ClusterError> {
        self.check_traces(shards)?;
        self.leave_out();
        let has_begun = Slurm::has_begun(shards);
        let mut launched = BTreeSet::new();
        match self.launch_all(shards, which, &mut launched) {
            // Wait for a controller that is temporarily away, but not for one that never answered.
            Err(ClusterError::NoAnswer { .. }) if has_begun || !launched.is_empty() => Ok(launched),
            Err(error) => Err(error),
            Ok(()) => Ok(launched),
        }
    }

    fn active(&mut self, shards: &Shards) -> Result<Active, ClusterError> {
        if is_cancelled(shards.dir()) {
            return Err(ClusterError::Cancelled {
                dir: shards.dir().to_owned(),
            });
        }
        let missing = shards.missing()?;
        let launches: BTreeMap<String, Launch> = (Launch::all(shards).into_iter())
            .filter(|launch| !launch.shards().is_disjoint(&missing))
            .map(|launch| (launch.job_name(), launch))
            .collect();
        let names: Vec<String> = launches.keys().cloned().collect();
        self.tasks = match queue::tasks(&self.client, &names) {
            Ok(tasks) => tasks,
            // The last answer holds until Slurm answers again.
            Err(
                ClusterError::NoAnswer { program, message }
                | ClusterError::Refused { program, message },
            ) => {
                self.silence = Some(format!("`{program}`: {message}"));
                self.last.heard = false;
                return Ok(self.last.clone());
            }
            Err(error) => return Err(error),
        };
        self.silence = None;
        let mut active = Active {
            heard: true,
            ..Active::default()
        };
        for task in &self.tasks {
            let Some(launch) = launches.get(&task.name) else {
                continue;
            };
            let own = launch.shards_of(task.index);
            let own = own.intersection(&missing).copied();
            match &task.state {
                State::Running(_) => active.running.extend(own),
                State::Waiting(_) => active.waiting.extend(own),
                State::Held(_) => {
                    // A held task never starts by itself: its shards are lost, and go to another task.
                    let id = format!("{}_{}", task.job, task.index);
                    let _ = self.client.ask("scancel", &[id]);
                }
                State::Over(_) => {}
            }
        }
        active.waiting = &active.waiting - &active.running;
        self.last = active.clone();
        Ok(active)
    }

    fn cancel(&mut self, shards: &Shards) -> Result<(), ClusterError> {
        set_cancelled(shards.dir(), true)?;
        let names: Vec<String> = Launch::all(shards).iter().map(Launch::job_name).collect();
        // Job numbers as of now: a restarted controller may have reused those on record.
        let tasks = queue::tasks(&self.client, &names)?;
        let jobs: BTreeSet<String> = (tasks.into_iter())
            .filter(|task| !matches!(task.state, State::Over(_)))
            .map(|task| task.job)
            .collect();
        if !jobs.is_empty() {
            let jobs: Vec<String> = jobs.into_iter().collect();
            self.client.ask("scancel", &jobs)?;
        }
        Ok(())
    }
}

impl Slurm {
    /// Submits arrays as large as they may be, as many as there is room for.
    fn launch_all(
        &mut self,
        shards: &Shards,
        which: &BTreeSet<u64>,
        launched: &mut BTreeSet<u64>,
    ) -> Result<(), ClusterError> {
        let tasks = self.tasks_of(which);
        let mut largest = self.largest_array()?;
        let mut rest = &tasks[..];
        while !rest.is_empty() {
            let (array, later) = rest.split_at(largest.min(rest.len()));
            match self.submit(shards, array) {
                Ok(job) => {
                    let tasks = array.len();
                    self.submitted.push(Submitted { job, tasks });
                    launched.extend(array.iter().flatten().copied());
                    rest = later;
                }
                // The queue has a limit per user: the rest has to wait.
                Err(ClusterError::Refused { message, .. })
                    if is_full(&message) && array.len() > 1 =>
                {
                    largest = array.len() / 2;
                }
                Err(ClusterError::Refused { message, .. })
                    if is_full(&message) && self.has_work(launched) =>
                {
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn has_work(&self, launched: &BTreeSet<u64>) -> bool {
        !launched.is_empty() || !self.last.running.is_empty() || !self.last.waiting.is_empty()
    }
}

/// Whether a submission exceeded a limit of the queue, of this user or of all.
fn is_full(message: &SlurmMessage) -> bool {
    let full = ["SubmitJobLimit", "SubmitJobPerUserLimit", RETRYING];
    full.iter().any(|piece| message.0.contains(piece))
}

/// The names in a list like `node[02-04]`.
pub(crate) fn expanded(client: &Client, list: &str) -> Result<BTreeSet<String>, ClusterError> {
    let arguments = ["show", "hostnames", list].map(str::to_owned);
    let names = client.ask("scontrol", &arguments)?;
    Ok(names.lines().map(|name| name.trim().to_owned()).collect())
}
