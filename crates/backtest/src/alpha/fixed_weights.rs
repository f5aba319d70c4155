//! The same weights at every decision.

use std::sync::Arc;

use super::as_of::AsOf;
use super::model::{AlphaError, AlphaModel};
use super::part::{AlphaPart, Binding, BoundModel, History, UnknownSymbol};
use super::weights::Weights;
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};
use crate::market::AssetId;

crate::part! {
    /// The same weights at every decision.
    pub struct FixedWeights as "fixed-weights" {
        /// A weight for each symbol.
        weights: Vec<(String, f64)> => Weights, Required;
    }
}

impl AlphaPart for FixedWeights {
    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        if self.weights.is_empty() {
            mistakes.push(no_weights(at, "weights"));
        }
        context.check_weights(&self.weights, at, "weights", mistakes);
    }

    fn named(&self) -> Vec<&str> {
        self.weights.iter().map(|(symbol, _)| &**symbol).collect()
    }

    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn BoundModel>, UnknownSymbol> {
        Ok(Arc::new(Bound(binding.resolve(&self.weights)?)))
    }
}

/// Weights given for nothing.
pub(crate) fn no_weights(at: &Place<'_>, key: &'static str) -> Mistake {
    let mistake = Mistake::stating(at.key(key), "{}", "there are no weights", "empty");
    mistake.help("name at least one asset, as in `{ SPY = 1.0 }`")
}

#[derive(Debug)]
struct Bound(Vec<(AssetId, f64)>);

impl BoundModel for Bound {
    fn history(&self) -> Option<History> {
        None
    }

    fn names_members_only(&self) -> bool {
        false
    }

    fn model(&self) -> Box<dyn AlphaModel + '_> {
        Box::new(Model { weights: &self.0 })
    }
}

struct Model<'a> {
    weights: &'a [(AssetId, f64)],
}

impl AlphaModel for Model<'_> {
    fn weights(&mut self, _: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        for &(asset, weight) in self.weights {
            weights.set(asset, weight);
        }
        Ok(())
    }
}
