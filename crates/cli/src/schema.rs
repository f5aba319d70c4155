//! `gridfolio schema`

use crate::terminal;
use failure::{Code, Failure};

/// Prints the JSON Schema of strategy files, for editors that complete and check
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn execute(Arguments {}: &Arguments) -> Result<Code, Failure> {
    let schema = format!("{:#}\n", strategy_file::json_schema());
    terminal::print(schema.as_bytes())?;
    Ok(Code::Done)
}
