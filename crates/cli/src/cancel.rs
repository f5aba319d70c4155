//! `gridfolio cancel`

use std::path::PathBuf;

use gridfolio::{Code, Error};
use sweep::Shards;

use crate::terminal;

/// Cancel the jobs of a sweep on a cluster; completed shards are kept
///
/// A command that is watching the sweep ends, too. `gridfolio resume` computes what is missing.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The sweep's folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Error> {
    let shards = Shards::open(&arguments.dir)?;
    gridfolio::on_slurm::cancel(&shards)?;
    let n = shards.n_shards();
    let done = n - shards.missing()?.len() as u64;
    terminal::complain(&format!(
        "cancelled: {done} of {n} shards are done and kept"
    ));
    Ok(Code::Done)
}
