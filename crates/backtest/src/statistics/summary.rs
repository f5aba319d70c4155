//! The textbook statistics of one equity curve.

use multiversion::multiversion;

use super::drawdown::Drawdowns;
use super::lanes::{LANES, Lanes, add_lanes, blocks};
use super::quantile::Tails;
use super::sharpe::{SharpeEvidence, autocorrelation_factor};
use crate::date::Date;

/// The textbook statistics of one equity curve. Fractions, not per cent; losses as negative
/// returns; drawdowns as positive depths. `None` where a statistic is undefined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Returns, one per session after the starting capital.
    pub n: usize,
    /// Calendar days from the first to the last point.
    pub calendar_days: i32,
    /// Wealth at the end over the starting capital, less one.
    pub total_return: f64,
    /// Compound annual growth rate with `n / sessions_per_year` years.
    pub cagr: Option<f64>,
    /// Compound annual growth rate with calendar days over 365.25 as years.
    pub cagr_calendar: Option<f64>,
    /// Mean return times sessions a year.
    pub arithmetic_return: f64,
    /// Sample standard deviation (divisor `n - 1`) times the root of sessions a year.
    pub volatility: Option<f64>,
    /// Mean over sample standard deviation, annualised; risk-free rate zero. Sharpe (1994).
    pub sharpe: Option<f64>,
    /// The confidence in it.
    pub sharpe_evidence: Option<SharpeEvidence>,
    /// The Sharpe ratio annualised for first-order autocorrelation. Lo (2002).
    pub sharpe_autocorrelation_adjusted: Option<f64>,
    /// Mean over downside deviation, annualised; target zero, all returns in the divisor.
    /// Sortino and Price (1994).
    pub sortino: Option<f64>,
    /// Root mean square of the returns below zero over all returns, annualised.
    pub downside_deviation: f64,
    /// Drawdowns, the starting capital being a peak.
    pub drawdowns: Drawdowns,
    /// CAGR over the deepest drawdown, since the beginning (MAR).
    pub mar: Option<f64>,
    /// CAGR over the ulcer index. Martin (1987).
    pub martin: Option<f64>,
    /// The 5 % quantile of the returns (type 7).
    pub value_at_risk_5: f64,
    /// Mean of the lowest 5 % of the returns. Acerbi and Tasche (2002).
    pub expected_shortfall_5: f64,
    /// The 1 % quantile of the returns.
    pub value_at_risk_1: f64,
    /// Mean of the lowest 1 % of the returns.
    pub expected_shortfall_1: f64,
    /// The 95 % quantile over the 5 % quantile, absolute values.
    pub tail_ratio: Option<f64>,
    /// Biased moment ratio `g1`.
    pub skewness_biased: Option<f64>,
    /// Biased moment ratio `b2`, 3 for a normal distribution.
    pub kurtosis_biased: Option<f64>,
    /// Adjusted skewness `G1`.
    pub skewness: Option<f64>,
    /// Adjusted excess kurtosis `G2`, 0 for a normal distribution.
    pub excess_kurtosis: Option<f64>,
    /// Sum of gains over sum of losses, which is also the omega ratio at zero.
    pub profit_factor: Option<f64>,
    /// Positive returns over returns that are not zero.
    pub positive_sessions: Option<f64>,
    /// Mean positive return.
    pub mean_gain: Option<f64>,
    /// Mean negative return.
    pub mean_loss: Option<f64>,
    /// Mean gain over mean loss, absolute values.
    pub payoff: Option<f64>,
    /// The highest return.
    pub best_session: f64,
    /// The lowest return.
    pub worst_session: f64,
    /// First-order autocorrelation, biased.
    pub autocorrelation: Option<f64>,
}

/// A spread below this fraction of the mean is the rounding of the wealth curve, not a spread.
const ROUNDING: f64 = 1e-12;

