//! The textbook statistics of one equity curve.

use super::drawdown::Drawdowns;
use super::quantile::Tails;
use super::sharpe::{SharpeEvidence, autocorrelation_factor};
use crate::date::Date;
use crate::summation::pairwise_sum_by;

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
        if first <= 0.0 || !wealth.iter().all(|value| value.is_finite()) {
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

        let returns: Vec<f64> = wealth
            .windows(2)
            .map(|pair| pair[1] / pair[0] - 1.0)
            .collect();
        let moments = Moments::of(&returns);
        let sides = Sides::of(&returns);
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
        let tails = Tails::new(&returns, 0.05);
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
            positive_sessions: over(
                Some(sides.n_gains as f64),
                (sides.n_gains + sides.n_losses) as f64,
            ),
            mean_gain: sides.mean_gain(),
            mean_loss: sides.mean_loss(),
            payoff: sides
                .mean_gain()
                .zip(sides.mean_loss())
                .map(|(gain, loss)| gain / -loss),
            best_session: sides.best,
            worst_session: sides.worst,
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
        let mean = pairwise_sum_by(n, |i| returns[i]) / count;
        let power =
            |power: fn(f64) -> f64| pairwise_sum_by(n, move |i| power(returns[i] - mean)) / count;
        Moments {
            n,
            mean,
            m2: power(|d| d * d),
            m3: power(|d| d * d * d),
            m4: power(|d| (d * d) * (d * d)),
            autocovariance: pairwise_sum_by(n - 1, |i| {
                (returns[i] - mean) * (returns[i + 1] - mean)
            }) / count,
        }
    }

    fn has_spread(&self) -> bool {
        self.m2.sqrt() > ROUNDING * self.mean.abs()
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
        self.skewness()
            .filter(|_| self.n >= 3)
            .map(|g1| (n * (n - 1.0)).sqrt() / (n - 2.0) * g1)
    }

    fn adjusted_excess_kurtosis(&self) -> Option<f64> {
        let n = self.n as f64;
        self.kurtosis()
            .filter(|_| self.n >= 4)
            .map(|b2| (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * b2 - 3.0 * (n - 1.0)))
    }
}

/// Gains and losses apart.
struct Sides {
    gains: f64,
    /// Positive.
    losses: f64,
    losses_squared: f64,
    n_gains: usize,
    n_losses: usize,
    best: f64,
    worst: f64,
}

impl Sides {
    fn of(returns: &[f64]) -> Sides {
        let n = returns.len();
        Sides {
            gains: pairwise_sum_by(n, |i| returns[i].max(0.0)),
            losses: pairwise_sum_by(n, |i| (-returns[i]).max(0.0)),
            losses_squared: pairwise_sum_by(n, |i| {
                let loss = returns[i].min(0.0);
                loss * loss
            }),
            n_gains: returns.iter().filter(|r| **r > 0.0).count(),
            n_losses: returns.iter().filter(|r| **r < 0.0).count(),
            best: returns.iter().fold(
                f64::NEG_INFINITY,
                |best, r| if *r > best { *r } else { best },
            ),
            worst: returns.iter().fold(
                f64::INFINITY,
                |worst, r| if *r < worst { *r } else { worst },
            ),
        }
    }

    fn mean_gain(&self) -> Option<f64> {
        (self.n_gains > 0).then(|| self.gains / self.n_gains as f64)
    }

    fn mean_loss(&self) -> Option<f64> {
        (self.n_losses > 0).then(|| -self.losses / self.n_losses as f64)
    }
}
