//! Sweeps that nothing happens to.

use std::fs;

use crate::lab::{GRIDFOLIO, Lab, MAX_ARRAY, MOMENTUM, ON_SLURM, SLOW, TWENTY_THOUSAND, until};

/// In a folder whose name a shell, Slurm and a script could each take for something else.
pub(crate) fn momentum_is_as_on_one_machine(lab: &Lab) {
    let out = r#"it's 100%a $HOME & "momentum""#;
    let sweep = lab.start(MOMENTUM, out, &["--tasks", "6"]);
    let done = sweep.ends_well();
    assert!(done.stdout.contains("72 trials in "), "{}", done.stdout);
    assert_eq!((sweep.n_done(), sweep.tokens().len()), (6, 1));
    // Nothing is left for the next one to do.
    let again = lab.start(MOMENTUM, out, &[]).ends_well();
    assert_eq!(again.stdout, done.stdout);
    assert_eq!(sweep.tokens().len(), 1);
    // Who did what is beside the results.
    let notes = sweep.notes();
    assert_eq!(notes.len(), 6);
    assert!(
        notes
            .iter()
            .all(|(_, text)| text.contains(r#""state": "done""#))
    );
}

pub(crate) fn a_large_array_is_split(lab: &Lab) {
    let tasks = 3 * MAX_ARRAY + 2;
    let arguments = ["--tasks", &tasks.to_string(), "--cpus-per-task", "2"];
    let sweep = lab.start(TWENTY_THOUSAND, "large", &arguments);
    sweep.ends_well();
    assert_eq!(sweep.tokens().len(), 4);
}

/// A job inherits the number of the task in which it was submitted, unless somebody clears it away.
pub(crate) fn a_sweep_may_be_submitted_from_a_job(lab: &Lab) {
    let command = [
        "sweep", MOMENTUM, "--out", "inner", "--quiet", "--tasks", "3",
    ];
    let words = [&[GRIDFOLIO][..], &command, &ON_SLURM].concat().join(" ");
    fs::write(lab.home("outer.sh"), format!("#!/bin/sh\n{words}\n")).unwrap();
    let done = lab.on(
        "01",
        &[
            "sbatch",
            "--wait",
            "--array=7",
            "--output=outer.log",
            "outer.sh",
        ],
    );
    let log = fs::read_to_string(lab.home("outer.log")).unwrap_or_default();
    assert_eq!(done.code, Some(0), "{}{log}", done.stderr);
    let results = fs::read(lab.home("inner/results.parquet")).unwrap();
    assert!(results == lab.expected(MOMENTUM));
}

pub(crate) fn a_dry_run_shows_what_would_be_submitted(lab: &Lab) {
    let settings = "[slurm]\npartition = \"mycluster\"\ntime = \"5\"\nthrottle = 2\n";
    fs::create_dir_all(lab.home("dry")).unwrap();
    fs::write(lab.home("dry/cluster.toml"), settings).unwrap();
    let own = [
        "sweep",
        MOMENTUM,
        "--out",
        "dry/x y",
        "--dry-run",
        "--tasks",
        "4",
        "--time",
        "7",
    ];
    let done = lab.gridfolio(&[&own[..], &ON_SLURM].concat()).succeeded();
    let said = done.stdout;
    for piece in [
        "72 trials, ",
        "$ sbatch --parsable --job-name=gridfolio-",
        " --array=0-3%2 --export=NIL '--chdir=/sharedfs/home/ubuntu/dry/x y' ",
        " --partition=mycluster --time=7 ",
        "until cd -- '/sharedfs/home/ubuntu/dry/x y' 2> /dev/null && test -f plan.json; do\n",
        "exec /sharedfs/gridfolio/gridfolio worker . --shards \"$1\"",
        "set -- \\\n    0 \\\n    1 \\\n    2 \\\n    3\n",
    ] {
        assert!(said.contains(piece), "{piece}\nis not in\n{said}");
    }
    assert!(!lab.home("dry/x y").exists());
}

pub(crate) fn a_quick_sweep_stays_here(lab: &Lab) {
    let done = lab.gridfolio(&["sweep", MOMENTUM, "--out", "quick", "--on", "slurm"]);
    assert_eq!(done.code, Some(1), "{}", done.stderr);
    assert!(done.stderr.contains(" s on one core\n"), "{}", done.stderr);
    assert!(
        done.stderr.contains("or force it with `--force`"),
        "{}",
        done.stderr
    );
    assert!(!lab.home("quick").exists());
}

/// Its jobs go on, and the same command finds them again.
pub(crate) fn watching_can_be_left(lab: &Lab) {
    let sweep = lab.start(SLOW, "left", &["--tasks", "6", "--throttle", "2"]);
    until("it says how far it is, how fast, and where", || {
        let status = lab.gridfolio(&["status", "left"]).stdout;
        let pieces = ["of 6 shards done, ", "trials a second, ", " node0"];
        pieces.iter().all(|piece| status.contains(piece))
    });
    sweep.interrupt();
    let done = sweep.ends();
    assert_eq!(done.code, Some(6), "{}{}", done.stdout, done.stderr);
    assert!(done.stderr.contains("the jobs continue"), "{}", done.stderr);
    let again = lab.start(SLOW, "left", &[]);
    again.ends_well();
    assert_eq!(again.tokens().len(), 1, "nothing was submitted twice");
    let status = lab
        .gridfolio(&["status", "left", "--json"])
        .succeeded()
        .stdout;
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    assert_eq!((&status["done"], &status["lost"]), (&6.into(), &0.into()));
}

pub(crate) fn a_sweep_is_cancelled_and_resumed(lab: &Lab) {
    let sweep = lab.start(SLOW, "cancelled", &["--tasks", "6", "--throttle", "1"]);
    until("a shard is done", || sweep.n_done() > 0);
    lab.gridfolio(&["cancel", "cancelled"]).succeeded();
    let done = sweep.ends();
    assert_eq!(done.code, Some(7), "{}", done.stderr);
    assert!(done.stderr.contains("was cancelled"), "{}", done.stderr);
    until("its tasks are gone", || {
        lab.on("01", &["squeue", "-h"])
            .stdout
            .lines()
            .all(|line| !line.contains("gridfoli"))
    });
    let before = sweep.n_done();
    assert!(before < 6);
    let status = lab.gridfolio(&["status", "cancelled"]);
    assert_eq!(status.code, Some(1), "{}", status.stdout);
    let resumed = lab.gridfolio(&["resume", "cancelled", "--quiet", "--throttle", "3"]);
    resumed.succeeded();
    sweep.has_the_expected_bytes();
    // As the first time, but for what was asked for now.
    let kept = fs::read_to_string(lab.home("cancelled/slurm/settings.json")).unwrap();
    assert!(
        kept.contains(r#""throttle": 3"#) && kept.contains(r#""share_lag": 3"#),
        "{kept}"
    );
}
