//! What the commands for a cluster say where there is none, and to states of Slurm that a real one
//! cannot be made to show; those are played by scripts on the path.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use expect_test::expect;

use crate::sweep::momentum;
use crate::{Done, folder, gridfolio};

/// gridfolio with the fakes of a folder before all else on the path.
fn with_fakes(folder: &Path, arguments: &[&str]) -> Done {
    let path = format!("{}:/usr/bin:/bin", folder.join("fakes").display());
    let output = Command::new(env!("CARGO_BIN_EXE_gridfolio"))
        .current_dir(folder)
        .env("PATH", path)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("GRIDFOLIO_LEDGER", folder.join("ledger"))
        // What a user's environment may hold must not reach Slurm.
        .env("SQUEUE_FORMAT", "%A")
        .env("SLURM_ARRAY_TASK_ID", "77")
        .args(arguments)
        .output();
    output.unwrap().into()
}

const SINFO: &str = "echo 'mycluster*|0/12/0/12|infinite'";
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
        "--anyway",
        "--tasks",
        "3",
        "--share-lag",
        "0",
        "--program",
        program,
    ];
    with_fakes(folder, &[&own[..], more].concat())
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
        "--anyway",
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
    let sbatch = format!(
        "test -e \"$FAKES/once\" || {{ touch \"$FAKES/once\"; echo 17; exit 0; }}\n{SBATCH}\necho 18"
    );
    fake(folder.path(), &[("sbatch", &sbatch), ("squeue", squeue)]);
    let done = on_slurm(folder.path(), &[]).succeeded();
    assert!(
        done.stderr
            .contains("3 shards were lost, and submitted again"),
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
    let sbatch = format!(
        "test -e \"$FAKES/once\" || {{ touch \"$FAKES/once\"; echo 17; exit 0; }}\n{SBATCH}\necho 18"
    );
    let scancel = "echo \"$@\" >> \"$FAKES/cancelled\"";
    fake(
        folder.path(),
        &[
            ("sbatch", &sbatch),
            ("squeue", squeue),
            ("scancel", scancel),
        ],
    );
    on_slurm(folder.path(), &[]).succeeded();
    has_the_expected_bytes(folder.path());
    let cancelled = fs::read_to_string(folder.path().join("fakes/cancelled")).unwrap();
    assert!(cancelled.starts_with("17_0\n17_1\n17_2\n"), "{cancelled}");
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
         hint: ask whose account you may use (`sacctmgr show associations user=$USER`), and set `account` or `--account`
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
fn settings_without_a_cluster_are_refused() {
    let done = gridfolio(folder().path(), &["sweep", &momentum(), "--partition", "x"]);
    expect![[r#"
        exit code 2
        error: settings of a cluster are given, and none is to be used
         hint: add `--on slurm`
    "#]]
    .assert_eq(&done.said());
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
        error: `text` is no program for Linux on a known architecture
         hint: name what `cargo build --release -p cli --target aarch64-unknown-linux-musl` or its like made
    "#]]
    .assert_eq(&done.said());
}

#[test]
fn a_folder_without_a_sweep_has_no_status() {
    for command in ["status", "resume", "cancel"] {
        let done = gridfolio(folder().path(), &[command, "out"]);
        assert_eq!(done.code, 5, "{}", done.stderr);
        assert!(done.stderr.contains("out/plan.json`"), "{}", done.stderr);
    }
}
