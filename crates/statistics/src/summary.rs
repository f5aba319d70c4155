//! The textbook statistics of one equity curve.

use crate::day::Day;
use crate::drawdown::Drawdowns;
use crate::fold_sums::{FOLDS, Fold};
use crate::moments::Moments;
use crate::performance::Performance;
use crate::risk_free::RiskFree;
use crate::sharpe::{SharpeEstimate, SharpeEvidence, autocorrelation_factor};

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
    /// Compound annual growth rate with calendar days over 365.25 as years. `None` when all of it
    /// was on one day.
    pub cagr: Option<f64>,
    /// Mean return times sessions a year.
    pub arithmetic_return: f64,
    /// Sample standard deviation (divisor `n - 1`) times the root of sessions a year.
    pub volatility: Option<f64>,
    /// Mean over sample standard deviation of the excess returns, annualised. Sharpe (1994).
    ///
    /// An excess return is a return less the risk-free one of its session, which is zero where none
    /// was given.
    pub sharpe: Option<f64>,
    /// The confidence in it.
    pub sharpe_evidence: Option<SharpeEvidence>,
    /// The Sharpe ratio annualised for first-order autocorrelation. Lo (2002).
    pub sharpe_autocorrelation_adjusted: Option<f64>,
    /// Mean over root mean square of the losses of the excess returns, annualised; all returns in
    /// the divisor. Sortino and Price (1994).
    pub sortino: Option<f64>,
    /// Root mean square of the returns below zero over all returns, annualised.
    pub downside_deviation: f64,
    /// Drawdowns, the starting capital being a peak.
    pub drawdowns: Drawdowns,
    /// CAGR over the deepest drawdown, since the beginning (MAR).
    pub mar: Option<f64>,
    /// CAGR less that of risk-free money over the ulcer index. Martin (1987).
    pub martin: Option<f64>,
    /// Biased moment ratio `g1` of the excess returns.
    pub skewness_biased: Option<f64>,
    /// Biased moment ratio `b2` of the excess returns, 3 for a normal distribution.
    pub kurtosis_biased: Option<f64>,
    /// Adjusted skewness `G1` of the excess returns.
    pub skewness: Option<f64>,
    /// Adjusted excess kurtosis `G2` of the excess returns, 0 for a normal distribution.
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
    /// First-order autocorrelation of the excess returns, biased.
    pub autocorrelation: Option<f64>,
    /// Mean return, not annualised.
    pub mean: f64,
    /// Mean wealth after the starting capital, in its units.
    pub mean_wealth: f64,
    /// Sums over equal stretches of time.
    pub folds: [Fold; FOLDS],
}

impl Summary {
    /// From a wealth curve that starts with the starting capital, and the date of each point.
    ///
    /// `None` when there is no return: fewer than two points, or no starting capital, or an
    /// account that came to nothing.
    pub fn of<D: Day>(wealth: &[f64], dates: &[D], sessions_per_year: f64) -> Option<Summary> {
        Summary::over(None, wealth, dates, sessions_per_year)
    }

    /// The same, with ratios of the returns over the risk-free ones.
    ///
    /// * `risk_free`: as many returns as the curve has, one fewer than values.
    pub fn over<D: Day>(
        risk_free: Option<RiskFree>,
        wealth: &[f64],
        dates: &[D],
        sessions_per_year: f64,
    ) -> Option<Summary> {
        debug_assert_eq!(wealth.len(), dates.len());
        let (capital, equity) = wealth.split_first()?;
        let mut performance = Performance::start_dated(*capital, equity.len()).over(risk_free);
        performance.push(equity, dates);
        performance.finish(dates, sessions_per_year)
    }

    /// From an equity curve, the starting capital that stands before it, and the date of each point.
    /// `None` as for [`Summary::of`].
    pub fn of_equity<D: Day>(
        initial_cash: f64,
        equity: &[f64],
        dates: &[D],
        sessions_per_year: f64,
    ) -> Option<Summary> {
        debug_assert_eq!(equity.len(), dates.len());
        let mut performance = Performance::start(initial_cash, equity.len());
        performance.push(equity, dates);
        performance.finish(dates, sessions_per_year)
    }
}

