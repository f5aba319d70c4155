//! The `gridfolio` command: arguments in; files, text and an exit code out.
//!
//! Each command is a file. None holds logic of its own: they read what is named, hand it to the
//! library crates, and print what comes back. What fails is a [`gridfolio::Error`].

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
mod vocabulary;
mod worker;

mod cancel;
mod cluster_command;
mod resume;
mod status;

mod bug;
mod interrupt;
mod on_slurm;
mod progress;
mod summary;
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
    let result = bug::caught(|| arguments.command.execute()).unwrap_or_else(Err);
    match result {
        Ok(code) => code.into(),
        Err(error) => {
            terminal::complain_styled(&error.styled());
            error.code().into()
        }
    }
}
