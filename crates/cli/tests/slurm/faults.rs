//! What happens on clusters. Each time, the results are the bytes of one machine.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::lab::{Lab, MOMENTUM, SLOW, SMALL, Sweep, names, until};

/// A sweep of 12 tasks, and its workers on a machine, stopped in the middle of their work.
fn at_work<'a>(lab: &'a Lab, out: &str, machine: &str) -> (Sweep<'a>, Vec<String>) {
    let sweep = lab.start(SLOW, out, &["--tasks", "12", "--cpus-per-task", "2"]);
    let workers = sweep.freeze(machine);
    (sweep, workers)
}

pub(crate) fn cancelled_tasks_are_submitted_again(lab: &Lab) {
    let (sweep, workers) = at_work(lab, "scancel", "03");
    let tasks = sweep.tasks("R,PD");
    let victims: Vec<&str> = tasks.iter().map(String::as_str).step_by(2).collect();
    assert!(!victims.is_empty());
    lab.on("01", &[&["scancel"][..], &victims].concat())
        .succeeded();
    sweep.signal("03", "-CONT", &workers);
    let done = sweep.ends_well();
    assert!(
        done.stderr.contains("lost and submitted again"),
        "{}",
        done.stderr
    );
}

/// One in the middle of its work, and one whose shards are done: both compute theirs once more.
pub(crate) fn tasks_may_be_requeued(lab: &Lab) {
    let (sweep, workers) = at_work(lab, "requeued", "02");
    until("a task has ended", || !sweep.tasks("CD").is_empty());
    let arguments = ["squeue", "-h", "-r", "-w", "node02", "-o", "%i"];
    let there = lab.on("01", &arguments).stdout;
    let at_work = sweep.tasks("R").into_iter().find(|id| there.contains(id));
    let both = [at_work.unwrap(), sweep.tasks("CD").swap_remove(0)];
    for task in &both {
        lab.on("01", &["scontrol", "requeue", task]).succeeded();
    }
    sweep.signal("02", "-CONT", &workers);
    sweep.ends_well();
    for task in &both {
        let index = task.split('_').nth(1);
        until("it was started again, and came to an end", || {
            let is_it = |(name, text): &(String, String)| {
                let words: Vec<&str> = name.split('-').collect();
                words.get(1).copied() == index
                    && words[2] == "1"
                    && text.contains(r#""state": "done""#)
            };
            sweep.notes().iter().any(is_it)
        });
    }
    sweep.has_the_expected_bytes();
}

pub(crate) fn a_more_urgent_job_may_take_the_nodes(lab: &Lab) {
    let arguments = [
        "--partition",
        "spare",
        "--tasks",
        "10",
        "--cpus-per-task",
        "2",
    ];
    let sweep = lab.start(SLOW, "preempted", &arguments);
    let workers = sweep.freeze("02");
    let urgent = [
        "srun",
        "--partition=mycluster",
        "--nodes=3",
        "--exclusive",
        "true",
    ];
    // Slurm wakes them before it asks them to end, and they would finish their shards in time. Kept
    // asleep, they are killed, and their shards are left to the next start.
    let asleep = |worker: &String| format!("while kill -STOP {worker}; do sleep 0.02; done &");
    let script = workers.iter().map(asleep).collect::<String>() + " wait";
    std::thread::scope(|scope| {
        scope.spawn(|| lab.on("02", &["-r", "sh", "-c", &script]));
        lab.on("01", &urgent).succeeded();
    });
    sweep.ends_well();
    let notes = sweep.notes();
    let restarted = |(name, _): &(String, String)| name.split('-').nth(2) == Some("1");
    assert!(notes.iter().any(restarted), "{notes:?}");
    assert_eq!(sweep.tokens().len(), 1, "Slurm starts them again by itself");
}

/// What the kernel does to the largest process when there is no memory left.
pub(crate) fn workers_may_be_killed(lab: &Lab) {
    let sweep = lab.start(SLOW, "killed", &["--tasks", "3", "--nodelist", "node04"]);
    let at_work = |(_, text): &(String, String)| text.contains(r#""state": "working""#);
    until("workers are at work", || sweep.notes().iter().any(at_work));
    sweep.signal("04", "-KILL", &sweep.workers_on("04"));
    let done = sweep.ends_well();
    for piece in [
        "lost and submitted again",
        " FAILED on node04\n  | it was killed while computing, as when memory runs out\n",
    ] {
        assert!(
            done.stderr.contains(piece),
            "{piece}\nis not in\n{}",
            done.stderr
        );
    }
}

/// Nothing half written is left, and when there is room again, the rest is computed.
pub(crate) fn the_share_may_be_full(lab: &Lab) {
    let out = format!("{SMALL}/full");
    let (sweep, workers) = at_work(lab, &out, "03");
    let ballast = format!("{SMALL}/ballast");
    let fill = ["dd", "if=/dev/zero", "bs=4k", &format!("of={ballast}")];
    assert_eq!(
        lab.on("01", &fill).code,
        Some(1),
        "there is more room than that"
    );
    sweep.signal("03", "-CONT", &workers);
    let done = sweep.ends();
    // It cannot note what it would submit, or what it submits can write nothing.
    assert!(
        matches!(done.code, Some(5 | 7)),
        "{}{}",
        done.stdout,
        done.stderr
    );
    let said = "No space left on device";
    assert!(done.stderr.contains(said), "{}", done.stderr);
    until("all tasks have failed", || sweep.tasks("R,PD").is_empty());
    lab.on("01", &["rm", &ballast]).succeeded();
    lab.gridfolio(&["resume", &out, "--quiet"]).succeeded();
    sweep.has_the_expected_bytes();
    lab.on("01", &["rm", "-r", &out]).succeeded();
}

/// Tasks there fail at once, so it would get one after the other.
pub(crate) fn a_node_may_lose_the_share(lab: &Lab) {
    let cover = ["-r", "mount", "-t", "tmpfs", "none", "/sharedfs"];
    lab.on("03", &cover).succeeded();
    let check = lab.gridfolio(&["cluster", "check", "--patience", "20"]);
    let sweep = lab.start(SLOW, "shareless", &["--tasks", "24"]);
    let done = sweep.ends();
    lab.on("03", &["-r", "umount", "/sharedfs"]).succeeded();
    assert_eq!(check.code, Some(1), "{}{}", check.stdout, check.stderr);
    let problem =
        "node03: it does not see `/sharedfs/gridfolio/gridfolio`: is the share mounted there?\n";
    assert!(check.stdout.contains(problem), "{}", check.stdout);
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    sweep.has_the_expected_bytes();
    let said = "warning: node03 is excluded: ";
    assert!(done.stderr.contains(said), "{}", done.stderr);
}

/// It says that the controller does not answer, and the job is in the queue all the same.
pub(crate) fn a_submission_may_only_seem_to_fail(lab: &Lab) {
    let folder = lab.home("seeming");
    fs::create_dir(&folder).unwrap();
    let own = "/sharedfs/home/ubuntu/seeming";
    let sbatch = format!(
        "#!/bin/sh
         touch {own}/asked
         until test -e {own}/frozen; do sleep 0.05; done
         /usr/bin/sbatch \"$@\"
         code=$?
         echo $code >> {own}/codes
         exit $code
        "
    );
    fs::write(folder.join("sbatch"), sbatch).unwrap();
    lab.on("01", &["-r", "chmod", "-R", "a+rwx", own])
        .succeeded();
    let path = format!("PATH={own}:/usr/bin:/bin");
    let sweep = lab.start_with(&["env", &path], MOMENTUM, "seeming-out", &["--tasks", "3"]);
    until("it submits", || folder.join("asked").exists());
    let controller = |signal: &str| {
        lab.on("01", &["-r", "pkill", signal, "-x", "slurmctld"])
            .succeeded();
    };
    controller("-STOP");
    fs::write(folder.join("frozen"), "").unwrap();
    let codes = || fs::read_to_string(folder.join("codes")).unwrap_or_default();
    until("the submission has failed", || !codes().is_empty());
    controller("-CONT");
    sweep.ends_well();
    assert_eq!(
        (&*codes(), sweep.tokens().len()),
        ("1\n", 1),
        "it was submitted once"
    );
    assert_eq!(sweep.jobs().len(), 1, "and found");
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
        done.stderr.contains("1 shard was lost and submitted again"),
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
