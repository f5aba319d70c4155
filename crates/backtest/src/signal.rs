//! Signals: numbers computed from closes up to now.
//!
//! Each takes the window it is to see, oldest close first; [`AsOf`](crate::alpha::AsOf) hands out
//! such windows, one per asset and lookback, so several lookbacks of one signal cost nothing but
//! their own arithmetic. Definitions are QSTrader's. A window holds no NaN.

use ::statistics::summation::{mean, pairwise_sum_by};

/// Holding-period return: the last close over the first, less one. 0 with fewer than two closes.
pub fn momentum(closes: &[f64]) -> f64 {
    match closes {
        [first, .., last] => last / first - 1.0,
        _ => 0.0,
    }
}

/// Holding-period return as the product of one plus each daily return, from the oldest on.
///
/// The same number as [`momentum`] but for rounding. 0 with fewer than two closes.
pub fn compounded_momentum(closes: &[f64]) -> f64 {
    let mut days = closes
        .windows(2)
        .map(|pair| 1.0 + (pair[1] / pair[0] - 1.0));
    match days.next() {
        None => 0.0,
        Some(first) => days.fold(first, |product, day| product * day) - 1.0,
    }
}

/// Simple moving average: the mean of the closes. NaN when there are none.
pub fn moving_average(closes: &[f64]) -> f64 {
    mean(closes)
}

/// Annualised volatility: the population standard deviation of the daily returns times the square
/// root of `sessions_per_year`. 0 with fewer than two closes.
pub fn volatility(closes: &[f64], sessions_per_year: f64) -> f64 {
    let n = closes.len().saturating_sub(1);
    if n == 0 {
        return 0.0;
    }
    let daily = |day: usize| closes[day + 1] / closes[day] - 1.0;
    let mean = pairwise_sum_by(n, daily) / n as f64;
    let variance = pairwise_sum_by(n, |day| {
        let deviation = mean - daily(day);
        deviation * deviation
    }) / n as f64;
    variance.sqrt() * sessions_per_year.sqrt()
}
