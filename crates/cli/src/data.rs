//! `gridfolio data`

use std::path::PathBuf;

use clap::Subcommand;

use crate::terminal;
use failure::{Code, Failure};

/// Checks files of prices, or makes some up
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Checks the files of a folder for what would spoil a backtest
    ///
    /// The exit code is 0 when any backtest on these prices can run, and 1 when not.
    #[command(after_help = "\
Examples:
  gridfolio data check prices
  gridfolio data check prices SPY AGG --json")]
    Check {
        /// The folder of price files
        dir: PathBuf,
        /// Only these symbols; all of the folder when none is named
        symbols: Vec<String>,
        /// Print everything that was found as JSON
        #[arg(long)]
        json: bool,
    },
    /// Writes made-up prices of twelve assets over ten years, to try things out
    #[command(after_help = "\
Example:
  gridfolio data sample data --seed 1")]
    Sample {
        /// The folder to write to; it is created
        dir: PathBuf,
        /// Which of the possible worlds: the same number gives the same files
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
    },
}

pub(crate) fn execute(command: &Command) -> Result<Code, Failure> {
    match command {
        Command::Check { dir, symbols, json } => {
            let symbols = (!symbols.is_empty()).then_some(symbols.as_slice());
            let check = market_data::check(dir, symbols).map_err(|error| {
                Failure::new(Code::Data, "the data cannot be checked")
                    .caused_by(&error)
                    .hint(error.hint())
            })?;
            let text = match json {
                true => format!("{:#}\n", check.to_json()),
                false => check.to_text(),
            };
            terminal::print(text.as_bytes())?;
            Ok(if check.usable { Code::Done } else { Code::No })
        }
        Command::Sample { dir, seed } => {
            market_data::sample::write(dir, *seed).map_err(|error| {
                Failure::new(Code::Output, "the sample cannot be written")
                    .caused_by(&error)
                    .hint(error.hint())
            })?;
            terminal::complain(&format!("wrote made-up prices to `{}`", dir.display()));
            Ok(Code::Done)
        }
    }
}
