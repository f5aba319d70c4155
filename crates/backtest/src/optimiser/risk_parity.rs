//! Every asset contributes its share of the risk.

use optimisers::{Failure, Optimiser, Problem};

use super::limits::BoundLimits;
use super::part::OptimiserPart;
use super::plan::{Memory, Method, Plan};
use super::window::windowed;
use crate::alpha::{Binding, UnknownSymbol};
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};
use crate::market::AssetId;

windowed! {
    /// Every asset to which the alpha model gives a weight contributes its budget of the risk.
    pub struct RiskParity as "risk-parity" {
        /// The budget of each asset, in any unit. Equal ones when left out; an asset that is not named has 1.
        budgets: Vec<(String, f64)> => Weights, Optional;
    }
}

impl OptimiserPart for RiskParity {
    fn plan(&self, binding: &Binding<'_>) -> Result<Option<Plan>, UnknownSymbol> {
        let n_assets = binding.market.n_assets();
        let mut budgets = vec![1.0; n_assets];
        for (asset, budget) in binding.resolve(&self.budgets)? {
            budgets[asset.index()] = budget;
        }
        let limits = BoundLimits::long_only(n_assets);
        Ok(Some(Plan::new(
            self.window(),
            Box::new(Bound { budgets }),
            limits,
        )))
    }

    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        for (symbol, budget) in &self.budgets {
            let path = || at.key("budgets").name(symbol);
            context.check_member(symbol, path, mistakes);
            if *budget <= 0.0 {
                let mistake = Mistake::new(path(), budget, "must be more than 0");
                let help = format!("leave `{symbol}` out of the universe to give it no risk");
                mistakes.push(mistake.help(help));
            }
        }
    }
}

#[derive(Debug)]
struct Bound {
    budgets: Vec<f64>,
}

impl Method for Bound {
    fn choose(
        &self,
        assets: &[AssetId],
        problem: &Problem<'_>,
        memory: &mut Memory,
        weights: &mut [f64],
    ) -> Result<(), Failure> {
        let budgets = &mut memory.parity.budgets;
        budgets.clear();
        budgets.extend(assets.iter().map(|asset| self.budgets[asset.index()]));
        (memory.parity).weights(problem, &mut memory.workspace, weights)
    }
}
