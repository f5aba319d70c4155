//! `gridfolio worker`

use std::collections::BTreeSet;
use std::path::PathBuf;

use failure::{Code, Failure};
use sweep::{WorkerOptions, ranges_from_text};

use crate::sweep::stop_on_interrupt;
use crate::terminal;

/// Computes given shards of a sweep's folder, as the nodes of a cluster do
///
/// Shards that are there are left alone. The batch scripts of `gridfolio sweep --on slurm` call this;
/// with it, anything that starts processes on machines with a shared folder can run a sweep.
/// `gridfolio sweep` then makes the table of results.
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
    /// Threads; as many as the machine has if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// A name for the note that is left in `workers`: letters, digits, `-` and `_`
    #[arg(long, value_name = "LABEL", default_value = "worker", value_parser = label)]
    task: String,
    /// How often the same task was started before
    #[arg(long, value_name = "N", default_value_t = 0)]
    restart: u32,
}

/// Not a list of values to clap, but one.
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

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let stop = stop_on_interrupt()?;
    let report = sweep::work(
        &arguments.dir,
        &WorkerOptions {
            shards: &arguments.shards,
            threads: arguments.threads.map_or(0, usize::from),
            task: &arguments.task,
            restart: arguments.restart,
            stop: &stop,
        },
    );
    let report = report?;
    for redone in &report.redone {
        terminal::complain(&format!("warning: {redone}"));
    }
    let progress = report.progress;
    if !report.finished {
        let done = format!("{} of {} trials", progress.done, progress.total);
        return Err(
            Failure::new(Code::Interrupted, format!("told to stop after {done}"))
                .hint("shards that are done stay; the rest can be started again"),
        );
    }
    terminal::complain(&format!("{} trials computed", progress.computed));
    Ok(Code::Done)
}
