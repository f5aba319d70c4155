//! Everything that one backtest produced.

use crate::asset_set::AssetSet;
use crate::backtest::Backtest;
use crate::date::Date;
use crate::market::{AssetId, Mark, Market, Session};
use crate::observer::{Decision, Observer, Ruin};
use crate::orders::{Fill, Order};
use crate::portfolio::{Holding, Portfolio};
use crate::positions::Positions;
use crate::schedule::Window;

/// The full record of a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    window: Window,
    /// Starting capital.
    pub initial_cash: f64,
    /// Equity at each recorded close, in currency units.
    pub equity: Vec<f64>,
    /// Cash at each recorded close, in currency units.
    pub cash_curve: Vec<f64>,
    /// Recorded closes at which something was held.
    pub sessions_in_market: usize,
    /// Every trade, in order.
    pub fills: Vec<Fill>,
    /// What each decision wanted, in order.
    pub allocations: Allocations,
    /// Buys that the cash did not cover, in order.
    pub cuts: Vec<Cut>,
    /// Cash at the end.
    pub cash: f64,
    /// What is held at the end, in the order in which it was opened.
    pub holdings: Vec<Holding>,
    /// Orders that were never filled: of the last decision, or of an asset without a bar since.
    pub open_orders: Vec<Order>,
    /// When the account lost everything, if it did: from there its equity is zero.
    pub ruin: Option<Ruin>,
}

/// What one decision wanted, before sizing.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Allocation<'a> {
    /// When.
    pub mark: Mark,
    /// The portfolio weights, in the order in which the alpha model named them.
    pub weights: &'a [(AssetId, f64)],
    /// What was held at that moment, in the order in which it was opened.
    pub held: &'a [Holding],
}

/// What every decision wanted, in order. One allocation of memory for all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Allocations {
    /// For each decision, where its weights and holdings end.
    ends: Vec<(Mark, usize, usize)>,
    weights: Vec<(AssetId, f64)>,
    held: Vec<Holding>,
}

impl Allocations {
    /// How many decisions there were.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Each decision's, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Allocation<'_>> {
        (0..self.ends.len()).map(|index| {
            let (mark, weights_end, held_end) = self.ends[index];
            let before = index.checked_sub(1).map(|before| self.ends[before]);
            let (weights_start, held_start) = before.map_or((0, 0), |(_, w, h)| (w, h));
            Allocation {
                mark,
                weights: &self.weights[weights_start..weights_end],
                held: &self.held[held_start..held_end],
            }
        })
    }

    fn push(&mut self, mark: Mark, weights: &[(AssetId, f64)], held: &[Holding]) {
        self.weights.extend_from_slice(weights);
        self.held.extend_from_slice(held);
        self.ends.push((mark, self.weights.len(), self.held.len()));
    }
}

/// A buy that was dropped or cut down.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Cut {
    /// When.
    pub mark: Mark,
    /// What was ordered.
    pub order: Order,
    /// Shares bought; 0 when it was dropped.
    pub filled: f64,
}

impl Outcome {
    pub(crate) fn with_capacity(backtest: &Backtest<'_>) -> Outcome {
        let n = backtest.window().recorded();
        Outcome {
            window: backtest.window(),
            initial_cash: backtest.initial_cash,
            equity: Vec::with_capacity(n),
            cash_curve: Vec::with_capacity(n),
            sessions_in_market: 0,
            fills: Vec::new(),
            allocations: Allocations::default(),
            cuts: Vec::new(),
            cash: backtest.initial_cash,
            holdings: Vec::new(),
            open_orders: Vec::new(),
            ruin: None,
        }
    }

    /// Keeps the account as it is at the end.
    pub(crate) fn close(&mut self, portfolio: Portfolio<'_>, open_orders: Vec<Order>) {
        self.cash = portfolio.cash;
        self.holdings = portfolio.holdings.to_vec();
        self.open_orders = open_orders;
    }

    /// Replays the fills: what was held when, and the profit of each position.
    pub fn positions(&self) -> Positions<'_> {
        Positions::new(&self.fills)
    }

    /// The recorded sessions of the market, one per value of [`Outcome::equity`].
    pub fn sessions(&self) -> std::ops::RangeInclusive<Session> {
        self.window.recorded_from..=self.window.last
    }

    /// The dates of the recorded sessions.
    pub fn dates<'m>(&self, market: &'m Market) -> &'m [Date] {
        &market.sessions()[self.window.recorded_from.index()..=self.window.last.index()]
    }
}

impl Backtest<'_> {
    /// The target weight of every asset that was of the universe, held, or named by the alpha
    /// model at a decision; before sizing, so not scaled. Universe and holdings come first, by
    /// symbol, then the others in the order in which they were named.
    pub fn target_allocation(&self, allocation: Allocation<'_>) -> Vec<(AssetId, f64)> {
        let n_assets = self.market.n_assets();
        let (mut inside, mut members) = (Vec::new(), AssetSet::of_none(n_assets));
        self.frame
            .universe
            .at(self.market, allocation.mark, &mut inside, &mut members);
        let held = allocation.held.iter().map(|holding| holding.asset);
        inside.extend(held.filter(|asset| !members.contains(*asset)));
        inside.sort_unstable();
        let mut weight = vec![None; n_assets];
        for &(asset, named) in allocation.weights {
            weight[asset.index()] = Some(named);
        }
        let mut whole: Vec<(AssetId, f64)> = inside
            .into_iter()
            .map(|asset| (asset, weight[asset.index()].take().unwrap_or(0.0)))
            .collect();
        let outside = allocation
            .weights
            .iter()
            .filter(|(asset, _)| weight[asset.index()].is_some());
        whole.extend(outside);
        whole
    }
}

impl Observer for Outcome {
    const WATCHES_FILLS: bool = true;

    fn marked(&mut self, _: Session, equity: &[f64], portfolio: Portfolio<'_>) {
        self.equity.extend_from_slice(equity);
        self.cash_curve.resize(self.equity.len(), portfolio.cash);
        if !portfolio.holdings.is_empty() {
            self.sessions_in_market += equity.len();
        }
    }

    fn decided(&mut self, decision: &Decision<'_>) {
        let held = decision.portfolio.holdings;
        self.allocations.push(decision.mark, decision.weights, held);
    }

    fn filled(&mut self, fill: &Fill) {
        self.fills.push(*fill);
    }

    fn ruined(&mut self, ruin: Ruin) {
        self.ruin = Some(ruin);
    }

    fn cut(&mut self, mark: Mark, order: Order, filled: f64) {
        self.cuts.push(Cut {
            mark,
            order,
            filled,
        });
    }
}
