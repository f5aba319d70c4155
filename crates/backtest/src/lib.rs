//! One backtest, as a pure function.

pub mod conventions;
pub mod date;
pub mod market;
pub mod strategy;
