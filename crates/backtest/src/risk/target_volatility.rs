//! As much of the weights as has a given volatility.

use super::part::RiskPart;
use crate::alpha::{AsOf, Weights};
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

crate::part! {
    /// Every weight times `target / volatility`, within `lowest` and `highest`. The volatility is that of the portfolio of these weights over the last `lookback` sessions, as the covariances of the returns have it (with the divisor `n - 1`), annualised. Until each asset with a weight has that many returns, nothing is held.
    pub struct TargetVolatility as "target-volatility": Copy {
        /// The volatility a year, as a fraction.
        target: f64 => Number(Bounds::Positive), Required;
        /// How many daily returns the volatility is of.
        lookback: u32 => Count, Number(63.0);
        /// The highest factor. One above 1 borrows: see the sizing `leveraged`.
        highest: f64 => Number(Bounds::NotNegative), Number(1.0);
        /// The lowest factor.
        lowest: f64 => Number(Bounds::NotNegative), Number(0.0);
    }
}

impl RiskPart for TargetVolatility {
    fn apply(&self, as_of: AsOf<'_>, weights: &mut Weights, returns: &mut Vec<f64>) {
        let lookback = self.lookback as usize;
        returns.clear();
        returns.resize(lookback, 0.0);
        let mut is_known = lookback > 1;
        for &(asset, weight) in weights
            .entries()
            .iter()
            .filter(|(_, weight)| *weight != 0.0)
        {
            // Of all sessions, so that the days of the assets are the same.
            let closes = as_of.sessions_closes(asset, self.lookback.saturating_add(1));
            is_known &= closes.len() == lookback + 1 && !closes[0].is_nan();
            for (sum, pair) in returns.iter_mut().zip(closes.windows(2)) {
                *sum += weight * (pair[1] / pair[0] - 1.0);
            }
        }
        if !is_known {
            weights.change_each(|_| 0.0);
            return;
        }
        let n = lookback as f64;
        let mean = returns.iter().fold(0.0, |sum, one| sum + one) / n;
        let squares = returns
            .iter()
            .fold(0.0, |sum, one| sum + (one - mean) * (one - mean));
        let volatility = (squares / (n - 1.0) * as_of.sessions_per_year()).sqrt();
        let factor = (self.target / volatility)
            .min(self.highest)
            .max(self.lowest);
        weights.change_each(|weight| weight * factor);
    }

    fn check(&self, _: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        if self.lookback < 2 {
            mistakes.push(Mistake::new(
                at.key("lookback"),
                self.lookback,
                "must be 2 or more",
            ));
        }
        if self.lowest > self.highest {
            let (lowest, highest) = (at.key("lowest"), at.key("highest"));
            let message = format!(
                "`{lowest}` ({}) is more than `{highest}` ({})",
                self.lowest, self.highest
            );
            let mistake = Mistake::stating(lowest, self.lowest, message, "the lowest factor");
            mistakes.push(mistake.related(highest, "the highest"));
        }
    }
}
