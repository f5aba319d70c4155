//! Runs `gridfolio` as a user would; what the test binaries have in common.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// What a command came to.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    /// The exit code and what was said, for a snapshot.
    pub(crate) fn said(&self) -> String {
        format!("exit code {}\n{}", self.code, self.stderr)
    }

    #[track_caller]
    pub(crate) fn succeeded(self) -> Done {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Done {
        Done {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Runs `gridfolio` in a folder.
#[track_caller]
pub(crate) fn gridfolio(folder: &Path, arguments: &[&str]) -> Done {
    let output = Command::new(env!("CARGO_BIN_EXE_gridfolio"))
        .current_dir(folder)
        // Nothing is entered in the ledger of whoever runs the tests.
        .env("GRIDFOLIO_LEDGER", folder.join("ledger"))
        .args(arguments)
        .output();
    output.unwrap().into()
}

/// An empty folder.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Writes a file of the folder.
pub(crate) fn put(folder: &TempDir, file: &str, content: &str) {
    std::fs::write(folder.path().join(file), content).unwrap();
}
