//! `gridfolio show`

use std::path::PathBuf;

use gridfolio::{Backtest, Code, Error, Sweep};

use crate::{run, terminal};

/// Run one trial of a sweep again and show what `run` shows
///
/// The run must equal the trial's row to the bit; a difference is an error.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio show momentum.sweep 17
  gridfolio show momentum.sweep 17 --out best
  gridfolio show momentum.sweep 17 --toml > best.toml")]
pub(crate) struct Arguments {
    /// The sweep's folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The trial's number
    #[arg(value_name = "TRIAL")]
    trial: u64,
    /// Print the trial's complete strategy file in place of its results
    #[arg(long)]
    toml: bool,
    #[command(flatten)]
    results: run::Results,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Error> {
    let sweep = Sweep::open(&arguments.dir)?;
    let trial = sweep.trial(arguments.trial)?;
    if arguments.toml {
        terminal::print(trial.to_toml().as_bytes())?;
        return Ok(Code::Done);
    }
    results::rerun(&sweep, &trial)?;
    let backtest = Backtest::of_trial(&arguments.dir, &trial, None)?;
    arguments.results.of(&backtest)
}
