//! One strategy run on one market, and its files.

use std::path::Path;
use std::sync::Arc;

use ::backtest::alpha::AlphaModel;
use ::backtest::market;
use ::backtest::outcome::Outcome;
use ::backtest::strategy;
use ::sweep::Trial;
use diagnostics::{Code, Difference, FileSet, MANIFEST, MB, Manifest, PROGRAM, all_of, read_file};
use documents::Report;
use documents::tearsheet::Tearsheet;

use crate::error::Error;
use crate::explain::{Context, Role};
use crate::market::Market;
use crate::strategy::Strategy;

/// A strategy that has been run on a market, and its benchmark if it has one.
pub struct Backtest {
    strategy: strategy::Strategy,
    market: Arc<market::Market>,
    outcome: Outcome,
    benchmark: Option<Outcome>,
    notices: Vec<String>,
}

impl Backtest {
    /// Runs a strategy whose alpha model is built in.
    ///
    /// # Errors
    ///
    /// A strategy that does not fit the prices, or a run that stops: a negative weight in a long-only
    /// portfolio, a price that is missing or unusable where it is needed.
    pub fn run(strategy: &Strategy, market: &Market) -> Result<Backtest, Error> {
        let context = market.context(strategy);
        let aligned = Arc::new(context.aligned()?);
        Backtest::run_with(&context, aligned, None, market.notices())
    }

    /// Runs a strategy on prices that are on its calendar.
    ///
    /// * `model`: asked in place of the strategy's own.
    /// * `notices`: what was corrected in the prices, for the report.
    ///
    /// # Errors
    ///
    /// As [`Backtest::run`]; and what `model` reports.
    pub fn run_with(
        context: &Context<'_>,
        market: Arc<market::Market>,
        model: Option<&mut (dyn AlphaModel + Send)>,
        notices: &[String],
    ) -> Result<Backtest, Error> {
        let outcome = context.outcome(&market, model)?;
        let benchmark = match context.strategy.benchmark_strategy() {
            Some(strategy) => {
                let context = Context {
                    strategy: &strategy,
                    role: Role::Benchmark,
                    ..*context
                };
                Some(context.outcome(&market, None)?)
            }
            None => None,
        };
        Ok(Backtest {
            strategy: context.strategy.clone(),
            market,
            outcome,
            benchmark,
            notices: [notices, &context.findings()].concat(),
        })
    }

    /// Runs a trial of a sweep.
    ///
    /// * `dir`: the sweep's folder.
    /// * `model`: asked in place of the strategy's own.
    ///
    /// # Errors
    ///
    /// As [`Backtest::run`]; and what `model` reports.
    pub fn of_trial(
        dir: &Path,
        trial: &Trial,
        model: Option<&mut (dyn AlphaModel + Send)>,
    ) -> Result<Backtest, Error> {
        let context = Context {
            file: dir,
            dir,
            strategy: &trial.file.strategy,
            series: &[],
            rates: &[],
            role: Role::Strategy,
        };
        Backtest::run_with(&context, Arc::clone(&trial.market), model, &[])
    }

    /// The strategy.
    pub fn strategy(&self) -> &strategy::Strategy {
        &self.strategy
    }

    /// The prices on the strategy's calendar.
    pub fn market(&self) -> &market::Market {
        &self.market
    }

    /// The same, to be kept.
    pub fn shared_market(&self) -> &Arc<market::Market> {
        &self.market
    }

    /// What the run produced.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// What the benchmark's run produced.
    pub fn benchmark(&self) -> Option<&Outcome> {
        self.benchmark.as_ref()
    }

