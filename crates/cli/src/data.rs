//! `gridfolio data`

use std::path::PathBuf;

use clap::Subcommand;

use crate::terminal;
use gridfolio::{Code, Error};

/// Check files of prices, or generate some
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check the files of a folder for faults
    ///
    /// The exit code is 0 when every backtest on these prices can run, and 1 otherwise.
    #[command(after_help = "\
Examples:
  gridfolio data check prices
  gridfolio data check prices SPY AGG --json")]
    Check {
        /// The folder of price files
        dir: PathBuf,
        /// Only these symbols; all of the folder if not given
        symbols: Vec<String>,
        /// Print everything that was found as JSON
        #[arg(long)]
        json: bool,
    },
    /// Generate prices of twelve assets over ten years, to experiment with
    #[command(after_help = "\
Example:
  gridfolio data sample data --seed 1")]
    Sample {
        /// The folder to write to; created if it does not exist
        dir: PathBuf,
        /// The seed: the same number gives the same files
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
    },
}

pub(crate) fn execute(command: &Command) -> Result<Code, Error> {
    match command {
        Command::Check { dir, symbols, json } => {
            let symbols = (!symbols.is_empty()).then_some(symbols.as_slice());
            let check = market_data::check(dir, symbols)?;
            let text = match json {
                true => format!("{:#}\n", check.to_json()),
                false => check.to_text(),
            };
            terminal::print_as(*json, &text)?;
            Ok(if check.usable { Code::Done } else { Code::No })
        }
        Command::Sample { dir, seed } => {
            market_data::sample::write(dir, *seed)?;
            terminal::complain(&format!("wrote generated prices to `{}`", dir.display()));
            Ok(Code::Done)
        }
    }
}
