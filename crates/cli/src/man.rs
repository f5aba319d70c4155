//! `gridfolio man`

use clap::Command;

use crate::terminal;
use gridfolio::{Code, Error};

/// Print the manual page of the program, or of a command
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio man | man -l -
  gridfolio man data check > gridfolio-data-check.1")]
pub(crate) struct Arguments {
    /// The command; the program itself if not given
    command: Vec<String>,
}

pub(crate) fn execute(arguments: &Arguments, mut command: Command) -> Result<Code, Error> {
    // Gives the commands their full names.
    command.build();
    for name in &arguments.command {
        let Some(found) = command.find_subcommand(name) else {
            let error = format!("`{}` has no command `{name}`", command.get_name());
            return Err(Error::new(Code::Usage, error).hint("`gridfolio help` lists the commands"));
        };
        command = found.clone();
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .render(&mut page)
        .expect("a `Vec` takes all bytes");
    terminal::print(&page)?;
    Ok(Code::Done)
}
