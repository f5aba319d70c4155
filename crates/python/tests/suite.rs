//! Builds the Python package and runs its tests, where there is a Python that can.

use std::path::Path;
use std::process::Command;

#[test]
fn the_python_package_passes_its_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut suite = Command::new("python3");
    suite.arg(root.join("python/tests/run.py"));
    match suite.status() {
        Ok(status) => assert!(
            status.success(),
            "run `python3 python/tests/run.py` to see what failed"
        ),
        Err(error) => skipped(&format!("there is no `python3`: {error}")),
    }
}

#[expect(clippy::print_stderr, reason = "whoever runs the tests should know")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}
