//! Tests about the workspace as a whole, and about the benchmarks, in one binary.
#![expect(clippy::print_stderr, reason = "a test says so when it skips")]

mod circles;
mod dependencies;
mod map;
mod plain_loop;
mod readme;
mod source;
mod words;

use std::fs;
use std::path::PathBuf;

/// The folder of the workspace.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The text of a file of the workspace. Says so when there is no such file.
fn text(path: &str) -> Option<String> {
    let text = fs::read_to_string(root().join(path)).ok();
    if text.is_none() {
        eprintln!("skipped: there is no `{path}`");
    }
    text
}
