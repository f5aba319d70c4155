//! Optimisers, one a file.

mod hierarchical;
mod inverse_variance;
mod inverse_volatility;
mod max_diversification;
mod max_sharpe;
mod mean_variance;
mod min_variance;
mod risk_parity;

pub use hierarchical::{Distance, HierarchicalRiskParity, Linkage};
pub use inverse_variance::InverseVariance;
pub use inverse_volatility::InverseVolatility;
pub use max_diversification::MaxDiversification;
pub use max_sharpe::MaxSharpe;
pub use mean_variance::MeanVariance;
pub use min_variance::MinVariance;
pub use risk_parity::RiskParity;
