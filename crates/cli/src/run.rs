//! `gridfolio run`

use std::path::{Path, PathBuf};

use backtest::market::Market;
use backtest::outcome::Outcome;
use backtest::strategy::Strategy;
use clap::builder::styling::{AnsiColor, Style};
use documents::tearsheet::Tearsheet;
use documents::{Report, Run};
use failure::{Code, Context, Failure, Role, STYLED, read_strategy_file};
use market_data::{Adjustment, WriteError, write_atomically};
use strategy_file::{Override, StrategyFile};

use crate::terminal;

/// Runs one backtest and shows the result
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
    pub(crate) strategy: PathBuf,
    /// The folder of price files, in place of the strategy file's `[data]`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Change one key of the strategy file, as in `--set alpha.top_n=5`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
}

/// What becomes of the results of one backtest.
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

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    arguments.backtest.loaded(|context, notices| {
        let market = (context.strategy.market(context.series))
            .map_err(|error| context.not_aligned(&error))?;
        arguments.results.of(context, &market, notices)
    })
}

impl Named {
    /// Reads the strategy and its prices, and hands them on with what was put right in the files.
    pub(crate) fn loaded<T>(
        &self,
        then: impl FnOnce(&Context<'_>, &[String]) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let StrategyFile { data, strategy } = self.read()?;
        let dir = match (&self.data, &data.dir) {
            (Some(dir), _) => dir.clone(),
            (None, Some(dir)) => beside(&self.strategy, dir),
            (None, None) => {
                let file = self.strategy.display();
                return Err(
                    Failure::new(Code::Strategy, format!("`{file}` cannot be run"))
                        .cause("it names no folder of prices".to_owned())
                        .hint("add `dir = \"...\"` under `[data]`, or run it with `--data DIR`"),
                );
            }
        };
        let mut context = Context {
            file: &self.strategy,
            dir: &dir,
            strategy: &strategy,
            series: &[],
            role: Role::Strategy,
        };
        let adjustment = Adjustment::of(data.adjusted);
        let loaded = market_data::load(&dir, &strategy.symbols(), adjustment)
            .map_err(|error| context.not_loaded(&error))?;
        context.series = &loaded.series;
        let notices: Vec<String> = loaded.notices.iter().map(ToString::to_string).collect();
        then(&context, &notices)
    }

    /// Reads the strategy file with the overrides laid over it.
    fn read(&self) -> Result<StrategyFile, Failure> {
        let overrides = parsed(&self.overrides)?;
        let path = &self.strategy;
        let text = read_strategy_file(path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        strategy_file::parse(&text, &overrides, &name).map_err(|problems| {
            let shown = problems.render(&path.display().to_string(), &text, STYLED);
            Failure::rendered(Code::Strategy, shown)
        })
    }
}

impl Results {
    /// Runs the strategy of `context` on its market and gives the results.
    pub(crate) fn of(
        &self,
        context: &Context<'_>,
        market: &Market,
        notices: &[String],
    ) -> Result<Code, Failure> {
        with_report(context, market, notices, |report| {
            if let Some(out) = &self.out {
                write(out, report)?;
            }
            if self.json {
                terminal::print(&report.summary_json())?;
            } else if !self.quiet {
                terminal::print_styled(&styled(&report.summary()))?;
            }
            Ok(Code::Done)
        })
    }
}

/// Runs the strategy of `context` on its market and hands on what there is to say.
pub(crate) fn with_report<T>(
    context: &Context<'_>,
    market: &Market,
    notices: &[String],
    look: impl FnOnce(&Report<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let strategy = context.strategy;
    let backtest = (strategy.bind(market)).map_err(|error| context.not_bound(&error))?;
    let outcome = backtest.run().map_err(|error| context.not_run(&error))?;
    let against = strategy.benchmark_strategy();
    let benchmark = match &against {
        Some(strategy) => Some(benchmark(strategy, context, market)?),
        None => None,
    };
    look(&Report::new(Run {
        program: concat!("gridfolio ", env!("CARGO_PKG_VERSION")),
        strategy,
        backtest: &backtest,
        outcome: &outcome,
        benchmark: benchmark.as_ref(),
        notices,
    }))
}

/// The arguments of `--set`.
pub(crate) fn parsed(overrides: &[String]) -> Result<Vec<Override>, Failure> {
    let parsed = overrides.iter().map(|text| Override::parse(text));
    (parsed.collect::<Result<_, _>>())
        .map_err(|problems| Failure::rendered(Code::Usage, problems.render("--set", "", STYLED)))
}

/// A folder that is named relative to a file.
fn beside(file: &Path, dir: &str) -> PathBuf {
    match file.parent() {
        Some(parent) => parent.join(dir),
        None => PathBuf::from(dir),
    }
}

fn benchmark(
    strategy: &Strategy,
    context: &Context<'_>,
    market: &Market,
) -> Result<Outcome, Failure> {
    let context = Context {
        strategy,
        role: Role::Benchmark,
        ..*context
    };
    let backtest = (strategy.bind(market)).map_err(|error| context.not_bound(&error))?;
    backtest.run().map_err(|error| context.not_run(&error))
}

fn write(out: &Path, report: &Report<'_>) -> Result<(), Failure> {
    std::fs::create_dir_all(out).map_err(|source| {
        Failure::not_written(&WriteError {
            path: out.to_owned(),
            source,
        })
    })?;
    let put = |name: &str, content: Vec<u8>| {
        write_atomically(&out.join(name), |file| file.write_all(&content))
            .map_err(|error| Failure::not_written(&error))
    };
    put("equity_curve.csv", report.equity_csv())?;
    put("transactions.csv", report.transactions_csv())?;
    put("target_allocations.csv", report.target_allocations_csv())?;
    let detail = report.detail();
    put("statistics.json", report.statistics_json(&detail))?;
    put("tearsheet.html", Tearsheet::of(report, &detail).to_html())
}

/// The title stands out, and so do warnings.
fn styled(summary: &str) -> String {
    let bold = Style::new().bold();
    let yellow = AnsiColor::Yellow.on_default().bold();
    let (title, rest) = summary.split_once('\n').unwrap_or((summary, ""));
    let rest = rest.replace("\nwarning:", &format!("\n{yellow}warning{yellow:#}:"));
    format!("{bold}{title}{bold:#}\n{rest}")
}
