//! What the engine asks of an alpha model that a strategy can name.

use std::fmt::Debug;
use std::sync::Arc;

use super::model::AlphaModel;
use crate::check_context::Context;
use crate::conventions::{Conventions, Entry, WarmUp};
use crate::date::Moment;
use crate::declaration::{Mistake, Parameter, Place};
use crate::formula::node::Node;
use crate::market::{AssetId, Market};
use crate::signal_tables::Signal;

/// An alpha model as a strategy names it: its parameters.
pub(crate) trait AlphaPart {
    /// Finds what does not go together: its parameters with each other and with the strategy.
    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>);

    /// The symbols that it names itself.
    fn named(&self) -> Vec<&str> {
        Vec::new()
    }

    /// The numbers, flags and texts that it is made with, by name.
    fn parameters(&self) -> &[(String, Parameter)] {
        &[]
    }

    /// Whether a symbol that it names has a weight at a moment.
    fn names_at(&self, symbol: &str, moment: Moment) -> bool {
        let _ = (symbol, moment);
        true
    }

    /// Resolves the names.
    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn BoundModel>, UnknownSymbol>;
}

/// What names are resolved against.
pub(crate) struct Binding<'a> {
    pub(crate) market: &'a Market,
    pub(crate) conventions: &'a Conventions,
    /// Formulas by name.
    pub(crate) signals: &'a [(String, String)],
}

/// A symbol that the market does not have.
pub(crate) struct UnknownSymbol(pub(crate) String);

impl Binding<'_> {
    /// Weights by asset.
    pub(crate) fn resolve(
        &self,
        weights: &[(String, f64)],
    ) -> Result<Vec<(AssetId, f64)>, UnknownSymbol> {
        let asset = |(symbol, weight): &(String, f64)| {
            let asset = self.market.asset(symbol);
            let asset = asset.ok_or_else(|| UnknownSymbol(symbol.clone()))?;
            Ok((asset, *weight))
        };
        weights.iter().map(asset).collect()
    }
}

/// An alpha model with its names resolved. Data: a model with memory is made from it for each run.
pub(crate) trait BoundModel: Debug + Send + Sync {
    /// What the model reads of the past; `None` when it looks at nothing but the present.
    fn history(&self) -> Option<History>;

    /// Whether it weighs nothing but what may be held.
    fn names_members_only(&self) -> bool;

    /// The signals that it reads at each decision, which a batch computes once for all who read
    /// them. Without them the model computes its own.
    fn signals(&self, n_assets: usize) -> Vec<Signal> {
        let _ = n_assets;
        Vec::new()
    }

    /// The formulas that a model of the user's asks for by name, which [`BoundModel::signals`] lists
    /// too.
    fn named_signals(&self) -> Arc<[(String, Arc<Node>)]> {
        Arc::default()
    }

    /// The two averages, if its weights change only where these cross.
    fn crossover(&self) -> Option<Crossover> {
        None
    }

    /// The model, as at the start of a run.
    fn model(&self) -> Box<dyn AlphaModel + '_>;
}

/// What a model reads of the past.
#[derive(Clone, Copy, Debug)]
pub(crate) struct History {
    /// The closes that must have been seen since the start before its weights can differ from zero.
    pub(crate) warm_up: u32,
    /// Closes that it reads at a decision, the last included.
    pub(crate) closes: u32,
    /// Whether it looks at returns, so that the conventions say how many closes are enough.
    pub(crate) is_of_returns: bool,
}

impl History {
    /// Closes that have to be seen before it decides.
    pub(crate) fn warm_up_under(&self, rule: WarmUp) -> u32 {
        let one_more = self.is_of_returns && rule == WarmUp::Returns;
        self.warm_up.saturating_add(one_more.into())
    }

    /// The returns of the last `lookback` sessions.
    pub(crate) fn of_returns(lookback: u32) -> History {
        History {
            warm_up: lookback,
            closes: lookback.saturating_add(1),
            is_of_returns: true,
        }
    }
}

/// Two moving averages of closes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crossover {
    /// Sessions in the fast average.
    pub(crate) fast: u32,
    /// Sessions in the slow average.
    pub(crate) slow: u32,
    /// Whether being above is enough, or only a crossing counts.
    pub(crate) entry: Entry,
}
