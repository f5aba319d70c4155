//! Statistics of an equity curve.
//!
//! Two sets, never mixed: [`Summary`] follows the textbooks, [`qstrader::Statistics`] is the
//! content of QSTrader's JSON file under the conventions that the strategy chose. An undefined
//! ratio is `None` in the first and NaN in the second; it is never an infinity that would win a
//! ranking.

mod drawdown;
mod lanes;
mod peaks;
mod performance;
pub mod qstrader;
mod quantile;
mod relative;
mod sharpe;
mod summary;
mod tail_risk;
mod trading;

pub use drawdown::{Drawdown, Drawdowns, drawdown_episodes};
pub use performance::{FOLDS, Fold, Performance};
pub use quantile::quantile;
pub use relative::Relative;
pub use sharpe::{SharpeEvidence, autocorrelation_factor, normal_cdf, sharpe_error};
pub use summary::Summary;
pub use tail_risk::TailRisk;
pub use trading::{RoundTrip, Trading, round_trips, turnover};
