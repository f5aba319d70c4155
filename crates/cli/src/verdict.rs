//! `gridfolio verdict`, `gridfolio worlds` and `gridfolio holdout`

use std::path::{Path, PathBuf};

use verdict::{Holdout, HowMany, TrialLedger};

use crate::interrupt::stop_on_interrupt;
use crate::terminal;
use gridfolio::{Code, Error, Sweep};

/// Test whether a trial of a sweep beats what one could have held instead
///
/// Every sweep ends with this verdict; here it also counts the trials made since.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio verdict momentum.sweep
  gridfolio verdict momentum.sweep --json | jq .reality_check.p")]
pub(crate) struct Arguments {
    /// The sweep's folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Print JSON with all digits
    #[arg(long)]
    json: bool,
    /// Threads; one per core if not given. The verdict does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Error> {
    let sweep = complete_sweep(&arguments.dir)?;
    let threads = arguments.threads.map_or(0, usize::from);
    let (luck, warnings) = verdict::evaluate(&sweep, threads)?;
    for warning in warnings {
        terminal::warn(&warning.to_string());
    }
    let text = match arguments.json {
        true => luck.to_json(),
        false => luck.to_text(),
    };
    terminal::print_as(arguments.json, &text)?;
    Ok(Code::Done)
}

/// Run a sweep again in null worlds, where days are shuffled
///
/// In a null world the days of the prices, or blocks of 21 days, are in another order: drift and
/// correlation are kept, and nothing that depends on the order is left. How often luck does as well
/// there is the second opinion of the verdict, which is evaluated again at the end. The same command
/// continues where an interrupted one stopped.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio worlds momentum.sweep
  gridfolio worlds momentum.sweep --worlds 1000")]
pub(crate) struct WorldsArguments {
    /// The sweep's folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// How many worlds of each kind
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    worlds: u32,
    /// Threads; one per core if not given. The worlds do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

pub(crate) fn worlds(arguments: &WorldsArguments) -> Result<Code, Error> {
    let sweep = complete_sweep(&arguments.dir)?;
    let threads = arguments.threads.map_or(0, usize::from);
    let stop = stop_on_interrupt()?;
    let how_many = HowMany::Exactly(u64::from(arguments.worlds));
    if !verdict::compute_worlds(&sweep, how_many, threads, &stop)? {
        let stopped = Error::new(Code::Interrupted, "interrupted before all worlds were done");
        return Err(stopped.hint("run the same command again to continue"));
    }
    let (luck, warnings) = verdict::evaluate(&sweep, threads)?;
    for warning in warnings {
        terminal::warn(&warning.to_string());
    }
    terminal::print(luck.to_text().as_bytes())?;
    Ok(Code::Done)
}

/// A sweep whose results are all there.
fn complete_sweep(dir: &Path) -> Result<Sweep, Error> {
    let sweep = Sweep::open(dir)?;
    let missing = sweep.shards().missing()?;
    if !missing.is_empty() {
        let dir = dir.display();
        return Err(
            Error::new(Code::Usage, format!("`{dir}` has no results yet"))
                .hint("complete the sweep first"),
        );
    }
    Ok(sweep)
}

/// Run one trial of a sweep on the hold-out period
///
/// No trial of a sweep uses the time from `validate.holdout` on. Only the first look at it is out of
/// sample; the ledger counts all of them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio holdout momentum.sweep
  gridfolio holdout momentum.sweep 17")]
pub(crate) struct HoldoutArguments {
    /// The sweep's folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The trial; the one with the highest Sharpe ratio if not given
    #[arg(value_name = "TRIAL")]
    trial: Option<u64>,
    /// Print JSON with all digits
    #[arg(long)]
    json: bool,
}

pub(crate) fn hold_out(arguments: &HoldoutArguments) -> Result<Code, Error> {
    let sweep = Sweep::open(&arguments.dir)?;
    let trial = match arguments.trial {
        Some(trial) => trial,
        None => {
            let luck = verdict::Verdict::open(&arguments.dir)?;
            let best = luck.and_then(|luck| luck.best);
            best.ok_or_else(|| {
                Error::new(Code::Usage, "the sweep has no best trial yet")
                    .hint("complete the sweep first, or name a trial")
            })?
            .trial
        }
    };
    let found = Holdout::of(&sweep, trial)?;
    let ledger = TrialLedger::of_user();
    let before = match &ledger {
        Some(ledger) => ledger.holdout_looks(&sweep)?,
        None => 0,
    };
    if let Some(ledger) = &ledger {
        let added = ledger.add_holdout(&sweep, trial);
        added?;
    }
    if before > 0 {
        let often = match before {
            1 => "once".to_owned(),
            n => format!("{n} times"),
        };
        terminal::warn(&format!(
            "a hold-out period on these prices has been looked at {often} before: a trial \
             chosen since then is no longer out of sample"
        ));
    }
    let text = match arguments.json {
        true => format!(
            "{}\n",
            serde_json::to_string_pretty(&found).unwrap_or_default()
        ),
        false => found.to_text(),
    };
    terminal::print_as(arguments.json, &text)?;
    Ok(Code::Done)
}
