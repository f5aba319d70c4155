//! Tests about the workspace as a whole, and about the benchmarks, in one binary.

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

/// The text of a file of the workspace.
#[track_caller]
fn text(path: &str) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
