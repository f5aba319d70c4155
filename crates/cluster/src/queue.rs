//! What `squeue` says of the tasks of our arrays.

use std::fmt;

use crate::client::Client;
use crate::error::ClusterError;

/// A task of an array, as Slurm lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// The number of the array's job.
    pub job: String,
    /// The name of the job, by which it is ours.
    pub name: String,
    /// The task's number in the array.
    pub index: u64,
    /// What it is doing.
    pub state: State,
    /// The node, if it has one.
    pub node: String,
    /// Why it waits, or how it ended.
    pub reason: String,
}

/// What a task is doing. Slurm has more states with each release; all that matters is whether a task
/// may still do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It has a node, or is just getting or leaving one.
    Running(String),
    /// It is queued.
    Waiting(String),
    /// It is held, and starts only when it is released.
    Held(String),
    /// It is over.
    Over(String),
}

const OVER: [&str; 10] = [
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "DEADLINE",
    "FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PREEMPTED",
    "REVOKED",
    "TIMEOUT",
];

impl State {
    /// An unknown state counts as running: Slurm stops listing a task when it is over.
    pub(crate) fn of(state: &str, reason: &str) -> State {
        let name = state.to_owned();
        // As in "launch failed requeued held", with blanks or underscores.
        let requeued_held = reason.replace(' ', "_").contains("requeued_held");
        match state {
            _ if OVER.contains(&state) => State::Over(name),
            "REQUEUE_HOLD" | "SPECIAL_EXIT" => State::Held(name),
            "PENDING" if requeued_held => State::Held(name),
            "PENDING" | "REQUEUED" | "REQUEUE_FED" => State::Waiting(name),
            _ => State::Running(name),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (State::Running(name) | State::Waiting(name) | State::Held(name) | State::Over(name)) =
            self;
        f.write_str(name)
    }
}

/// One that is understood by all versions of `squeue`. The reason goes last: it is free text.
const FORMAT: &str = "%i|%j|%T|%N|%r";

/// The tasks of all jobs with these names, in one call.
pub(crate) fn tasks(client: &Client, names: &[String]) -> Result<Vec<Task>, ClusterError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let arguments = [
        "--noheader".to_owned(),
        "--array".to_owned(),
        "--states=all".to_owned(),
        format!("--name={}", names.join(",")),
        format!("--format={FORMAT}"),
    ];
    let text = client.ask("squeue", &arguments)?;
    let mut tasks = tasks_in(&text);
    // What was not asked for is another's, whatever answers.
    tasks.retain(|task| names.contains(&task.name));
    Ok(tasks)
}

/// The tasks in what `squeue` writes in `FORMAT`. Other lines, such as those of a wrapper, are left
/// out.
pub fn tasks_in(text: &str) -> Vec<Task> {
    text.lines().filter_map(task).collect()
}

/// A line of `squeue`; `None` for what is not a task of an array.
fn task(line: &str) -> Option<Task> {
    let mut fields = line.splitn(5, '|').map(str::trim);
    let (job, index) = fields.next()?.split_once('_')?;
    if job.is_empty() || !job.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let name = fields.next()?.to_owned();
    let (state, node, reason) = (fields.next()?, fields.next()?, fields.next()?);
    Some(Task {
        job: job.to_owned(),
        name,
        index: index.parse().ok()?,
        state: State::of(state, reason),
        node: node.to_owned(),
        reason: reason.to_owned(),
    })
}

/// Whether a task that waits for this reason never starts by itself.
pub(crate) fn needs_intervention(reason: &str) -> bool {
    const REASONS: [&str; 11] = [
        "BadConstraints",
        "DependencyNeverSatisfied",
        "InvalidAccount",
        "InvalidQOS",
        "JobHeldAdmin",
        "JobHeldUser",
        "PartitionConfig",
        "PartitionDown",
        "PartitionInactive",
        "PartitionNodeLimit",
        "PartitionTimeLimit",
    ];
    REASONS.contains(&reason)
}

