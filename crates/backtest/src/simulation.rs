//! The simulation: hold, decide, size, fill.
//!
//! A [`Simulation`] is one backtest in progress and advances from decision to decision, so one
//! loop may step many of them through the same stretch of the market. It does no I/O and, once
//! its buffers have grown, allocates nothing.

mod error;

use std::ops::Range;

use multiversion::multiversion;

use crate::alpha::{AlphaModel, Weights};
use crate::backtest::Backtest;
use crate::conventions::{BuyAndHold, CashRule, Fill as FillTime, OutsideUniverse, RiskModelUse};
use crate::execution::{Exchange, Fill, Order, affordable_fraction, scaled, sells_first};
use crate::market::{AssetId, At, Mark, Session};
use crate::portfolio::{Holding, Portfolio};
use crate::sizing::{Target, size};
use crate::strategy::{Sizing, Trade};

pub use error::RunError;
use error::{bad_price, sizing_error};

/// What a decision came to, for those who watch.
#[derive(Clone, Copy)]
pub struct Decision<'a> {
    /// When it was made.
    pub mark: Mark,
    /// The equity it was sized on.
    pub equity: f64,
    /// The portfolio weights, before sizing: in the order in which the alpha model named them.
    pub weights: &'a [(AssetId, f64)],
    /// The account as it was.
    pub portfolio: &'a Portfolio,
}

/// Watches a run. Every method does nothing unless it is written, and then costs nothing.
pub trait Observer {
    /// Equity at the closes of consecutive sessions from `first` on, at these holdings.
    fn marked(&mut self, first: Session, equity: &[f64], portfolio: &Portfolio) {
        let _ = (first, equity, portfolio);
    }

    /// A decision has been made and sized.
    fn decided(&mut self, decision: &Decision<'_>) {
        let _ = decision;
    }

    /// An order has been filled.
    fn filled(&mut self, fill: &Fill) {
        let _ = fill;
    }

    /// A buy was dropped (`filled` is 0) or cut down because the cash did not cover it.
    fn cut(&mut self, mark: Mark, order: Order, filled: f64) {
        let _ = (mark, order, filled);
    }
}

/// Nobody watches.
impl Observer for () {}

/// In which order the orders of one moment are filled.
#[derive(Clone, Copy)]
enum Sequence {
    SellsFirst,
    AsSubmitted,
}

/// Sessions valued at a time: enough for a quarter, small enough for the first cache.
const BLOCK: usize = 128;

/// One backtest in progress. Reusable: [`Simulation::start`] keeps the buffers.
#[derive(Debug)]
pub struct Simulation {
    portfolio: Portfolio,
    /// The first session that has not been marked yet.
    next: Session,
    /// Equity at the last close marked.
    equity: f64,
    weights: Weights,
    previous_weights: Vec<(AssetId, f64)>,
    members: Vec<AssetId>,
    is_member: Vec<bool>,
    targets: Vec<Target>,
    /// Assets held that the alpha model does not name.
    dropped: Vec<AssetId>,
    orders: Vec<Order>,
    /// Memory for the buys among the orders.
    buys: Vec<Order>,
    block: [f64; BLOCK],
}

impl Default for Simulation {
    fn default() -> Self {
        Simulation {
            portfolio: Portfolio::default(),
            next: Session(0),
            equity: 0.0,
            weights: Weights::default(),
            previous_weights: Vec::new(),
            members: Vec::new(),
            is_member: Vec::new(),
            targets: Vec::new(),
            dropped: Vec::new(),
            orders: Vec::new(),
            buys: Vec::new(),
            block: [0.0; BLOCK],
        }
    }
}

impl Simulation {
    /// Runs a backtest from its first session to its last.
    pub fn run(
        &mut self,
        backtest: &Backtest<'_>,
        alpha: &mut dyn AlphaModel,
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        self.start(backtest);
        match &backtest.active {
            None => {
                for decision in 0..backtest.decisions().len() {
                    self.advance(backtest, decision, alpha, observer)?;
                }
            }
            Some(active) => {
                for &decision in active {
                    self.advance(backtest, decision as usize, alpha, observer)?;
                }
            }
        }
        self.finish(backtest, observer)
    }

