//! Files are whole or not there.

use std::path::Path;
use std::process::{Command, Stdio};

use expect_test::expect;

use crate::{Done, gridfolio, ready};

const FILES: [&str; 6] = [
    "equity_curve.csv",
    "gridfolio-manifest.json",
    "statistics.json",
    "target_allocations.csv",
    "tearsheet.html",
    "transactions.csv",
];

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_folder_is_made_and_filled() {
    let folder = ready();
    let arguments = ["run", "strategy.toml", "--out", "some/where", "--quiet"];
    gridfolio(folder.path(), &arguments).succeeded();
    assert_eq!(files(&folder.path().join("some/where")), FILES);
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let folder = ready();
    let bytes = |out: &str| -> Vec<Vec<u8>> {
        gridfolio(folder.path(), &["run", "strategy.toml", "--out", out]).succeeded();
        FILES
            .map(|file| std::fs::read(folder.path().join(out).join(file)).unwrap())
            .into()
    };
    assert_eq!(bytes("first"), bytes("second"));
}

#[test]
fn a_file_where_the_folder_should_be_is_told() {
    let folder = ready();
    let arguments = ["run", "strategy.toml", "--out", "strategy.toml", "--quiet"];
    let done = gridfolio(folder.path(), &arguments);
    expect![[r#"
        exit code 5
        error: cannot write `strategy.toml`
        cause: File exists (os error 17)
         hint: check that you may write there
    "#]]
    .assert_eq(&done.said());
    assert_eq!(
        std::fs::read_to_string(folder.path().join("strategy.toml")).unwrap(),
        crate::STRATEGY
    );
}

/// Runs with a limit on the size of files, in units of 512 or 1024 bytes.
#[cfg(unix)]
fn limited(folder: &Path, blocks: &str) -> Done {
    let script = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .current_dir(folder)
        .args(["-c", &script, env!("CARGO_BIN_EXE_gridfolio")])
        .args(["run", "strategy.toml", "--out", "out", "--quiet"])
        .output();
    output.unwrap().into()
}

#[cfg(unix)]
#[test]
fn when_there_is_no_room_nothing_half_written_is_left() {
    let folder = ready();
    // Room for the small files, and not for the statistics.
    let done = limited(folder.path(), "2");
    assert_eq!(done.code, 5, "{}", done.stderr);
    // The path of the temporary file is another each time.
    let said = done.said();
    let lines = said
        .lines()
        .map(|line| line.split(" at path ").next().unwrap());
    let said: String = lines.map(|line| format!("{line}\n")).collect();
    expect![[r#"
        exit code 5
        error: cannot write `out/tearsheet.html`
        cause: it would be larger than files may be (`ulimit -f`)
         hint: raise the limit with `ulimit -f unlimited`, or write less
    "#]]
    .assert_eq(&said);
    assert!(files(&folder.path().join("out")).is_empty());
}

#[cfg(unix)]
#[test]
fn when_there_is_no_room_the_files_of_an_earlier_run_stay() {
    let folder = ready();
    gridfolio(folder.path(), &["run", "strategy.toml", "--out", "out"]).succeeded();
    let read = || std::fs::read(folder.path().join("out/statistics.json")).unwrap();
    let before = read();
    assert_eq!(limited(folder.path(), "2").code, 5);
    assert_eq!(read(), before);
    assert_eq!(files(&folder.path().join("out")), FILES);
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder = ready();
    let mut child = Command::new(env!("CARGO_BIN_EXE_gridfolio"))
        .env(
            "GRIDFOLIO_LEDGER",
            std::env::temp_dir().join("gridfolio-test-ledger"),
        )
        .current_dir(folder.path())
        .args(["schema"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let done: Done = child.wait_with_output().unwrap().into();
    assert_eq!(done.said(), "exit code 0\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_the_standard_output_is_told() {
    let folder = ready();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_gridfolio"))
        .env(
            "GRIDFOLIO_LEDGER",
            std::env::temp_dir().join("gridfolio-test-ledger"),
        )
        .current_dir(folder.path())
        .args(["run", "strategy.toml"])
        .stdout(full)
        .output();
    let done: Done = output.unwrap().into();
    expect![[r#"
        exit code 5
        error: cannot write to the standard output
        cause: No space left on device (os error 28)
         hint: check where it goes, and that there is room
    "#]]
    .assert_eq(&done.said());
}
