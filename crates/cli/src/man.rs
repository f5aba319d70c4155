//! `gridfolio man`

use clap::CommandFactory;

use crate::failure::{Code, Failure};
use crate::{arguments, terminal};

/// Prints the manual page, for `man -l -`
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn execute(Arguments {}: &Arguments) -> Result<Code, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(arguments::Arguments::command())
        .render(&mut page)
        .expect("a `Vec` takes all bytes");
    terminal::print(&page)?;
    Ok(Code::Done)
}
