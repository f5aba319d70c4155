//! A folder that one may only read, as a colleague's on a share.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use expect_test::expect;

use crate::sweep::momentum;
use crate::{Done, folder, gridfolio};

/// Changes the mode of a folder and of all that is in it.
fn set_mode(path: &Path, mode: u32) {
    let is_dir = path.is_dir();
    if is_dir {
        for entry in fs::read_dir(path).unwrap() {
            set_mode(&entry.unwrap().path(), mode);
        }
    }
    let mode = if is_dir { mode | 0o111 } else { mode };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Runs a copy of the command as a user who owns nothing in the folder, since root may write everywhere.
fn as_reader(folder: &Path, arguments: &[&str]) -> Done {
    let program = folder.join("gridfolio");
    if !program.exists() {
        fs::copy(env!("CARGO_BIN_EXE_gridfolio"), &program).unwrap();
    }
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let mut command = match is_root {
        true => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
            command.arg(&program);
            command
        }
        false => Command::new(&program),
    };
    let ledger = folder.join("ledger");
    let output = command
        .current_dir(folder)
        .env("GRIDFOLIO_LEDGER", ledger)
        .args(arguments)
        .output();
    output.unwrap().into()
}

/// What was said, without the path of the temporary file, which is another each time.
fn said(done: &Done) -> String {
    let said = done.said();
    let lines = said
        .lines()
        .map(|line| line.split(" at path ").next().unwrap());
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_completed_sweep_is_judged_queried_and_reported_on() {
    let folder = folder();
    set_mode(folder.path(), 0o755);
    let arguments = ["sweep", &momentum(), "--out", "out", "--quiet"];
    gridfolio(folder.path(), &arguments).succeeded();
    let verdict = gridfolio(folder.path(), &["verdict", "out"]).succeeded();
    let files = || {
        let mut files: Vec<_> = fs::read_dir(folder.path().join("out"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        files.sort();
        files
    };
    let before = files();
    fs::create_dir_all(folder.path().join("ledger")).unwrap();
    set_mode(&folder.path().join("out"), 0o444);

    let judged = as_reader(folder.path(), &["verdict", "out"]);
    assert_eq!(judged.stdout, verdict.stdout);
    expect![[r#"
        exit code 0
        warning: not kept: cannot write `out/walk_forward.csv`: Permission denied (os error 13)
        warning: not kept: cannot write `out/verdict.json`: Permission denied (os error 13)
    "#]]
    .assert_eq(&said(&judged));
    let queried = as_reader(folder.path(), &["results", "out", "--top", "3"]).succeeded();
    assert_eq!(queried.stdout.lines().count(), 6);
    as_reader(folder.path(), &["status", "out"]).succeeded();
    as_reader(folder.path(), &["report", "out", "--format", "terminal"]).succeeded();
    let refused = as_reader(folder.path(), &["report", "out"]);
    expect![[r#"
        exit code 5
        error: cannot write `out/report.html`
        cause: Permission denied (os error 13)
         hint: check that you may write there
    "#]]
    .assert_eq(&said(&refused));
    assert_eq!(files(), before);
    set_mode(folder.path(), 0o755);
}
