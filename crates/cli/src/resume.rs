//! `gridfolio resume`

use std::path::PathBuf;

use cluster::Slurm;
use gridfolio::on_slurm::{Settings, Submission};
use gridfolio::{Code, Error, Sweep};

use crate::interrupt::stop_on_interrupt;
use crate::{on_slurm, summary, terminal};

/// Continue a sweep on a cluster: submit what is missing, watch, and collect the results
///
/// The settings are those of the first submission; settings given here replace them. The strategy
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

/// How many of the best trials to show.
const TOP: usize = 10;

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Error> {
    let dir = std::path::absolute(&arguments.dir).unwrap_or(arguments.dir.clone());
    let sweep = Sweep::open(&dir)?;
    let shards = sweep.shards();
    let own = on_slurm::settings(&arguments.slurm, &[&dir])?;
    let settings = own.replacing(Slurm::kept_settings(&shards));
    let submission = Submission::resume(&shards, settings)?;
    let stop = stop_on_interrupt()?;
    let collected = on_slurm::complete(&submission, &sweep, 0, arguments.quiet, &stop)?;
    summary::warn(&collected);
    if !arguments.quiet {
        let text = summary::of(&arguments.dir, &collected, "sharpe", TOP)?;
        terminal::print(text.as_bytes())?;
    }
    Ok(Code::Done)
}
