//! Series over time that follow from a wealth curve.

use backtest::statistics::{Drawdown, drawdown_episodes};

use crate::wealth::Wealth;

/// Wealth over the starting capital.
pub(crate) fn growth_of_one(wealth: &Wealth) -> Vec<f64> {
    let start = wealth.values.first().copied().unwrap_or(f64::NAN);
    wealth.values.iter().map(|value| value / start).collect()
}

/// How far wealth is below its highest so far, as a fraction that is zero or negative.
pub(crate) fn depths(wealth: &Wealth) -> Vec<f64> {
    let mut peak = f64::NEG_INFINITY;
    let depth = |value: &f64| {
        peak = peak.max(*value);
        value / peak - 1.0
    };
    wealth.values.iter().map(depth).collect()
}

/// The deepest drawdowns, the deepest first.
pub(super) fn worst_drawdowns(wealth: &Wealth, most: usize) -> Vec<Drawdown> {
    let mut all = drawdown_episodes(&wealth.values);
    all.retain(|drawdown| drawdown.depth.is_finite());
    all.sort_by(|a, b| b.depth.total_cmp(&a.depth).then(a.peak.cmp(&b.peak)));
    all.truncate(most);
    all
}

/// Sessions of twelve months.
pub(super) fn window(sessions_per_year: f64) -> usize {
    (sessions_per_year.round() as usize).max(2)
}

/// The Sharpe ratio of the last twelve months at each point; NaN before there are twelve months.
///
/// * `risk_free`: by session, up to the last; empty where it is zero.
pub(super) fn rolling_sharpe(
    wealth: &Wealth,
    risk_free: &[f64],
    sessions_per_year: f64,
) -> Vec<f64> {
    let mut returns = wealth.returns();
    let both = returns.iter_mut().rev().zip(risk_free.iter().rev());
    both.for_each(|(value, risk_free)| *value -= risk_free);
    rolling(returns, sessions_per_year, |mean, deviation| {
        match deviation > 1e-12 {
            true => mean / deviation * sessions_per_year.sqrt(),
            false => f64::NAN,
        }
    })
}

/// The volatility of the last twelve months at each point; NaN before there are twelve months.
pub(super) fn rolling_volatility(wealth: &Wealth, sessions_per_year: f64) -> Vec<f64> {
    rolling(wealth.returns(), sessions_per_year, |_, deviation| {
        deviation * sessions_per_year.sqrt()
    })
}

/// Windows summed side by side: each in its own order. One after the other, each addition would
/// wait for the one before.
const SIDE_BY_SIDE: usize = 8;

/// A value of the mean and the deviation of the last twelve months' returns, at each point of the
/// wealth that they are of.
fn rolling(
    mut returns: Vec<f64>,
    sessions_per_year: f64,
    value: impl Fn(f64, f64) -> f64,
) -> Vec<f64> {
    let n = window(sessions_per_year);
    let mut values = vec![f64::NAN; returns.len() + 1];
    returns.extend([0.0; SIDE_BY_SIDE]);
    let first_end = n.min(values.len());
    for (block, ends) in values[first_end..].chunks_mut(SIDE_BY_SIDE).enumerate() {
        let returns = &returns[block * SIDE_BY_SIDE..];
        let (mut means, mut squares) = ([0.0; SIDE_BY_SIDE], [0.0; SIDE_BY_SIDE]);
        for returns in returns.windows(SIDE_BY_SIDE).take(n) {
            for (sum, value) in means.iter_mut().zip(returns) {
                *sum += value;
            }
        }
        means = means.map(|sum| sum / n as f64);
        for returns in returns.windows(SIDE_BY_SIDE).take(n) {
            for ((sum, value), mean) in squares.iter_mut().zip(returns).zip(means) {
                *sum += (value - mean) * (value - mean);
            }
        }
        for ((end, mean), squares) in ends.iter_mut().zip(means).zip(squares) {
            *end = value(mean, (squares / (n - 1) as f64).sqrt());
        }
    }
    values
}
