//! What the commands for a cluster say where there is none, and to states of Slurm that a real one
//! cannot be made to show; those are played by scripts on the path.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use expect_test::expect;

use crate::sweep::momentum;
use crate::{Done, folder, gridfolio};

/// gridfolio with the fakes of a folder before all else on the path.
fn with_fakes(folder: &Path, arguments: &[&str]) -> Done {
    command(folder, arguments).output().unwrap().into()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let path = format!("{}:/usr/bin:/bin", folder.join("fakes").display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_gridfolio"));
    command
        .current_dir(folder)
        .env("PATH", path)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("GRIDFOLIO_LEDGER", folder.join("ledger"))
        // What a user's environment may hold must not reach Slurm.
        .env("SQUEUE_FORMAT", "%A")
        .env("SLURM_ARRAY_TASK_ID", "77")
        .args(arguments);
    command
}

const SINFO: &str = "echo 'mycluster*|0/12/0/12|n/a|infinite'";
const SCONTROL: &str = "echo 'MaxArraySize            = 1001'";
/// Runs each task of an array at once, and logs as Slurm would.
const SBATCH: &str = r#"
test -z "$SLURM_ARRAY_TASK_ID$SQUEUE_FORMAT" || exit 9
for word; do
    case $word in --array=0-*) last=${word#--array=0-};; --job-name=*) name=${word#*=};; esac
    script=$word
done
echo "$name" >> "$FAKES/submitted"
task=0
while [ "$task" -le "${last%\%*}" ]; do
    SLURM_ARRAY_TASK_ID=$task sh "$script" > "logs/${name#gridfolio-}-$task.log" 2>&1
    task=$((task + 1))
done
"#;

/// A cluster that does what these scripts say.
fn fake(folder: &Path, scripts: &[(&str, &str)]) {
    let fakes = folder.join("fakes");
    fs::create_dir_all(&fakes).unwrap();
    let usual = [
        ("sinfo", SINFO),
        ("scontrol", SCONTROL),
        ("squeue", ""),
        ("scancel", ""),
    ];
    for (name, script) in usual.iter().chain(scripts) {
        let path = fakes.join(name);
        let text = format!("#!/bin/sh\nFAKES='{}'\n{script}\n", fakes.display());
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// An `sbatch` that takes each array and runs nothing.
const SBATCH_17: &str = "echo 17";

fn on_slurm(folder: &Path, more: &[&str]) -> Done {
    let program = env!("CARGO_BIN_EXE_gridfolio");
    let momentum = momentum();
    let own = [
        "sweep",
        &momentum,
        "--out",
        "out",
        "--quiet",
        "--on",
        "slurm",
        "--force",
        "--tasks",
        "3",
        "--program",
        program,
    ];
    let lag = match more.contains(&"--share-lag") {
        true => &[][..],
        false => &["--share-lag", "0"],
    };
    with_fakes(folder, &[&own[..], lag, more].concat())
}

/// An `sbatch` that takes the first array, and forgets it; the next ones run.
fn forgetful() -> String {
    let first = "test -e \"$FAKES/once\" || { touch \"$FAKES/once\"; echo 17; exit 0; }";
    format!("{first}\n{SBATCH}\necho 18")
}

#[track_caller]
fn has_the_expected_bytes(folder: &Path) {
    gridfolio(folder, &["sweep", &momentum(), "--out", "here", "--quiet"]).succeeded();
    let read = |name: &str| fs::read(folder.join(name).join("results.parquet")).unwrap();
    assert!(read("out") == read("here"));
}

fn submissions(folder: &Path) -> usize {
    let text = fs::read_to_string(folder.join("fakes/submitted")).unwrap_or_default();
    text.lines().count()
}

#[test]
fn a_cluster_that_does_as_it_is_told() {
    let folder = folder();
    fake(folder.path(), &[("sbatch", &format!("{SBATCH}\necho 17"))]);
    on_slurm(folder.path(), &[]).succeeded();
    has_the_expected_bytes(folder.path());
    assert_eq!(submissions(folder.path()), 1);
}

#[test]
fn a_machine_without_slurm_is_told_so() {
    let folder = folder();
    let arguments = [
        "sweep",
        &momentum(),
        "--on",
        "slurm",
        "--force",
        "--out",
        "out",
    ];
    let done = Command::new(env!("CARGO_BIN_EXE_gridfolio"))
        .current_dir(folder.path())
        .env("PATH", folder.path())
        .args(arguments)
        .output();
    expect![[r#"
        exit code 7
        error: `sinfo` is not on the path: there is no Slurm on this machine
         hint: run this where jobs are submitted, usually on the login node; on this machine alone a sweep runs without `--on slurm`
    "#]]
    .assert_eq(&Done::from(done.unwrap()).said());
}

/// It fails, and the job is in the queue all the same.
#[test]
fn a_submission_that_only_seems_to_fail_is_not_repeated() {
    let folder = folder();
    let lost = "echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2; exit 1";
    let squeue = r#"
for word; do case $word in --name=*) names=${word#*=};; esac; done
echo "17_0|$names|COMPLETED|node02|None""#;
    let scripts = [
        ("sbatch", &*format!("{SBATCH}\n{lost}")),
        ("squeue", squeue),
    ];
    fake(folder.path(), &scripts);
    on_slurm(folder.path(), &[]).succeeded();
    has_the_expected_bytes(folder.path());
    assert_eq!(submissions(folder.path()), 1);
}

#[test]
fn a_state_that_nobody_knows_does_not_matter() {
    let folder = folder();
    // As long as it is listed, it is waited for; then it is gone, and so are its shards.
    let squeue = r#"
for word; do case $word in --name=*) names=${word#*=};; esac; done
echo x >> "$FAKES/asked"
if [ "$(wc -l < "$FAKES/asked")" -lt 3 ]; then
    for task in 0 1 2; do echo "17_$task|${names%%,*}|QUANTUM_LEAP|node02|Entangled | twice"; done
fi"#;
    fake(
        folder.path(),
        &[("sbatch", &forgetful()), ("squeue", squeue)],
    );
    let done = on_slurm(folder.path(), &[]).succeeded();
    assert!(
        done.stderr
            .contains("3 shards were lost and submitted again"),
        "{}",
        done.stderr
    );
    has_the_expected_bytes(folder.path());
}

/// Slurm would keep such a task for ever.
#[test]
fn a_task_that_is_held_after_a_failed_launch_is_given_to_another() {
    let folder = folder();
    let squeue = r#"
test -e "$FAKES/cancelled" && exit 0
for word; do case $word in --name=*) names=${word#*=};; esac; done
for task in 0 1 2; do echo "17_$task|${names%%,*}|PENDING||launch failed requeued held"; done"#;
    let scancel = "echo \"$@\" >> \"$FAKES/cancelled\"";
    fake(
        folder.path(),
        &[
            ("sbatch", &forgetful()),
            ("squeue", squeue),
            ("scancel", scancel),
        ],
    );
    on_slurm(folder.path(), &[]).succeeded();
    has_the_expected_bytes(folder.path());
    let cancelled = fs::read_to_string(folder.path().join("fakes/cancelled")).unwrap();
    assert!(cancelled.starts_with("17_0\n17_1\n17_2\n"), "{cancelled}");
}

/// `sbatch` does not fail then, but tries again and again.
#[test]
fn a_full_queue_gets_what_fits() {
    let folder = folder();
    let sbatch = format!(
        "case $* in *--array=0-[12]*)
             echo 'sbatch: Slurm temporarily unable to accept job, sleeping and retrying' >&2
             exec sleep 60;;
         esac\n{SBATCH}\necho 18"
    );
    fake(folder.path(), &[("sbatch", &sbatch)]);
    on_slurm(folder.path(), &[]).succeeded();
    has_the_expected_bytes(folder.path());
    assert_eq!(submissions(folder.path()), 3);
}

/// The queue forgets a task sooner than this machine sees its files.
#[test]
fn what_a_late_share_does_not_show_yet_is_not_lost() {
    let folder = folder();
    let late = "mv shards late; mkdir shards; (sleep 3; mv late/* shards) > /dev/null 2>&1 &";
    let sbatch = format!("{SBATCH}\n{late}\necho 18");
    fake(folder.path(), &[("sbatch", &sbatch)]);
    let done = on_slurm(folder.path(), &["--share-lag", "60"]).succeeded();
    assert_eq!(done.stderr, "");
    has_the_expected_bytes(folder.path());
    assert_eq!(submissions(folder.path()), 1);
}

/// After a crash the controller gives the numbers of forgotten jobs to others.
#[test]
fn the_job_of_somebody_else_with_the_same_number_is_not_ours() {
    let folder = folder();
    let squeue =
        r#"for task in 0 1 2; do echo "17_$task|gridfolio-other|RUNNING|node02|None"; done"#;
    let scripts = [("sbatch", &*forgetful()), ("squeue", squeue)];
    fake(folder.path(), &scripts);
    let done = on_slurm(folder.path(), &[]).succeeded();
    let lost = "3 shards were lost and submitted again";
    assert!(done.stderr.contains(lost), "{}", done.stderr);
    has_the_expected_bytes(folder.path());
}

/// A file in the folder of a sweep decides neither which jobs are asked for nor which are cancelled.
#[test]
fn a_note_in_the_folder_cancels_no_job_of_another() {
    let folder = folder();
    let squeue = r#"
for word; do case $word in --name=*) names=${word#*=};; esac; done
echo "$names" >> "$FAKES/asked"
echo "99_0|payroll|RUNNING|node02|None"
echo "--user=root_0|${names%%,*}|RUNNING|node02|None"
for task in 0 1 2; do echo "17_$task|${names%%,*}|RUNNING|node02|None"; done"#;
    let scancel = r#"echo "$@" >> "$FAKES/cancelled""#;
    let scripts = [
        ("sbatch", SBATCH_17),
        ("squeue", squeue),
        ("scancel", scancel),
    ];
    fake(folder.path(), &scripts);
    let mut watching = command(folder.path(), &[])
        .args([
            "sweep",
            &momentum(),
            "--out",
            "out",
            "--quiet",
            "--on",
            "slurm",
            "--force",
        ])
        .args([
            "--tasks",
            "3",
            "--share-lag",
            "0",
            "--program",
            env!("CARGO_BIN_EXE_gridfolio"),
        ])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let notes = || -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(folder.path().join("out/slurm"))
            .into_iter()
            .flatten();
        let paths = entries.map(|entry| entry.unwrap().path());
        let is_note = |path: &std::path::PathBuf| {
            let name = path.file_stem().unwrap_or_default();
            path.extension().is_some_and(|ending| ending == "json") && name.len() == 24
        };
        paths.filter(is_note).collect()
    };
    while notes().is_empty() || !folder.path().join("fakes/asked").exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    watching.kill().unwrap();
    watching.wait().unwrap();
    let own = fs::read_to_string(&notes()[0]).unwrap();
    let token = notes()[0].file_stem().unwrap().to_str().unwrap().to_owned();
    // The same plan, and the names of other jobs; a file with another name than its token.
    let put = |name: &str, text: &str| {
        fs::write(folder.path().join(format!("out/slurm/{name}.json")), text).unwrap();
    };
    for name in [
        "payroll",
        "x,payroll",
        "../../x",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        put(&name.replace('/', "_"), &own.replace(&token, name));
    }
    put("copy", &own);
    put(
        "huge",
        &own.replace("\"tasks\": [", "\"tasks\": [\"0-99999999999\","),
    );
    fs::remove_file(folder.path().join("fakes/asked")).unwrap();
    with_fakes(folder.path(), &["cancel", "out"]).succeeded();
    let asked = fs::read_to_string(folder.path().join("fakes/asked")).unwrap();
    assert_eq!(asked, format!("gridfolio-{token}\n"));
    let cancelled = fs::read_to_string(folder.path().join("fakes/cancelled")).unwrap();
    assert_eq!(cancelled, "17\n");
}

#[test]
fn a_task_that_ran_out_of_memory_says_what_to_set() {
    let folder = folder();
    let squeue = r#"
for word; do case $word in --name=*) names=${word#*=};; esac; done
for task in 0 1 2; do echo "17_$task|${names%%,*}|OUT_OF_MEMORY|node02|OutOfMemory"; done"#;
    let scripts = [("sbatch", "echo 17"), ("squeue", squeue)];
    fake(folder.path(), &scripts);
    let done = on_slurm(folder.path(), &["--resubmissions", "0"]);
    assert_eq!(done.code, 7);
    let cause = "cause: task 17_0 OUT_OF_MEMORY on node02: it needs more memory: set `mem`\n";
    assert!(done.stderr.contains(cause), "{}", done.stderr);
    let lost = "error: 3 shards were submitted 1 time and lost\n";
    assert!(done.stderr.contains(lost), "{}", done.stderr);
}

/// What was submitted before it went away goes on, and the rest is submitted when it is back.
#[test]
fn a_controller_that_is_away_for_a_while_is_waited_for() {
    let folder = folder();
    let scontrol = format!(
        "echo x >> \"$FAKES/config\"
         test \"$(wc -l < \"$FAKES/config\")\" = 2 && {{
             echo 'slurm_load_ctl_conf error: Unable to contact slurm controller (connect failure)' >&2
             exit 1
         }}
         {SCONTROL}"
    );
    let scripts = [("sbatch", &*forgetful()), ("scontrol", &scontrol)];
    fake(folder.path(), &scripts);
    on_slurm(folder.path(), &[]).succeeded();
    has_the_expected_bytes(folder.path());
}

#[test]
fn a_status_says_why_slurm_does_not_answer() {
    let folder = folder();
    fake(folder.path(), &[("sbatch", &format!("{SBATCH}\necho 18"))]);
    on_slurm(folder.path(), &[]).succeeded();
    fs::remove_file(folder.path().join("out/shards/000001")).unwrap();
    let squeue = "echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1";
    fake(folder.path(), &[("squeue", squeue)]);
    let done = with_fakes(folder.path(), &["status", "out"]).succeeded();
    expect![[r#"
        out: 48 of 72 trials
        2 of 3 shards done, and Slurm does not answer
        `squeue`: slurm_load_jobs error: Unable to contact slurm controller
    "#]]
    .assert_eq(&done.stdout);
}

/// However little is left: its tasks are there, and the table is wanted.
#[test]
fn who_comes_back_need_not_insist() {
    let folder = folder();
    fake(folder.path(), &[("sbatch", &format!("{SBATCH}\necho 18"))]);
    on_slurm(folder.path(), &[]).succeeded();
    fs::remove_file(folder.path().join("out/shards/000001")).unwrap();
    fs::remove_file(folder.path().join("out/results.parquet")).unwrap();
    let momentum = momentum();
    let back = [
        "sweep", &momentum, "--out", "out", "--quiet", "--on", "slurm",
    ];
    let more = [
        "--share-lag",
        "0",
        "--program",
        env!("CARGO_BIN_EXE_gridfolio"),
    ];
    with_fakes(folder.path(), &[&back[..], &more].concat()).succeeded();
    has_the_expected_bytes(folder.path());
    assert_eq!(submissions(folder.path()), 2);
}

#[test]
fn a_table_is_made_without_slurm_when_all_shards_are_there() {
    let folder = folder();
    fake(folder.path(), &[("sbatch", &format!("{SBATCH}\necho 18"))]);
    on_slurm(folder.path(), &[]).succeeded();
    fs::remove_dir_all(folder.path().join("fakes")).unwrap();
    fs::remove_file(folder.path().join("out/results.parquet")).unwrap();
    let mut resume = command(folder.path(), &["resume", "out", "--quiet"]);
    let done: Done = resume.env("PATH", folder.path()).output().unwrap().into();
    done.succeeded();
    has_the_expected_bytes(folder.path());
}

#[test]
fn arguments_with_which_jobs_would_be_lost_are_refused() {
    let folder = folder();
    fake(
        folder.path(),
        &[("sbatch", "echo 'Job 3 to start at noon' >&2")],
    );
    let refusal = |argument: &str| on_slurm(folder.path(), &[argument]).said();
    expect![[r#"
        exit code 2
        error: the argument `--exp=ALL` for `sbatch` is set by gridfolio itself
         hint: leave it out: any other argument is passed on as it is
    "#]]
    .assert_eq(&refusal("--sbatch-arg=--exp=ALL"));
    expect![[r#"
        exit code 2
        error: the argument `-Mfar` for `sbatch` would submit to another cluster than the one that gridfolio queries
         hint: leave it out: any other argument is passed on as it is
    "#]]
    .assert_eq(&refusal("--sbatch-arg=-Mfar"));
    expect![[r#"
        exit code 7
        error: `sbatch` refused
        cause: it gave no job number: Job 3 to start at noon
         hint: `--dry-run` shows the command, to try by hand
    "#]]
    .assert_eq(&refusal("--sbatch-arg=--test-only"));
}

/// Its requests are taken back, and its files are gone.
#[test]
fn a_check_that_is_interrupted_leaves_nothing() {
    let folder = folder();
    let scripts = [
        ("sinfo", "echo 'node02|idle|none'; echo 'node03|idle|none'"),
        (
            "srun",
            "touch \"$FAKES/asked\"; until test -e \"$FAKES/cancelled\"; do sleep 0.05; done; exit 1",
        ),
        ("scancel", "echo \"$@\" >> \"$FAKES/cancelled\""),
    ];
    fake(folder.path(), &scripts);
    let mut check = command(folder.path(), &["cluster", "check"]);
    let check = check
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !folder.path().join("fakes/asked").exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let pid = check.id().to_string();
    Command::new("kill").args(["-INT", &pid]).status().unwrap();
    let done: Done = check.wait_with_output().unwrap().into();
    expect![[r#"
        exit code 6
        error: interrupted
    "#]]
    .assert_eq(&done.said());
    let cancelled = fs::read_to_string(folder.path().join("fakes/cancelled")).unwrap();
    assert!(
        cancelled.starts_with("--name=gridfolio-check-"),
        "{cancelled}"
    );
    let left = fs::read_dir(folder.path()).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut left: Vec<String> = left.collect();
    left.sort();
    // A copy of the program for the nodes, and the fakes.
    assert_eq!(left, ["fakes", "gridfolio"]);
}

#[test]
fn a_refusal_is_given_with_its_reason_and_a_way_out() {
    let folder = folder();
    let refusal = |said: &str| {
        let sbatch = format!("echo 'sbatch: error: {said}' >&2; exit 1");
        fake(folder.path(), &[("sbatch", &sbatch)]);
        on_slurm(folder.path(), &[]).said()
    };
    expect![[r#"
        exit code 7
        error: `sbatch` refused
        cause: Batch job submission failed: Invalid qos specification
         hint: `sacctmgr show qos` lists those that exist; set `qos` or `--qos`, or leave it out
    "#]]
    .assert_eq(&refusal(
        "Batch job submission failed: Invalid qos specification",
    ));
    expect![[r#"
        exit code 7
        error: `sbatch` refused
        cause: Batch job submission failed: Invalid account or account/partition combination specified
         hint: list your accounts with `sacctmgr show associations user=$USER`, and set `account` or `--account`
    "#]]
    .assert_eq(&refusal(
        "Batch job submission failed: Invalid account or account/partition combination specified",
    ));
}

/// An array that is too large for what one may have in the queue is halved.
#[test]
fn a_limit_of_submitted_tasks_is_kept() {
    let folder = folder();
    let sbatch = format!(
        "case $* in *--array=0-2*) echo 'sbatch: error: AssocMaxSubmitJobLimit' >&2; exit 1;; esac\n{SBATCH}\necho 18"
    );
    fake(folder.path(), &[("sbatch", &sbatch)]);
    on_slurm(folder.path(), &[]).succeeded();
    has_the_expected_bytes(folder.path());
    assert_eq!(submissions(folder.path()), 3);
}

#[test]
fn settings_come_from_files_and_the_command_line_goes_before_them() {
    let folder = folder();
    let sbatch = format!("echo \"$@\" > \"$FAKES/arguments\"\n{SBATCH}\necho 18");
    fake(folder.path(), &[("sbatch", &sbatch)]);
    let put = |dir: &str, text: &str| {
        fs::create_dir_all(folder.path().join(dir)).unwrap();
        fs::write(folder.path().join(dir).join("cluster.toml"), text).unwrap();
    };
    put(
        "config/gridfolio",
        "[slurm]\npartition = \"far\"\nqos = \"low\"\nmail_user = \"a@b.c\"\n",
    );
    put(
        ".",
        "[slurm]\npartition = \"beside\"\ntime = \"30\"\nsbatch_args = [\"--nice=5\"]\n",
    );
    on_slurm(
        folder.path(),
        &["--time", "60", "--sbatch-arg=--gres=disk:1"],
    )
    .succeeded();
    let given = fs::read_to_string(folder.path().join("fakes/arguments")).unwrap();
    let end = " --cpus-per-task=1 --partition=beside --qos=low --time=60 --mail-user=a@b.c --nice=5 --gres=disk:1 slurm/";
    assert!(given.contains(end), "{given}");
}

#[test]
fn a_mistake_in_the_settings_is_named_with_its_line_and_a_way_out() {
    let folder = folder();
    fake(folder.path(), &[("sbatch", "echo 17")]);
    let mistake = |text: &str| {
        fs::write(folder.path().join("cluster.toml"), text).unwrap();
        let said = on_slurm(folder.path(), &["--dry-run"]).said();
        said.replace(&format!("{}/", folder.path().display()), "")
    };
    let mistakes = [
        "[slurm]\npartion = \"fast\"",
        "[slurm]\nwalltime = 5",
        "partition = \"fast\"",
        "[slrum]\npartition = \"fast\"",
        "[slurm]\n\ntasks = 0",
        "[slurm]\ncpus_per_task = \"4\"",
        "[slurm]\nsbatch_args = \"--nice=5\"",
        "[slurm]\npartition = \" \"",
        "[slurm]\ntime = [30]",
        "[slurm",
    ];
    expect![[r#"
        exit code 2
        error: `cluster.toml`, line 2: unknown key `partion`
         hint: did you mean `partition`?

        exit code 2
        error: `cluster.toml`, line 2: unknown key `walltime`
         hint: `gridfolio sweep --help` lists the settings, each with what it takes

        exit code 2
        error: `cluster.toml`, line 1: `partition` is outside of `[slurm]`
         hint: write `[slurm]` on a line of its own before it

        exit code 2
        error: `cluster.toml`, line 1: unknown key `slrum`
         hint: all settings are in the section `[slurm]`

        exit code 2
        error: `cluster.toml`, line 3: `tasks`: expected at least 1
         hint: `gridfolio sweep --help` lists the settings, each with what it takes

        exit code 2
        error: `cluster.toml`, line 2: `cpus_per_task`: invalid type: string "4", expected a whole number
         hint: `gridfolio sweep --help` lists the settings, each with what it takes

        exit code 2
        error: `cluster.toml`, line 2: `sbatch_args`: invalid type: string "--nice=5", expected a list, as in `["--nice=5"]`
         hint: `gridfolio sweep --help` lists the settings, each with what it takes

        exit code 2
        error: `cluster.toml`, line 2: `partition`: it is empty
         hint: `gridfolio sweep --help` lists the settings, each with what it takes

        exit code 2
        error: `cluster.toml`, line 2: `time`: expected a text, as in `"30"`
         hint: `gridfolio sweep --help` lists the settings, each with what it takes

        exit code 2
        error: `cluster.toml`, line 1: unclosed table, expected `]`
         hint: `gridfolio sweep --help` lists the settings, each with what it takes
    "#]].assert_eq(&mistakes.map(mistake).join("\n"));
}

/// Minutes and megabytes need no quotes; a program is where its file says, whoever reads it.
#[test]
fn settings_may_be_numbers_and_relative_paths() {
    let folder = folder();
    fake(folder.path(), &[]);
    let text = "[slurm]\ntime = 30\nmem = 500\nprogram = \"bin/gridfolio\"\n";
    fs::write(folder.path().join("cluster.toml"), text).unwrap();
    fs::create_dir(folder.path().join("elsewhere")).unwrap();
    let arguments = [
        "sweep",
        &momentum(),
        "--out",
        "../out",
        "--on",
        "slurm",
        "--dry-run",
    ];
    let mut command = command(folder.path(), &arguments);
    let done = command
        .current_dir(folder.path().join("elsewhere"))
        .output();
    let done = Done::from(done.unwrap()).succeeded();
    let program = folder.path().join("elsewhere/../bin/gridfolio");
    let program = format!("exec {} worker .", program.display());
    for piece in [" --time=30 --mem=500 ", &program] {
        assert!(done.stdout.contains(piece), "{}", done.stdout);
    }
    assert!(
        done.stdout.contains("\non Slurm: 1 task, "),
        "{}",
        done.stdout
    );
}

/// Slurm may lend the check one core; the node has more.
#[test]
fn a_node_tells_of_all_its_cores() {
    let folder = folder();
    fs::create_dir(folder.path().join("tokens")).unwrap();
    let node = [
        env!("CARGO_BIN_EXE_gridfolio"),
        "cluster",
        "node",
        "run",
        ".",
        "tokens",
    ];
    let mut lent = Command::new("taskset");
    let lent = lent
        .current_dir(folder.path())
        .args(["-c", "0"])
        .args(node)
        .output();
    let report: serde_json::Value = serde_json::from_slice(&lent.unwrap().stdout).unwrap();
    let online = Command::new("getconf")
        .arg("_NPROCESSORS_ONLN")
        .output()
        .unwrap();
    let online = String::from_utf8(online.stdout).unwrap();
    assert_eq!(report["cores"].to_string(), online.trim());
}

#[test]
fn settings_without_a_cluster_are_refused() {
    let done = gridfolio(folder().path(), &["sweep", &momentum(), "--partition", "x"]);
    expect![[r#"
        exit code 2
        error: Slurm options require `--on slurm`
         hint: add `--on slurm`, or leave them out
    "#]]
    .assert_eq(&done.said());
}

/// What a share's other users could do with an installation is said when it is made.
#[test]
fn an_installation_follows_no_links_and_says_who_else_may_write_there() {
    let folder = folder();
    let at = folder.path();
    let mode = |path: &str, mode: u32| {
        fs::set_permissions(at.join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    let install = || gridfolio(at, &["cluster", "install", "bin"]);
    let warnings = |done: Done| -> Vec<String> {
        let lines = done
            .stderr
            .lines()
            .filter(|line| !line.contains("needs the libraries"));
        lines.map(str::to_owned).collect()
    };
    fs::create_dir(at.join("bin")).unwrap();
    mode("bin", 0o755);
    assert_eq!(warnings(install().succeeded()), [""; 0]);
    mode("bin", 0o700);
    assert_eq!(
        warnings(install().succeeded()),
        ["warning: other users cannot run what is in `bin` (mode 700): `chmod go+rx bin`"]
    );
    mode("bin", 0o777);
    assert_eq!(
        warnings(install().succeeded()),
        [
            "warning: `bin` can be written by every user (mode 777), who decides what the nodes run: `chmod go-w bin`"
        ]
    );
    mode("bin", 0o755);
    // One that was killed before it made the launcher executable is completed.
    mode("bin/gridfolio", 0o600);
    install().succeeded();
    let launcher = fs::metadata(at.join("bin/gridfolio")).unwrap();
    assert_eq!(launcher.permissions().mode() & 0o777, 0o755);

    let manifest = diagnostics::Manifest::read(&at.join("bin"))
        .unwrap()
        .unwrap();
    assert_eq!(manifest.differences(&at.join("bin")), []);
    assert_eq!(manifest.files.len(), 2);

    fs::write(at.join("theirs"), "a user's").unwrap();
    fs::remove_file(at.join("bin/gridfolio")).unwrap();
    std::os::unix::fs::symlink(at.join("theirs"), at.join("bin/gridfolio")).unwrap();
    expect![[r#"
        exit code 2
        error: `bin/gridfolio` is a link, and nothing is installed through links
         hint: remove the link, or install into another folder
    "#]]
    .assert_eq(&install().said());
    assert_eq!(fs::read_to_string(at.join("theirs")).unwrap(), "a user's");
}

#[test]
fn what_is_no_program_is_not_installed() {
    let folder = folder();
    fs::write(folder.path().join("text"), "#!/bin/sh\n").unwrap();
    let done = gridfolio(
        folder.path(),
        &["cluster", "install", "bin", "--binary", "text"],
    );
    expect![[r#"
        exit code 2
        error: `text` is not a Linux executable for x86-64 or aarch64
         hint: pass a program built by `cargo static-x86_64` or `cargo static-aarch64`
    "#]]
    .assert_eq(&done.said());
}

#[test]
fn a_folder_without_a_sweep_has_no_status() {
    for command in ["status", "resume", "cancel"] {
        let done = gridfolio(folder().path(), &[command, "out"]);
        assert_eq!(done.code, 2, "{}", done.stderr);
        assert!(
            done.stderr.contains("out` does not exist"),
            "{}",
            done.stderr
        );
    }
}
