//! An alpha model that is shown the market as it was some sessions ago.

use crate::alpha::{AlphaError, AlphaModel, AsOf, Weights};
use crate::asset_set::AssetSet;
use crate::backtest::Backtest;
use crate::market::{AssetId, Mark, Session};

/// Asks a model with a view that ends some sessions before the decision; in the first sessions, with
/// the oldest view there is.
pub(super) struct Late<'m> {
    model: &'m mut dyn AlphaModel,
    backtest: &'m Backtest<'m>,
    /// Whether the backtest has formulas evaluated where the views end.
    reads_formulas: bool,
    sessions: u32,
    members: Vec<AssetId>,
    inside: AssetSet,
}

impl<'m> Late<'m> {
    /// * `backtest`: the one that is run, as [`Backtest::with_old_formulas`] gives it.
    pub(super) fn new(
        model: &'m mut dyn AlphaModel,
        backtest: &'m Backtest<'m>,
        sessions: u32,
    ) -> Late<'m> {
        Late {
            model,
            backtest,
            reads_formulas: backtest.signals.is_some(),
            sessions,
            members: Vec::new(),
            inside: AssetSet::of_none(backtest.market.n_assets()),
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
        // Formulas have been evaluated there, for those that could be held then.
        let evaluated = as_of.shared.filter(|_| self.reads_formulas);
        if evaluated.is_some() {
            let universe = &self.backtest.frame.universe;
            universe.at(as_of.market, mark, &mut self.members, &mut self.inside);
        }
        let is_whole = self.members.len() == as_of.members.len();
        let view = AsOf {
            mark,
            members: &self.members,
            whole_market_since: as_of.whole_market_since.filter(|_| is_whole),
            shared: evaluated,
            ..as_of
        };
        self.model.weights(view, weights)
    }
}

impl<'m> Backtest<'m> {
    /// The same backtest with the formulas of its model, if it has any, evaluated some sessions before
    /// each decision.
    pub(super) fn with_old_formulas(self, sessions: u32) -> Backtest<'m> {
        let mut frame = (*self.frame).clone();
        for mark in &mut frame.decisions {
            let earlier = mark.session.0.saturating_sub(sessions);
            mark.session.0 = earlier.max(frame.window.first.0);
        }
        let old = Backtest {
            frame: frame.into(),
            ..self.clone()
        };
        let signals = old.with_formulas().and_then(|old| old.signals);
        Backtest { signals, ..self }
    }

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
