//! `gridfolio completions`

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{arguments, terminal};
use failure::{Code, Failure};

/// Prints a script that teaches a shell to complete commands and options
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  gridfolio completions bash > ~/.local/share/bash-completion/completions/gridfolio")]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let mut script = Vec::new();
    let mut command = arguments::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "gridfolio", &mut script);
    terminal::print(&script)?;
    Ok(Code::Done)
}
