//! Made-up prices: random walks from a seed, the same on every machine.

use backtest::date::Date;
use backtest::market::PriceSeries;
use statistics::random::SplitMix64;

/// The first `n` weekdays from 2000-01-03 on.
pub fn weekdays(n: usize) -> Vec<Date> {
    let first = Date::new(2000, 1, 3).expect("a day that exists");
    (0..)
        .map(|days| first.plus_days(days))
        .filter(|day| day.is_weekday())
        .take(n)
        .collect()
}

/// One series per asset, `A000`, `A001` and so on, with an open and a close on every day.
pub fn random_walks(seed: u64, n_assets: usize, days: &[Date]) -> Vec<PriceSeries> {
    let mut random = SplitMix64::new(seed);
    (0..n_assets)
        .map(|asset| random_walk(&mut random, format!("A{asset:03}"), days))
        .collect()
}

fn random_walk(random: &mut SplitMix64, symbol: String, days: &[Date]) -> PriceSeries {
    let mut close = 20.0 + 80.0 * random.uniform();
    let mut series = PriceSeries {
        symbol,
        dates: days.to_vec(),
        open: Vec::with_capacity(days.len()),
        close: Vec::with_capacity(days.len()),
        ..PriceSeries::default()
    };
    for _ in days {
        let open = close * (1.0 + 0.01 * (random.uniform() - 0.5));
        // Up by a hundredth of a per cent a day, give or take one per cent.
        close = open * (1.0001 + 0.035 * (random.uniform() - 0.5));
        series.open.push(open);
        series.close.push(close);
    }
    series
}
