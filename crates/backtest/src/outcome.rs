//! Everything that one backtest produced.

use crate::backtest::Backtest;
use crate::date::Date;
use crate::market::{AssetId, Mark, Market, Session};
use crate::portfolio::{Holding, Portfolio};
use crate::schedule::Window;
use crate::simulation::{Decision, Fill, Observer, Order, Simulation};

/// The full record of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    window: Window,
    /// Starting capital.
    pub initial_cash: f64,
    /// Equity at each recorded close, in currency units.
    pub equity: Vec<f64>,
    /// The fraction of the equity that was invested at each recorded close: 1 less the share of
    /// cash; above 1 when money was borrowed.
    pub invested: Vec<f64>,
    /// Every trade, in order.
    pub fills: Vec<Fill>,
    /// What each decision wanted, in order.
    pub allocations: Vec<Allocation>,
    /// Buys that the cash did not cover, in order.
    pub cuts: Vec<Cut>,
    /// Cash at the end.
    pub cash: f64,
    /// What is held at the end, in the order in which it was opened.
    pub holdings: Vec<Holding>,
    /// Orders of the last decision that no session was left to fill.
    pub open_orders: Vec<Order>,
}

/// What one decision wanted, before sizing.
#[derive(Clone, Debug, PartialEq)]
pub struct Allocation {
    /// When.
    pub mark: Mark,
    /// The portfolio weights, in the order in which the alpha model named them.
    pub weights: Vec<(AssetId, f64)>,
    /// What was held at that moment.
    pub held: Vec<AssetId>,
}

/// A buy that was dropped or cut down.
#[derive(Clone, Copy, Debug, PartialEq)]
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
        let n = backtest.window.recorded();
        Outcome {
            window: backtest.window,
            initial_cash: backtest.initial_cash,
            equity: Vec::with_capacity(n),
            invested: Vec::with_capacity(n),
            fills: Vec::new(),
            allocations: Vec::with_capacity(backtest.decisions().len()),
            cuts: Vec::new(),
            cash: backtest.initial_cash,
            holdings: Vec::new(),
            open_orders: Vec::new(),
        }
    }

    pub(crate) fn close(&mut self, simulation: &Simulation) {
        self.cash = simulation.portfolio().cash();
        self.holdings = simulation.portfolio().holdings().to_vec();
        self.open_orders = simulation.open_orders().to_vec();
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

impl Observer for Outcome {
    fn marked(&mut self, _: Session, equity: &[f64], portfolio: &Portfolio) {
        self.equity.extend_from_slice(equity);
        let cash = portfolio.cash();
        self.invested
            .extend(equity.iter().map(|equity| 1.0 - cash / equity));
    }

    fn decided(&mut self, decision: &Decision<'_>) {
        let holdings = decision.portfolio.holdings().iter();
        self.allocations.push(Allocation {
            mark: decision.mark,
            weights: decision.weights.to_vec(),
            held: holdings.map(|holding| holding.asset).collect(),
        });
    }

    fn filled(&mut self, fill: &Fill) {
        self.fills.push(*fill);
    }

    fn cut(&mut self, mark: Mark, order: Order, filled: f64) {
        self.cuts.push(Cut {
            mark,
            order,
            filled,
        });
    }
}