    /// Reads something off the report: the summary, the statistics, a table.
    ///
    /// # Errors
    ///
    /// None for a strategy that has run.
    pub fn report<T>(&self, read: impl FnOnce(&Report<'_>) -> T) -> Result<T, Error> {
        let context = Context {
            file: Path::new(&self.strategy.name),
            dir: Path::new(""),
            strategy: &self.strategy,
            series: &[],
            rates: &[],
            role: Role::Strategy,
        };
        let backtest = (self.strategy.bind(&self.market)).map_err(|e| context.not_bound(e))?;
        Ok(read(&Report::new(documents::Run {
            program: PROGRAM,
            strategy: &self.strategy,
            backtest: &backtest,
            outcome: &self.outcome,
            benchmark: self.benchmark.as_ref(),
            notices: &self.notices,
        })))
    }

    /// The tear sheet.
    ///
    /// # Errors
    ///
    /// None for a strategy that has run.
    pub fn tearsheet(&self) -> Result<Tearsheet, Error> {
        self.report(|report| Tearsheet::of(report, &report.detail()))
    }

    /// Writes `equity_curve.csv`, `transactions.csv`, `target_allocations.csv`, `tearsheet.html` and
    /// `statistics.json` into a folder, and `corporate_actions.csv` where dividends or splits were
    /// booked: a [`FileSet`], so that no moment shows files of two backtests. The digests of all files
    /// are in [`MANIFEST`](diagnostics::MANIFEST).
    ///
    /// # Errors
    ///
    /// When the folder cannot be written to. Files of an earlier backtest are still there, unless the
    /// operating system refuses to rename one.
    pub fn write(&self, dir: &Path) -> Result<(), Error> {
        self.report(|report| {
            let detail = report.detail();
            let mut files = FileSet::new(dir)?;
            let mut add = |name, content: &[u8]| files.add(name, |file| file.write_all(content));
            add("equity_curve.csv", &report.equity_csv())?;
            add("transactions.csv", &report.transactions_csv())?;
            let has_actions = !self.outcome.entitlements.is_empty();
            if has_actions {
                add(CORPORATE_ACTIONS, &report.corporate_actions_csv())?;
            }
            add("target_allocations.csv", &report.target_allocations_csv())?;
            add(TEARSHEET, &Tearsheet::of(report, &detail).to_html())?;
            add("statistics.json", &report.statistics_json(&detail))?;
            if !has_actions {
                files.without(CORPORATE_ACTIONS);
            }
            Ok(files.commit()?)
        })?
    }
}

/// Dividends and splits of what was held, where there are any.
const CORPORATE_ACTIONS: &str = "corporate_actions.csv";

/// The page, which `report` may have made again from `statistics.json`.
const TEARSHEET: &str = "tearsheet.html";

/// The bytes of the largest `statistics.json` that is read.
const MOST_STATISTICS: u64 = 1000 * MB;

/// The tear sheet of the backtest that was written into a folder.
///
/// # Errors
///
/// When the folder has no `statistics.json` that can be used; when files beside it are not those that
/// were written with it.
pub fn open_tearsheet(dir: &Path) -> Result<Tearsheet, Error> {
    let path = dir.join("statistics.json");
    let refused = |cause: String| {
        let what = format!("`{}` cannot be reported on", dir.display());
        (Error::new(Code::Usage, what).cause(cause))
            .hint("name a folder that `gridfolio run --out DIR` wrote, or one of a sweep")
    };
    if !dir.is_dir() {
        return Err(refused("there is no such folder".to_owned()));
    }
    let manifest = Manifest::read(dir).map_err(|error| {
        refused(format!(
            "cannot use `{}`: {error}",
            dir.join(MANIFEST).display()
        ))
    })?;
    let differences = manifest
        .iter()
        .flat_map(|manifest| manifest.differences(dir));
    // One that was deleted misleads no reader.
    let changed = differences
        .filter(|(name, difference)| *name != TEARSHEET && *difference != Difference::Missing)
        .map(|(name, _)| name);
    let changed: Vec<&str> = changed.collect();
    if !changed.is_empty() {
        let what = format!("`{}` is not the result of one backtest", dir.display());
        let cause = match &changed[..] {
            [name] => format!("{} has changed since it was written", all_of([name])),
            names => format!("{} have changed since they were written", all_of(names)),
        };
        return Err(Error::new(Code::Usage, what)
            .cause(cause)
            .hint("run the backtest again with `--out`; two commands that write into one folder at the same time do this where the share has no locks"));
    }
    let json = read_file(&path, MOST_STATISTICS)
        .map_err(|error| refused(format!("cannot read `{}`: {error}", path.display())))?;
    Tearsheet::from_json(&json)
        .map_err(|error| refused(format!("cannot use `{}`: {error}", path.display())))
}
