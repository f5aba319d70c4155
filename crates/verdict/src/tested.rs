//! The Sharpe ratio and the return of a chain of returns.

use serde::{Deserialize, Serialize};
use statistics::SharpeEstimate;

/// The Sharpe ratio and the return of a chain of returns. Sharpe ratios and returns are annualised.
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
    /// Measures returns, `per_year` of which make a year.
    pub(crate) fn of(returns: &[f64], per_year: f64) -> Tested {
        let root = per_year.sqrt();
        let estimate = SharpeEstimate::of(returns);
        let interval = estimate.and_then(|estimate| estimate.interval());
        Tested {
            sessions: returns.len() as u64,
            arithmetic_return: statistics::summation::mean(returns) * per_year,
            sharpe: estimate.map(|estimate| estimate.ratio * root),
            interval: interval.map(|(low, high)| (low * root, high * root)),
        }
    }
}
