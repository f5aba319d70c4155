//! `gridfolio audit`

use clap::builder::styling::{AnsiColor, Style};
use documents::{Answer, AuditReport};
use gridfolio::audit::audit;
use gridfolio::{Code, Error};

use crate::run;
use crate::terminal;

/// Look for look-ahead: does a backtest depend on prices that were not known yet?
///
/// Run the backtest again on prices whose future is removed or altered, at many dates; everything
/// before must be the same to the bit. Then run it with delayed signals, late trades and other
/// costs, to show how much of the result remains. The exit code is 1 when a look-ahead is found, and 8 when
/// there may be one that the audit cannot see.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio audit momentum.toml
  gridfolio audit momentum.toml --set alpha.top_n=5 --dates 500
  gridfolio audit momentum.toml --json | jq .passed
  python -m gridfolio audit own_model.toml      # alpha models written in Python")]
pub(crate) struct Arguments {
    #[command(flatten)]
    backtest: run::Named,
    /// Remove the future at this many dates, decisions first
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    dates: u32,
    /// Print everything that was found as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Error> {
    let (strategy, market) = arguments.backtest.load()?;
    let found = audit(&market.context(&strategy), arguments.dates as usize)?;
    let report = AuditReport {
        strategy: &strategy.definition().name,
        audit: &found,
        own_model: false,
        files_read: &[],
        prices_read: &[],
        data_reached: &[],
    };
    match arguments.json {
        true => terminal::print_json(&report.json())?,
        false => terminal::print_styled(&styled(&report.text(), report.answer()))?,
    }
    Ok(match report.answer() {
        Answer::Passed => Code::Done,
        Answer::Failed => Code::No,
        Answer::NotProven => Code::NotProven,
    })
}

/// The title stands out, and the answer has the colour of what it says.
fn styled(text: &str, answer: Answer) -> String {
    let bold = Style::new().bold();
    let colour = match answer {
        Answer::Passed => AnsiColor::Green.on_default(),
        Answer::NotProven => AnsiColor::Yellow.on_default(),
        Answer::Failed => AnsiColor::Red.on_default(),
    };
    let mut lines = text.splitn(3, '\n');
    let mut next = || lines.next().unwrap_or_default();
    let (title, answer, rest) = (next(), next(), next());
    format!("{bold}{title}{bold:#}\n{colour}{answer}{colour:#}\n{rest}")
}
