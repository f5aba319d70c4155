//! Optimisers: from alpha weights to portfolio weights.

mod equal_weight;
mod fixed_weight;
mod hierarchical;
mod inverse_volatility;
mod limits;
mod max_diversification;
mod max_sharpe;
mod mean_variance;
mod min_variance;
mod part;
mod plan;
mod risk_parity;
mod window;

use part::OptimiserPart;

pub use equal_weight::EqualWeight;
pub use fixed_weight::FixedWeight;
pub use hierarchical::{ClusterDistance, ClusterLinkage, Hierarchical};
pub use inverse_volatility::InverseVolatility;
pub use limits::GroupLimit;
pub use max_diversification::MaxDiversification;
pub use max_sharpe::MaxSharpe;
pub use mean_variance::MeanVariance;
pub use min_variance::MinVariance;
pub(crate) use plan::{Desk, Plan, Planned};
pub use risk_parity::RiskParity;
pub use window::{CovarianceEstimator, Fallback};

crate::parts! {
    /// How alpha weights become portfolio weights: the optimisers that a strategy can name.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Optimiser: OptimiserPart {
        FixedWeight,
        EqualWeight(EqualWeight),
        InverseVolatility(InverseVolatility),
        RiskParity(RiskParity),
        MinVariance(MinVariance),
        MaxSharpe(MaxSharpe),
        MeanVariance(MeanVariance),
        MaxDiversification(MaxDiversification),
        Hierarchical(Hierarchical),
    }
}
