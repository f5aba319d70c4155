//! The prices of some symbols.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use backtest::market::{Observations, PriceSeries};
use diagnostics::Code;
use market_data::{Adjustment, LoadError, Loaded, LoadedSeries, Notice, Opens};

use crate::error::Error;
use crate::explain::{Context, Role};
use crate::strategy::Strategy;

/// Daily prices of some symbols, not yet on a calendar: that is the strategy's; and series beside
/// them, such as rates of interest.
///
/// A clone shares them.
#[derive(Clone, Debug)]
pub struct Market {
    series: Arc<Vec<PriceSeries>>,
    rates: Arc<Vec<Observations>>,
    dir: PathBuf,
    notices: Vec<String>,
    taken_as_adjusted: bool,
}

impl Market {
    /// Reads the files of a folder; those of all symbols and series when no symbols are given.
    ///
    /// * `rates`: series beside the prices, `DTB3` for the file `DTB3.csv`.
    /// * `adjusted`: whether prices are adjusted for splits and dividends.
    /// * `opens`: what becomes of files that have closes and no opens.
    /// * `only_read`: symbols at whose prices nothing is traded; they are read too, and need no opens.
    ///
    /// # Errors
    ///
    /// A folder or files that cannot be used: all of them, with their lines.
    pub fn from_folder(
        dir: &Path,
        symbols: Option<&[String]>,
        rates: Option<&[String]>,
        adjusted: bool,
        opens: Opens,
        only_read: &[String],
    ) -> Result<Market, Error> {
        let (mut symbols, all_rates) = match symbols {
            Some(symbols) => (symbols.to_vec(), Vec::new()),
            None => (market_data::symbols_in(dir)?, market_data::series_in(dir)?),
        };
        for symbol in only_read {
            if !symbols.contains(symbol) {
                symbols.push(symbol.clone());
            }
        }
        let rates = rates.map_or(all_rates, <[String]>::to_vec);
        if symbols.is_empty() && rates.is_empty() {
            let text = format!("`{}` has no files of prices", dir.display());
            let hint = "add a file per symbol, as in `SPY.csv`, or name another folder";
            return Err(Error::new(Code::Data, text).hint(hint));
        }
        let loaded = market_data::load_around(
            dir,
            &symbols,
            only_read,
            Adjustment::of(adjusted),
            opens,
            None,
        )?;
        let rates = market_data::load_series(dir, &rates)?;
        Ok(Market::of_loaded(loaded, rates, dir))
    }

    /// Reads what a strategy and its benchmark need, from `dir` or from the folder that the strategy
    /// names.
    ///
    /// # Errors
    ///
    /// Neither is given; a folder or files that cannot be used.
    pub fn of_strategy(strategy: &Strategy, dir: Option<&Path>) -> Result<Market, Error> {
        let file = strategy.file();
        let dir = strategy.prices_in(dir)?;
        let definition = strategy.definition();
        let context = Context {
            file,
            dir: &dir,
            strategy: definition,
            series: &[],
            rates: &[],
            role: Role::Strategy,
        };
        let adjustment = Adjustment::of(strategy.adjusted());
        let symbols = sweep::symbols_with_prices(definition, &dir);
        let symbols = symbols.map_err(|error: LoadError| context.not_loaded(error))?;
        let loaded = market_data::load_around(
            &dir,
            &symbols,
            &definition.symbols_only_read(),
            adjustment,
            strategy.opens(),
            None,
        )
        .map_err(|error: LoadError| context.not_loaded(error))?;
        let rates = market_data::load_series(&dir, &definition.series())
            .map_err(|error: LoadError| context.not_loaded(error))?;
        Ok(Market::of_loaded(loaded, rates, &dir))
    }

    /// A strategy about to be run on these prices.
    pub fn context<'a>(&'a self, strategy: &'a Strategy) -> Context<'a> {
        Context {
            file: strategy.file(),
            dir: &self.dir,
            strategy: strategy.definition(),
            series: &self.series,
            rates: &self.rates,
            role: Role::Strategy,
        }
    }

    /// Prices in memory. Dates ascend, and a symbol has one series.
    ///
    /// * `notices`: what is to be said about them.
    pub fn of_series(series: Vec<PriceSeries>, notices: Vec<String>) -> Market {
        Market {
            series: Arc::new(series),
            rates: Arc::default(),
            dir: PathBuf::new(),
            notices,
            taken_as_adjusted: false,
        }
    }

    /// The same with series beside the prices. Dates of a series ascend.
    #[must_use]
    pub fn with_rates(self, rates: Vec<Observations>) -> Market {
        Market {
            rates: Arc::new(rates),
            ..self
        }
    }

    /// Prices of several tables in memory, in their order.
    pub fn of_tables(tables: Vec<Loaded>) -> Market {
        let mut all = Loaded::default();
        for table in tables {
            all.series.extend(table.series);
            all.notices.extend(table.notices);
        }
        Market::of_loaded(all, LoadedSeries::default(), Path::new(""))
    }

    fn of_loaded(loaded: Loaded, rates: LoadedSeries, dir: &Path) -> Market {
        let taken = |notice: &Notice| matches!(notice, Notice::TakenAsAdjusted { .. });
        let notices = loaded.notices.iter().chain(&rates.notices);
        Market {
            taken_as_adjusted: loaded.notices.iter().any(taken),
            notices: notices.map(ToString::to_string).collect(),
            series: Arc::new(loaded.series),
            rates: Arc::new(rates.series),
            dir: dir.to_owned(),
        }
    }

    /// The prices, one series per symbol.
    pub fn series(&self) -> &[PriceSeries] {
        &self.series
    }

    /// The series beside the prices.
    pub fn rates(&self) -> &[Observations] {
        &self.rates
    }

    /// The folder that they came from; empty for prices in memory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What was corrected while files were read, one sentence each.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Whether a file had no adjusted closes and was taken as adjusted.
    pub fn taken_as_adjusted(&self) -> bool {
        self.taken_as_adjusted
    }

    /// The same prices under other symbols: `prefix` and the symbol.
    #[must_use]
    pub fn renamed(&self, prefix: &str) -> Market {
        let renamed = |series: &PriceSeries| PriceSeries {
            symbol: format!("{prefix}{}", series.symbol),
            ..series.clone()
        };
        Market {
            series: Arc::new(self.series.iter().map(renamed).collect()),
            ..self.clone()
        }
    }

    /// These prices and those of another market; where both have a symbol, these count.
    #[must_use]
    pub fn joined(&self, other: &Market) -> Market {
        let mut series = (*self.series).clone();
        let known = |symbol: &str| self.series.iter().any(|own| own.symbol == symbol);
        series.extend(other.series.iter().filter(|s| !known(&s.symbol)).cloned());
        let mut rates = (*self.rates).clone();
        let known = |name: &str| self.rates.iter().any(|own| own.name == name);
        rates.extend(other.rates.iter().filter(|s| !known(&s.name)).cloned());
        Market {
            series: Arc::new(series),
            rates: Arc::new(rates),
            dir: self.dir.clone(),
            notices: [&self.notices[..], &other.notices[..]].concat(),
            taken_as_adjusted: self.taken_as_adjusted || other.taken_as_adjusted,
        }
    }
}
