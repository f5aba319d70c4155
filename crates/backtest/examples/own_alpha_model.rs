//! A custom alpha model: dual momentum with a moving average filter.
//!
//! `cargo run -p backtest --example own_alpha_model`
//!
//! Of two risky assets the one that rose more in a year is held, as long as it rose at all and
//! stands above its average of the last 200 closes; otherwise everything is in bonds.
//! After Antonacci, "Risk Premia Harvesting Through Dual Momentum" (2017), and Faber, "A
//! Quantitative Approach to Tactical Asset Allocation" (2007).

use backtest::alpha::{AlphaError, AlphaModel, AsOf, Weights};
use backtest::audit::{Audit, audit_with};
use backtest::date::Date;
use backtest::market::{Market, PriceSeries};
use backtest::outcome::Outcome;
use backtest::statistics::Summary;
use backtest::strategy::{Costs, Fees, Sizing, Strategy, Universe};
use backtest::{costs, sizing};

/// The model. What it holds fast from one decision to the next would be its fields, too.
pub(crate) struct DualMomentum {
    /// What is compared, by symbol.
    pub(crate) risky: [&'static str; 2],
    /// Where the money goes when neither is worth holding.
    pub(crate) refuge: &'static str,
    /// Sessions that momentum looks back.
    pub(crate) lookback: u32,
    /// Sessions in the average.
    pub(crate) average: u32,
}

impl AlphaModel for DualMomentum {
    // `as_of` ends at the decision: what comes later cannot be asked for.
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        // Momentum over fewer sessions is another number, so wait. No weights: all in cash.
        if as_of.closes_seen() <= self.lookback {
            return Ok(());
        }
        // A wrong symbol stops the run; the error that the user sees has this text as its cause.
        let find = |symbol| as_of.asset(symbol).ok_or(format!("there is no `{symbol}`"));
        let [first, second] = [find(self.risky[0])?, find(self.risky[1])?];

        let momentum = |asset| as_of.momentum(asset, self.lookback);
        let best = if momentum(second) > momentum(first) {
            second
        } else {
            first
        };
        let rising =
            momentum(best) > 0.0 && as_of.price(best) > as_of.moving_average(best, self.average);
        weights.set(if rising { best } else { find(self.refuge)? }, 1.0);
        Ok(())
    }
}

/// Five years of weekdays: stocks at home that rise, fall in the third year and recover; stocks
/// abroad that lag and then lead; bonds that creep upwards. One number makes a day's open and close.
fn prices() -> Vec<PriceSeries> {
    // Growth in each year, as a fraction.
    let paths = [
        ("HOME", [0.20, 0.15, -0.35, 0.10, 0.20]),
        ("ABROAD", [0.05, 0.10, -0.30, 0.25, 0.35]),
        ("BONDS", [0.03, 0.03, 0.03, 0.03, 0.03]),
    ];
    let first = Date::new(2015, 1, 1).expect("a day that exists");
    let days: Vec<Date> = (0..)
        .map(|day| first.plus_days(day))
        .filter(|day| day.is_weekday())
        .take_while(|day| day.year() < 2020)
        .collect();
    let series = |(symbol, growth): (&str, [f64; 5])| {
        let mut price = 100.0;
        let close: Vec<f64> = days
            .iter()
            .map(|day| {
                price *= 1.0 + growth[(day.year() - 2015) as usize] / 261.0;
                price
            })
            .collect();
        PriceSeries {
            symbol: symbol.to_owned(),
            dates: days.clone(),
            open: close.clone(),
            close,
            ..PriceSeries::default()
        }
    };
    paths.map(series).to_vec()
}

/// Everything but the alpha model, said as in a strategy file. The strategy's own model is not asked.
fn strategy(prices: &[PriceSeries]) -> Result<Strategy, Box<dyn std::error::Error>> {
    let day = |year, month, day| Date::new(year, month, day).ok_or("no such day");
    Ok(Strategy {
        universe: Universe {
            assets: prices.iter().map(|series| series.symbol.clone()).collect(),
            ..Universe::default()
        },
        sizing: Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.01 }),
        costs: Costs {
            fees: Fees::Percent(costs::Percent {
                commission: 0.001,
                tax: 0.0,
            }),
            ..Costs::NONE
        },
        ..Strategy::new(
            "dual momentum",
            day(2015, 1, 1)?.open(),
            day(2019, 12, 31)?.close(),
        )
    })
}

/// Runs the model over the prices.
pub(crate) fn run(
    model: &mut DualMomentum,
) -> Result<(Market, Outcome), Box<dyn std::error::Error>> {
    let prices = prices();
    let strategy = strategy(&prices)?;
    let market = strategy.market(&prices)?;
    let outcome = strategy.bind(&market)?.run_with(model)?;
    Ok((market, outcome))
}

/// Looks for look-ahead: takes the future away at a hundred dates, each time with a new model.
pub(crate) fn audit() -> Result<Audit, Box<dyn std::error::Error>> {
    let prices = prices();
    // A model that computes anything from prices in advance would be made from the first argument.
    let audit = audit_with(&strategy(&prices)?, &prices, &[], 100, |_, _| {
        Ok(Box::new(MODEL))
    })?;
    Ok(audit)
}

/// The model as in the sources.
pub(crate) const MODEL: DualMomentum = DualMomentum {
    risky: ["HOME", "ABROAD"],
    refuge: "BONDS",
    lookback: 252,
    average: 200,
};

#[cfg_attr(test, expect(dead_code, reason = "the tests call `run` themselves"))]
#[expect(clippy::print_stdout, reason = "this program's result")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (market, outcome) = run(&mut { MODEL })?;
    for fill in &outcome.fills {
        let (day, symbol) = (market.date(fill.mark.session), market.symbol(fill.asset));
        println!(
            "{day} {symbol:<6} {:>+7} at {:.2}",
            fill.quantity, fill.price
        );
    }
    let dates = outcome.dates(&market);
    let summary = Summary::of_equity(outcome.initial_cash, &outcome.equity, dates, 252.0);
    let summary = summary.ok_or("nothing was recorded")?;
    println!("total return {:.1} %", 100.0 * summary.total_return);
    let found = if audit()?.passed() { "no" } else { "a" };
    println!("{found} look-ahead was found");
    Ok(())
}
