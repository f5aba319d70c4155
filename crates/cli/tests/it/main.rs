//! The `gridfolio` command, run as a user would run it.

mod audit;
mod qstrader;
mod run;
mod sweep;
mod worker;

mod architectures;
mod cluster;

mod examples;
mod refused;
mod report;

mod mistakes;

mod data;
mod help;
mod output;

mod oracle;

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

/// A week of prices, a file of Yahoo's layout.
pub(crate) const PRICES: &str = "\
Date,Open,High,Low,Close,Adj Close,Volume
2024-01-02,10,10,10,10,10,100
2024-01-03,10,11,10,11,11,100
2024-01-04,11,12,11,12,12,100
2024-01-05,12,12,11,11.5,11.5,100
2024-01-08,12,13,12,13,13,100
";

/// A strategy on two assets.
pub(crate) const STRATEGY: &str = r#"
[data]
dir = "prices"

[backtest]
start = 2024-01-02
end = 2024-01-08
initial_cash = 1000

[universe]
assets = ["AAA", "BBB"]

[alpha]
model = "equal-weight"

[portfolio]
cash_buffer = 0.1

[rebalance]
schedule = "daily"
"#;

/// A folder with the strategy and its prices.
pub(crate) fn ready() -> TempDir {
    let folder = folder();
    std::fs::create_dir(folder.path().join("prices")).unwrap();
    put(&folder, "strategy.toml", STRATEGY);
    put(&folder, "prices/AAA.csv", PRICES);
    put(&folder, "prices/BBB.csv", PRICES);
    folder
}

pub(crate) fn put(folder: &TempDir, file: &str, content: &str) {
    std::fs::write(folder.path().join(file), content).unwrap();
}
