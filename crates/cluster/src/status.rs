//! How far a sweep on a cluster is, for people and programs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;
use sweep::{Active, Backend, Shards, WorkerState, worker_statuses};

use crate::backend::{Plan, Slurm};
use crate::client::Client;
use crate::error::ClusterError;
use crate::launches::{Launch, is_cancelled};
use crate::queue::{State, Task, advice, explained, needs_intervention};

/// How far a sweep on a cluster is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    /// All shards.
    pub shards: u64,
    /// Those whose files are there.
    pub done: u64,
    /// Being computed.
    pub running: u64,
    /// Queued.
    pub waiting: u64,
    /// Submitted, not done, and in no task.
    pub lost: u64,
    /// Neither done nor submitted.
    pub unsubmitted: u64,
    /// Trial numbers that are done.
    pub trials_done: u64,
    /// All trial numbers.
    pub trials: u64,
    /// Trials a second, of all that is running.
    pub per_second: Option<f64>,
    /// Seconds left at that speed.
    pub seconds_left: Option<f64>,
    /// The nodes that are at work.
    pub nodes: Vec<String>,
    /// The jobs that are not over.
    pub jobs: Vec<String>,
    /// Why tasks wait, and how many for each reason.
    pub reasons: BTreeMap<String, u64>,
    /// Tasks that ended without their shards.
    pub failed: Vec<FailedTask>,
    /// Whether Slurm answered. If not, who has what is unknown.
    pub heard: bool,
    /// Why it did not.
    pub silence: Option<String>,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Whether anything was ever submitted.
    pub submitted: bool,
}

/// A task that ended without all of its shards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailedTask {
    /// The job and the task's number in its array, as in `12_3`.
    pub task: String,
    /// The state in which it ended, as Slurm calls it; `None` when Slurm has forgotten it.
    pub state: Option<String>,
    /// Where it ran.
    pub node: Option<String>,
    /// The last lines that it wrote.
    pub lines: Vec<String>,
}

/// Failed tasks that are shown: the last ones.
const MOST_FAILED: usize = 3;

impl Status {
    /// Asks Slurm once, and looks into the folder.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read. Without Slurm on the path, who has what is unknown.
    pub fn ask(client: &Client, shards: &Shards) -> Result<Status, ClusterError> {
        let mut slurm = Slurm::new(*client, Plan::default());
        let mut absence = None;
        let active = match slurm.active(shards) {
            Ok(active) => active,
            Err(ClusterError::Cancelled { .. }) => Active {
                heard: true,
                ..Active::default()
            },
            Err(error @ ClusterError::NoSlurm { .. }) => {
                absence = Some(error.to_string());
                Active::default()
            }
            Err(error) => return Err(error),
        };
        let mut status = Status::of(shards, &shards.missing()?, &active, &slurm);
        status.silence = status.silence.or(absence);
        Ok(status)
    }

    /// Puts together what was seen.
    pub fn of(shards: &Shards, missing: &BTreeSet<u64>, active: &Active, slurm: &Slurm) -> Status {
        let tasks = slurm.tasks();
        let held = &active.running | &active.waiting;
        let trials = shards.n_numbers();
        let trials_done = trials - shards.numbers_of(missing);
        let launches = Launch::all(shards);
        let submitted: BTreeSet<u64> = launches.iter().flat_map(Launch::shards).collect();
        let free = missing - &held;
        let lost = free.intersection(&submitted).count() as u64;
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        let mut nodes = BTreeSet::new();
        let mut jobs = BTreeSet::new();
        for task in tasks {
            match &task.state {
                State::Running(_) => {
                    nodes.insert(task.node.clone());
                }
                State::Waiting(_) | State::Held(_) => {
                    *reasons.entry(task.reason.clone()).or_default() += 1;
                }
                State::Over(_) => continue,
            }
            jobs.insert(task.job.clone());
        }
        let per_second = speed(shards.dir(), tasks);
        let left = (trials - trials_done) as f64;
        Status {
            shards: shards.n_shards(),
            done: shards.n_shards() - missing.len() as u64,
            running: missing.intersection(&active.running).count() as u64,
            waiting: missing.intersection(&active.waiting).count() as u64,
            lost: if active.heard { lost } else { 0 },
            unsubmitted: free.difference(&submitted).count() as u64,
            trials_done,
            trials,
            per_second,
            seconds_left: per_second.map(|speed| left / speed),
            nodes: nodes.into_iter().filter(|node| !node.is_empty()).collect(),
            jobs: jobs.into_iter().collect(),
            reasons,
            failed: match active.heard {
                true => failed(shards, &launches, missing, &held, tasks),
                // Whether they have ended is not known, either.
                false => Vec::new(),
            },
            heard: active.heard,
            silence: slurm.silence().map(str::to_owned),
            cancelled: is_cancelled(shards.dir()),
            submitted: !launches.is_empty(),
        }
    }

    /// Whether all shards are there.
    pub fn is_complete(&self) -> bool {
        self.done == self.shards
    }

