//! `gridfolio worker`: what the nodes of a cluster run.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use expect_test::expect;

use crate::sweep::momentum;
use crate::{Done, folder, gridfolio};

/// A planned folder with nothing computed: a sweep whose shards are deleted.
fn planned(folder: &Path) {
    gridfolio(folder, &["sweep", &momentum(), "--out", "out", "--quiet"]).succeeded();
    fs::rename(
        folder.join("out/results.parquet"),
        folder.join("expected.parquet"),
    )
    .unwrap();
    for shard in fs::read_dir(folder.join("out/shards")).unwrap() {
        fs::remove_file(shard.unwrap().path()).unwrap();
    }
}

#[test]
fn workers_and_a_sweep_that_collects_give_the_bytes_of_one_machine() {
    let folder = folder();
    planned(folder.path());
    for shards in ["0,2", "1"] {
        let done = gridfolio(folder.path(), &["worker", "out", "--shards", shards]).succeeded();
        assert!(
            done.stderr.ends_with(" trials computed\n"),
            "{}",
            done.stderr
        );
    }
    let arguments = ["sweep", &momentum(), "--out", "out", "--quiet"];
    gridfolio(folder.path(), &arguments).succeeded();
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(read("out/results.parquet") == read("expected.parquet"));
}

/// A cluster says SIGTERM at a time limit and before a preemption.
#[test]
fn a_worker_drops_its_shard_at_sigterm() {
    let folder = folder();
    let many = r#"sweep.axes."portfolio.cash_buffer"={ from = 0.0001, to = 0.9, step = 0.0001 }"#;
    let strategy = momentum();
    let arguments = ["sweep", &strategy, "--out", "out", "--set", many];
    // Planned, and stopped at once.
    let sweep = started(folder.path(), &arguments);
    let done = terminate_when(sweep, || folder.path().join("out/plan.json").exists());
    assert_eq!(done.code, 6, "{}", done.stderr);
    let hint = " hint: run the same command again to continue\n";
    assert!(done.stderr.ends_with(hint), "{}", done.stderr);

    let arguments = ["worker", "out", "--shards", "0-157", "--threads", "1"];
    let worker = started(folder.path(), &arguments);
    let notes = folder.path().join("out/workers");
    let done = terminate_when(worker, || notes.exists());
    assert_eq!(done.code, 6, "{}", done.stderr);
    let said = done.stderr.lines().collect::<Vec<_>>();
    assert!(said[0].starts_with("error: interrupted after "), "{said:?}");
    expect![" hint: completed shards are kept; start the others again"].assert_eq(said[1]);
    let note = fs::read_dir(&notes).unwrap().next().unwrap().unwrap();
    let note = fs::read_to_string(note.path()).unwrap();
    assert!(note.contains(r#""state": "stopped""#), "{note}");
    let leftovers = fs::read_dir(folder.path().join("out/shards")).unwrap();
    for name in leftovers.map(|entry| entry.unwrap().file_name()) {
        assert!(!name.to_str().unwrap().ends_with(".tmp"), "{name:?}");
    }
}

fn started(folder: &Path, arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gridfolio"));
    command
        .current_dir(folder)
        .env("GRIDFOLIO_LEDGER", folder.join("ledger"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

fn terminate_when(child: Child, ready: impl Fn() -> bool) -> Done {
    while !ready() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let pid = child.id().to_string();
    Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    child.wait_with_output().unwrap().into()
}

#[test]
fn a_list_of_shards_with_a_mistake_is_refused() {
    let done = gridfolio(folder().path(), &["worker", "out", "--shards", "0-3,x"]);
    expect![[r#"
        exit code 2
        error: invalid value '0-3,x' for '--shards <LIST>': `x` is neither a number nor a range

        For more information, try '--help'.
    "#]]
    .assert_eq(&done.said());
}
