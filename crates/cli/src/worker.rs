//! `gridfolio worker`

use std::collections::BTreeSet;
use std::path::PathBuf;

use gridfolio::worker::{WorkerOptions, ranges_from_text};
use gridfolio::{Code, Error};

use crate::interrupt::stop_on_interrupt;
use crate::terminal;

/// Compute given shards of a sweep's folder, as the nodes of a cluster do
///
/// Completed shards are skipped. The batch scripts of `gridfolio sweep --on slurm` call this;
/// with it, anything that starts processes on machines with a shared folder can run a sweep.
/// `gridfolio sweep` then collects the results.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio worker momentum.sweep --shards 0-15
  gridfolio worker momentum.sweep --shards 3,17-20 --threads 4")]
pub(crate) struct Arguments {
    /// The sweep's folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The shards, as in `0-3,7`
    #[arg(long, value_name = "LIST", value_parser = shards)]
    shards: Shards,
    /// Threads; one per core if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// A name for the status file in `workers`: letters, digits, `-` and `_`
    #[arg(long, value_name = "LABEL", default_value = "worker", value_parser = label)]
    task: String,
    /// How often the task was started before
    #[arg(long, value_name = "N", default_value_t = 0)]
    restart: u32,
}

/// One value to clap, not a list of values.
type Shards = BTreeSet<u64>;

fn shards(text: &str) -> Result<Shards, String> {
    ranges_from_text(text).map_err(|piece| format!("`{piece}` is neither a number nor a range"))
}

fn label(text: &str) -> Result<String, String> {
    let is_fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match !text.is_empty() && text.chars().all(is_fine) {
        true => Ok(text.to_owned()),
        false => Err("use letters, digits, `-` and `_`".to_owned()),
    }
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Error> {
    let stop = stop_on_interrupt()?;
    let options = WorkerOptions {
        shards: &arguments.shards,
        threads: arguments.threads.map_or(0, usize::from),
        task: &arguments.task,
        restart: arguments.restart,
        stop: &stop,
    };
    let summary = gridfolio::worker::work(&arguments.dir, &options, None)?;
    for redone in &summary.redone {
        terminal::warn(&redone.to_string());
    }
    terminal::complain(&format!("{} trials computed", summary.progress.computed));
    Ok(Code::Done)
}