    /// One line.
    pub fn to_line(&self) -> String {
        let mut line = format!("{} of {} shards done", self.done, self.shards);
        if !self.heard {
            return line + ", and Slurm does not answer";
        }
        line += &format!(", {} running, {} waiting", self.running, self.waiting);
        if self.lost > 0 {
            line += &format!(", {} lost", self.lost);
        }
        if self.unsubmitted > 0 {
            line += &format!(", {} not submitted", self.unsubmitted);
        }
        if let (Some(speed), Some(left)) = (self.per_second, self.seconds_left) {
            line += &format!("; {speed:.0} trials a second, {left:.0} s left");
        }
        // A wait that needs intervention belongs in the one line that is watched.
        for reason in self
            .reasons
            .keys()
            .filter(|reason| needs_intervention(reason))
        {
            let words = explained(reason).unwrap_or("it will not start by itself");
            line += &format!("; {reason}: {words}");
        }
        if !self.nodes.is_empty() {
            line += &format!("; {}", self.nodes.join(" "));
        }
        line
    }

    /// All of it.
    pub fn to_text(&self, dir: &Path) -> String {
        let mut text = format!(
            "{}: {} of {} trials\n{}\n",
            dir.display(),
            self.trials_done,
            self.trials,
            self.to_line()
        );
        if !self.jobs.is_empty() {
            text += &format!("jobs {}\n", self.jobs.join(", "));
        }
        for (reason, n) in &self.reasons {
            let tasks = if *n == 1 { "task waits" } else { "tasks wait" };
            let words = explained(reason).map_or(String::new(), |words| format!(": {words}"));
            text += &format!("{n} {tasks}, {reason}{words}\n");
        }
        if let Some(silence) = &self.silence {
            text += &format!("{silence}\n");
        }
        if self.cancelled {
            text += "cancelled\n";
        }
        text + &self.failed_to_text()
    }

    /// What the last failed tasks wrote.
    pub fn failed_to_text(&self) -> String {
        let mut text = String::new();
        for failed in &self.failed {
            let state = failed.state.as_deref().unwrap_or("ended");
            let node = failed
                .node
                .as_ref()
                .map_or(String::new(), |node| format!(" on {node}"));
            let words = advice(state).map_or(String::new(), |words| format!(": {words}"));
            text += &format!("task {} {state}{node}{words}\n", failed.task);
            for line in &failed.lines {
                text += &format!("  | {line}\n");
            }
        }
        text
    }
}

/// Trials a second: what workers make on average, times those that are running.
fn speed(dir: &Path, tasks: &[Task]) -> Option<f64> {
    let is_running = |task: &&Task| matches!(task.state, State::Running(_));
    let running = tasks.iter().filter(is_running).count();
    let notes = worker_statuses(dir);
    let trials: u64 = notes.iter().map(|note| note.trials()).sum();
    let seconds: f64 = notes.iter().map(|note| note.elapsed).sum();
    (running > 0 && trials > 0 && seconds > 0.0).then(|| trials as f64 / seconds * running as f64)
}

fn failed(
    shards: &Shards,
    launches: &[Launch],
    missing: &BTreeSet<u64>,
    held: &BTreeSet<u64>,
    tasks: &[Task],
) -> Vec<FailedTask> {
    let notes = worker_statuses(shards.dir());
    let mut failed = Vec::new();
    for launch in launches.iter().rev() {
        let name = launch.job_name();
        for index in 0..launch.tasks.len() as u64 {
            let task = tasks
                .iter()
                .find(|task| task.name == name && task.index == index);
            let state = task.map(|task| &task.state);
            if failed.len() == MOST_FAILED
                || launch.shards_of(index).is_disjoint(missing)
                || state.is_some_and(|state| !matches!(state, State::Over(_)))
                // Another task has it by now.
                || (state.is_none() && !launch.shards_of(index).is_disjoint(held))
            {
                continue;
            }
            let label = format!("{}-{index}", launch.token);
            let note = notes.iter().rfind(|note| note.task == label);
            let lines = launch.last_lines(shards.dir(), index);
            // A task without traces may just not be visible yet.
            if state.is_none() && lines.is_none() {
                continue;
            }
            let on = task
                .map(|task| task.node.clone())
                .filter(|node| !node.is_empty());
            let job = launch.job.as_deref().or(task.map(|task| task.job.as_str()));
            let job = job.unwrap_or(&launch.token);
            let mut lines = lines.unwrap_or_default();
            let has_failed = state.is_some_and(|state| state.to_string() == "FAILED");
            let silence = match note.map(|note| note.state) {
                Some(WorkerState::Working) => {
                    Some("it was killed while computing, as when memory runs out")
                }
                None if has_failed => Some("it left no message: it was killed, or could not start"),
                _ => None,
            };
            if lines.is_empty() {
                lines.extend(silence.map(str::to_owned));
            }
            failed.push(FailedTask {
                task: format!("{job}_{index}"),
                state: state.map(State::to_string),
                node: on.or(note.map(|note| note.host.clone())),
                lines,
            });
        }
    }
    failed
}
