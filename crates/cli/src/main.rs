//! The `gridfolio` command: arguments in; files, text and an exit code out.
//!
//! Each command is a file. None holds logic of its own: they read what is named, hand it to the
//! library crates, and write what comes back. What goes wrong is a [`failure::Failure`].

use std::process::ExitCode;

use clap::Parser;

mod arguments;

mod audit;
mod compare;
mod completions;
mod data;
mod ledger;
mod man;
mod report;
mod results;
mod run;
mod schema;
mod show;
mod sweep;
mod verdict;
mod worker;

mod cancel;
mod cluster_command;
mod resume;
mod status;

mod bug;
mod on_slurm;
mod progress;
mod terminal;

fn main() -> ExitCode {
    let arguments = match arguments::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nothing can be done about a terminal that takes no text.
            let _ = error.print();
            return ExitCode::from(error.exit_code() as u8);
        }
    };
    match bug::caught(|| arguments.command.execute()) {
        Ok(Ok(code)) => code.into(),
        Ok(Err(failure)) => {
            terminal::complain(&failure.to_string());
            failure.code.into()
        }
        Err(bug) => {
            terminal::complain(&bug.to_string());
            failure::Code::Bug.into()
        }
    }
}
