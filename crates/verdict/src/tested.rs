//! What a chain of returns shows.

use overfitting::sharpe::Estimate;
use serde::{Deserialize, Serialize};

/// What a chain of returns shows. Sharpe ratios and returns are annualised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// Returns in the chain.
    pub sessions: u64,
    /// Mean return times sessions a year.
    pub arithmetic_return: f64,
    /// The Sharpe ratio; `None` without a spread.
    pub sharpe: Option<f64>,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
}

impl Tested {
    /// What returns show.
    pub(crate) fn of(returns: &[f64], per_year: f64) -> Tested {
        let root = per_year.sqrt();
        let estimate = Estimate::of(returns);
        let error = estimate.and_then(|estimate| estimate.error());
        let reach = error.map(|error| overfitting::normal::quantile(0.975) * error);
        Tested {
            sessions: returns.len() as u64,
            arithmetic_return: backtest::summation::mean(returns) * per_year,
            sharpe: estimate.map(|estimate| estimate.ratio * root),
            interval: estimate
                .zip(reach)
                .map(|(e, reach)| ((e.ratio - reach) * root, (e.ratio + reach) * root)),
        }
    }
}

/// Simple returns of a curve; the starting capital stands before it unless it is its first value.
pub(crate) fn returns(initial_cash: f64, equity: &[f64]) -> Vec<f64> {
    let starts_with_capital = equity.first() == Some(&initial_cash);
    let equity = &equity[usize::from(starts_with_capital)..];
    let before = std::iter::once(&initial_cash).chain(equity);
    before
        .zip(equity)
        .map(|(before, now)| now / before - 1.0)
        .collect()
}
