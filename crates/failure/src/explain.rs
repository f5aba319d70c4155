//! Why a strategy did not run on its prices, and the way out.

use std::path::Path;

use backtest::BindError;
use backtest::RunError;
use backtest::alpha::MissingModel;
use backtest::audit::AuditError;
use backtest::conventions::Calendar;
use backtest::date::Date;
use backtest::market::{AlignError, PriceSeries};
use backtest::strategy::Strategy;
use market_data::LoadError;

use crate::{Code, Failure};

/// What a run was made of, as far as it got.
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
    /// Whose run it is.
    pub role: Role,
}

/// A strategy file describes two runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The strategy's own.
    Strategy,
    /// The benchmark's. None of its assets can join later.
    Benchmark,
}

impl Context<'_> {
    fn failure(&self, code: Code) -> Failure {
        let whose = match self.role {
            Role::Strategy => "",
            Role::Benchmark => "the benchmark of ",
        };
        Failure::new(
            code,
            format!("{whose}`{}` cannot be run", self.file.display()),
        )
    }

    /// The prices could not be loaded.
    pub fn not_loaded(&self, error: &LoadError) -> Failure {
        let failure = self.failure(Code::Data).caused_by(error);
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    /// The prices could not be aligned.
    pub fn not_aligned(&self, error: &AlignError) -> Failure {
        self.failure(Code::Data).caused_by(error)
    }

    /// The strategy does not fit the prices.
    pub fn not_bound(&self, error: &BindError) -> Failure {
        let failure = |code| self.failure(code).caused_by(error);
        match error {
            BindError::UnknownAsset { .. } => failure(Code::Data),
            BindError::Mistake(mistake) => {
                let failure = failure(Code::Strategy);
                (mistake.help.iter()).fold(failure, |failure, help| failure.hint(help.clone()))
            }
            BindError::NoSessions { .. } => match self.strategy.conventions.calendar {
                Calendar::Weekdays => {
                    failure(Code::Strategy).hint("a backtest needs at least one weekday")
                }
                Calendar::Sessions => failure(Code::Data).hint(match self.span() {
                    Some((first, last)) => format!(
                        "the prices run from {first} to {last}; set `backtest.start` and \
                         `backtest.end` within these days"
                    ),
                    None => "the files hold no prices; download them again".to_owned(),
                }),
            },
            BindError::NoPriceYet { symbol, first, .. } => {
                failure(Code::Data).hint(self.wait_for(symbol, *first))
            }
            BindError::Ends {
                symbol, last_bar, ..
            } => failure(Code::Data).hint(format!(
                "end the backtest there, `backtest.end = {last_bar}`, or say under `[universe]` \
                 that it `leaves = {{ {symbol} = {last_bar} }}` or what becomes of a holding: \
                 `delisted = \"last-close\"`, `\"worthless\"` or a return such as `-0.3`"
            )),
            BindError::BadPrice { symbol, date, .. } => {
                self.bad_price(failure(Code::Data), symbol, *date)
            }
        }
    }

    /// The run stopped.
    pub fn not_run(&self, error: &RunError) -> Failure {
        let failure = |code| self.failure(code).caused_by(error);
        match error {
            RunError::NegativeWeight { .. } => failure(Code::Strategy).hint(
                "set `sizing = \"long-short\"` under `[portfolio]`, or cut negative weights off \
                 with `[risk]`: `model = \"floor\"`, `min_weight = 0`",
            ),
            RunError::WeightNotFinite { .. } => failure(Code::Strategy)
                .hint("check the numbers of `[alpha]` and `[risk]`, and the prices"),
            RunError::NoPrice { symbol, first, .. } => {
                failure(Code::Data).hint(self.wait_for(symbol, *first))
            }
            RunError::BadPrice { symbol, when, .. } => {
                self.bad_price(failure(Code::Data), symbol, when.date())
            }
            RunError::Alpha { source, .. } => match source.downcast_ref() {
                Some(MissingModel { class }) => failure(Code::Strategy).hint(format!(
                    "`{class}` is a Python class: run the file from Python, with \
                     `gridfolio.Strategy.from_toml(...).run()`"
                )),
                None => failure(Code::Strategy),
            },
        }
    }

    /// The audit could not be made.
    pub fn not_audited(&self, error: &AuditError) -> Failure {
        match error {
            AuditError::Align(error) => self.not_aligned(error),
            AuditError::Bind(error) => self.not_bound(error),
            AuditError::Run(error) => self.not_run(error),
            AuditError::Model(_) => self.failure(Code::Strategy).caused_by(error),
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

    fn bad_price(&self, failure: Failure, symbol: &str, date: Date) -> Failure {
        // On a day without a bar the price is that of the last one.
        let place = (0..MEMORY)
            .map(|days| date.plus_days(-days))
            .find_map(|day| market_data::line_of(self.dir, symbol, day));
        let failure = match place {
            Some((path, place)) => failure.cause(format!("`{}`, {place}", path.display())),
            None => failure,
        };
        failure.hint(
            "correct the price, or leave its cell empty: then the last price before it counts",
        )
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

/// For how many days before a bad price its bar is looked for.
const MEMORY: i32 = 10;

fn first_price(series: &PriceSeries) -> Option<Date> {
    let has_price = |bar: &usize| !series.open[*bar].is_nan() || !series.close[*bar].is_nan();
    (0..series.dates.len())
        .find(has_price)
        .map(|bar| series.dates[bar])
}
