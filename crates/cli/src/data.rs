//! `gridfolio data`

use std::path::PathBuf;

use clap::Subcommand;

use crate::terminal;
use gridfolio::check::PricesCheck;
use gridfolio::{Code, Error, Strategy};

/// Check, import and compare files of prices, or generate some
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check the files of a folder for faults, or those of a strategy
    ///
    /// For a folder, the exit code is 0 when all files can be used, and 1 otherwise. For a strategy file,
    /// it is 0 when the strategy can be run on its prices; and where its universe is a list of members,
    /// the check says how many of them have no prices.
    #[command(after_help = "\
Examples:
  gridfolio data check prices
  gridfolio data check prices SPY AGG --json
  gridfolio data check momentum.toml")]
    Check {
        /// The folder of price files, or a strategy file
        dir: PathBuf,
        /// Only these symbols; all of the folder if not given
        symbols: Vec<String>,
        /// With a strategy file: the folder of prices, in place of the one that it names
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Print everything that was found as JSON
        #[arg(long)]
        json: bool,
    },
    /// Import files into a folder with one Parquet file for each symbol
    ///
    /// Prices stay as they are in the source, beside adjusted closes, dividends and splits where it has them; each
    /// file says where it came from. All files are written, or none. Where the folder has an earlier import of a
    /// symbol, changes of its past are named.
    #[command(after_help = "\
Examples:
  gridfolio data import downloads --out prices
  gridfolio data import yahoo/*.csv long.parquet --out prices")]
    Import {
        /// Files of prices, and folders of them
        #[arg(required = true)]
        from: Vec<PathBuf>,
        /// The folder to write to; created if it does not exist
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Compare two downloads of the same prices: where the past has changed
    ///
    /// The last day of the older prices is left out, since it may have been a quote. Adjusted closes are compared but
    /// for one factor, since each dividend changes all of them. The exit code is 0 when nothing has changed, and 1
    /// otherwise.
    #[command(after_help = "\
Example:
  gridfolio data diff prices-2024 prices-2025")]
    Diff {
        /// The folder of the older prices
        old: PathBuf,
        /// The folder of the newer prices
        new: PathBuf,
        /// Only these symbols; all that both folders have if not given
        symbols: Vec<String>,
        /// Print all changes as JSON
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
        Command::Check {
            dir,
            data,
            symbols,
            json,
        } if dir.is_file() => {
            if !symbols.is_empty() {
                let error = Error::new(Code::Usage, "a strategy file names its symbols itself");
                return Err(error.hint("remove the symbols, or name a folder of prices"));
            }
            let strategy = Strategy::from_file(dir, &[])?;
            let check = PricesCheck::of(&strategy, data.as_deref())?;
            let text = match json {
                true => format!("{:#}\n", check.to_json()),
                false => check.to_text(),
            };
            terminal::print(text.as_bytes())?;
            Ok(if check.is_usable() {
                Code::Done
            } else {
                Code::No
            })
        }
        Command::Check { data: Some(_), .. } => {
            let error = Error::new(Code::Usage, "`--data` goes with a strategy file");
            Err(error.hint("name the folder alone, as in `gridfolio data check prices`"))
        }
        Command::Check {
            dir, symbols, json, ..
        } => {
            let symbols = (!symbols.is_empty()).then_some(symbols.as_slice());
            let check = market_data::check(dir, symbols)?;
            let text = match json {
                true => format!("{:#}\n", check.to_json()),
                false => check.to_text(),
            };
            terminal::print_as(*json, &text)?;
            Ok(if check.usable { Code::Done } else { Code::No })
        }
        Command::Import { from, out } => {
            let imported = market_data::import(from, out)?;
            terminal::print(imported.to_text(out).as_bytes())?;
            Ok(Code::Done)
        }
        Command::Diff {
            old,
            new,
            symbols,
            json,
        } => {
            let symbols = (!symbols.is_empty()).then_some(symbols.as_slice());
            let diff = market_data::compare_vintages(old, new, symbols)?;
            let text = match json {
                true => format!("{:#}\n", diff.to_json()),
                false => diff.to_text(),
            };
            terminal::print(text.as_bytes())?;
            Ok(if diff.is_same() { Code::Done } else { Code::No })
        }
        Command::Sample { dir, seed } => {
            market_data::sample::write(dir, *seed)?;
            terminal::complain(&format!("wrote generated prices to `{}`", dir.display()));
            Ok(Code::Done)
        }
    }
}
