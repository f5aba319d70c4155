//! Less of what moves more.

use std::sync::Arc;

use super::as_of::AsOf;
use super::model::{AlphaError, AlphaModel};
use super::part::{AlphaPart, Binding, BoundModel, History, UnknownSymbol};
use super::weights::Weights;
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};
use crate::signal_tables::Signal;

crate::part! {
    /// `1 / volatility` for each asset, zero where there is none.
    pub struct InverseVolatility as "inverse-volatility": Copy {
        /// How many sessions the signal looks back over.
        lookback: u32 => Count, Required;
    }
}

impl AlphaPart for InverseVolatility {
    fn check(&self, _: &Context<'_>, _: &Place<'_>, _: &mut Vec<Mistake>) {}

    fn bind(&self, _: &Binding<'_>) -> Result<Arc<dyn BoundModel>, UnknownSymbol> {
        Ok(Arc::new(*self))
    }
}

impl BoundModel for InverseVolatility {
    fn history(&self) -> Option<History> {
        Some(History::of_returns(self.lookback))
    }

    fn names_members_only(&self) -> bool {
        true
    }

    fn signals(&self, _: usize) -> Vec<Signal> {
        vec![Signal::Volatility {
            lookback: self.lookback,
        }]
    }

    fn model(&self) -> Box<dyn AlphaModel + '_> {
        Box::new(Model {
            lookback: self.lookback,
            volatilities: Vec::new(),
        })
    }
}

struct Model {
    lookback: u32,
    volatilities: Vec<f64>,
}

impl AlphaModel for Model {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        if as_of.has_returns(self.lookback) {
            let lookback = self.lookback;
            let volatilities = as_of.each(&Signal::Volatility { lookback }, &mut self.volatilities);
            for (&asset, &volatility) in as_of.assets().iter().zip(volatilities) {
                weights.set(
                    asset,
                    if volatility > 0.0 {
                        1.0 / volatility
                    } else {
                        0.0
                    },
                );
            }
        }
        Ok(())
    }
}
