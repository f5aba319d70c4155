//! Prices by session: those that exist, and those that stand in for what is missing.

use backtest::date::{Date, Moment};
use backtest::market::{PriceSeries, RealShares};

/// The prices of one asset, a value for each session.
pub(crate) struct Asset {
    pub(crate) symbol: String,
    /// Whether there is a bar.
    pub(crate) bar: Vec<bool>,
    /// Opens of the asset's own; NaN where there is none.
    pub(crate) own_open: Vec<f64>,
    /// Prices with gaps filled; NaN before the first.
    pub(crate) open: Vec<f64>,
    pub(crate) close: Vec<f64>,
    /// Shares as traded for each share at these prices.
    pub(crate) real_shares: Vec<f64>,
    /// New shares for each old one, and currency units for each of them, at the open of each session.
    pub(crate) actions: Vec<(f64, f64)>,
    /// What a share of the first session has grown to.
    pub(crate) growth: Vec<f64>,
    /// When its first price is known.
    pub(crate) first_price: Moment,
    /// The day of its last bar, if that is not after the last session.
    pub(crate) last_bar: Date,
}

/// Days with a bar of any of these assets whose close lies between two moments.
pub(crate) fn sessions(series: &[&PriceSeries], start: Moment, end: Moment) -> Vec<Date> {
    let mut days: Vec<Date> = series.iter().flat_map(|s| s.dates.clone()).collect();
    days.retain(|day| start <= day.close() && day.close() <= end);
    days.sort();
    days.dedup();
    days
}

/// * `books`: whether dividends and splits are.
pub(crate) fn asset(series: &PriceSeries, days: &[Date], books: bool) -> Asset {
    // By bar: the dividends and splits that take effect there.
    let mut acting: Vec<Vec<(f64, f64)>> = vec![Vec::new(); series.dates.len()];
    for action in series.actions.iter().filter(|_| books) {
        let is_priced = |bar: usize| !series.open[bar].is_nan() || !series.close[bar].is_nan();
        let bars = 0..series.dates.len();
        let on_or_after = |bar: &usize| series.dates[*bar] >= action.date;
        let bar = bars.clone().find(|bar| on_or_after(bar) && is_priced(*bar));
        let held_before = bars.clone().any(|bar| !on_or_after(&bar) && is_priced(bar));
        if let Some(bar) = bar.filter(|_| held_before) {
            acting[bar].push((action.split, action.dividend));
        }
    }
    let mut grown = 1.0;
    let mut asset = Asset {
        symbol: series.symbol.clone(),
        bar: Vec::new(),
        own_open: Vec::new(),
        open: Vec::new(),
        close: Vec::new(),
        real_shares: Vec::new(),
        actions: Vec::new(),
        growth: Vec::new(),
        first_price: if series.open[0].is_nan() {
            series.dates[0].close()
        } else {
            series.dates[0].open()
        },
        last_bar: series.dates[series.dates.len() - 1],
    };
    for (session, day) in days.iter().enumerate() {
        // The last price before this day, and what it is worth after dividends and splits.
        let mut before = f64::NAN;
        let mut action = (1.0, 0.0);
        for (bar, acting) in acting.iter().enumerate() {
            let is_new = session > 0 && series.dates[bar] > days[session - 1];
            if series.dates[bar] <= *day {
                for (split, dividend) in acting {
                    let ex_price = before / split - dividend;
                    if is_new {
                        grown *= before / ex_price;
                        action = (action.0 * split, action.1 / split + dividend);
                    }
                    before = ex_price;
                }
            }
            if series.dates[bar] < *day {
                for price in [series.open[bar], series.close[bar]] {
                    if !price.is_nan() {
                        before = price;
                    }
                }
            }
        }
        let bar = series.dates.iter().position(|date| date == day);
        let own_open = bar.map_or(f64::NAN, |bar| series.open[bar]);
        let own_close = bar.map_or(f64::NAN, |bar| series.close[bar]);
        let open = if own_open.is_nan() { before } else { own_open };
        let close = if own_close.is_nan() { open } else { own_close };
        let mut real_shares = 1.0;
        if let RealShares::ByDay(numbers) = &series.real_shares {
            for (date, number) in series.dates.iter().zip(numbers) {
                if date <= day && *number > 0.0 {
                    real_shares = *number;
                }
            }
        }
        asset.actions.push(action);
        asset.growth.push(grown);
        asset.real_shares.push(real_shares);
        asset.bar.push(bar.is_some());
        asset.own_open.push(own_open);
        asset.open.push(open);
        asset.close.push(close);
    }
    asset
}
