//! The command as a whole process: a strategy file and two CSV files in, result files out.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use benchmarks::cases;
use nix::sys::resource::{UsageWho, getrusage};

use crate::clock::Timing;
use crate::load::write_csv;

const RUNS: usize = 50;

const STRATEGY: &str = r#"
[data]
dir = "prices"

[backtest]
start = 2000-01-03
end = 2019-01-04

[universe]
assets = ["A000", "A001"]

[alpha]
model = "fixed-weights"
weights = { A000 = 0.6, A001 = 0.4 }

[portfolio]
sizing = "long-only"
cash_buffer = 0.01

[rebalance]
schedule = "end-of-month"
"#;

/// What the process came to.
pub(crate) struct Process {
    /// CPU time, in user and kernel mode.
    pub(crate) timing: Timing,
    /// Most memory that it held at a time, in bytes.
    pub(crate) peak_memory: u64,
}

/// Runs `gridfolio run` many times.
///
/// To be called while this process is still small: until it has become the command, a child counts
/// the memory of its parent as its own.
pub(crate) fn measure(binary: &Path) -> Result<Process, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let prices = folder.path().join("prices");
    fs::create_dir(&prices)?;
    let sixty_forty = cases::named("sixty-forty").ok_or("the case is gone")?;
    for series in &(sixty_forty.make)().prices {
        write_csv(&prices, series)?;
    }
    let strategy = folder.path().join("strategy.toml");
    fs::write(&strategy, STRATEGY)?;

    let mut samples = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let before = cpu_time_of_children()?;
        let run = Command::new(binary)
            .arg("run")
            .arg(&strategy)
            .arg("--out")
            .arg(folder.path().join("results"))
            .stdout(Stdio::null())
            .output()
            .map_err(|error| format!("`{}` cannot be run: {error}", binary.display()))?;
        if !run.status.success() {
            let words = String::from_utf8_lossy(&run.stderr);
            return Err(format!("`{} run` failed:\n{words}", binary.display()).into());
        }
        samples.push(cpu_time_of_children()? - before);
    }
    let kilobytes = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    Ok(Process {
        timing: Timing::of(samples, 1),
        peak_memory: u64::try_from(kilobytes)? * 1024,
    })
}

fn cpu_time_of_children() -> Result<Duration, Box<dyn Error>> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let microseconds =
        |time: nix::sys::time::TimeVal| u64::try_from(time.tv_sec() * 1_000_000 + time.tv_usec());
    let (user, system) = (
        microseconds(usage.user_time())?,
        microseconds(usage.system_time())?,
    );
    Ok(Duration::from_micros(user + system))
}
