//! The most diversified portfolio.

use optimisers::optimisers::MaxDiversification as Method;

use super::part::OptimiserPart;
use super::plan::{Plan, Uniform};
use super::window::limited;
use crate::alpha::{Binding, UnknownSymbol};
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

limited! {
    /// The greatest ratio of the weighted mean volatility to the volatility of the whole, of the assets to which the alpha model gives a weight (Choueifaty and Coignard, 2008).
    pub struct MaxDiversification as "max-diversification" {}
}

impl OptimiserPart for MaxDiversification {
    fn plan(&self, binding: &Binding<'_>) -> Result<Option<Plan>, UnknownSymbol> {
        let limits = self.limits().bind(binding, 0.0)?;
        let method = Method;
        Ok(Some(Plan::new(
            self.window(),
            Box::new(Uniform(method)),
            limits,
        )))
    }

    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        self.limits().check(context, at, mistakes);
    }
}