    /// Sets the account up as before the first session.
    pub fn start(&mut self, backtest: &Backtest<'_>) {
        let n_assets = backtest.market.n_assets();
        self.portfolio.reset(backtest.initial_cash, n_assets);
        self.next = backtest.frame.window.recorded_from;
        self.equity = backtest.initial_cash;
        self.weights.reset(n_assets);
        self.previous_weights.clear();
        self.is_member.clear();
        self.is_member.resize(n_assets, false);
        self.targets.clear();
        self.orders.clear();
        if backtest.frame.universe.is_constant() {
            self.find_members(backtest, Mark::open(backtest.frame.window.first));
        }
    }

    /// Holds until a decision of the backtest, makes it, and fills its orders.
    pub fn advance(
        &mut self,
        backtest: &Backtest<'_>,
        decision: usize,
        alpha: &mut dyn AlphaModel,
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        let market = backtest.market;
        let mark = backtest.decisions()[decision];
        let after = Session(mark.session.0 + 1);
        match (mark.at, backtest.conventions.fill) {
            (At::Open, _) => {
                self.hold(backtest, mark.session, observer)?;
                self.equity = self.portfolio.equity(market.opens(mark.session));
                self.decide(backtest, decision, alpha, observer)?;
                let sequence = match backtest.conventions.buy_and_hold {
                    BuyAndHold::FirstSession => Sequence::SellsFirst,
                    BuyAndHold::ExactTime => Sequence::AsSubmitted,
                };
                self.fill(backtest, mark, sequence, observer)
            }
            (At::Close, FillTime::NextOpen) => {
                self.hold(backtest, after, observer)?;
                self.decide(backtest, decision, alpha, observer)?;
                if after > backtest.frame.window.last {
                    return Ok(()); // The orders stay open: there is no session left to fill them.
                }
                self.fill(backtest, Mark::open(after), Sequence::SellsFirst, observer)
            }
            (At::Close, FillTime::SameClose) => {
                self.hold(backtest, mark.session, observer)?;
                self.equity = self.portfolio.equity(market.closes(mark.session));
                self.decide(backtest, decision, alpha, observer)?;
                self.fill(backtest, mark, Sequence::SellsFirst, observer)
            }
        }
    }

    /// Holds until the last close.
    pub fn finish(
        &mut self,
        backtest: &Backtest<'_>,
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        self.hold(
            backtest,
            Session(backtest.frame.window.last.0 + 1),
            observer,
        )
    }

    /// Cash and holdings now.
    pub fn portfolio(&self) -> &Portfolio {
        &self.portfolio
    }

    /// Orders decided at the last close and never filled.
    pub fn open_orders(&self) -> &[Order] {
        &self.orders
    }

    /// Marks the sessions up to `until`, not included, at unchanged holdings.
    fn hold(
        &mut self,
        backtest: &Backtest<'_>,
        until: Session,
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        while self.next < until {
            let from = self.next.index();
            let to = until.index().min(from + BLOCK);
            if !backtest.market.every_price_is_positive() {
                self.check_prices_held(backtest, from..to)?;
            }
            let equity = &mut self.block[..to - from];
            value_holdings(backtest, &self.portfolio, from..to, equity);
            self.equity = equity[equity.len() - 1];
            observer.marked(self.next, equity, &self.portfolio);
            self.next = Session(to as u32);
        }
        Ok(())
    }

    fn check_prices_held(
        &self,
        backtest: &Backtest<'_>,
        sessions: Range<usize>,
    ) -> Result<(), RunError> {
        for session in sessions {
            let session = Session(session as u32);
            for mark in [Mark::open(session), Mark::close(session)] {
                for Holding { asset, .. } in self.portfolio.holdings() {
                    let price = backtest.market.prices(mark)[asset.index()];
                    if !(price > 0.0 && price.is_finite()) {
                        return Err(bad_price(backtest, *asset, mark, price));
                    }
                }
            }
        }
        Ok(())
    }

    fn find_members(&mut self, backtest: &Backtest<'_>, mark: Mark) {
        let (members, is_member) = (&mut self.members, &mut self.is_member);
        let universe = &backtest.frame.universe;
        universe.at(backtest.market, mark, members, is_member);
    }

