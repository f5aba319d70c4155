//! What a cluster says no to, and what the user is told.

use std::fs;

use crate::lab::{Lab, MOMENTUM, ON_SLURM, SLOW, until};

#[track_caller]
fn refused(lab: &Lab, arguments: &[&str], code: i32, pieces: &[&str]) {
    let own = ["sweep", MOMENTUM, "--tasks", "3"];
    let out = match arguments.contains(&"--out") {
        true => &[][..],
        false => &["--out", "refused"],
    };
    let done = lab.gridfolio(&[&own[..], &ON_SLURM, out, arguments].concat());
    assert_eq!(done.code, Some(code), "{}{}", done.stdout, done.stderr);
    for piece in pieces {
        assert!(
            done.stderr.contains(piece),
            "{piece}\nis not in\n{}",
            done.stderr
        );
    }
}

pub(crate) fn what_slurm_refuses_is_explained(lab: &Lab) {
    refused(
        lab,
        &["--partition", "nowhere"],
        7,
        &["invalid partition", "`sinfo` lists the partitions"],
    );
    refused(
        lab,
        &["--mem", "100M"],
        7,
        &["error: `sbatch` refused\ncause: ", " hint: leave `mem` out"],
    );
    refused(
        lab,
        &["--constraint", "vax"],
        7,
        &["Invalid feature", " hint: `sinfo -o \"%n %f\"`"],
    );
    refused(
        lab,
        &["--time", "soon"],
        7,
        &["--time", " hint: set `time` in minutes"],
    );
    refused(
        lab,
        &["--sbatch-arg=--no-such-thing"],
        7,
        &["unrecognized option", "correct `sbatch_args`"],
    );
    refused(
        lab,
        &["--sbatch-arg=--array=1"],
        2,
        &["`--array=1` for `sbatch` is set by gridfolio itself"],
    );
    refused(
        lab,
        &["--nodelist", "node[02,07]"],
        2,
        &["there is no node `node07`"],
    );
    refused(
        lab,
        &["--out", r"back\slash"],
        2,
        &["cannot be used on a cluster: Slurm cannot write to a path that contains a backslash"],
    );
    // Nothing of these was left in the queue or in the folder's books.
    assert_eq!(
        crate::lab::names(&lab.home("refused/slurm"), ".sh"),
        [""; 0]
    );

    fs::create_dir_all(lab.home(".config/gridfolio")).unwrap();
    let file = lab.home(".config/gridfolio/cluster.toml");
    fs::write(&file, "[slurm]\ntime = \"5\"\npartion = \"mycluster\"\n").unwrap();
    refused(
        lab,
        &[],
        2,
        &["cluster.toml`, line 3: unknown key `partion`\n hint: did you mean `partition`?"],
    );
    fs::remove_file(&file).unwrap();
}

/// Slurm takes it, and never begins.
pub(crate) fn what_will_wait_for_ever_is_explained(lab: &Lab) {
    let sweep = lab.start(MOMENTUM, "forever", &["--cpus-per-task", "64"]);
    until("it says why", || {
        let said = lab.gridfolio(&["status", "forever"]).stdout;
        said.contains("1 task waits, PartitionConfig: no node of the partition is large enough")
    });
    lab.gridfolio(&["cancel", "forever"]).succeeded();
    assert_eq!(sweep.ends().code, Some(7));
}

/// The machines have a `/tmp` each.
pub(crate) fn a_folder_that_nodes_do_not_see(lab: &Lab) {
    let own = [
        "sweep",
        MOMENTUM,
        "--out",
        "/tmp/gridfolio-not-shared",
        "--tasks",
        "3",
    ];
    let done = lab.gridfolio(&[&own[..], &ON_SLURM].concat());
    fs::remove_dir_all("/tmp/gridfolio-not-shared").unwrap();
    assert_eq!(done.code, Some(7), "{}{}", done.stdout, done.stderr);
    let said =
        "ended without a trace: the nodes do not see `/tmp/gridfolio-not-shared`\n hint: put";
    assert!(done.stderr.contains(said), "{}", done.stderr);
}

/// Twice, and then no more.
pub(crate) fn tasks_that_fail_bring_their_last_words(lab: &Lab) {
    let setup = "echo 'module: no such module' >&2; exit 3";
    let arguments = ["--tasks", "4", "--resubmissions", "1", "--setup", setup];
    let sweep = lab.start(SLOW, "failing", &arguments);
    let done = sweep.ends();
    assert_eq!(done.code, Some(7), "{}{}", done.stdout, done.stderr);
    for piece in [
        " FAILED on node0",
        "\n  | module: no such module\n",
        "4 shards were submitted 2 times and lost each time\n",
    ] {
        assert!(
            done.stderr.contains(piece),
            "{piece}\nis not in\n{}",
            done.stderr
        );
    }
    assert_eq!((sweep.n_done(), sweep.tokens().len()), (0, 2));
}
