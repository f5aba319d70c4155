//! The least variance.

use optimisers::optimisers::MinVariance as Method;

use super::part::OptimiserPart;
use super::plan::{Plan, Uniform};
use super::window::limited;
use crate::alpha::{Binding, UnknownSymbol};
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

limited! {
    /// The least variance, of the assets to which the alpha model gives a weight.
    pub struct MinVariance as "min-variance" {
        /// What the variance of a session is charged per unit of the sum of absolute changes of weights. A fee of 0.001 paid every 21 sessions is 0.001/21.
        turnover_penalty: f64 => Number(Bounds::NotNegative), Number(0.0);
    }
}

impl OptimiserPart for MinVariance {
    fn plan(&self, binding: &Binding<'_>) -> Result<Option<Plan>, UnknownSymbol> {
        let limits = self.limits().bind(binding, self.turnover_penalty)?;
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
