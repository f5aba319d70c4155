//! `gridfolio show`

use std::path::PathBuf;

use sweep::Sweep;

use crate::run;
use crate::terminal;
use failure::{Code, Context, Failure, Role};

/// Runs one trial of a sweep again and shows all that `run` shows
///
/// The run is that of the trial's row, to the bit: a difference is an error.
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

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let sweep = Sweep::open(&arguments.dir)?;
    let trial = sweep.trial(arguments.trial)?;
    if arguments.toml {
        terminal::print(trial.to_toml().as_bytes())?;
        return Ok(Code::Done);
    }
    results::rerun(&sweep, &trial)?;
    let context = Context {
        file: &arguments.dir,
        dir: &arguments.dir,
        strategy: &trial.file.strategy,
        series: &[],
        role: Role::Strategy,
    };
    arguments.results.of(&context, &trial.market, &[])
}
