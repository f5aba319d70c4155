//! A sweep that has been checked and whose prices are loaded, before anything is written.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use backtest::market::{Observations, PriceSeries};
use diagnostics::{MB, VERSION, read_text};
use market_data::Notice;
use strategy_file::{Document, MOST_TRIALS, Override, Problems, StrategyFile, TrialCount};

use crate::error::{SweepError, io_error};
use crate::group_data::GroupData;
use crate::members::read_members;
use crate::models::Models;
use crate::plan::{self, FORMAT, Plan, PlannedPrices, PlannedStrategy, PlannedSweep, add};
use crate::price_groups::{PriceGroup, add_to_group, load};
use crate::prices::Prices;
use crate::snapshot;
use crate::trials::{Source, Trials};

/// What to sweep over.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The strategy files, in order; at least one.
    pub strategies: Vec<StrategyText>,
    /// Laid over each of them.
    pub overrides: Vec<Override>,
    /// Where the prices are; `None` for what each file says.
    pub data_dir: Option<PathBuf>,
    /// How many trial numbers a shard has, at least 1; `None` for a size that fits.
    pub shard_size: Option<u64>,
}

/// A strategy file that has been read.
#[derive(Clone, Debug)]
pub struct StrategyText {
    /// Its path, for messages, for its name, and because its data folder is relative to it.
    pub file: PathBuf,
    /// Its text.
    pub text: String,
}

impl StrategyText {
    /// The bytes of the largest strategy file that is read.
    pub const MOST: u64 = 16 * MB;

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is not UTF-8.
    pub fn read(file: impl Into<PathBuf>) -> Result<StrategyText, SweepError> {
        let file = file.into();
        match read_text(&file, StrategyText::MOST) {
            Ok(text) => Ok(StrategyText { file, text }),
            Err(error) => Err(io_error("read", &file)(error).into()),
        }
    }
}

/// A sweep that is ready to be written into a folder.
#[derive(Debug)]
pub struct Draft {
    pub(crate) plan: Plan,
    pub(crate) trials: Trials,
    pub(crate) prices: Prices,
    notices: Vec<Notice>,
}

/// Trials that are read to find out whether any of a strategy's can be.
const TRIED: u64 = 64;

impl Draft {
    /// Checks strategies and axes, and loads the prices.
    ///
    /// # Errors
    ///
    /// Mistakes in a strategy file or its `[sweep]`; prices that cannot be loaded.
    pub fn new(request: &Request) -> Result<Draft, SweepError> {
        Draft::with(request, load)
    }

    /// As [`Draft::new`], with prices that are in memory, and series beside them. What they do not have
    /// is the trials' to tell.
    ///
    /// # Errors
    ///
    /// Mistakes in a strategy file or its `[sweep]`.
    pub fn with_prices(
        request: &Request,
        series: &[PriceSeries],
        rates: &[Observations],
    ) -> Result<Draft, SweepError> {
        let request = Request {
            data_dir: Some(PathBuf::from("(memory)")),
            ..request.clone()
        };
        Draft::with(&request, |groups| {
            let of_group = |group: &PriceGroup| {
                let prices = series.iter().filter(|one| group.wants(&one.symbol));
                let rates = rates.iter().filter(|one| group.series.contains(&one.name));
                GroupData {
                    prices: prices.cloned().collect(),
                    rates: rates.cloned().collect(),
                }
            };
            Ok((groups.iter().map(of_group).collect(), Vec::new()))
        })
    }