impl Performance {
    /// The statistics of the curve that was pushed. `None` as for [`Summary::of`].
    ///
    /// * `dates`: of all sessions of the curve.
    pub fn finish<D: Day>(&mut self, dates: &[D], sessions_per_year: f64) -> Option<Summary> {
        let gathered = self.gathered(&dates)?;
        let (n, totals) = (gathered.n, &gathered.totals);
        let moments = Moments::of(n, &gathered.returns);
        if !moments.mean.is_finite() {
            return None;
        }
        // Without a risk-free return these are the moments of the returns.
        let over_risk_free = gathered.excess.unwrap_or(gathered.returns);
        let excess = Moments::of(n, &over_risk_free);
        let count = n as f64;
        let per_year = sessions_per_year.sqrt();
        let calendar_days = dates[dates.len() - 1].number() - dates[0].number();
        let growth = gathered.last_wealth / gathered.first_wealth;
        let years = f64::from(calendar_days) / 365.25;
        let cagr = (growth > 0.0 && years > 0.0).then(|| libm::pow(growth, 1.0 / years) - 1.0);
        let spread = |moments: &Moments| moments.has_spread();
        let deviation =
            |moments: &Moments| (n >= 2).then(|| (moments.m2 * count / (count - 1.0)).sqrt());
        let ratio = deviation(&excess)
            .filter(|_| spread(&excess))
            .map(|deviation| excess.mean / deviation);
        let downside = (totals.losses_squared / count).sqrt();
        let shortfall = (over_risk_free.losses_squared / count).sqrt();
        let autocorrelation = |moments: &Moments| {
            (n > 2 && spread(moments)).then(|| moments.autocovariance / moments.m2)
        };
        let risk_free_cagr = match gathered.excess {
            Some(_) => libm::pow(gathered.risk_free_growth, 1.0 / years) - 1.0,
            None => 0.0,
        };
        let drawdowns = Drawdowns {
            max: totals.deepest,
            mean: totals.depths / count,
            ulcer_index: (totals.depths_squared / count).sqrt(),
            underwater: gathered.peaks.under as f64 / count,
            longest_sessions: gathered.peaks.longest_sessions,
            longest_days: gathered.peaks.longest_days,
        };
        let over = |numerator: Option<f64>, denominator: f64| {
            numerator
                .filter(|_| denominator > 0.0)
                .map(|numerator| numerator / denominator)
        };
        // What the sum of all returns lacks of the gains are the losses.
        let losses = if totals.n_losses > 0.0 {
            totals.gains - totals.powers[0]
        } else {
            0.0
        };
        let mean_gain = over(Some(totals.gains), totals.n_gains);
        let mean_loss = over(Some(-losses), totals.n_losses);
        let moved = totals.n_gains + totals.n_losses;
        Some(Summary {
            n,
            calendar_days,
            total_return: growth - 1.0,
            cagr,
            arithmetic_return: moments.mean * sessions_per_year,
            volatility: deviation(&moments).map(|deviation| deviation * per_year),
            sharpe: ratio.map(|ratio| ratio * per_year),
            sharpe_evidence: ratio.and_then(|ratio| {
                let (skewness, kurtosis) = (excess.skewness()?, excess.kurtosis()?);
                let estimate = SharpeEstimate {
                    ratio,
                    n,
                    skewness,
                    kurtosis,
                };
                estimate.evidence(sessions_per_year)
            }),
            sharpe_autocorrelation_adjusted: ratio.zip(autocorrelation(&excess)).and_then(
                |(ratio, rho)| Some(ratio * autocorrelation_factor(rho, sessions_per_year)?),
            ),
            sortino: (shortfall > 0.0).then(|| excess.mean / shortfall * per_year),
            downside_deviation: downside * per_year,
            drawdowns,
            mar: over(cagr, drawdowns.max),
            martin: over(
                cagr.map(|cagr| cagr - risk_free_cagr),
                drawdowns.ulcer_index,
            ),
            skewness_biased: excess.skewness(),
            kurtosis_biased: excess.kurtosis(),
            skewness: excess.adjusted_skewness(),
            excess_kurtosis: excess.adjusted_excess_kurtosis(),
            profit_factor: over(Some(totals.gains), losses),
            positive_sessions: over(Some(totals.n_gains), moved),
            mean_gain,
            mean_loss,
            payoff: mean_gain.zip(mean_loss).map(|(gain, loss)| gain / -loss),
            best_session: totals.best,
            worst_session: totals.worst,
            autocorrelation: autocorrelation(&excess),
            mean: moments.mean,
            mean_wealth: totals.wealth / count,
            folds: gathered.folds,
        })
    }
}
