//! The statistics of QSTrader's JSON file, under the conventions that a strategy chose.
//!
//! With [`Conventions::QSTRADER`] they are QSTrader 0.3.0's own: a leading return of zero counts,
//! wealth is the exponential of summed logarithms, years are rows over sessions a year. The
//! switches `drawdown`, `deviation` and `sortino` correct the rest. Undefined values are NaN.

use ::statistics::summation::{mean, pairwise_sum_by};
use ::statistics::{median, quantile};

use crate::conventions::{Conventions, Deviation, DrawdownFrom, SortinoDenominator};
use crate::date::Date;

/// One block of QSTrader's JSON file, as numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// Return of each session; the first is 0.
    pub returns: Vec<f64>,
    /// Wealth at each session, 1 at the first.
    pub cum_returns: Vec<f64>,
    /// Depth below the highest wealth so far, a positive fraction.
    pub drawdowns: Vec<f64>,
    /// Return of each calendar month, in order: year, month from 1, return.
    pub monthly: Vec<(i32, u32, f64)>,
    /// Return of each calendar year, in order.
    pub yearly: Vec<(i32, f64)>,
    /// Quantiles of the daily returns.
    pub daily_quantiles: Quantiles,
    /// Quantiles of the monthly returns.
    pub monthly_quantiles: Quantiles,
    /// Quantiles of the yearly returns.
    pub yearly_quantiles: Quantiles,
    /// The deepest drawdown.
    pub max_drawdown: f64,
    /// Sessions in the longest run of sessions below the peak.
    pub max_drawdown_duration: usize,
    /// Mean return.
    pub mean_returns: f64,
    /// Standard deviation of the returns.
    pub stdev_returns: f64,
    /// Compound annual growth rate; years are rows over sessions a year.
    pub cagr: f64,
    /// Standard deviation, annualised.
    pub annualised_vol: f64,
    /// Mean over standard deviation, annualised.
    pub sharpe: f64,
    /// Mean over the deviation of losses, annualised.
    pub sortino: f64,
}

/// Five numbers of a distribution; quantiles are of type 7.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiles {
    /// The lowest.
    pub min: f64,
    /// The lower quartile.
    pub lower_quartile: f64,
    /// The median.
    pub median: f64,
    /// The upper quartile.
    pub upper_quartile: f64,
    /// The highest.
    pub max: f64,
}

impl Statistics {
    /// From an equity curve and the date of each value. `None` when it is empty.
    pub fn of(
        equity: &[f64],
        dates: &[Date],
        conventions: &Conventions,
        sessions_per_year: f64,
    ) -> Option<Statistics> {
        debug_assert_eq!(equity.len(), dates.len());
        if equity.is_empty() {
            return None;
        }
        let returns = returns(equity);
        let logs: Vec<f64> = returns.iter().map(|r| libm::log(1.0 + r)).collect();
        let cum_returns = wealth(&logs);
        let drawdowns = drawdowns(&cum_returns, conventions.drawdown);
        let month = |date: Date| (date.year(), date.month());
        let monthly: Vec<(i32, u32, f64)> = by_period(&logs, dates, month)
            .into_iter()
            .map(|((year, month), value)| (year, month, value))
            .collect();
        let yearly = by_period(&logs, dates, Date::year);
        let mean_returns = mean(&returns);
        let stdev_returns = deviation(&returns, conventions.deviation);
        let losses = match conventions.sortino {
            SortinoDenominator::NegativeReturns => {
                let negative: Vec<f64> = returns.iter().copied().filter(|r| *r < 0.0).collect();
                deviation(&negative, Deviation::Population)
            }
            SortinoDenominator::DownsideDeviation => {
                let square = |i: usize| {
                    let loss = returns[i].min(0.0);
                    loss * loss
                };
                (pairwise_sum_by(returns.len(), square) / returns.len() as f64).sqrt()
            }
        };
        let per_year = sessions_per_year.sqrt();
        let years = cum_returns.len() as f64 / sessions_per_year;
        let last = cum_returns[cum_returns.len() - 1];
        let depths = drawdowns.iter().copied().filter(|depth| !depth.is_nan());
        Some(Statistics {
            max_drawdown: depths.fold(f64::NEG_INFINITY, f64::max),
            max_drawdown_duration: longest_run(&drawdowns),
            mean_returns,
            stdev_returns,
            cagr: libm::pow(last, 1.0 / years) - 1.0,
            annualised_vol: stdev_returns * per_year,
            sharpe: (per_year * mean_returns) / stdev_returns,
            sortino: (per_year * mean_returns) / losses,
            daily_quantiles: Quantiles::of(&returns),
            monthly_quantiles: Quantiles::of(&monthly.iter().map(|m| m.2).collect::<Vec<_>>()),
            yearly_quantiles: Quantiles::of(&yearly.iter().map(|y| y.1).collect::<Vec<_>>()),
            returns,
            cum_returns,
            drawdowns,
            monthly,
            yearly,
        })
    }
}

