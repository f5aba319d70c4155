//! Risk models: what adjusts the alpha model's weights before the optimiser, each weight by itself.

mod cap;
mod floor;
mod part;
mod scale;

use part::RiskPart;

pub use cap::Cap;
pub use floor::Floor;
pub use scale::Scale;

crate::parts! {
    /// An adjustment of the alpha model's weights: the risk models that a strategy can name.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum RiskModel: RiskPart {
        Cap(Cap),
        Scale(Scale),
        Floor(Floor),
    }
}

impl RiskModel {
    /// The adjusted weight. Zero stays zero.
    pub fn adjust(&self, weight: f64) -> f64 {
        self.part().adjust(weight)
    }
}
