//! `gridfolio cancel`

use std::path::PathBuf;

use sweep::Shards;

use crate::on_slurm;
use crate::terminal;
use failure::{Code, Failure};

/// Ends the jobs of a sweep on a cluster; what is done stays
///
/// A command that is watching the sweep ends, too. `gridfolio resume` goes on with what is missing.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The sweep's folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let shards = Shards::open(&arguments.dir)?;
    on_slurm::cancel(&shards)?;
    let missing = shards.missing()?;
    let n = shards.n_shards();
    let done = n - missing.len() as u64;
    terminal::complain(&format!(
        "cancelled: {done} of {n} shards are done, and stay"
    ));
    Ok(Code::Done)
}
