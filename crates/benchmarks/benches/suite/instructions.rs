//! Instructions per backtest: the same on a busy machine as on a quiet one.
//!
//! The suite runs itself under `valgrind --tool=callgrind` twice, with few repetitions of a case
//! and with many. The difference is free of whatever happens once.

use std::env;
use std::error::Error;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::sync::Arc;

use benchmarks::cases::{Case, Part, Ready};

/// The hidden option with which the suite runs itself: a case and how often.
pub(crate) const REPEAT: &str = "--repeat";

const FEW: u32 = 2;
const MANY: u32 = 12;

/// Whether `valgrind` can be started.
pub(crate) fn available() -> bool {
    let version = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    version.is_ok_and(|status| status.success())
}

/// Instructions that one repetition of a case takes. `None` when valgrind could not run it: old
/// versions do not know every instruction of the wider registers.
pub(crate) fn per_repetition(case: &Case) -> Result<Option<u64>, Box<dyn Error>> {
    // Thousands of backtests would take minutes under valgrind.
    if case.part == Part::Sweep {
        return Ok(None);
    }
    let (Some(few), Some(many)) = (count(case, FEW)?, count(case, MANY)?) else {
        return Ok(None);
    };
    Ok(Some(many.saturating_sub(few) / u64::from(MANY - FEW)))
}

/// Repeats a case and does nothing else, to be counted from outside.
pub(crate) fn repeat(case: &Case, times: u32) -> Result<(), Box<dyn Error>> {
    let made = (case.make)();
    let market = Arc::new(made.strategy.market(&made.prices)?);
    let ready = Ready::new(case.part, &made, &market)?;
    for _ in 0..times {
        black_box(ready.once());
    }
    Ok(())
}

fn count(case: &Case, times: u32) -> Result<Option<u64>, Box<dyn Error>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args([REPEAT, case.name, &times.to_string()])
        .output()?;
    if !output.status.success() {
        return Ok(None);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    // `==1234== Collected : 56789`
    let collected = words
        .lines()
        .find_map(|line| line.split_once("Collected : "))
        .and_then(|(_, count)| count.trim().parse().ok());
    let nothing = || format!("valgrind counted nothing for `{}`:\n{words}", case.name);
    Ok(Some(collected.ok_or_else(nothing)?))
}
