//! A lowest weight.

use super::part::RiskPart;
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

crate::part! {
    /// Weights below `min_weight` become zero.
    pub struct Floor as "floor": Copy {
        /// The lowest weight that is kept.
        min_weight: f64 => Number(Bounds::Any), Required;
    }
}

impl RiskPart for Floor {
    fn adjust(&self, weight: f64) -> f64 {
        if weight >= self.min_weight {
            weight
        } else {
            0.0
        }
    }

    /// A negative floor keeps every weight, which is odd and not impossible.
    fn check(&self, _: &Context<'_>, _: &Place<'_>, _: &mut Vec<Mistake>) {}
}
