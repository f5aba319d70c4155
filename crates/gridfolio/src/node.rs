//! What a node reports when a cluster is checked: its hardware, and the digest of a backtest that
//! must have the same bits everywhere.

use std::path::{Path, PathBuf};
use std::time::Instant;

use cluster::NodeReport;
use diagnostics::{Code, MANIFEST, Manifest, VERSION};

use crate::backtest::Backtest;
use crate::error::Error;
use crate::market::Market;
use crate::strategy::Strategy;

/// The tutorial's strategy, on the generated prices of `gridfolio data sample`.
const SIXTY_FORTY: &str = include_str!("../../../examples/sixty_forty.toml");
const SEED: u64 = 1;

/// Runs the sixty-forty backtest; gives the report of this machine, its clock not yet read, and the
/// backtest's `statistics.json`.
///
/// # Errors
///
/// A temporary folder that cannot be written to; anything else is a bug.
pub fn report() -> Result<(NodeReport, Vec<u8>), Error> {
    let scratch = std::env::temp_dir().join(format!("gridfolio-check-{}", std::process::id()));
    market_data::sample::write(&scratch, SEED)?;
    let start = Instant::now();
    let statistics = statistics(&scratch);
    let _ = std::fs::remove_dir_all(&scratch);
    let statistics = statistics.map_err(|error| {
        Error::new(Code::Bug, "the sixty-forty backtest does not run").cause(error.to_string())
    })?;
    let report = NodeReport {
        host: diagnostics::host_name(),
        arch: std::env::consts::ARCH.to_owned(),
        cores: cores(),
        memory: memory(),
        version: VERSION.to_owned(),
        clock: 0.0,
        seconds: start.elapsed().as_secs_f64(),
        digest: blake3::hash(&statistics).to_hex().to_string(),
        changed: changed(),
    };
    Ok((report, statistics))
}

fn statistics(prices: &Path) -> Result<Vec<u8>, Error> {
    let name = "sixty_forty";
    let strategy = Strategy::from_text(SIXTY_FORTY.to_owned(), Path::new(name), name, &[])?;
    let market = Market::of_strategy(&strategy, Some(prices))?;
    Backtest::run(&strategy, &market)?.report(|report| report.statistics_json(&report.detail()))
}

/// Files beside this program that are not what was installed there.
fn changed() -> Vec<String> {
    let launcher = std::env::var_os(cluster::LAUNCHER).map(PathBuf::from);
    let program = launcher.or_else(|| std::env::current_exe().ok());
    let folder = program.as_deref().and_then(Path::parent);
    let Some(folder) = folder else {
        return Vec::new();
    };
    match Manifest::read(folder) {
        Ok(None) => Vec::new(),
        Ok(Some(manifest)) => (manifest.differences(folder).into_iter())
            .map(|(name, _)| name.to_owned())
            .collect(),
        Err(_) => vec![MANIFEST.to_owned()],
    }
}

/// All cores of the machine; Slurm may lend fewer to the task that asks.
fn cores() -> usize {
    let online = std::fs::read_to_string("/sys/devices/system/cpu/online").unwrap_or_default();
    match ::sweep::ranges_from_text(online.trim()) {
        Ok(cores) if !cores.is_empty() => cores.len(),
        _ => std::thread::available_parallelism().map_or(1, usize::from),
    }
}

/// The machine's memory in MiB, as Linux reports it; 0 where it does not.
fn memory() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = total.and_then(|total| total.trim().split(' ').next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}
