//! Less of what moves more.

use optimisers::optimisers::InverseVolatility as Method;

use super::limits::BoundLimits;
use super::part::OptimiserPart;
use super::plan::{Plan, Uniform};
use super::window::windowed;
use crate::alpha::{Binding, UnknownSymbol};
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

windowed! {
    /// Weights in inverse proportion to volatility, of the assets to which the alpha model gives a weight.
    pub struct InverseVolatility as "inverse-volatility" {}
}

impl OptimiserPart for InverseVolatility {
    fn plan(&self, binding: &Binding<'_>) -> Result<Option<Plan>, UnknownSymbol> {
        let limits = BoundLimits::long_only(binding.market.n_assets());
        Ok(Some(Plan::new(
            self.window(),
            Box::new(Uniform(Method)),
            limits,
        )))
    }

    fn check(&self, _: &Context<'_>, _: &Place<'_>, _: &mut Vec<Mistake>) {}
}
