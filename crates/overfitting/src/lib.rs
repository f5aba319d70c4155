//! How much of a backtest, and of the best of many, is luck.
//!
//! Pure functions: returns, sums or ratios in, numbers out. No I/O, clock, threads or hidden
//! randomness; what draws at random takes a seed, and gives the same bits everywhere.
//!
//! 1. The best of many, by formula: [`selection`] (expected best, deflated Sharpe ratio, backtest
//!    length), [`haircut`] (corrected p-values and Sharpe ratios), [`effective_trials`].
//! 2. The best of many, from their returns: [`reality_check`] (White, Hansen, Romano and Wolf by
//!    the stationary bootstrap), [`sign_flips`] (the same questions from sums over stretches of
//!    time, which is what a sweep has), [`cscv`] (probability of backtest overfitting).
//! 3. Out of sample: [`splits`] (walk-forward windows, combinatorial purged cross-validation).
//! 4. Where a winner stands: [`plateau`].
//! 5. All of it in one sentence: [`verdict`].
//!
//! Ratios are per observation, not annualised, unless a name says so. What one backtest's Sharpe
//! ratio is worth is in the crate `statistics`.
#![warn(clippy::disallowed_methods)]

pub mod effective_trials;
pub mod haircut;
pub mod selection;

pub mod cscv;
mod matrix;
pub mod reality_check;
pub mod sign_flips;

pub mod splits;

pub mod plateau;
pub mod verdict;

pub use matrix::Returns;
