//! Risk models: what adjusts the alpha model's weights before the optimiser, each by itself.

mod cap;
mod floor;
mod scale;

use crate::alpha::Weights;
use crate::check_context::Context;
use crate::declaration::{At, Mistake};

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

/// What the engine asks of a risk model.
pub(crate) trait RiskPart {
    /// The adjusted weight. Zero stays zero.
    fn adjust(&self, weight: f64) -> f64;

    /// Adjusts all weights of a decision.
    fn apply(&self, weights: &mut Weights) {
        weights.change_each(|weight| self.adjust(weight));
    }

    /// Finds what does not go with the strategy, where its conventions apply risk models.
    fn check(&self, context: &Context<'_>, at: &At<'_>, mistakes: &mut Vec<Mistake>);
}

impl RiskModel {
    /// The adjusted weight. Zero stays zero.
    pub fn adjust(&self, weight: f64) -> f64 {
        self.part().adjust(weight)
    }
}