    /// Asks the alpha model and turns its weights into orders.
    fn decide(
        &mut self,
        backtest: &Backtest<'_>,
        decision: usize,
        alpha: &mut dyn AlphaModel,
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        let market = backtest.market;
        let mark = backtest.decisions()[decision];
        if !backtest.frame.universe.is_constant() {
            self.find_members(backtest, mark);
        }
        self.weights.clear();
        let shared = backtest.signals.as_ref().map(|signals| (signals, decision));
        let as_of = backtest.as_of(mark, &self.members, shared);
        alpha
            .weights(as_of, &mut self.weights)
            .map_err(|source| RunError::Alpha {
                when: market.moment(mark),
                source,
            })?;
        if let (Some(risk), RiskModelUse::Applied) =
            (backtest.risk, backtest.conventions.risk_model)
        {
            self.weights.change_each(|weight| risk.adjust(weight));
        }
        backtest.optimiser.apply(&mut self.weights, &self.members);
        let is_member = &self.is_member;
        match backtest.conventions.outside_universe {
            OutsideUniverse::Cash => self.weights.retain(|asset| is_member[asset.index()]),
            // An asset that is to enter the universe later waits for its first price all the same.
            OutsideUniverse::Traded if !backtest.frame.universe.is_constant() => {
                let priced = |asset| market.first_price(asset).is_some_and(|first| first <= mark);
                self.weights
                    .retain(|asset| priced(asset) || !backtest.frame.universe.waits(asset));
            }
            OutsideUniverse::Traded => {}
        }
        self.orders.clear();
        if backtest.trade == Trade::OnChange && self.weights.entries() == self.previous_weights {
            return Ok(());
        }
        if backtest.trade == Trade::OnChange {
            self.previous_weights.clear();
            self.previous_weights
                .extend_from_slice(self.weights.entries());
        }
        self.set_targets();
        let prices = market.prices(mark);
        let fees = &backtest.costs.fees;
        let (sizing, conventions) = (backtest.sizing, &backtest.conventions);
        size(
            &mut self.targets,
            sizing,
            conventions,
            fees,
            self.equity,
            prices,
        )
        .map_err(|error| sizing_error(backtest, mark, error))?;
        if !self.targets.is_sorted_by_key(|target| target.asset) {
            self.targets.sort_unstable_by_key(|target| target.asset);
        }
        for target in &self.targets {
            let quantity = target.quantity - self.portfolio.quantity(target.asset);
            if quantity != 0.0 {
                self.orders.push(Order {
                    asset: target.asset,
                    quantity,
                });
            }
        }
        observer.decided(&Decision {
            mark,
            equity: self.equity,
            weights: self.weights.entries(),
            portfolio: &self.portfolio,
        });
        Ok(())
    }

    /// One target per asset that is held or weighted, in the order in which weights are summed:
    /// universe and holdings by symbol, then assets outside, as they were named.
    fn set_targets(&mut self) {
        let inside = |asset: AssetId| self.is_member[asset.index()] || self.portfolio.holds(asset);
        let target = |&(asset, weight): &(AssetId, f64)| Target {
            asset,
            weight,
            quantity: 0.0,
        };
        let entries = self.weights.entries();
        let holdings = self.portfolio.holdings().iter();
        self.dropped.clear();
        self.dropped.extend(
            holdings
                .map(|held| held.asset)
                .filter(|asset| !self.weights.mentions(*asset)),
        );
        self.dropped.sort_unstable();
        self.targets.clear();
        // Models name assets by symbol more often than not; then a merge is enough.
        let mut dropped = self.dropped.iter().map(|&asset| (asset, 0.0)).peekable();
        for entry in entries.iter().filter(|(asset, _)| inside(*asset)) {
            while let Some(dropped) = dropped.next_if(|(asset, _)| *asset < entry.0) {
                self.targets.push(target(&dropped));
            }
            self.targets.push(target(entry));
        }
        self.targets.extend(dropped.map(|dropped| target(&dropped)));
        if !self.targets.is_sorted_by_key(|target| target.asset) {
            self.targets.sort_unstable_by_key(|target| target.asset);
        }
        self.targets.extend(
            entries
                .iter()
                .filter(|(asset, _)| !inside(*asset))
                .map(target),
        );
    }

    /// Fills the orders and drops the positions that they close.
    fn fill(
        &mut self,
        backtest: &Backtest<'_>,
        mark: Mark,
        sequence: Sequence,
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        let orders = std::mem::take(&mut self.orders);
        let exchange = Exchange {
            backtest,
            mark,
            prices: backtest.market.prices(mark),
        };
        let result = match sequence {
            Sequence::SellsFirst => self.fill_sells_then_buys(exchange, &orders, observer),
            Sequence::AsSubmitted => orders
                .iter()
                .try_for_each(|&order| self.fill_one(exchange, order, observer)),
        };
        self.orders = orders;
        self.orders.clear();
        self.portfolio.drop_closed();
        result
    }