impl Summary {
    /// From a wealth curve that starts with the starting capital, and the date of each point.
    ///
    /// `None` when there is no return: fewer than two points, or no starting capital.
    pub fn of(wealth: &[f64], dates: &[Date], sessions_per_year: f64) -> Option<Summary> {
        debug_assert_eq!(wealth.len(), dates.len());
        let n = wealth.len().checked_sub(1).filter(|&n| n >= 1)?;
        let (first, last) = (wealth[0], wealth[n]);
        if first <= 0.0 {
            return None;
        }
        let years = n as f64 / sessions_per_year;
        let per_year = sessions_per_year.sqrt();
        let calendar_days = dates[n].epoch_days() - dates[0].epoch_days();
        let growth = last / first;
        let grow = |years: f64| {
            (growth > 0.0 && years > 0.0).then(|| libm::pow(growth, 1.0 / years) - 1.0)
        };
        let cagr = grow(years);

        let returns = simple_returns(wealth);
        let moments = Moments::of(&returns);
        if !moments.mean.is_finite() {
            return None; // The account was worth nothing, or not a number.
        }
        let sides = Sides::of(&returns, moments.mean * n as f64);
        let spread = moments.has_spread();
        let deviation = (n >= 2).then(|| (moments.m2 * n as f64 / (n - 1) as f64).sqrt());
        let ratio = deviation
            .filter(|_| spread)
            .map(|deviation| moments.mean / deviation);
        let downside = (sides.losses_squared / n as f64).sqrt();
        let autocorrelation = (n > 2 && spread).then(|| moments.autocovariance / moments.m2);

        let drawdowns = Drawdowns::of(wealth, dates);
        let over = |numerator: Option<f64>, denominator: f64| {
            numerator
                .filter(|_| denominator > 0.0)
                .map(|numerator| numerator / denominator)
        };
        let tails = Tails::new(&returns, 0.05, moments.mean, moments.deviation());
        let value_at_risk_5 = tails.quantile(0.05);
        Some(Summary {
            n,
            calendar_days,
            total_return: growth - 1.0,
            cagr,
            cagr_calendar: grow(f64::from(calendar_days) / 365.25),
            arithmetic_return: moments.mean * sessions_per_year,
            volatility: deviation.map(|deviation| deviation * per_year),
            sharpe: ratio.map(|ratio| ratio * per_year),
            sharpe_evidence: ratio.and_then(|ratio| {
                let (skewness, kurtosis) = (moments.skewness()?, moments.kurtosis()?);
                SharpeEvidence::new(ratio, skewness, kurtosis, n, sessions_per_year)
            }),
            sharpe_autocorrelation_adjusted: ratio.zip(autocorrelation).and_then(|(ratio, rho)| {
                Some(ratio * autocorrelation_factor(rho, sessions_per_year)?)
            }),
            sortino: (downside > 0.0).then(|| moments.mean / downside * per_year),
            downside_deviation: downside * per_year,
            drawdowns,
            mar: over(cagr, drawdowns.max),
            martin: over(cagr, drawdowns.ulcer_index),
            value_at_risk_5,
            expected_shortfall_5: tails.expected_shortfall(0.05),
            value_at_risk_1: tails.quantile(0.01),
            expected_shortfall_1: tails.expected_shortfall(0.01),
            tail_ratio: (value_at_risk_5 != 0.0)
                .then(|| tails.quantile(0.95).abs() / value_at_risk_5.abs()),
            skewness_biased: moments.skewness(),
            kurtosis_biased: moments.kurtosis(),
            skewness: moments.adjusted_skewness(),
            excess_kurtosis: moments.adjusted_excess_kurtosis(),
            profit_factor: over(Some(sides.gains), sides.losses),
            positive_sessions: over(Some(sides.n_gains), sides.n_gains + sides.n_losses),
            mean_gain: sides.mean_gain(),
            mean_loss: sides.mean_loss(),
            payoff: sides
                .mean_gain()
                .zip(sides.mean_loss())
                .map(|(gain, loss)| gain / -loss),
            best_session: tails.highest(),
            worst_session: tails.lowest(),
            autocorrelation,
        })
    }
}

/// Central moments (divisor `n`) and the first autocovariance.
struct Moments {
    n: usize,
    mean: f64,
    m2: f64,
    m3: f64,
    m4: f64,
    autocovariance: f64,
}

impl Moments {
    fn of(returns: &[f64]) -> Moments {
        let n = returns.len();
        let count = n as f64;
        let mean = sum_of(returns) / count;
        let [m2, m3, m4] = sums_of_powers(returns, mean).map(|sum| sum / count);
        Moments {
            n,
            mean,
            m2,
            m3,
            m4,
            autocovariance: lagged_product(returns, mean) / count,
        }
    }

    fn has_spread(&self) -> bool {
        self.m2.sqrt() > ROUNDING * self.mean.abs()
    }

    fn deviation(&self) -> f64 {
        self.m2.sqrt()
    }

    fn skewness(&self) -> Option<f64> {
        self.has_spread()
            .then(|| self.m3 / (self.m2 * self.m2.sqrt()))
    }

    fn kurtosis(&self) -> Option<f64> {
        self.has_spread().then(|| self.m4 / (self.m2 * self.m2))
    }

    fn adjusted_skewness(&self) -> Option<f64> {
        let n = self.n as f64;
        let factor = (n * (n - 1.0)).sqrt() / (n - 2.0);
        self.skewness()
            .filter(|_| self.n >= 3)
            .map(|g1| factor * g1)
    }

