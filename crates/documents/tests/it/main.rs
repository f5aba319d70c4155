//! Documents as a specification: what is written and drawn for values that fit a page.

mod cash;
mod cash_flows;
mod files;
mod sheet;
mod sparkline;
mod summary;
mod texts;
mod warnings;
mod wealth;

use backtest::Backtest;
use backtest::date::Date;
use backtest::market::{Market, PriceSeries};
use backtest::outcome::Outcome;
use backtest::strategy::{Alpha, Schedule, Strategy, Universe};
use documents::{Report, Run};

/// January 2024: the 1st was a Monday.
pub(crate) fn january(day: u32) -> Date {
    Date::new(2024, 1, day).unwrap()
}

/// An asset with a bar on each weekday from the first of January 2024 on, opening as it closed
/// before.
pub(crate) fn asset(symbol: &str, closes: &[f64]) -> PriceSeries {
    let days = (0..)
        .map(|day| january(1).plus_days(day))
        .filter(|day| day.is_weekday());
    let open = closes[..1].iter().chain(closes).take(closes.len());
    PriceSeries {
        symbol: symbol.to_owned(),
        dates: days.take(closes.len()).collect(),
        open: open.copied().collect(),
        close: closes.to_vec(),
        ..PriceSeries::default()
    }
}

/// A thousand units of currency, equal weights, decided at every close of the first week.
pub(crate) fn daily(symbols: &[&str]) -> Strategy {
    let assets = symbols.iter().map(|symbol| (*symbol).to_owned()).collect();
    Strategy {
        initial_cash: 1000.0,
        universe: Universe {
            assets,
            ..Universe::default()
        },
        alpha: Alpha::EqualWeight,
        schedule: Schedule::Daily,
        ..Strategy::new("test", january(1).open(), january(8).close())
    }
}

/// Runs a strategy and its benchmark and hands over the report.
pub(crate) fn with_report<T>(
    strategy: &Strategy,
    prices: &[PriceSeries],
    look: impl FnOnce(&Report<'_>) -> T,
) -> T {
    let market: Market = strategy.market(prices).unwrap();
    let backtest: Backtest<'_> = strategy.bind(&market).unwrap();
    let outcome: Outcome = backtest.run().unwrap();
    let benchmark = strategy
        .benchmark_strategy()
        .map(|strategy| strategy.bind(&market).unwrap().run().unwrap());
    look(&Report::new(Run {
        program: "gridfolio test",
        strategy,
        backtest: &backtest,
        outcome: &outcome,
        benchmark: benchmark.as_ref(),
        notices: &[],
    }))
}
