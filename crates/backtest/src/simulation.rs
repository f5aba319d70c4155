//! The simulation: hold, decide, size, fill.
//!
//! A [`Simulation`] is one backtest in progress and advances from decision to decision, so one
//! loop may step many of them through the same stretch of the market. It does no I/O and, once
//! its buffers have grown, allocates nothing.

mod error;

use std::ops::Range;

use multiversion::multiversion;

use crate::alpha::{AlphaModel, Weights};
use crate::asset_set::{AssetSet, assets_in};
use crate::backtest::Backtest;
use crate::conventions::{BuyAndHold, CashRule, Fill as FillTime, OutsideUniverse, RiskModelUse};
use crate::execution::{Exchange, Fill, Order, Ticket, affordable_fraction, scaled};
use crate::market::{AssetId, At, Mark, Market, Session, TILE, Tile, is_price};
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

/// Sessions valued at a time: enough for half a year, small enough for the first cache.
const BLOCK: usize = TILES * TILE;
const TILES: usize = 6;

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
    inside: AssetSet,
    targets: Vec<Target>,
    orders: Vec<Order>,
    /// Memory for the orders with their prices.
    tickets: Vec<Ticket>,
    block: [Tile; TILES],
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
            inside: AssetSet::default(),
            targets: Vec::new(),
            orders: Vec::new(),
            tickets: Vec::new(),
            block: [[0.0; TILE]; TILES],
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
        self.run_through(backtest, None, alpha, observer)
    }

    /// As [`Simulation::run`], with no look at decisions that are known to change nothing.
    ///
    /// * `active`: the other ones, in order. `None` when all have to be made.
    pub(crate) fn run_through(
        &mut self,
        backtest: &Backtest<'_>,
        active: Option<&[u32]>,
        alpha: &mut dyn AlphaModel,
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        self.start(backtest);
        match active {
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
        self.inside.reset(n_assets);
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
            let tiles = &mut self.block[..(to - from).div_ceil(TILE)];
            value_holdings(backtest.market, &self.portfolio, self.next, tiles);
            let equity = &self.block.as_flattened()[..to - from];
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
                    if !is_price(price) {
                        return Err(bad_price(backtest, *asset, mark, price));
                    }
                }
            }
        }
        Ok(())
    }

    fn find_members(&mut self, backtest: &Backtest<'_>, mark: Mark) {
        let (members, inside) = (&mut self.members, &mut self.inside);
        let universe = &backtest.frame.universe;
        universe.at(backtest.market, mark, members, inside);
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
        let inside = &self.inside;
        match backtest.conventions.outside_universe {
            OutsideUniverse::Cash if self.weights.mentioned().is_within(inside) => {}
            OutsideUniverse::Cash => self.weights.retain(|asset| inside.contains(asset)),
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
        let any_outside = self.set_targets();
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
        if any_outside {
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
    /// universe and holdings by symbol, then assets outside, as they were named. Gives whether
    /// there are any outside.
    fn set_targets(&mut self) -> bool {
        let target = |asset, weight| Target {
            asset,
            weight,
            quantity: 0.0,
        };
        let (held, inside) = (self.portfolio.held(), &self.inside);
        let mentioned = self.weights.mentioned();
        let words = mentioned
            .words()
            .iter()
            .zip(inside.words())
            .zip(held.words());
        let mut outside = 0;
        self.targets.clear();
        for (position, ((mentioned, inside), held)) in words.enumerate() {
            for (asset, bit) in assets_in(position, mentioned & inside | held) {
                let weight = self.weights.last_of(asset);
                let is_mentioned = mentioned >> bit & 1 == 1;
                self.targets
                    .push(target(asset, if is_mentioned { weight } else { 0.0 }));
            }
            outside |= mentioned & !(inside | held);
        }
        if outside != 0 {
            let entries = self.weights.entries().iter();
            let outside =
                entries.filter(|(asset, _)| !inside.contains(*asset) && !held.contains(*asset));
            self.targets
                .extend(outside.map(|&(asset, weight)| target(asset, weight)));
        }
        outside != 0
    }

    /// Fills the orders and drops the positions that they close.
    fn fill(
        &mut self,
        backtest: &Backtest<'_>,
        mark: Mark,
        sequence: Sequence,
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        let exchange = Exchange::at(backtest, mark);
        let mut tickets = std::mem::take(&mut self.tickets);
        let result = match sequence {
            Sequence::SellsFirst => {
                let n_sells = exchange.quote_sells_first(&self.orders, &mut tickets);
                let (sells, buys) = tickets[..self.orders.len()].split_at(n_sells);
                self.fill_sells_then_buys(&exchange, sells, buys, observer)
            }
            Sequence::AsSubmitted => {
                exchange.quote_all(&self.orders, &mut tickets);
                self.fill_each(&exchange, &tickets, observer)
            }
        };
        self.tickets = tickets;
        self.orders.clear();
        self.portfolio.settle();
        result
    }

    /// Sells first, so that their proceeds pay for the buys; then what the cash covers, by the
    /// rule of the conventions.
    fn fill_sells_then_buys(
        &mut self,
        exchange: &Exchange<'_>,
        sells: &[Ticket],
        buys: &[Ticket],
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        let Exchange { backtest, mark, .. } = *exchange;
        self.fill_each(exchange, sells, observer)?;
        let rule = match (backtest.conventions.cash, backtest.sizing) {
            // A long/short portfolio borrows by design.
            (CashRule::ScaleDown, Sizing::LongShort { .. }) => CashRule::AllowNegative,
            (rule, _) => rule,
        };
        match rule {
            CashRule::AllowNegative => self.fill_each(exchange, buys, observer),
            CashRule::ScaleDown => {
                let factor = affordable_fraction(exchange, buys, self.portfolio.cash());
                if factor == 1.0 {
                    return self.fill_each(exchange, buys, observer);
                }
                for buy in buys {
                    let order = buy.order;
                    let quantity = scaled(order.quantity, factor, backtest.conventions.shares);
                    if quantity != order.quantity {
                        observer.cut(mark, order, quantity);
                    }
                    if quantity > 0.0 {
                        let ticket = exchange.quote(Order { quantity, ..order });
                        self.fill_each(exchange, &[ticket], observer)?;
                    }
                }
                Ok(())
            }
            CashRule::Reject => {
                for buy in buys {
                    if buy.cost() > self.portfolio.cash() {
                        observer.cut(mark, buy.order, 0.0);
                    } else {
                        self.fill_each(exchange, &[*buy], observer)?;
                    }
                }
                Ok(())
            }
        }
    }

    fn fill_each(
        &mut self,
        exchange: &Exchange<'_>,
        tickets: &[Ticket],
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        let (backtest, mark) = (exchange.backtest, exchange.mark);
        let fractional_buys = backtest.conventions.fractional_buys;
        for ticket in tickets {
            let Ticket {
                order: Order { asset, quantity },
                market_price,
                price,
                commission,
            } = *ticket;
            if !is_price(market_price) {
                return Err(bad_price(backtest, asset, mark, market_price));
            }
            self.portfolio
                .trade(asset, quantity, price, commission, fractional_buys);
            observer.filled(&Fill {
                mark,
                asset,
                quantity,
                price,
                market_price,
                commission,
                cash: self.portfolio.cash(),
            });
        }
        Ok(())
    }
}

/// Equity at each close from a session on: the values of the holdings summed in their order, then
/// cash. The sums of a whole tile stay in registers, also where less of it is needed.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn value_holdings(market: &Market, portfolio: &Portfolio, from: Session, equity: &mut [Tile]) {
    for (from, equity) in (from.0..).step_by(TILE).map(Session).zip(equity) {
        let mut values = [0.0; TILE];
        for holding in portfolio.holdings() {
            let closes = market.closes_ahead(holding.asset, from);
            for (value, close) in values.iter_mut().zip(closes) {
                *value += close * holding.quantity;
            }
        }
        for (equity, value) in equity.iter_mut().zip(values) {
            *equity = value + portfolio.cash();
        }
    }
}
