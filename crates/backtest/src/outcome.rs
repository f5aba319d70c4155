//! Everything that one backtest produced.

use std::borrow::Cow;

use ::statistics::{RiskFree, simple_returns_from};

use crate::asset_set::AssetSet;
use crate::backtest::Backtest;
use crate::cash_flows::MovedCash;
use crate::conventions::WeightScaling;
use crate::date::Date;
use crate::interest::Accrual;
use crate::lanes::Lanes;
use crate::market::{AssetId, Entitlement, Mark, Market, Session};
use crate::observer::{CashCurve, Decision, Observer, Ruin};
use crate::orders::{Fill, Order};
use crate::portfolio::{Holding, Portfolio};
use crate::positions::Positions;
use crate::schedule::Window;
use crate::sizing::{Quoted, Target, Terms, scale, size};

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
    /// What dividends and splits did to holdings, in order.
    pub entitlements: Vec<Entitlement>,
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
    /// What cash earned and borrowing cost, by mark, in order, where there was any.
    pub accruals: Vec<(Mark, Accrual)>,
    /// Payments into the account and withdrawals, in order.
    pub moved_cash: Vec<MovedCash>,
    /// What returns are held against, by recorded session; `None` when it is zero.
    pub risk_free: Option<RiskFree>,
}

/// What one decision wanted, before sizing.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Allocation<'a> {
    /// When.
    pub mark: Mark,
    /// The equity it is sized on, in currency units.
    pub equity: f64,
    /// The portfolio weights, in the order in which the alpha model named them.
    pub weights: &'a [(AssetId, f64)],
    /// What was held at that moment, in the order in which it was opened.
    pub held: &'a [Holding],
}

/// What every decision wanted, in order. One allocation of memory for all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Allocations {
    decisions: Vec<Decided>,
    weights: Vec<(AssetId, f64)>,
    held: Vec<Holding>,
}

/// One decision's part of [`Allocations`].
#[derive(Clone, Copy, Debug, PartialEq)]
struct Decided {
    mark: Mark,
    equity: f64,
    /// Where its weights and holdings end.
    weights_end: usize,
    held_end: usize,
}

impl Allocations {
    /// How many decisions there were.
    pub fn len(&self) -> usize {
        self.decisions.len()
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.decisions.is_empty()
    }

