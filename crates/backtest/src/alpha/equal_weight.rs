//! Equal weights of everything that may be held.

use std::sync::Arc;

use super::as_of::AsOf;
use super::model::{AlphaError, AlphaModel};
use super::part::{AlphaPart, Binding, BoundModel, History, UnknownSymbol};
use super::weights::Weights;
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

crate::part! {
    /// `1 / n` for each of the universe's `n` assets.
    pub struct EqualWeight as "equal-weight": Copy;
}

impl AlphaPart for EqualWeight {
    fn check(&self, _: &Context<'_>, _: &Place<'_>, _: &mut Vec<Mistake>) {}

    fn bind(&self, _: &Binding<'_>) -> Result<Arc<dyn BoundModel>, UnknownSymbol> {
        Ok(Arc::new(*self))
    }
}

impl BoundModel for EqualWeight {
    fn history(&self) -> Option<History> {
        None
    }

    fn names_members_only(&self) -> bool {
        true
    }

    fn model(&self) -> Box<dyn AlphaModel + '_> {
        Box::new(Model)
    }
}

struct Model;

impl AlphaModel for Model {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        let weight = 1.0 / as_of.assets().len() as f64;
        for &asset in as_of.assets() {
            weights.set(asset, weight);
        }
        Ok(())
    }
}
