//! The pages in a real browser, headless and with the network cut.

mod chromium;
mod comparison;
mod layout;
mod odd;
mod sweep;
mod tearsheet;

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Runs `gridfolio` in a folder; it must succeed.
#[track_caller]
pub(crate) fn gridfolio(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_gridfolio"))
        .current_dir(folder)
        .env("GRIDFOLIO_LEDGER", folder.join("ledger"))
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A strategy of the project's examples.
pub(crate) fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    path.join(name)
        .canonicalize()
        .unwrap()
        .display()
        .to_string()
}

/// The tearsheet of an example.
pub(crate) fn tearsheet(folder: &TempDir, name: &str, more: &[&str]) -> PathBuf {
    let strategy = example(name);
    let mut arguments = vec!["run", &strategy, "--out", "out", "--quiet"];
    arguments.extend(more);
    gridfolio(folder.path(), &arguments);
    folder.path().join("out/tearsheet.html")
}

/// The report of a sweep of a strategy.
pub(crate) fn sweep_report(folder: &TempDir, strategy: &str) -> PathBuf {
    gridfolio(folder.path(), &["sweep", strategy, "--out", "s", "--quiet"]);
    gridfolio(folder.path(), &["report", "s", "--quiet"]);
    folder.path().join("s/report.html")
}
