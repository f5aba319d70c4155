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
        let [mean] = lane_sums(returns, |r| [r]).map(|sum| sum / count);
        let [m2, m3, m4] = lane_sums(returns, |r| {
            let deviation = r - mean;
            let square = deviation * deviation;
            [square, square * deviation, square * square]
        })
        .map(|sum| sum / count);
        let (before, after) = (&returns[..n - 1], &returns[1..]);
        let product = |i: usize| (before[i] - mean) * (after[i] - mean);
        Moments {
            n,
            mean,
            m2,
            m3,
            m4,
            autocovariance: pairwise_sum_by(n - 1, product) / count,
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
    best: f64,
    worst: f64,
}

impl Sides {
    fn of(returns: &[f64]) -> Sides {
        let [gains, losses, losses_squared, n_gains, n_losses] = lane_sums(returns, |r| {
            let loss = if r < 0.0 { -r } else { 0.0 };
            [
                if r > 0.0 { r } else { 0.0 },
                loss,
                loss * loss,
                if r > 0.0 { 1.0 } else { 0.0 },
                if r < 0.0 { 1.0 } else { 0.0 },
            ]
        });
        let (best, worst) = extremes(returns);
        Sides {
            gains,
            losses,
            losses_squared,
            n_gains,
            n_losses,
            best,
            worst,
        }
    }

    fn mean_gain(&self) -> Option<f64> {
        (self.n_gains > 0.0).then(|| self.gains / self.n_gains)
    }

    fn mean_loss(&self) -> Option<f64> {
        (self.n_losses > 0.0).then(|| -self.losses / self.n_losses)
    }
}

/// Lanes of a running sum: enough to keep the processor's adders busy, and a fixed order of
/// addition whatever the processor.
const LANES: usize = 8;

/// Sums of several terms of each value, in one pass. Value `i` is added to lane `i mod 8`, the
/// lanes are added pairwise at the end.
fn lane_sums<const TERMS: usize>(
    values: &[f64],
    terms: impl Fn(f64) -> [f64; TERMS],
) -> [f64; TERMS] {
    let mut sums = [[0.0; LANES]; TERMS];
    let mut chunks = values.chunks_exact(LANES);
    for chunk in &mut chunks {
        for lane in 0..LANES {
            let terms = terms(chunk[lane]);
            for term in 0..TERMS {
                sums[term][lane] += terms[term];
            }
        }
    }
    for (lane, &value) in chunks.remainder().iter().enumerate() {
        let terms = terms(value);
        for term in 0..TERMS {
            sums[term][lane] += terms[term];
        }
    }
    sums.map(|[a, b, c, d, e, f, g, h]| ((a + b) + (c + d)) + ((e + f) + (g + h)))
}

/// The highest and the lowest value.
fn extremes(values: &[f64]) -> (f64, f64) {
    let (mut high, mut low) = ([f64::NEG_INFINITY; LANES], [f64::INFINITY; LANES]);
    let mut widen = |chunk: &[f64]| {
        for (lane, &value) in chunk.iter().enumerate() {
            high[lane] = if value > high[lane] {
                value
            } else {
                high[lane]
            };
            low[lane] = if value < low[lane] { value } else { low[lane] };
        }
    };
    let mut chunks = values.chunks_exact(LANES);
    for chunk in &mut chunks {
        widen(chunk.first_chunk::<LANES>().expect("a chunk is full"));
    }
    widen(chunks.remainder());
    (
        high.into_iter().fold(f64::NEG_INFINITY, f64::max),
        low.into_iter().fold(f64::INFINITY, f64::min),
    )
}
