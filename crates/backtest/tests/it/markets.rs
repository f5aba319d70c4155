//! Small markets, written as text or made from a seed.

use backtest::date::Date;
use backtest::market::{CorporateAction, Market, PriceSeries};
use backtest::outcome::Outcome;
use backtest::strategy::{Schedule, Strategy, Universe};
use expect_test::Expect;
use statistics::random::SplitMix64;

/// Prices from a table: a header of symbols, then one line per day with a date and one cell per
/// symbol, `open/close` or one number for both; `-` is a day without a bar.
pub(crate) fn table(text: &str) -> Vec<PriceSeries> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let symbols = lines.next().unwrap().split_whitespace();
    let mut series: Vec<PriceSeries> = symbols
        .map(|symbol| PriceSeries {
            symbol: symbol.to_owned(),
            ..PriceSeries::default()
        })
        .collect();
    for line in lines {
        let mut cells = line.split_whitespace();
        let date: Date = cells.next().unwrap().parse().unwrap();
        for (series, cell) in series.iter_mut().zip(cells) {
            if cell == "-" {
                continue;
            }
            let (open, close) = cell.split_once('/').unwrap_or((cell, cell));
            series.dates.push(date);
            series.open.push(open.parse().unwrap());
            series.close.push(close.parse().unwrap());
        }
    }
    series
}

/// The strategy from the first day of the prices to the last, over all of their symbols.
pub(crate) fn over(series: &[PriceSeries]) -> Strategy {
    let first = series.iter().map(|s| s.dates[0]).min().unwrap();
    let last = series
        .iter()
        .map(|s| s.dates[s.dates.len() - 1])
        .max()
        .unwrap();
    Strategy {
        initial_cash: 1000.0,
        universe: Universe {
            assets: series.iter().map(|s| s.symbol.clone()).collect(),
            ..Universe::default()
        },
        ..Strategy::new("test", first.open(), last.at_second(86_399))
    }
}

/// Runs a strategy, or gives the message of the error it ends with.
pub(crate) fn run(
    strategy: &Strategy,
    series: &[PriceSeries],
) -> Result<(Market, Outcome), String> {
    let market = strategy.market(series).map_err(|error| error.to_string())?;
    let outcome = {
        let backtest = strategy.bind(&market).map_err(|error| error.to_string())?;
        backtest.run().map_err(|error| error.to_string())?
    };
    Ok((market, outcome))
}

/// Equity, trades and what was not traded, one line each.
pub(crate) fn story(strategy: &Strategy, series: &[PriceSeries]) -> String {
    let (market, outcome) = match run(strategy, series) {
        Ok(run) => run,
        Err(message) => return format!("error: {message}\n"),
    };
    let mut lines = Vec::new();
    for (index, (date, equity)) in outcome
        .dates(&market)
        .iter()
        .zip(&outcome.equity)
        .enumerate()
    {
        lines.push((date.close(), 2, format!("{date} equity {equity}")));
        let _ = index;
    }
    for fill in &outcome.fills {
        let when = market.moment(fill.mark);
        let (symbol, fee) = (market.symbol(fill.asset), fill.commission);
        let fee = if fee == 0.0 {
            String::new()
        } else {
            format!(", fee {fee}")
        };
        let line = format!(
            "{when:.16} {symbol} {:+} at {}{fee}",
            fill.quantity, fill.price
        );
        lines.push((when, 1, line));
    }
    for cut in &outcome.cuts {
        let symbol = market.symbol(cut.order.asset);
        let when = market.moment(cut.mark);
        lines.push((
            when,
            0,
            format!(
                "{when} {symbol} {:+} cut to {}",
                cut.order.quantity, cut.filled
            ),
        ));
    }
    lines.sort_by_key(|(when, rank, _)| (*when, *rank));
    let mut story: String = lines
        .iter()
        .map(|(_, _, line)| format!("{line}\n"))
        .collect();
    for order in &outcome.open_orders {
        story += &format!(
            "never filled: {} {:+}\n",
            market.symbol(order.asset),
            order.quantity
        );
    }
    story
}

/// Random walks on weekdays: `n_assets` assets over `n_days` days, a tenth of the days missing for
/// each asset by itself, the first never.
pub(crate) fn random_walks(seed: u64, n_assets: usize, n_days: usize) -> Vec<PriceSeries> {
    random_walks_with_gaps(seed, n_assets, n_days, 0.1)
}

/// Random walks in which each asset has no bar on each day with probability `gaps`.
pub(crate) fn random_walks_with_gaps(
    seed: u64,
    n_assets: usize,
    n_days: usize,
    gaps: f64,
) -> Vec<PriceSeries> {
    let mut random = SplitMix64::new(seed);
    let mut uniform = || random.uniform();
    let start = Date::new(2015, 1, 2).unwrap();
    let days: Vec<Date> = (0..)
        .map(|day| start.plus_days(day))
        .filter(|day| day.is_weekday())
        .take(n_days)
        .collect();
    let mut series = Vec::new();
    for asset in 0..n_assets {
        let mut walk = PriceSeries {
            symbol: format!("A{asset:02}"),
            ..PriceSeries::default()
        };
        let mut price = 20.0 + 80.0 * uniform();
        for (index, &day) in days.iter().enumerate() {
            let open = price * (1.0 + 0.02 * (uniform() - 0.5));
            let close = open * (1.0 + 0.04 * (uniform() - 0.49));
            price = close;
            if index == 0 || uniform() > gaps {
                walk.dates.push(day);
                walk.open.push(open);
                walk.close.push(close);
            }
        }
        series.push(walk);
    }
    series
}

/// The same prices with random dividends and splits, at which they fall.
pub(crate) fn with_actions(mut series: Vec<PriceSeries>, seed: u64) -> Vec<PriceSeries> {
    let mut random = SplitMix64::new(!seed);
    for series in &mut series {
        for bar in 1..series.dates.len() {
            if random.uniform() > 0.06 {
                continue;
            }
            let ratios = [1.0, 1.0, 4.0, 1.5, 0.1, 1.05];
            let split = ratios[random.below(ratios.len() as u64) as usize];
            let cum = series.close[bar - 1] / split;
            let dividend = 0.03 * cum * random.uniform();
            series.actions.push(CorporateAction {
                date: series.dates[bar],
                split,
                dividend,
            });
            let factor = (cum - dividend) / series.close[bar - 1];
            for later in bar..series.dates.len() {
                series.open[later] *= factor;
                series.close[later] *= factor;
            }
        }
    }
    series
}

/// Runs a strategy that holds equal weights, decided every day, with a change, and compares its story.
#[track_caller]
pub(crate) fn check(prices: &str, change: impl FnOnce(&mut Strategy), expect: Expect) {
    let series = table(prices);
    let mut strategy = Strategy {
        schedule: Schedule::Daily,
        ..over(&series)
    };
    change(&mut strategy);
    expect.assert_eq(&story(&strategy, &series));
}
