//! Dividends that follow from real closes and adjusted closes.

use backtest::conventions::{FillTime, Shares};
use backtest::date::Date;
use backtest::market::PriceSeries;
use backtest::strategy::{Schedule, Strategy, Universe};
use conformance::reference_folder;
use market_data::Adjustment::{self, ByCloseRatio, Raw};
use market_data::load;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn prices(symbol: &str, adjustment: Adjustment) -> PriceSeries {
    let dir = reference_folder("data/yahoo_2025_01");
    let mut loaded = load(&dir, &[symbol.to_owned()], adjustment).unwrap();
    assert_eq!(loaded.notices, []);
    loaded.series.remove(0)
}

fn total_return(symbol: &str, adjustment: Adjustment, schedule: Schedule) -> f64 {
    let series = [prices(symbol, adjustment)];
    let mut strategy = Strategy {
        universe: Universe {
            assets: vec![symbol.to_owned()],
            ..Universe::default()
        },
        schedule,
        ..Strategy::new("held", day("2004-01-05").open(), day("2024-12-31").close())
    };
    strategy.conventions.shares = Shares::Fractional;
    strategy.conventions.fill = FillTime::SameClose;
    let market = strategy.market(&series).unwrap();
    let outcome = strategy.bind(&market).unwrap().run().unwrap();
    assert_eq!(outcome.entitlements.is_empty(), adjustment == ByCloseRatio);
    outcome.equity.last().unwrap() / outcome.initial_cash - 1.0
}

/// Yahoo's adjusted prices reinvest at the close before the ex-date less the dividend, the account at
/// the close of the ex-date: a difference of a day's move of each dividend, up and down.
pub(crate) fn booked_and_reinvested_they_give_the_return_of_adjusted_prices() {
    for symbol in ["SPY", "AGG", "XLU", "XLE"] {
        let adjusted = total_return(symbol, ByCloseRatio, Schedule::Daily);
        let booked = total_return(symbol, Raw, Schedule::Daily);
        let difference = (1.0 + booked) / (1.0 + adjusted) - 1.0;
        assert!(difference.abs() < 2e-3, "{symbol}: {booked} and {adjusted}");
        // Cash that is not reinvested falls behind a fund that rose.
        let idle = total_return(symbol, Raw, Schedule::BuyAndHold);
        assert!(idle < booked - 0.02, "{symbol}: {idle} and {booked}");
    }
}

pub(crate) fn a_year_of_a_bond_fund_has_twelve() {
    for (symbol, n) in [("AGG", 12), ("SPY", 4)] {
        let series = prices(symbol, Raw);
        for year in 2006..2024 {
            let actions = series.actions.iter();
            let of_year: Vec<_> = actions.filter(|one| one.date.year() == year).collect();
            assert!(
                of_year.iter().all(|one| one.split == 1.0),
                "{symbol} {year}"
            );
            // A distribution of gains now and then, and one of December paid in January.
            let close_to = n - 1..=n + 2;
            assert!(
                close_to.contains(&of_year.len()),
                "{symbol} {year}: {of_year:?}"
            );
        }
    }
}
