//! A lowest weight.

use super::part::RiskPart;
use crate::alpha::{AsOf, Weights};
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
    fn apply(&self, _: AsOf<'_>, weights: &mut Weights, _: &mut Vec<f64>) {
        weights.change_each(|weight| match weight >= self.min_weight {
            true => weight,
            false => 0.0,
        });
    }

    /// A negative floor keeps every weight, which is odd and not impossible.
    fn check(&self, _: &Context<'_>, _: &Place<'_>, _: &mut Vec<Mistake>) {}
}
