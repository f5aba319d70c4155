//! The alpha model's weights as they are.

use super::part::OptimiserPart;
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

crate::part! {
    /// Keeps the alpha model's weights.
    pub struct FixedWeight as "fixed-weight": Copy;
}

impl OptimiserPart for FixedWeight {
    fn check(&self, _: &Context<'_>, _: &Place<'_>, _: &mut Vec<Mistake>) {}
}
