//! Portfolio weights from covariances, under constraints.
//!
//! Pure functions of numbers: no I/O, clock, thread or hidden randomness, the same bits on every
//! machine. All work happens in memory that the caller keeps ([`Returns`], [`Covariance`],
//! [`Workspace`]): after the first problem of a size nothing is allocated, and nothing of a problem
//! remains for the next.
//!
//! 1. [`Returns`] of a window, from closes or as they are.
//! 2. A [`Covariance`] by an [`Estimator`] of [`estimators`]. It may be shared by all who need it.
//! 3. Weights by an [`Optimiser`] of [`optimisers`] under [`Constraints`].
//! 4. What is done to weights afterwards: [`cap`], [`target_volatility`].
//!
//! A problem without a solution is a [`Failure`] that says which input or constraint is at fault; no
//! input is repaired in silence. Returns, volatilities and covariances are those of one period,
//! nothing is annualised, unless documentation says so. Assets are positions, counted from 0.
#![warn(clippy::disallowed_methods)]

mod linear;

mod conflict;
mod constraints;
mod failure;

mod covariance;
mod problem;
mod returns;

mod estimator;
pub mod estimators;

mod clusters;
mod non_negative;
mod quadratic;
mod unconstrained;
mod workspace;

mod optimiser;
pub mod optimisers;
mod ratio;

mod cap;
mod volatility_target;

pub use cap::cap;
pub use conflict::{Conflict, Constraint};
pub use constraints::{Constraints, Group};
pub use covariance::Covariance;
pub use estimator::Estimator;
pub use failure::Failure;
pub use optimiser::Optimiser;
pub use problem::Problem;
pub use returns::Returns;
pub use volatility_target::target_volatility;
pub use workspace::Workspace;
