//! One number for every asset.

use std::sync::Arc;

use super::as_of::AsOf;
use super::model::{AlphaError, AlphaModel};
use super::part::{AlphaPart, Binding, BoundModel, History, UnknownSymbol};
use super::weights::Weights;
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

crate::part! {
    /// The same number for each asset of the universe.
    pub struct SingleSignal as "single-signal": Copy {
        /// The number that every asset gets.
        signal: f64 => Number(Bounds::Any), Number(1.0);
    }
}

impl AlphaPart for SingleSignal {
    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        context.check_sign(self.signal, || at.key("signal"), mistakes);
    }

    fn bind(&self, _: &Binding<'_>) -> Result<Arc<dyn BoundModel>, UnknownSymbol> {
        Ok(Arc::new(*self))
    }
}

impl BoundModel for SingleSignal {
    fn history(&self) -> Option<History> {
        None
    }

    fn names_members_only(&self) -> bool {
        true
    }

    fn model(&self) -> Box<dyn AlphaModel + '_> {
        Box::new(Model {
            signal: self.signal,
        })
    }
}

struct Model {
    signal: f64,
}

impl AlphaModel for Model {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        for &asset in as_of.assets() {
            weights.set(asset, self.signal);
        }
        Ok(())
    }
}
