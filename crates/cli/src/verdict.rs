//! `gridfolio verdict` and `gridfolio holdout`

use std::path::PathBuf;

use sweep::Sweep;
use verdict::{Holdout, TrialLedger};

use crate::ledger;
use crate::terminal;
use failure::{Code, Failure};

/// Says whether the best trial of a sweep is real, or luck
///
/// The same answer stands at the end of every sweep; this one counts what has been tried since.
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
    /// Threads; as many as the machine has if not given. The answer does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let sweep = Sweep::open(&arguments.dir)?;
    let missing = sweep.shards().missing()?;
    if !missing.is_empty() {
        let dir = arguments.dir.display();
        return Err(
            Failure::new(Code::Usage, format!("`{dir}` has no results yet"))
                .hint("run the sweep to its end first"),
        );
    }
    let luck = ledger::judge(&sweep, arguments.threads.map_or(0, usize::from))?;
    let text = match arguments.json {
        true => luck.to_json(),
        false => luck.to_text(),
    };
    terminal::print(text.as_bytes())?;
    Ok(Code::Done)
}

/// Looks at the held-out time of a sweep with one trial
///
/// No trial of a sweep sees the time from `validate.holdout` on. It is worth something once: every
/// look is entered in the ledger, and the second one is no longer out of sample.
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

pub(crate) fn hold_out(arguments: &HoldoutArguments) -> Result<Code, Failure> {
    let sweep = Sweep::open(&arguments.dir)?;
    let trial = match arguments.trial {
        Some(trial) => trial,
        None => {
            let luck = verdict::Verdict::open(&arguments.dir)?;
            let best = luck.and_then(|luck| luck.best);
            best.ok_or_else(|| {
                Failure::new(Code::Usage, "the sweep has no best trial yet")
                    .hint("run the sweep to its end first, or name a trial")
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
        terminal::complain(&format!(
            "warning: held-out time on these prices has been looked at {often} before: what is \
             chosen after looking is no longer out of sample"
        ));
    }
    let text = match arguments.json {
        true => format!(
            "{}\n",
            serde_json::to_string_pretty(&found).unwrap_or_default()
        ),
        false => found.to_text(),
    };
    terminal::print(text.as_bytes())?;
    Ok(Code::Done)
}
