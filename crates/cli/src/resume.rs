//! `gridfolio resume`

use std::path::PathBuf;

use cluster::{Settings, Slurm};
use sweep::Sweep;

use crate::on_slurm::{self, Submission};
use crate::sweep::{stop_on_interrupt, summary};
use crate::terminal;
use failure::{Code, Failure};

/// Goes on with a sweep on a cluster: submits what is missing, watches, and makes the table
///
/// The settings are those of the first submission; what is given here goes before them. The strategy
/// files and the prices are not needed: the folder has them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio resume momentum.sweep
  gridfolio resume momentum.sweep --time 60 --exclude node03")]
pub(crate) struct Arguments {
    /// The sweep's folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    slurm: Settings,
}

/// How many of the best to show.
const TOP: usize = 10;

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let dir = std::path::absolute(&arguments.dir).unwrap_or(arguments.dir.clone());
    let sweep = Sweep::open(&dir)?;
    let shards = sweep.shards();
    let kept = Slurm::kept_settings(&shards);
    let own = on_slurm::settings(&arguments.slurm, &[&dir])?;
    let submission = Submission::resume(&shards, own.replacing(kept))?;
    let stop = stop_on_interrupt()?;
    let report = submission.complete(&sweep, 0, arguments.quiet, &stop)?;
    for redone in &report.redone {
        terminal::complain(&format!("warning: computed again: {redone}"));
    }
    if !arguments.quiet {
        terminal::print(summary(&arguments.dir, &report, "sharpe", TOP)?.as_bytes())?;
    }
    Ok(Code::Done)
}
