//! The highest momentum long, the lowest short.

use std::sync::Arc;

use super::as_of::{AsOf, RankBuffers};
use super::model::{AlphaError, AlphaModel};
use super::part::{AlphaPart, Binding, BoundModel, History, UnknownSymbol};
use super::ranking::Group;
use super::weights::Weights;
use crate::check_context::{ALLOW_SHORTS, Context};
use crate::declaration::{Mistake, Part, Path, Place};
use crate::signal_tables::Signal;

crate::part! {
    /// `1 / top_n` for each of the `top_n` assets with the highest momentum, `-1 / bottom_n` for
    /// each of the `bottom_n` with the lowest among the others.
    pub struct LongShortMomentum as "long-short-momentum": Copy {
        /// How many sessions the signal looks back over.
        lookback: u32 => Count, Required;
        /// How many assets are held long.
        top_n: u32 => Count, Required;
        /// How many assets are held short.
        bottom_n: u32 => Count, Required;
    }
}

impl AlphaPart for LongShortMomentum {
    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        if !context.allows_shorts {
            let name = LongShortMomentum::NAME;
            let message = format!("the model `{name}` sells short, in a long-only portfolio");
            let label = "has negative weights";
            let mistake = Mistake::stating(at.key("model"), name, message, label);
            let because = Path::to("portfolio", "sizing");
            mistakes.push(mistake.help(ALLOW_SHORTS).because(because));
        }
    }

    fn bind(&self, _: &Binding<'_>) -> Result<Arc<dyn BoundModel>, UnknownSymbol> {
        Ok(Arc::new(*self))
    }
}

impl BoundModel for LongShortMomentum {
    fn history(&self) -> Option<History> {
        Some(History::of_returns(self.lookback))
    }

    fn names_members_only(&self) -> bool {
        true
    }

    fn signals(&self, n_assets: usize) -> Vec<Signal> {
        vec![Signal::MomentumRanking {
            lookback: self.lookback,
            depth: n_assets,
        }]
    }

    fn model(&self) -> Box<dyn AlphaModel + '_> {
        Box::new(Model {
            lookback: self.lookback,
            top_n: self.top_n as usize,
            bottom_n: self.bottom_n as usize,
            buffers: RankBuffers::default(),
        })
    }
}

struct Model {
    lookback: u32,
    top_n: usize,
    bottom_n: usize,
    buffers: RankBuffers,
}

impl AlphaModel for Model {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        weights.cover_universe();
        if as_of.has_returns(self.lookback) {
            let n = as_of.assets().len();
            let longs = self.top_n.min(n);
            let shorts = self.bottom_n.min(n - longs);
            let legs = [
                (longs, Group::First, 1.0 / self.top_n as f64),
                (n - shorts, Group::Rest, -1.0 / self.bottom_n as f64),
            ];
            for (n, side, weight) in legs {
                for &position in as_of.by_momentum(self.lookback, n, side, &mut self.buffers) {
                    weights.set(as_of.assets()[position as usize], weight);
                }
            }
        }
        Ok(())
    }
}