    /// Sells first, so that their proceeds pay for the buys.
    fn fill_sells_then_buys(
        &mut self,
        exchange: Exchange<'_>,
        orders: &[Order],
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        let mut buys = std::mem::take(&mut self.buys);
        let n_sells = sells_first(orders, &mut buys);
        for &order in &buys[..n_sells] {
            self.fill_one(exchange, order, observer)?;
        }
        buys.drain(..n_sells);
        let result = self.fill_buys(exchange, &buys, observer);
        self.buys = buys;
        result
    }

    /// Buys what the cash covers, by the rule of the conventions.
    fn fill_buys(
        &mut self,
        exchange: Exchange<'_>,
        buys: &[Order],
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        let Exchange { backtest, mark, .. } = exchange;
        let rule = match (backtest.conventions.cash, backtest.sizing) {
            // A long/short portfolio borrows by design.
            (CashRule::ScaleDown, Sizing::LongShort { .. }) => CashRule::AllowNegative,
            (rule, _) => rule,
        };
        let factor = match rule {
            CashRule::ScaleDown => affordable_fraction(exchange, buys, self.portfolio.cash()),
            CashRule::AllowNegative | CashRule::Reject => 1.0,
        };
        for &order in buys {
            let quantity = match rule {
                CashRule::Reject if exchange.cost(order) > self.portfolio.cash() => 0.0,
                _ => scaled(order.quantity, factor, backtest.conventions.shares),
            };
            if quantity != order.quantity {
                observer.cut(mark, order, quantity);
            }
            if quantity > 0.0 {
                self.fill_one(exchange, Order { quantity, ..order }, observer)?;
            }
        }
        Ok(())
    }

    fn fill_one(
        &mut self,
        exchange: Exchange<'_>,
        order: Order,
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        let Exchange {
            backtest,
            mark,
            prices,
        } = exchange;
        let Order { asset, quantity } = order;
        let market_price = prices[asset.index()];
        if !(market_price > 0.0 && market_price.is_finite()) {
            return Err(bad_price(backtest, asset, mark, market_price));
        }
        let price = backtest.costs.fill_price(market_price, quantity);
        let basis = backtest.conventions.fee_basis;
        let commission = backtest.costs.fees.of_trade(price, quantity, basis);
        let fractional_buys = backtest.conventions.fractional_buys;
        self.portfolio
            .trade(asset, quantity, price, commission, fractional_buys);
        let cash = self.portfolio.cash();
        observer.filled(&Fill {
            mark,
            asset,
            quantity,
            price,
            market_price,
            commission,
            cash,
        });
        Ok(())
    }
}

/// Equity at each close of `sessions`: the values of the holdings summed in their order, then cash.
///
/// Four holdings at a time, so that the sums stay in registers; the order of addition is that of
/// one at a time.
fn value_holdings(
    backtest: &Backtest<'_>,
    portfolio: &Portfolio,
    sessions: Range<usize>,
    equity: &mut [f64],
) {
    let closes =
        |holding: &Holding| &backtest.market.close_history(holding.asset)[sessions.clone()];
    equity.fill(0.0);
    let mut fours = portfolio.holdings().chunks_exact(4);
    for four in &mut fours {
        let prices = [&four[0], &four[1], &four[2], &four[3]].map(closes);
        let quantities = [0, 1, 2, 3].map(|holding: usize| four[holding].quantity);
        add_four_values(equity, prices, quantities);
    }
    for holding in fours.remainder() {
        add_value(equity, closes(holding), holding.quantity);
    }
    for equity in equity {
        *equity += portfolio.cash();
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn add_value(equity: &mut [f64], closes: &[f64], quantity: f64) {
    for (equity, close) in equity.iter_mut().zip(closes) {
        *equity += close * quantity;
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn add_four_values(equity: &mut [f64], closes: [&[f64]; 4], quantities: [f64; 4]) {
    let [a, b, c, d] = closes.map(|closes| &closes[..equity.len()]);
    let [qa, qb, qc, qd] = quantities;
    for (i, equity) in equity.iter_mut().enumerate() {
        *equity = (((*equity + a[i] * qa) + b[i] * qb) + c[i] * qc) + d[i] * qd;
    }
}
