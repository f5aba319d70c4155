//! `gridfolio schema`

use crate::terminal;
use gridfolio::{Code, Error};

/// Print the JSON Schema of strategy files, for editors
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn execute(Arguments {}: &Arguments) -> Result<Code, Error> {
    let schema = format!("{:#}\n", strategy_file::json_schema());
    terminal::print_json(schema.as_bytes())?;
    Ok(Code::Done)
}