    fn with(
        request: &Request,
        load: impl Fn(&[PriceGroup]) -> Result<(Vec<GroupData>, Vec<Notice>), SweepError>,
    ) -> Result<Draft, SweepError> {
        let mut sources: Vec<Source> = Vec::new();
        let mut groups: Vec<PriceGroup> = Vec::new();
        let mut planned: Vec<PlannedStrategy> = Vec::new();
        let mut count = TrialCount::Exact(0);
        let mut first = 0u64;
        for strategy in &request.strategies {
            let fail = |source| SweepError::Strategy {
                file: strategy.file.clone(),
                text: strategy.text.clone(),
                source,
            };
            let default_name = (strategy.file.file_stem())
                .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
            let document = Document::parse(&strategy.text).map_err(fail)?;
            let mut document = document.with(&request.overrides);
            let members = read_members(&document, &strategy.file)?;
            if let Some(members) = &members {
                document = document.with_members(members).map_err(fail)?;
            }
            let space = document.space().map_err(fail)?;
            document.validation().map_err(fail)?;
            if space.is_none() && request.strategies.len() == 1 {
                return Err(SweepError::NoSweep {
                    file: strategy.file.clone(),
                });
            }
            let (n, own) = match &space {
                Some(space) => (space.n_numbers(), space.count().map_err(fail)?),
                None => (1, TrialCount::Exact(1)),
            };
            count = add(count, own);
            let mut source = Source {
                name: String::new(),
                default_name,
                document,
                space,
                first: 0,
                n,
                group: 0,
            };
            let example = readable(&source, strategy)?;
            source.name = example.strategy.name.clone();
            if sources.iter().any(|other| other.name == source.name) {
                return Err(SweepError::SameName { name: source.name });
            }
            source.first = first;
            source.group = add_to_group(
                &mut groups,
                request.data_dir.as_deref(),
                &strategy.file,
                &example,
                &source,
            )?;
            first = (first.checked_add(n))
                .filter(|numbers| *numbers <= MOST_TRIALS)
                .ok_or(SweepError::TooManyTrials)?;
            planned.push(PlannedStrategy {
                name: source.name.clone(),
                default_name: source.default_name.clone(),
                file: strategy.file.display().to_string(),
                digest: blake3::hash(strategy.text.as_bytes()).to_hex().to_string(),
                text: strategy.text.clone(),
                overrides: (request.overrides.iter())
                    .map(|setting| setting.text().to_owned())
                    .collect(),
                members,
                prices: source.group,
                sweep: PlannedSweep::of(&source),
            });
            sources.push(source);
        }
        if sources.is_empty() {
            return Err(SweepError::NoStrategy);
        }
        // Each has been read before.
        let validation = plan::validation(sources.iter().map(|source| &source.document));
        let Ok(Some(validation)) = validation else {
            return Err(SweepError::ConflictingValidation);
        };
        let trials = Trials::new(sources, validation);
        check_holdout(&trials)?;
        let (mut data, notices) = load(&groups)?;
        for (group, data) in groups.iter().zip(&mut data) {
            group.drop_what_no_trial_reads(&mut data.prices);
        }
        let prices = Prices::new(data);
        let group = |(at, group): (usize, PriceGroup)| PlannedPrices {
            dir: group.dir.display().to_string(),
            adjusted: group.adjusted,
            digests: prices.digests(at).collect::<BTreeMap<_, _>>(),
            histories: prices.histories(at).collect::<BTreeMap<_, _>>(),
        };
        let (n_trials, trials_counted) = match count {
            TrialCount::Exact(n) => (n, true),
            TrialCount::About(n) => (n, false),
        };
        let plan = Plan {
            format: FORMAT,
            program: VERSION.to_owned(),
            numbers: first,
            trials: n_trials,
            trials_counted,
            shard_size: (request.shard_size).map_or_else(|| shard_size(first), |size| size.max(1)),
            snapshot: snapshot::digest(prices.groups()).to_hex().to_string(),
            strategies: planned,
            prices: groups.into_iter().enumerate().map(group).collect(),
        };
        Ok(Draft {
            plan,
            trials,
            prices,
            notices,
        })
    }

    /// Sets what makes the alpha models that the engine does not have. The estimate runs some trials.
    pub fn set_models(&mut self, models: Arc<dyn Models>) {
        self.trials.models = Some(models);
    }

    /// Whether trials ask for such models.
    pub fn asks_models(&self) -> bool {
        self.trials.ask_models()
    }

    /// What was corrected in the price files.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Trials have the numbers below this one.
    pub fn n_numbers(&self) -> u64 {
        self.plan.numbers
    }

    /// Changes how many trial numbers a shard has, at least 1. A folder that holds the sweep already
    /// keeps its shards.
    pub fn set_shard_size(&mut self, size: u64) {
        self.plan.shard_size = size.max(1);
    }

    /// How many trials there are.
    pub fn n_trials(&self) -> TrialCount {
        match self.plan.trials_counted {
            true => TrialCount::Exact(self.plan.trials),
            false => TrialCount::About(self.plan.trials),
        }
    }
}

/// The hold-out period begins within the backtest.
fn check_holdout(trials: &Trials) -> Result<(), SweepError> {
    let Some(holdout) = trials.validation.holdout else {
        return Ok(());
    };
    for source in &trials.sources {
        // One that cannot be read is complained about elsewhere.
        let Ok(file) = source.document.read(&source.default_name) else {
            continue;
        };
        let (start, end) = (file.strategy.start.date(), file.strategy.end.date());
        if holdout <= start || holdout > end {
            return Err(SweepError::Holdout {
                name: source.name.clone(),
                holdout,
                start,
                end,
            });
        }
    }
    Ok(())
}

/// Enough trials to make up for writing a file, few enough to lose little, and a few shards for
/// each of many threads.
fn shard_size(numbers: u64) -> u64 {
    (numbers / 64).clamp(32, 4096)
}

/// A trial of the strategy that can be read.
fn readable(source: &Source, strategy: &StrategyText) -> Result<StrategyFile, SweepError> {
    let Some(space) = &source.space else {
        let read = source.document.read(&source.default_name);
        return read.map_err(|problems| SweepError::Strategy {
            file: strategy.file.clone(),
            text: strategy.text.clone(),
            source: problems,
        });
    };
    let mut first: Option<(u64, Problems)> = None;
    let mut positions = Vec::new();
    let mut tried = 0;
    // All over the space: near one another, trials fail alike.
    let looked_at = TRIED.min(space.n_numbers());
    for i in 0..looked_at {
        let number = u128::from(space.n_numbers()) * u128::from(i) / u128::from(looked_at);
        let number = number as u64;
        if !space.point(number, &mut positions) {
            continue;
        }
        tried += 1;
        let document = source.document.with(&space.settings(&positions));
        match document.read(&source.default_name) {
            Ok(file) => return Ok(file),
            Err(problems) if first.is_none() => first = Some((number, problems)),
            Err(_) => {}
        }
    }
    match first {
        Some((trial, problems)) => Err(SweepError::NothingReads {
            file: strategy.file.clone(),
            tried,
            trial,
            source: problems,
        }),
        // A constraint left out all that were looked at; the file itself can still be asked.
        None => {
            (source.document.read(&source.default_name)).map_err(|source| SweepError::Strategy {
                file: strategy.file.clone(),
                text: strategy.text.clone(),
                source,
            })
        }
    }
}
