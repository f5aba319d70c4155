//! The assets with the highest momentum, in equal parts.

use std::sync::Arc;

use super::as_of::{AsOf, RankBuffers};
use super::model::{AlphaError, AlphaModel};
use super::part::{AlphaPart, Binding, BoundModel, History, UnknownSymbol};
use super::ranking::Group;
use super::weights::Weights;
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};
use crate::signal_tables::Signal;

crate::part! {
    /// `1 / top_n` for each of the `top_n` assets with the highest momentum, the rest zero.
    pub struct TopNMomentum as "top-n-momentum": Copy {
        /// How many sessions the signal looks back over.
        lookback: u32 => Count, Required;
        /// How many assets are held long.
        top_n: u32 => Count, Required;
    }
}

impl AlphaPart for TopNMomentum {
    fn check(&self, _: &Context<'_>, _: &Place<'_>, _: &mut Vec<Mistake>) {}

    fn bind(&self, _: &Binding<'_>) -> Result<Arc<dyn BoundModel>, UnknownSymbol> {
        Ok(Arc::new(*self))
    }
}

impl BoundModel for TopNMomentum {
    fn history(&self) -> Option<History> {
        Some(History::of_returns(self.lookback))
    }

    fn names_members_only(&self) -> bool {
        true
    }

    fn signals(&self, n_assets: usize) -> Vec<Signal> {
        vec![Signal::MomentumRanking {
            lookback: self.lookback,
            depth: (self.top_n as usize).min(n_assets),
        }]
    }

    fn model(&self) -> Box<dyn AlphaModel + '_> {
        Box::new(Model {
            lookback: self.lookback,
            top_n: self.top_n as usize,
            buffers: RankBuffers::default(),
        })
    }
}

struct Model {
    lookback: u32,
    top_n: usize,
    buffers: RankBuffers,
}

impl AlphaModel for Model {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        if as_of.has_returns(self.lookback) {
            let weight = 1.0 / self.top_n as f64;
            let buffers = &mut self.buffers;
            for &position in as_of.by_momentum(self.lookback, self.top_n, Group::First, buffers) {
                weights.set(as_of.assets()[position as usize], weight);
            }
        }
        Ok(())
    }
}
