//! Statistics of an equity curve and of its trades.
//!
//! Two sets, never mixed: [`Summary`] follows the textbooks, [`qstrader::Statistics`] is the
//! content of QSTrader's JSON file under the conventions that the strategy chose. An undefined
//! ratio is `None` in the first and NaN in the second; it is never an infinity that would win a
//! ranking.
//!
//! What needs numbers alone is the crate `statistics`; what a user of a backtest needs of it is
//! here as well.

pub mod qstrader;
mod trading;

pub use ::statistics::{
    Drawdown, Drawdowns, FOLDS, Fold, Performance, Relative, SharpeEvidence, Summary, TailRisk,
    drawdown_episodes,
};
pub use trading::{Trading, round_trips, turnover};
