//! A highest weight.

use super::part::RiskPart;
use crate::alpha::{AsOf, Weights};
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

crate::part! {
    /// No weight above `max_weight`.
    pub struct Cap as "cap": Copy {
        /// The highest weight.
        max_weight: f64 => Number(Bounds::Any), Required;
    }
}

impl RiskPart for Cap {
    fn apply(&self, _: AsOf<'_>, weights: &mut Weights, _: &mut Vec<f64>) {
        weights.change_each(|weight| weight.min(self.max_weight));
    }

    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        context.check_sign(self.max_weight, || at.key("max_weight"), mistakes);
    }
}
