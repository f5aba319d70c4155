//! Optimisers: from alpha weights to portfolio weights.

mod equal_weight;
mod fixed_weight;
mod part;

use part::OptimiserPart;

pub use equal_weight::EqualWeight;
pub use fixed_weight::FixedWeight;

crate::parts! {
    /// How alpha weights become portfolio weights: the optimisers that a strategy can name.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Optimiser: OptimiserPart {
        FixedWeight,
        EqualWeight(EqualWeight),
    }
}