/// Why a task waits, in words; `None` for the usual waiting in the queue.
pub(crate) fn explained(reason: &str) -> Option<&'static str> {
    let known = [
        (
            "PartitionConfig",
            "no node of the partition is large enough: see `cpus_per_task` and `mem`",
        ),
        (
            "PartitionTimeLimit",
            "its time limit is longer than the partition allows: set `time`",
        ),
        (
            "PartitionNodeLimit",
            "it asks for more nodes than the partition has",
        ),
        (
            "PartitionDown",
            "the partition is down: ask the administrator",
        ),
        (
            "PartitionInactive",
            "the partition is inactive: ask the administrator",
        ),
        (
            "DependencyNeverSatisfied",
            "what it depends on has failed: cancel it, and resume",
        ),
        ("Dependency", "it waits for another job"),
        ("JobHeldUser", "it is held: `scontrol release` releases it"),
        ("JobHeldAdmin", "an administrator holds it"),
        (
            "BadConstraints",
            "no node has the required features: see `constraint`",
        ),
        (
            "ReqNodeNotAvail",
            "nodes that it needs are down, drained or reserved",
        ),
        (
            "InvalidAccount",
            "its account does not exist: set `account`",
        ),
        (
            "InvalidQOS",
            "its quality of service does not exist: set `qos`",
        ),
        ("AssocMaxJobsLimit", "you may not have more running"),
        ("QOSMaxJobsPerUserLimit", "you may not have more running"),
        ("BeginTime", "it was interrupted, and Slurm starts it again"),
    ];
    let is = |(name, _): &&(&str, &str)| reason.starts_with(name);
    known.iter().find(is).map(|(_, words)| *words)
}

/// Why a task ended in this state, and what to do; `None` when its log says so.
pub(crate) fn advice(state: &str) -> Option<&'static str> {
    match state {
        "OUT_OF_MEMORY" => Some("it needs more memory: set `mem`"),
        "TIMEOUT" => Some("it reached its time limit: raise `time` or `tasks`"),
        "NODE_FAIL" | "BOOT_FAIL" => Some("its node failed"),
        "PREEMPTED" => Some("it was preempted by a job of higher priority"),
        "DEADLINE" => Some("it reached its deadline"),
        "CANCELLED" => Some("it was cancelled by a user or an administrator"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> String {
        match task(line) {
            Some(task) => format!(
                "{:?} {} {} {:?}",
                task.state, task.index, task.node, task.reason
            ),
            None => "no task".to_owned(),
        }
    }

    #[test]
    fn lines_are_read() {
        let line = "12_3|gridfolio-a|RUNNING|node02|None";
        assert_eq!(read(line), r#"Running("RUNNING") 3 node02 "None""#);
        let line = "12_4|gridfolio-a|PENDING||launch failed requeued held";
        assert_eq!(
            read(line),
            r#"Held("PENDING") 4  "launch failed requeued held""#
        );
        let line = "12_4|gridfolio-a|PENDING||launch_failed_requeued_held";
        assert!(read(line).starts_with("Held"));
        let line = "12_5|gridfolio-a|PENDING||a | in a reason";
        assert_eq!(read(line), r#"Waiting("PENDING") 5  "a | in a reason""#);
        assert!(read("12_6|gridfolio-a|OUT_OF_MEMORY|node02|OutOfMemory").starts_with("Over"));
    }

    #[test]
    fn unknown_states_and_lines_are_tolerated() {
        assert!(read("12_7|gridfolio-a|QUANTUM_LEAP|node02|Else").starts_with("Running"));
        for line in [
            "",
            "|",
            "12|a|RUNNING|n|r",
            "12_x|a|RUNNING|n|r",
            "12_1|a",
            "slurm_load: x",
        ] {
            assert_eq!(read(line), "no task", "{line}");
        }
    }
}
