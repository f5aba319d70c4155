//! Statistics of returns and of equity curves.
//!
//! Pure functions of numbers. Dates are plain day numbers ([`Day`]); no I/O, clock, thread or
//! hidden randomness. What draws at random takes a seed and gives the same bits on every machine.
//!
//! 1. One curve: [`Performance`] gathers it in one pass, [`Summary`] is the result. [`TailRisk`],
//!    [`Relative`] and [`drawdown_episodes`] need the whole curve. [`period_sums`] keeps the sums
//!    from which a verdict on a sweep is computed later.
//! 2. One Sharpe ratio: [`SharpeEstimate`] (standard error, probabilistic ratio, track record),
//!    [`SharpeBootstrap`] (interval by the stationary bootstrap of [`bootstrap`]).
//! 3. Out of sample: [`splits`] (walk-forward windows, combinatorial purged cross-validation).
//! 4. The [`catalogue`] of metrics: what each statistic is called, means and looks like.
//! 5. Below them: [`summation`] in one order, [`quantile`] and [`median`], [`simple_returns`], the
//!    [`normal`] and [`student`] distributions, counter-based [`random`] numbers.
//!
//! Fractions, not per cent. An undefined statistic is `None`, never an infinity or NaN that would
//! win a ranking. Ratios are per observation, not annualised, unless their documentation says so.
#![warn(clippy::disallowed_methods)]

pub mod random;
pub mod summation;

mod partial_sums;
mod quantile;
mod returns;

pub mod normal;
pub mod student;

pub mod block_length;
pub mod bootstrap;
mod sharpe;
mod sharpe_bootstrap;

pub mod splits;

pub mod catalogue;
pub mod text;

mod day;
mod drawdown;
mod fold_sums;
mod moments;
mod money_weighted;
mod peaks;
mod performance;
pub mod period_sums;
mod relative;
mod risk_free;
mod summary;
mod tail_risk;

pub use day::Day;
pub use drawdown::{Drawdown, Drawdowns, drawdown_episodes};
pub use fold_sums::{FOLDS, Fold};
pub use money_weighted::money_weighted_return;
pub use performance::Performance;
pub use quantile::{median, quantile};
pub use relative::Relative;
pub use returns::{simple_returns, simple_returns_from};
pub use risk_free::RiskFree;
pub use sharpe::{SharpeEstimate, SharpeEvidence, autocorrelation_factor};
pub use sharpe_bootstrap::{SharpeBootstrap, SharpeInterval, sharpe_interval};
pub use summary::Summary;
pub use tail_risk::TailRisk;
