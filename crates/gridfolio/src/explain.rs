//! Why a strategy did not run on its prices: the engine's errors with the file, the folder of prices
//! and a hint, none of which the engine knows.

use std::path::Path;

use backtest::alpha::{AlphaModel, MissingModel};
use backtest::audit::AuditError;
use backtest::conventions::Calendar;
use backtest::date::Date;
use backtest::market::{self, AlignError, Observations, PriceSeries};
use backtest::outcome::Outcome;
use backtest::strategy::Strategy;
use backtest::{BindError, RunError};
use diagnostics::{Code, Diagnostic};
use market_data::LoadError;

use crate::error::Error;

/// What is run, for messages.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The strategy file, or what the strategy is called.
    pub file: &'a Path,
    /// The folder of prices.
    pub dir: &'a Path,
    /// The strategy, or its benchmark.
    pub strategy: &'a Strategy,
    /// The prices; empty until they are loaded.
    pub series: &'a [PriceSeries],
    /// The series beside the prices; empty until they are loaded.
    pub rates: &'a [Observations],
    /// The strategy's run or its benchmark's.
    pub role: Role,
}

/// Which of the two runs of a strategy file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The strategy's own.
    Strategy,
    /// The benchmark's. None of its assets enters later.
    Benchmark,
}

impl Context<'_> {
    /// The prices that the strategy and its benchmark need, on the strategy's calendar. Symbols that
    /// neither names leave the calendar as it is.
    ///
    /// # Errors
    ///
    /// A symbol without prices.
    pub fn aligned(&self) -> Result<market::Market, Error> {
        let symbols = self.strategy.symbols();
        let named = (self.series.iter()).filter(|series| symbols.contains(&series.symbol));
        let named: Vec<PriceSeries> = named.cloned().collect();
        let market = (self.strategy.market(&named)).map_err(|error| self.not_aligned(error))?;
        Ok(market.with_series(self.rates.to_vec()))
    }

    /// What the prices of the days in use show that would spoil the backtest, one sentence each.
    pub fn findings(&self) -> Vec<String> {
        // Prices that stand still are a warning of the run, of what was traded.
        const KINDS: [&str; 4] = [
            "open-out-of-line",
            "hole",
            "day-early",
            "split-not-adjusted",
        ];
        let symbols = self.strategy.symbols();
        let only_read = self.strategy.symbols_only_read();
        let named = (self.series.iter()).filter(|series| symbols.contains(&series.symbol));
        let days = (self.strategy.start.date(), self.strategy.end.date());
        let found = named.flat_map(|series| market_data::faults_of(series, days));
        let found = found.filter(|finding| {
            // No order is filled at the opens of what is only read.
            let is_only_read = only_read.contains(&finding.symbol);
            KINDS.contains(&finding.kind) && !(is_only_read && finding.kind == "open-out-of-line")
        });
        // Up to the end of the backtest, or of the prices that it trades at.
        let traded = (self.series.iter()).filter(|series| {
            symbols.contains(&series.symbol) && !only_read.contains(&series.symbol)
        });
        let last = traded.filter_map(|series| series.dates.last()).max();
        let until = last.map_or(days.1, |last| days.1.min(*last));
        let old = (self.series.iter())
            .filter(|series| only_read.contains(&series.symbol))
            .filter_map(|series| market_data::old_at(series, until));
        (found.chain(old))
            .map(|finding| finding.to_string())
            .collect()
    }

    /// Runs the strategy.
    ///
    /// * `model`: asked in place of the strategy's own.
    ///
    /// # Errors
    ///
    /// A strategy that does not fit the prices, or a run that stops.
    pub fn outcome(
        &self,
        market: &market::Market,
        model: Option<&mut (dyn AlphaModel + Send)>,
    ) -> Result<Outcome, Error> {
        let backtest = (self.strategy.bind(market)).map_err(|error| self.not_bound(error))?;
        let outcome = match model {
            Some(model) => backtest.run_with(model),
            None => backtest.run(),
        };
        outcome.map_err(|error| self.not_run(error))
    }

    /// "`momentum.toml` cannot be run", because of an error, with more causes and a hint.
    fn not_run_because(
        &self,
        code: Code,
        error: impl std::error::Error + Send + Sync + 'static,
        place: Option<String>,
        hint: Option<String>,
    ) -> Error {
        let whose = match self.role {
            Role::Strategy => "",
            Role::Benchmark => "the benchmark of ",
        };
        let what = format!("{whose}`{}` cannot be run", self.file.display());
        let explained = Error::new(code, what).caused_by(error);
        let explained = place.into_iter().fold(explained, Error::cause);
        hint.into_iter().fold(explained, Error::hint)
    }

    /// The prices could not be loaded.
    pub fn not_loaded(&self, error: LoadError) -> Error {
        let hint = error.hint();
        self.not_run_because(Code::Data, error, None, hint)
    }

    /// The prices could not be aligned.
    pub fn not_aligned(&self, error: AlignError) -> Error {
        self.not_run_because(Code::Data, error, None, None)
    }

    /// The strategy does not fit the prices.
    pub fn not_bound(&self, error: BindError) -> Error {
        let (code, place, hint) = match &error {
            BindError::UnknownAsset { .. } => {
                let universe = &self.strategy.universe;
                let hint = "give its prices, or leave out the members without prices with \
                            `missing_members = \"leave-out\"` under `[universe]`: then the result is \
                            that of the members whose prices survived, which is too good";
                let hint = universe.names_members().then_some(hint);
                (Code::Data, None, hint.map(str::to_owned))
            }
            BindError::Mistake(mistake) => (Code::Strategy, None, mistake.help.last().cloned()),
            BindError::NoSessions { .. } => match self.strategy.conventions.calendar {
                Calendar::Weekdays => {
                    let hint = "a backtest needs at least one weekday";
                    (Code::Strategy, None, Some(hint.to_owned()))
                }
                Calendar::Sessions => {
                    let hint = match self.span() {
                        Some((first, last)) => format!(
                            "the prices run from {first} to {last}; set `backtest.start` and \
                             `backtest.end` within these days"
                        ),
                        None => "the files hold no prices; download them again".to_owned(),
                    };
                    (Code::Data, None, Some(hint))
                }
            },
            BindError::NoPriceYet { symbol, first, .. } => {
                (Code::Data, None, Some(self.wait_for(symbol, *first)))
            }
            BindError::Ends { last_bar, .. } if self.role == Role::Benchmark => {
                let hint = format!(
                    "end the backtest there, `backtest.end = {last_bar}`, or hold the result \
                     against a benchmark that goes on"
                );
                (Code::Data, None, Some(hint))
            }
            BindError::Ends {
                symbol, last_bar, ..
            } if self.strategy.universe.members.is_some() => {
                let hint = format!(
                    "get the rest of its prices, let `{symbol}` leave the list of members on {last_bar}, \
                     or say under `[universe]` what becomes of a holding: `delisted = \"last-close\"`, \
                     `\"worthless\"` or a return such as `-0.3`"
                );
                (Code::Data, None, Some(hint))
            }
            BindError::Ends {
                symbol, last_bar, ..
            } => {
                let hint = format!(
                    "end the backtest there, `backtest.end = {last_bar}`, or say under \
                     `[universe]` that it `leaves = {{ {symbol} = {last_bar} }}` or what becomes \
                     of a holding: `delisted = \"last-close\"`, `\"worthless\"` or a return such \
                     as `-0.3`"
                );
                (Code::Data, None, Some(hint))
            }
            BindError::BadPrice { symbol, date, .. }
            | BindError::BadRatePrice { symbol, date, .. } => (
                Code::Data,
                self.place_of(symbol, *date),
                Some(CORRECT_PRICE.to_owned()),
            ),
            BindError::UnknownSeries { series, known } => {
                let near = diagnostics::nearest(series, known);
                let hint = match (near, known.is_empty()) {
                    (Some(near), _) => format!("did you mean `{near}`?"),
                    (None, true) => format!(
                        "add the series to the prices, as `{series}.csv` beside them or in Python with `rates={{...}}`"
                    ),
                    (None, false) => format!("the series are {}", diagnostics::all_of(known)),
                };
                (Code::Data, None, Some(hint))
            }
            BindError::SeriesBegins { series, first, .. } => {
                let hint = match first {
                    Some(first) => format!(
                        "set `backtest.start = {first}` or later, or get more of `{series}`"
                    ),
                    None => format!("`{series}` has no observation; download it again"),
                };
                (Code::Data, None, Some(hint))
            }
            BindError::BadIndex { series, .. } => {
                let hint = format!(
                    "name an index, as FRED's `CPIAUCSL`, or correct `{series}`: its values are above 0"
                );
                (Code::Data, None, Some(hint))
            }
            BindError::BadRate { series, .. } => {
                let hint = format!(
                    "name a series of per cent a year, as FRED's `DTB3`, or correct `{series}`; a \
                     fund whose return cash earns is named as `{{ symbol = \"{series}\" }}`"
                );
                (Code::Data, None, Some(hint))
            }
        };
        self.not_run_because(code, error, place, hint)
    }

    /// The run stopped.
    pub fn not_run(&self, error: RunError) -> Error {
        let (code, place, hint) = match &error {
            RunError::NegativeWeight { .. } => {
                let hint = "set `sizing = \"long-short\"` under `[portfolio]`, or cut negative \
                            weights off with `[risk]`: `model = \"floor\"`, `min_weight = 0`";
                (Code::Strategy, None, Some(hint.to_owned()))
            }
            RunError::WeightNotFinite { .. } => {
                let hint = "check the numbers of `[alpha]` and `[risk]`, and the prices";
                (Code::Strategy, None, Some(hint.to_owned()))
            }
            RunError::NoPrice { symbol, first, .. } => {
                (Code::Data, None, Some(self.wait_for(symbol, *first)))
            }
            RunError::BadPrice { symbol, when, .. } => {
                let place = self.place_of(symbol, when.date());
                (Code::Data, place, Some(CORRECT_PRICE.to_owned()))
            }
            RunError::NotAnAmount { .. } => {
                let hint = "check `initial_cash`, leverage, `delisted` and the prices: they are \
                            too large to be multiplied";
                (Code::Strategy, None, Some(hint.to_owned()))
            }
            RunError::Optimiser { .. } => {
                let hint = "say with `fallback` under `[portfolio]` what is held then: \"hold\" or \
                            \"inverse-volatility\"; or change its limits, its lookback or the universe";
                (Code::Strategy, None, Some(hint.to_owned()))
            }
            RunError::Alpha { source, .. } => {
                let hint = source.downcast_ref().map(|MissingModel { class }| {
                    format!(
                        "`{class}` is a Python class: run the file from Python, with \
                         `gridfolio.Strategy.from_toml(...).run()`"
                    )
                });
                (Code::Strategy, None, hint)
            }
        };
        self.not_run_because(code, error, place, hint)
    }

    /// The audit could not be made.
    pub fn not_audited(&self, error: AuditError) -> Error {
        match error {
            AuditError::Align(error) => self.not_aligned(error),
            AuditError::Bind(error) => self.not_bound(error),
            AuditError::Run(error) => self.not_run(error),
            AuditError::Model(_) => self.not_run_because(Code::Strategy, error, None, None),
        }
    }

    /// What to do about an asset that is needed before it has a price. `first` is the first session
    /// with one.
    fn wait_for(&self, symbol: &str, first: Option<Date>) -> String {
        let of_symbol = self.series.iter().find(|series| series.symbol == symbol);
        let Some(first) = first.or_else(|| of_symbol.and_then(first_price)) else {
            return "its file has no price; drop it, or download it again".to_owned();
        };
        if first > self.strategy.end.date() {
            return format!(
                "its prices start on {first}, after the backtest; drop it, or set \
                 `backtest.end` later"
            );
        }
        let later =
            format!("its prices start on {first}; set `backtest.start` to that day or later");
        let is_member = self
            .strategy
            .universe
            .assets
            .iter()
            .any(|known| known == symbol);
        match is_member && self.role == Role::Strategy {
            true => format!(
                "{later}, or let it join later with `enters = {{ {} = {first} }}` under `[universe]`",
                strategy_file::toml_key(symbol)
            ),
            false => later,
        }
    }

    /// The file of an asset's price on a day, and the line in it.
    fn place_of(&self, symbol: &str, date: Date) -> Option<String> {
        // On a day without a bar the price is that of the last one.
        let mut days = (0..MEMORY).map(|days| date.plus_days(-days));
        let (path, place) = days.find_map(|day| market_data::line_of(self.dir, symbol, day))?;
        Some(format!("`{}`, {place}", path.display()))
    }

    /// The first and the last day of all prices.
    fn span(&self) -> Option<(Date, Date)> {
        let first = self
            .series
            .iter()
            .filter_map(|series| series.dates.first())
            .min()?;
        let last = self
            .series
            .iter()
            .filter_map(|series| series.dates.last())
            .max()?;
        Some((*first, *last))
    }
}

const CORRECT_PRICE: &str =
    "correct the price, or leave its cell empty: then the last price before it counts";

/// Days before a bad price among which its bar is looked for.
const MEMORY: i32 = 10;

fn first_price(series: &PriceSeries) -> Option<Date> {
    let has_price = |bar: &usize| !series.open[*bar].is_nan() || !series.close[*bar].is_nan();
    (0..series.dates.len())
        .find(has_price)
        .map(|bar| series.dates[bar])
}