    /// Each decision's, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Allocation<'_>> {
        (0..self.decisions.len()).map(|index| {
            let this = self.decisions[index];
            let before = index.checked_sub(1).map(|before| self.decisions[before]);
            let (weights_start, held_start) =
                before.map_or((0, 0), |before| (before.weights_end, before.held_end));
            Allocation {
                mark: this.mark,
                equity: this.equity,
                weights: &self.weights[weights_start..this.weights_end],
                held: &self.held[held_start..this.held_end],
            }
        })
    }

    fn push(&mut self, decision: &Decision<'_>) {
        self.weights.extend_from_slice(decision.weights);
        self.held.extend_from_slice(decision.portfolio.holdings);
        self.decisions.push(Decided {
            mark: decision.mark,
            equity: decision.equity,
            weights_end: self.weights.len(),
            held_end: self.held.len(),
        });
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
            entitlements: Vec::new(),
            allocations: Allocations::default(),
            cuts: Vec::new(),
            cash: backtest.initial_cash,
            holdings: Vec::new(),
            open_orders: Vec::new(),
            ruin: None,
            accruals: Vec::new(),
            moved_cash: Vec::new(),
            risk_free: backtest.risk_free().cloned(),
        }
    }

    /// The equity curve as it would be had no money been paid in or withdrawn: the value of the
    /// starting capital, time-weighted.
    pub fn unit_curve(&self) -> Cow<'_, [f64]> {
        if self.moved_cash.is_empty() {
            return Cow::Borrowed(&self.equity);
        }
        let mut moved = self.moved_cash.iter().peekable();
        let mut unit = 1.0;
        let sessions = (self.window.recorded_from.0..).map(Session);
        let value = |(session, equity): (Session, &f64)| {
            while let Some(moved) = moved.next_if(|moved| moved.mark.session <= session) {
                unit = moved.unit;
            }
            equity * unit
        };
        sessions.zip(&self.equity).map(value).collect()
    }

    /// What cash earned and borrowing cost over the whole run.
    pub fn interest(&self) -> Accrual {
        let accruals = self.accruals.iter().map(|(_, accrual)| *accrual);
        accruals.fold(Accrual::default(), Accrual::plus)
    }

    /// The return of each recorded session over the risk-free one.
    pub fn excess_returns(&self) -> Vec<f64> {
        let mut returns = simple_returns_from(self.initial_cash, &self.unit_curve());
        if let Some(risk_free) = &self.risk_free {
            risk_free.take_off(&mut returns);
        }
        returns
    }

    /// Keeps the account as it is at the end.
    pub(crate) fn close(&mut self, portfolio: Portfolio<'_>, open_orders: Vec<Order>) {
        self.cash = portfolio.cash;
        self.holdings = portfolio.holdings.to_vec();
        self.open_orders = open_orders;
    }

    /// Replays the fills, dividends and splits: what was held when, and the profit of each position.
    pub fn positions(&self) -> Positions<'_> {
        Positions::new(&self.fills, &self.entitlements)
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

    /// As [`Backtest::target_allocation`], after the scaling: what the portfolio is traded to. Where
    /// all weights are scaled to one, as QSTrader does, they stay as they were named.
    pub fn scaled_allocation(&self, allocation: Allocation<'_>) -> Vec<(AssetId, f64)> {
        let mut weights = self.target_allocation(allocation);
        if self.conventions.weight_scaling == WeightScaling::AboveOne {
            scale(&mut weights, self.sizing, self.conventions.weight_scaling);
        }
        weights
    }

    /// The shares that a decision wanted to hold of each asset of
    /// [`Backtest::target_allocation`]; negative for a short position.
    pub fn target_shares(&self, allocation: Allocation<'_>) -> Vec<(AssetId, f64)> {
        let mut targets: Vec<Target<1>> = (self.target_allocation(allocation).into_iter())
            .map(|(asset, weight)| Target {
                asset,
                weight: Lanes([weight]),
                quantity: Lanes::ZERO,
            })
            .collect();
        let terms = Terms::of([(self.sizing, &self.costs)]);
        let equity = Lanes([allocation.equity]);
        let quoted = Quoted {
            prices: self.market.prices(allocation.mark),
            real_shares: self.market.real_shares(allocation.mark.session),
        };
        // What could not be sized has stopped the run, or was held without a price.
        let _ = size(&mut targets, &terms, &self.conventions, equity, quoted);
        (targets.iter())
            .map(|target| (target.asset, target.quantity[0]))
            .collect()
    }

    /// Whether an asset's bars end before the backtest does, so that holdings are paid out.
    pub fn ends_early(&self, asset: AssetId) -> bool {
        (self.frame.endings.iter()).any(|ending| ending.asset == asset)
    }
}

impl Observer for Outcome {
    const WATCHES_FILLS: bool = true;

    fn marked(
        &mut self,
        _: Session,
        equity: &[f64],
        cash: CashCurve<'_>,
        portfolio: Portfolio<'_>,
    ) {
        self.equity.extend_from_slice(equity);
        match cash {
            CashCurve::Constant(cash) => self.cash_curve.resize(self.equity.len(), cash),
            CashCurve::Varying(curve) => self.cash_curve.extend_from_slice(curve),
        }
        if !portfolio.holdings.is_empty() {
            self.sessions_in_market += equity.len();
        }
    }

    fn accrued(&mut self, mark: Mark, accrual: Accrual) {
        self.accruals.push((mark, accrual));
    }

    fn moved_cash(&mut self, moved: &MovedCash) {
        self.moved_cash.push(*moved);
    }

    fn decided(&mut self, decision: &Decision<'_>) {
        self.allocations.push(decision);
    }

    fn filled(&mut self, fill: &Fill) {
        self.fills.push(*fill);
    }

    fn entitled(&mut self, entitlement: &Entitlement) {
        self.entitlements.push(*entitlement);
    }

    fn ruined(&mut self, ruin: Ruin) {
        self.ruin = Some(ruin);
        // What was accrued ahead, to the end of a block.
        (self.accruals).retain(|(mark, _)| mark.session <= ruin.session);
    }

    fn cut(&mut self, mark: Mark, order: Order, filled: f64) {
        self.cuts.push(Cut {
            mark,
            order,
            filled,
        });
    }
}
