//! Risk models: what adjusts the alpha model's weights before the optimiser.

mod cap;
mod floor;
mod part;
mod scale;
mod target_volatility;

use part::RiskPart;

pub use cap::Cap;
pub use floor::Floor;
pub use scale::Scale;
pub use target_volatility::TargetVolatility;

crate::parts! {
    /// An adjustment of the alpha model's weights: the risk models that a strategy can name.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum RiskModel: RiskPart {
        Cap(Cap),
        Scale(Scale),
        Floor(Floor),
        TargetVolatility(TargetVolatility),
    }
}
