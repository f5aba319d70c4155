//! Trading statistics: turnover, costs, exposure, round trips.

use ::statistics::Summary;
use ::statistics::summation::{mean, pairwise_sum_by};

use crate::outcome::Outcome;
use crate::positions::RoundTrip;

/// Trading activity of one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trading {
    /// Orders filled.
    pub trades: usize,
    /// Value of all trades at the prices paid, in currency units.
    pub traded_value: f64,
    /// Half of the traded value over mean equity, a year: 1 is the whole portfolio exchanged once.
    pub turnover: Option<f64>,
    /// Commission and tax paid, in currency units.
    pub commission: f64,
    /// Currency units lost to slippage and spread.
    pub slippage: f64,
    /// Dividends received less those paid on short positions, in currency units.
    pub dividends: f64,
    /// Sessions with a position at the close over all sessions.
    pub time_in_market: f64,
    /// Mean share of the equity that was not in cash at the close.
    pub mean_invested: f64,
    /// Positions opened and closed again.
    pub round_trips: usize,
    /// Round trips with a profit over all.
    pub win_rate: Option<f64>,
    /// Mean profit of the round trips with one over mean loss of the others, absolute values.
    pub payoff: Option<f64>,
    /// Mean profit of a round trip, in currency units.
    pub expectancy: Option<f64>,
}

/// The positions that were opened and closed again, in the order in which they were closed.
pub fn round_trips(outcome: &Outcome) -> Vec<RoundTrip> {
    let mut positions = outcome.positions();
    let bookings = std::iter::from_fn(|| positions.next_booking());
    bookings.filter_map(|(_, round_trip)| round_trip).collect()
}

/// Half of the traded value over mean equity, a year. `None` when mean equity is not positive.
pub fn turnover(traded_value: f64, mean_equity: Option<f64>, years: f64) -> Option<f64> {
    let mean_equity = mean_equity.filter(|mean| *mean > 0.0)?;
    Some(traded_value / 2.0 / mean_equity / years)
}

impl Trading {
    /// From the record of a run and the summary of its equity curve, if it has one.
    pub fn of(outcome: &Outcome, summary: Option<&Summary>, sessions_per_year: f64) -> Trading {
        let n = outcome.equity.len() as f64;
        let traded_value: f64 = outcome
            .fills
            .iter()
            .map(|fill| (fill.price * fill.quantity).abs())
            .sum();
        let trips = round_trips(outcome);
        let wins: Vec<f64> = trips
            .iter()
            .map(|t| t.profit)
            .filter(|profit| *profit > 0.0)
            .collect();
        let losses: Vec<f64> = trips
            .iter()
            .map(|t| t.profit)
            .filter(|profit| *profit <= 0.0)
            .collect();
        let mean_of = |values: &[f64]| (!values.is_empty()).then(|| mean(values));
        let in_cash = pairwise_sum_by(outcome.equity.len(), |session| {
            outcome.cash_curve[session] / outcome.equity[session]
        }) / n;
        let mean_equity = summary.map(|summary| match outcome.moved_cash.is_empty() {
            true => summary.mean_wealth,
            // The curve of the summary is that of one unit.
            false => outcome.equity.iter().fold(0.0, |sum, equity| sum + equity) / n,
        });
        Trading {
            trades: outcome.fills.len(),
            traded_value,
            turnover: turnover(traded_value, mean_equity, n / sessions_per_year),
            commission: outcome.fills.iter().map(|fill| fill.commission).sum(),
            slippage: outcome
                .fills
                .iter()
                .map(|fill| (fill.price - fill.market_price) * fill.quantity)
                .sum(),
            dividends: outcome.entitlements.iter().map(|one| one.paid).sum(),
            time_in_market: outcome.sessions_in_market as f64 / n,
            mean_invested: 1.0 - in_cash,
            round_trips: trips.len(),
            win_rate: (!trips.is_empty()).then(|| wins.len() as f64 / trips.len() as f64),
            payoff: mean_of(&wins)
                .zip(mean_of(&losses))
                .filter(|(_, loss)| *loss != 0.0)
                .map(|(win, loss)| win / -loss),
            expectancy: mean_of(&trips.iter().map(|trip| trip.profit).collect::<Vec<_>>()),
        }
    }
}
