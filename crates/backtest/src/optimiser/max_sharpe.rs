//! The greatest Sharpe ratio.

use optimisers::optimisers::MaxSharpe as Method;

use super::part::OptimiserPart;
use super::plan::{Plan, Uniform};
use super::window::limited;
use crate::alpha::{Binding, UnknownSymbol};
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

limited! {
    /// The greatest Sharpe ratio, of the assets to which the alpha model gives a weight. Expected returns are the means of the lookback.
    pub struct MaxSharpe as "max-sharpe" {
        /// The rate of a session that is taken off mean returns.
        session_rate: f64 => Number(Bounds::Any), Number(0.0);
    }
}

impl OptimiserPart for MaxSharpe {
    fn plan(&self, binding: &Binding<'_>) -> Result<Option<Plan>, UnknownSymbol> {
        let limits = self.limits().bind(binding, 0.0)?;
        let method = Method {
            risk_free: self.session_rate,
        };
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