impl Quantiles {
    fn of(values: &[f64]) -> Quantiles {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        if sorted.iter().any(|value| value.is_nan()) {
            sorted.fill(f64::NAN);
        }
        let n = sorted.len();
        Quantiles {
            min: sorted[0],
            lower_quartile: quantile(&sorted, 0.25),
            median: median(&sorted).unwrap_or(f64::NAN),
            upper_quartile: quantile(&sorted, 0.75),
            max: sorted[n - 1],
        }
    }

    /// From the lowest to the highest.
    pub fn to_array(self) -> [f64; 5] {
        [
            self.min,
            self.lower_quartile,
            self.median,
            self.upper_quartile,
            self.max,
        ]
    }
}

fn returns(equity: &[f64]) -> Vec<f64> {
    let change = |pair: &[f64]| {
        let change = pair[1] / pair[0] - 1.0;
        if change.is_nan() { 0.0 } else { change }
    };
    std::iter::once(0.0)
        .chain(equity.windows(2).map(change))
        .collect()
}

/// The exponential of the running sum of logarithms. NaN (a loss of more than everything) shows in
/// its own row and is left out of the sum.
fn wealth(logs: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let step = |&log: &f64| {
        if log.is_nan() {
            return f64::NAN;
        }
        sum += log;
        libm::exp(sum)
    };
    logs.iter().map(step).collect()
}

fn drawdowns(wealth: &[f64], from: DrawdownFrom) -> Vec<f64> {
    let mut peak = match from {
        DrawdownFrom::StartingCapital => wealth[0],
        DrawdownFrom::FirstReturn => 0.0,
    };
    let depth = |&wealth: &f64| {
        if wealth > peak {
            peak = wealth;
        }
        if peak == 0.0 {
            f64::NAN
        } else {
            (peak - wealth) / peak
        }
    };
    std::iter::once(0.0)
        .chain(wealth[1..].iter().map(depth))
        .collect()
}

fn longest_run(drawdowns: &[f64]) -> usize {
    let (mut longest, mut run) = (0, 0);
    for &depth in drawdowns {
        run = if depth == 0.0 { 0 } else { run + 1 };
        longest = longest.max(run);
    }
    longest
}

fn deviation(values: &[f64], divisor: Deviation) -> f64 {
    let n = values.len();
    let divisor = match divisor {
        Deviation::Population => n as f64,
        Deviation::Sample => n as f64 - 1.0,
    };
    let mean = mean(values);
    let square = |i: usize| (mean - values[i]) * (mean - values[i]);
    (pairwise_sum_by(n, square) / divisor).sqrt()
}

/// The return of each run of equal periods, from the logarithms of one plus each return.
fn by_period<P: PartialEq + Copy>(
    logs: &[f64],
    dates: &[Date],
    period: impl Fn(Date) -> P,
) -> Vec<(P, f64)> {
    let mut periods: Vec<(P, f64)> = Vec::new();
    let (mut sum, mut sums) = (0.0, Vec::new());
    for (&log, &date) in logs.iter().zip(dates) {
        let this = period(date);
        if periods.last().is_none_or(|(last, _)| *last != this) {
            periods.push((this, 0.0));
            sum = 0.0;
            sums.push(0.0);
        }
        if !log.is_nan() {
            sum += log;
        }
        // The value of the last row counts, and it is NaN where its logarithm is.
        sums[periods.len() - 1] = if log.is_nan() { f64::NAN } else { sum };
    }
    for ((_, value), sum) in periods.iter_mut().zip(sums) {
        *value = libm::exp(sum) - 1.0;
    }
    periods
}
