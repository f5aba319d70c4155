//! A sweep in a temporary folder, for the tests of `sweep`, `results` and `verdict`.
#![allow(dead_code, reason = "each suite uses a part of it")]

use diagnostics::Diagnostic;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use results::{Query, Results, Table};
use sweep::{Draft, Existing, Request, RunOptions, StrategyText, Sweep, SweepError, SweepSummary};
use tempfile::TempDir;

/// A strategy of made-up assets, to which a test adds its `[sweep]`.
pub(crate) const MOMENTUM: &str = r#"
name = "momentum"
[data]
dir = "data"
[backtest]
start = 2014-01-02
end = 2023-12-29
burn_in = 2015-01-02
[universe]
assets = ["EQUITY", "BONDS", "TECH", "HEALTH", "ENERGY", "POWER"]
[alpha]
model = "top-n-momentum"
lookback = 126
top_n = 3
[portfolio]
cash_buffer = 0.01
[rebalance]
schedule = "end-of-month"
"#;

/// 72 trials.
pub(crate) const GRID: &str = r#"
[sweep.axes]
"alpha.lookback" = { from = 21, to = 252, step = 21 }
"alpha.top_n" = [1, 2, 3, 4, 5, 6]
"#;

/// A folder with made-up prices and a strategy file in it.
pub(crate) struct Fixture {
    pub(crate) dir: TempDir,
}

impl Fixture {
    pub(crate) fn new(strategy: &str) -> Fixture {
        let fixture = Fixture {
            dir: TempDir::new().unwrap(),
        };
        market_data::sample::write(&fixture.path("data"), 7).unwrap();
        fixture.write("momentum.toml", strategy);
        fixture
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn request(&self) -> Request {
        Request {
            strategies: vec![StrategyText::read(self.path("momentum.toml")).unwrap()],
            ..Request::default()
        }
    }

    pub(crate) fn draft(&self) -> Result<Draft, SweepError> {
        Draft::new(&self.request())
    }

    pub(crate) fn sweep(&self, out: &str) -> Result<Sweep, SweepError> {
        self.draft()?.into_folder(&self.path(out), Existing::Resume)
    }

    /// An error as the command line shows it, without the temporary folder's name.
    pub(crate) fn shown(&self, error: &SweepError) -> String {
        match error {
            SweepError::Strategy { text, source, .. } => {
                self.without_dir(&source.render("momentum.toml", text, false))
            }
            error => self.shown_with(error, error.hint()),
        }
    }

    /// An error, its causes and its hint.
    pub(crate) fn shown_with(&self, error: &dyn std::error::Error, hint: Option<String>) -> String {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text.push_str(&format!("\ncause: {cause}"));
            source = cause.source();
        }
        if let Some(hint) = hint {
            text.push_str(&format!("\n hint: {hint}"));
        }
        self.without_dir(&text)
    }

    fn without_dir(&self, text: &str) -> String {
        let dir = fs::canonicalize(self.dir.path()).unwrap();
        let text = text.replace(&dir.display().to_string(), "DIR");
        text.replace(&self.dir.path().display().to_string(), "DIR")
    }
}

pub(crate) fn run(sweep: &Sweep, threads: usize) -> SweepSummary {
    let options = RunOptions {
        threads,
        progress: &|_| {},
        stop: &AtomicBool::new(false),
    };
    results::run(sweep, &options).unwrap()
}

pub(crate) fn bytes_of_results(dir: &Path) -> Vec<u8> {
    fs::read(dir.join("results.parquet")).unwrap()
}

pub(crate) fn table(dir: &Path) -> Table {
    Results::open(dir)
        .unwrap()
        .select(&Query::default())
        .unwrap()
}

/// The strategy with a Python class for its model, and an axis.
pub(crate) fn python_model() -> Fixture {
    let model = "model = \"top-n-momentum\"\nlookback = 126\ntop_n = 3";
    assert!(MOMENTUM.contains(model));
    let class = "model = \"python\"\nclass = \"my_models:Mine\"";
    let axis = "[sweep.axes]\n\"portfolio.cash_buffer\" = { from = 0.01, to = 0.2, step = 0.01 }";
    Fixture::new(&(MOMENTUM.replace(model, class) + axis))
}