    fn adjusted_excess_kurtosis(&self) -> Option<f64> {
        let n = self.n as f64;
        let factor = (n - 1.0) / ((n - 2.0) * (n - 3.0));
        self.kurtosis()
            .filter(|_| self.n >= 4)
            .map(|b2| factor * ((n + 1.0) * b2 - 3.0 * (n - 1.0)))
    }
}

/// Gains and losses apart.
struct Sides {
    gains: f64,
    /// Positive.
    losses: f64,
    losses_squared: f64,
    n_gains: f64,
    n_losses: f64,
}

impl Sides {
    /// `sum`: of the returns. What it lacks of the gains are the losses.
    fn of(returns: &[f64], sum: f64) -> Sides {
        let [gains, losses_squared] = sums_of_sides(returns);
        let [n_gains, n_losses] = counts_of_sides(returns).map(|count| count as f64);
        let losses = if n_losses > 0.0 { gains - sum } else { 0.0 };
        Sides {
            gains,
            losses,
            losses_squared,
            n_gains,
            n_losses,
        }
    }

    fn mean_gain(&self) -> Option<f64> {
        (self.n_gains > 0.0).then(|| self.gains / self.n_gains)
    }

    fn mean_loss(&self) -> Option<f64> {
        (self.n_losses > 0.0).then(|| -self.losses / self.n_losses)
    }
}

#[multiversion(targets("x86_64+avx2"))]
/// The sum of products of each deviation from the mean with the next.
fn lagged_product(returns: &[f64], mean: f64) -> f64 {
    let mut sums = [0.0; LANES];
    let (before, after) = (&returns[..returns.len() - 1], &returns[1..]);
    let blocks = before.chunks(LANES).zip(after.chunks(LANES));
    for (before, after) in blocks {
        match (<&Lanes>::try_from(before), <&Lanes>::try_from(after)) {
            (Ok(before), Ok(after)) => {
                for lane in 0..LANES {
                    sums[lane] += (before[lane] - mean) * (after[lane] - mean);
                }
            }
            _ => {
                for (sum, (before, after)) in sums.iter_mut().zip(before.iter().zip(after)) {
                    *sum += (before - mean) * (after - mean);
                }
            }
        }
    }
    add_lanes(sums)
}

#[multiversion(targets("x86_64+avx2"))]
fn simple_returns(wealth: &[f64]) -> Vec<f64> {
    let mut returns = wealth[1..].to_vec();
    for (now, before) in returns.iter_mut().zip(wealth) {
        *now = *now / before - 1.0;
    }
    returns
}

#[multiversion(targets("x86_64+avx2"))]
fn sum_of(values: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (blocks, last) = blocks(values, 0.0);
    for block in blocks.iter().chain([&last]) {
        for lane in 0..LANES {
            sums[lane] += block[lane];
        }
    }
    add_lanes(sums)
}

/// Sums of the second, third and fourth power of each value's deviation from the mean.
#[multiversion(targets("x86_64+avx2"))]
fn sums_of_powers(values: &[f64], mean: f64) -> [f64; 3] {
    let (mut squares, mut cubes, mut fourths) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    let (blocks, last) = blocks(values, mean);
    for block in blocks.iter().chain([&last]) {
        for lane in 0..LANES {
            let deviation = block[lane] - mean;
            let square = deviation * deviation;
            squares[lane] += square;
            cubes[lane] += square * deviation;
            fourths[lane] += square * square;
        }
    }
    [squares, cubes, fourths].map(add_lanes)
}

/// Sum of the gains, sum of the squared losses.
#[multiversion(targets("x86_64+avx2"))]
fn sums_of_sides(returns: &[f64]) -> [f64; 2] {
    let (mut gains, mut losses_squared) = ([0.0; LANES], [0.0; LANES]);
    let (blocks, last) = blocks(returns, 0.0);
    for block in blocks.iter().chain([&last]) {
        for lane in 0..LANES {
            let value = block[lane];
            let loss = if value < 0.0 { value } else { 0.0 };
            gains[lane] += if value > 0.0 { value } else { 0.0 };
            losses_squared[lane] += loss * loss;
        }
    }
    [gains, losses_squared].map(add_lanes)
}

/// How many returns are above zero, and how many below.
#[multiversion(targets("x86_64+avx2"))]
fn counts_of_sides(returns: &[f64]) -> [usize; 2] {
    let mut counts = [0, 0];
    for &value in returns {
        counts[0] += usize::from(value > 0.0);
        counts[1] += usize::from(value < 0.0);
    }
    counts
}
