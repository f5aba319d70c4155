//! How much of the best of many backtests is luck.
//!
//! Pure functions: returns, sums or ratios in, numbers out. No I/O, clock, threads or hidden
//! randomness; what draws at random takes a seed, and gives the same bits everywhere.
//!
//! 1. By formula: [`selection`] (expected best, deflated Sharpe ratio, backtest length),
//!    [`haircut`] (corrected p-values and Sharpe ratios), [`effective_trials`].
//! 2. Against what one could have held instead: [`hedge`] (residuals from sums, how long stretches of time
//!    have to be).
//! 3. From the trials' returns: [`reality_check`] (White, Hansen, Romano and Wolf by the stationary
//!    bootstrap), [`sign_flips`] (the same tests from sums over stretches of time, which is what a
//!    sweep has), [`cscv`] (probability of backtest overfitting).
//!
//! Ratios are per observation, not annualised, unless a name says so.
#![warn(clippy::disallowed_methods)]

pub mod effective_trials;
pub mod haircut;
pub mod selection;

pub mod cscv;
pub mod hedge;
mod matrix;
pub mod rank_correlation;
pub mod reality_check;
pub mod sign_flips;

pub use matrix::Returns;
