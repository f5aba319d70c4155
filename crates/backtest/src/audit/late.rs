//! An alpha model that is shown the market as it was some sessions ago.

use crate::alpha::{AlphaError, AlphaModel, AsOf, Weights};
use crate::backtest::Backtest;
use crate::market::{AssetId, Mark, Session};

/// Asks a model with a view that ends some sessions before the decision; in the first sessions, with
/// the oldest view there is.
pub(super) struct Late<'m> {
    model: &'m mut dyn AlphaModel,
    sessions: u32,
    members: Vec<AssetId>,
}

impl<'m> Late<'m> {
    pub(super) fn new(model: &'m mut dyn AlphaModel, sessions: u32) -> Late<'m> {
        Late {
            model,
            sessions,
            members: Vec::new(),
        }
    }
}

impl AlphaModel for Late<'_> {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        let Mark { session, at } = as_of.mark;
        let earlier = session.0.saturating_sub(self.sessions).max(as_of.first.0);
        let mark = Mark {
            session: Session(earlier),
            at,
        };
        // An asset whose first price came after that could not be named then.
        let priced = |asset: &AssetId| {
            let first = as_of.market.first_price(*asset);
            first.is_some_and(|first| first <= mark)
        };
        self.members.clear();
        self.members
            .extend(as_of.members.iter().copied().filter(priced));
        let is_whole = self.members.len() == as_of.members.len();
        let view = AsOf {
            mark,
            members: &self.members,
            whole_market_since: as_of.whole_market_since.filter(|_| is_whole),
            shared: None,
            ..as_of
        };
        self.model.weights(view, weights)
    }
}

impl<'m> Backtest<'m> {
    /// The same backtest with each decision `sessions` later. Decisions that would fall after the
    /// last session are dropped.
    pub(super) fn decided_later(&self, sessions: u32) -> Backtest<'m> {
        let mut frame = (*self.frame).clone();
        frame.decisions.retain_mut(|mark| {
            mark.session.0 += sessions;
            mark.session <= frame.window.last
        });
        Backtest {
            frame: frame.into(),
            ..self.clone()
        }
    }
}
