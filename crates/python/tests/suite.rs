//! Builds the Python package, runs its tests, and reports each as Cargo's own harness would.

#![expect(
    clippy::print_stdout,
    reason = "its own harness: the tests are Python's"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use conformance::{Kind, REFERENCE_MATERIAL, Requirement};

/// The suite's name, for filters on the command line.
const NAME: &str = "python_suite";

/// `run.py`'s exit code where no test can run.
const CANNOT_RUN: i32 = 77;

/// Python, and whatever else a test asks for.
const PROGRAMS: Requirement = Requirement {
    kind: Kind::Program,
    needs: "Python 3.9 or later with venv and pip",
    missing: || {
        let python = Command::new("python3").arg("--version").output();
        python
            .err()
            .map(|error| format!("`python3` does not start: {error}"))
    },
};

/// How many tests passed, failed and were ignored.
#[derive(Default)]
struct Count {
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Count {
    fn ignore(&mut self, name: &str, reason: &str) {
        // The fixture of the reference material says so in these words.
        let requirement = match reason.contains("reference material") {
            true => REFERENCE_MATERIAL,
            false => PROGRAMS,
        };
        let word = match requirement.is_required() {
            true => {
                self.failed += 1;
                "FAILED"
            }
            false => {
                self.ignored += 1;
                "ignored"
            }
        };
        println!("test {name} ... {word}, {reason}");
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut filters = arguments
        .iter()
        .filter(|word| !word.starts_with('-'))
        .peekable();
    let is_wanted = filters.peek().is_none() || filters.any(|word| NAME.contains(word.as_str()));
    if arguments.iter().any(|word| word == "--list") {
        println!("{NAME}: test");
        return ExitCode::SUCCESS;
    }
    println!(
        "\nrunning {} tests",
        if is_wanted {
            "the Python package's"
        } else {
            "0"
        }
    );
    let start = Instant::now();
    let mut count = Count::default();
    if is_wanted {
        match PROGRAMS.reason_to_ignore() {
            Some(reason) => count.ignore(NAME, &reason),
            None => run(&mut count),
        }
    }
    println!(
        "\ntest result: {}. {} passed; {} failed; {} ignored; 0 measured; 0 filtered out; finished in \
         {:.2}s\n",
        if count.failed == 0 { "ok" } else { "FAILED" },
        count.passed,
        count.failed,
        count.ignored,
        start.elapsed().as_secs_f64(),
    );
    match count.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Runs the suite, which leaves a line for each test: its outcome, its name and a reason.
fn run(count: &mut Count) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let report = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python.report");
    let _ = fs::remove_file(&report);
    let status = Command::new("python3")
        .arg(root.join("python/tests/run.py"))
        .env("GRIDFOLIO_TEST_REPORT", &report)
        .status()
        .unwrap();
    if status.code() == Some(CANNOT_RUN) {
        return count.ignore(NAME, "needs a Python that can install packages: see above");
    }
    for line in fs::read_to_string(&report).unwrap_or_default().lines() {
        let mut fields = line.splitn(3, '\t');
        let mut field = || fields.next().unwrap_or_default();
        match (field(), field(), field()) {
            ("passed", name, _) => {
                count.passed += 1;
                println!("test {name} ... ok");
            }
            ("skipped", name, reason) => count.ignore(name, reason),
            (_, name, _) => {
                count.failed += 1;
                println!("test {name} ... FAILED");
            }
        }
    }
    if !status.success() && count.failed == 0 || count.passed == 0 {
        count.failed += 1;
        println!("test {NAME} ... FAILED, `python3 python/tests/run.py` ended with {status}");
    }
}
