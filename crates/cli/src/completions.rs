//! `gridfolio completions`

use clap::Command;
use clap_complete::Shell;

use crate::terminal;
use gridfolio::{Code, Error};

/// Print a script that completes commands and options in a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  gridfolio completions bash > ~/.local/share/bash-completion/completions/gridfolio")]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn execute(arguments: &Arguments, mut command: Command) -> Result<Code, Error> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "gridfolio", &mut script);
    terminal::print(&script)?;
    Ok(Code::Done)
}
