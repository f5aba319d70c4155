//! All weights times a factor.

use super::part::RiskPart;
use crate::alpha::{AsOf, Weights};
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

crate::part! {
    /// Every weight times `factor`.
    pub struct Scale as "scale": Copy {
        /// The factor.
        factor: f64 => Number(Bounds::Any), Required;
    }
}

impl RiskPart for Scale {
    fn apply(&self, _: AsOf<'_>, weights: &mut Weights, _: &mut Vec<f64>) {
        weights.change_each(|weight| weight * self.factor);
    }

    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        context.check_sign(self.factor, || at.key("factor"), mistakes);
    }
}
