//! `gridfolio run`

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Style};
use gridfolio::{Backtest, Code, Error, Market, Strategy};

use crate::terminal;

/// Run one backtest and show the result
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio run sixty_forty.toml
  gridfolio run sixty_forty.toml --data ~/prices --out results
  gridfolio run momentum.toml --set alpha.top_n=5 --set execution.fill=same-close
  gridfolio run momentum.toml --json | jq .statistics.strategy.ratios.sharpe")]
pub(crate) struct Arguments {
    #[command(flatten)]
    backtest: Named,
    #[command(flatten)]
    results: Results,
}

/// A backtest as it is named: its strategy file, its prices, and what to change.
#[derive(Debug, clap::Args)]
pub(crate) struct Named {
    /// The strategy file
    #[arg(value_name = "STRATEGY.toml")]
    strategy: PathBuf,
    /// The folder of price files, in place of the strategy file's `[data]`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Change one key of the strategy file, as in `--set alpha.top_n=5`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
}

/// What to do with the results of one backtest.
#[derive(Debug, clap::Args)]
pub(crate) struct Results {
    /// Write tearsheet.html, statistics.json, equity_curve.csv, transactions.csv and
    /// target_allocations.csv to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print the statistics as JSON, without the long series
    #[arg(long)]
    json: bool,
    /// Print nothing but errors
    #[arg(long, short, conflicts_with = "json")]
    quiet: bool,
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Error> {
    let (strategy, market) = arguments.backtest.load()?;
    arguments.results.of(&Backtest::run(&strategy, &market)?)
}

impl Named {
    /// Reads the strategy and its prices.
    pub(crate) fn load(&self) -> Result<(Strategy, Market), Error> {
        let overrides = gridfolio::overrides(&self.overrides, "--set")?;
        let strategy = Strategy::from_file(&self.strategy, &overrides)?;
        let market = Market::of_strategy(&strategy, self.data.as_deref())?;
        Ok((strategy, market))
    }
}

impl Results {
    /// Writes and prints what was asked for.
    pub(crate) fn of(&self, backtest: &Backtest) -> Result<Code, Error> {
        if let Some(out) = &self.out {
            backtest.write(out)?;
        }
        if self.json {
            terminal::print_json(&backtest.report(|report| report.summary_json())?)?;
        } else if !self.quiet {
            let summary = backtest.report(|report| report.summary())?;
            terminal::print_styled(&styled(&summary))?;
        }
        Ok(Code::Done)
    }
}

/// The title stands out, and so do warnings.
fn styled(summary: &str) -> String {
    let bold = Style::new().bold();
    let yellow = AnsiColor::Yellow.on_default().bold();
    let (title, rest) = summary.split_once('\n').unwrap_or((summary, ""));
    let rest = rest.replace("\nwarning:", &format!("\n{yellow}warning{yellow:#}:"));
    format!("{bold}{title}{bold:#}\n{rest}")
}
