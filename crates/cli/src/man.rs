//! `gridfolio man`

use clap::CommandFactory;

use crate::{arguments, terminal};
use failure::{Code, Failure};

/// Prints the manual page of the program, or of a command
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio man | man -l -
  gridfolio man data check > gridfolio-data-check.1")]
pub(crate) struct Arguments {
    /// The command; the program itself when none is named
    command: Vec<String>,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let mut command = arguments::Arguments::command();
    // Only then do the commands know what they belong to.
    command.build();
    for name in &arguments.command {
        let Some(found) = command.find_subcommand(name) else {
            let error = format!("`{}` has no command `{name}`", command.get_name());
            return Err(
                Failure::new(Code::Usage, error).hint("`gridfolio help` lists the commands")
            );
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
