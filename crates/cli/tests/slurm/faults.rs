//! What happens on clusters. Each time, the results are the bytes of one machine.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::lab::{Lab, SLOW, Sweep, names, until};

/// A sweep of 12 tasks, and its workers on a machine, stopped in the middle of their work.
fn at_work<'a>(lab: &'a Lab, out: &str, machine: &str) -> (Sweep<'a>, Vec<String>) {
    let sweep = lab.start(SLOW, out, &["--tasks", "12", "--cpus-per-task", "2"]);
    let workers = sweep.freeze(machine);
    (sweep, workers)
}

pub(crate) fn cancelled_tasks_are_submitted_again(lab: &Lab) {
    let (sweep, workers) = at_work(lab, "scancel", "03");
    let listed = lab
        .on("01", &["squeue", "-h", "-r", "-t", "R,PD", "-o", "%i"])
        .stdout;
    let mine: Vec<String> = sweep.tokens();
    let note = fs::read_to_string(sweep.folder().join(format!("slurm/{}.json", mine[0]))).unwrap();
    let note: Value = serde_json::from_str(&note).unwrap();
    let job = note["job"].as_str().unwrap();
    let tasks = listed
        .lines()
        .filter(|id| id.starts_with(&format!("{job}_")));
    let victims: Vec<&str> = tasks.step_by(2).collect();
    assert!(!victims.is_empty(), "{listed}");
    lab.on("01", &[&["scancel"][..], &victims].concat())
        .succeeded();
    sweep.signal("03", "-CONT", &workers);
    let done = sweep.ends_well();
    assert!(
        done.stderr.contains("lost, and submitted again"),
        "{}",
        done.stderr
    );
}

/// Jobs that were submitted just before are forgotten, and their numbers given out again. Nodes that
/// meet such a number twice are drained, until an administrator resumes them.
pub(crate) fn the_controller_may_crash(lab: &Lab) {
    let (sweep, workers) = at_work(lab, "controller", "03");
    lab.cluster(&["kill-controller"]).succeeded();
    let status = lab.gridfolio(&["status", "controller"]).succeeded();
    assert!(
        status.stdout.contains("Slurm does not answer"),
        "{}",
        status.stdout
    );
    lab.cluster(&["start-controller"]).succeeded();
    sweep.signal("03", "-CONT", &workers);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let arguments = [
                    "-r",
                    "scontrol",
                    "update",
                    "nodename=node0[2-4]",
                    "state=resume",
                ];
                lab.on("01", &arguments);
                std::thread::sleep(Duration::from_secs(2));
            }
        });
        let ended = catch_unwind(AssertUnwindSafe(|| sweep.ends_well()));
        over.store(true, Ordering::Relaxed);
        ended.unwrap();
    });
    lab.until_all_nodes_answer();
}

pub(crate) fn a_node_may_lose_its_power(lab: &Lab) {
    let (sweep, _) = at_work(lab, "power", "02");
    lab.cluster(&["power-off", "02"]).succeeded();
    sweep.ends_well();
    let done = lab.gridfolio(&["cluster", "check", "--share", ".", "--patience", "20"]);
    assert_eq!(done.code, Some(1), "{}", done.stdout);
    let named = done
        .stdout
        .lines()
        .any(|line| line.starts_with("node02: down"));
    assert!(named, "{}", done.stdout);
    lab.cluster(&["power-on", "02"]).succeeded();
    lab.until_all_nodes_answer();
}

/// Its old tasks live on and write what others compute again.
pub(crate) fn a_node_may_lose_its_network_and_write_on(lab: &Lab) {
    let (sweep, zombies) = at_work(lab, "network", "03");
    lab.cluster(&["unplug", "03"]).succeeded();
    // Of the tasks there, some have been started again elsewhere.
    let restarted = || -> Vec<String> {
        let names = sweep.notes().into_iter().map(|(name, _)| name);
        names
            .filter(|name| name.split('-').nth(2) == Some("1"))
            .collect()
    };
    until("the tasks are started again elsewhere", || {
        !restarted().is_empty()
    });
    sweep.signal("03", "-CONT", &zombies);
    sweep.ends_well();
    // A zombie has done all of a task, and another the same task.
    let task = |name: &str| name.split('-').take(2).collect::<Vec<_>>().join("-");
    let tasks: Vec<String> = restarted().iter().map(|name| task(name)).collect();
    until("a zombie has come to its end", || {
        sweep.notes().iter().any(|(name, text)| {
            name.split('-').nth(2) == Some("0")
                && name.contains("-node03-")
                && tasks.contains(&task(name))
                && text.contains(r#""state": "done""#)
        })
    });
    let again = lab.start(SLOW, "network", &[]);
    let done = again.ends_well();
    assert!(!done.stderr.contains("computed again"), "{}", done.stderr);
    lab.cluster(&["plug", "03"]).succeeded();
    lab.until_all_nodes_answer();
}

/// Slurm says SIGTERM, the worker drops its shard, and another task computes it.
pub(crate) fn a_time_limit_may_be_hit(lab: &Lab) {
    let arguments = ["--tasks", "1", "--time", "1", "--nodelist", "node04"];
    let sweep = lab.start(SLOW, "limit", &arguments);
    // It would be done within the minute.
    sweep.freeze("04");
    let done = sweep.ends_well();
    assert!(
        done.stderr
            .contains("1 shard was lost, and submitted again"),
        "{}",
        done.stderr
    );
    assert!(
        done.stderr.contains(" TIMEOUT on node04"),
        "{}",
        done.stderr
    );
    let stopped = |(_, text): &(String, String)| text.contains(r#""state": "stopped""#);
    assert!(sweep.notes().iter().any(stopped), "{:?}", sweep.notes());
}

/// A shard with a flipped bit, a short one, and one that is gone.
pub(crate) fn collecting_checks_every_shard(lab: &Lab) {
    let sweep = lab.start(SLOW, "damaged", &["--tasks", "4"]);
    sweep.ends_well();
    let shard = |n: usize| sweep.folder().join(format!("shards/{n:06}"));
    let mut bytes = fs::read(shard(0)).unwrap();
    bytes[200] ^= 1;
    fs::write(shard(0), &bytes).unwrap();
    fs::write(shard(1), &bytes[..100]).unwrap();
    fs::remove_file(shard(2)).unwrap();
    fs::remove_file(sweep.folder().join("results.parquet")).unwrap();
    let again = lab.start(SLOW, "damaged", &[]);
    let done = again.ends_well();
    let told = done.stderr.matches("it is truncated or changed").count();
    assert_eq!(told, 2, "{}", done.stderr);
    assert_eq!(names(&sweep.folder().join("shards"), "").len(), 4);
}
