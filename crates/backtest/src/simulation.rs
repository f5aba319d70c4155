//! The simulation: hold, decide, size, fill.
//!
//! A [`Simulation`] steps backtests through time side by side, from decision to decision: one
//! backtest, or as many as there are lanes in a wide register. What is done for all of them at
//! once (sizing, paying) is written over lanes; what each does by itself (calling its alpha model,
//! adding up its holdings in their order) over accounts. An account has the same bits whichever
//! accounts run beside it. The simulation does no I/O and, once its buffers have grown, allocates
//! nothing.

use std::array::from_fn;
use std::ops::Range;
use std::sync::Arc;

use multiversion::multiversion;

use crate::alpha::{AlphaModel, Weights};
use crate::asset_set::{AssetSet, assets_in};
use crate::backtest::Backtest;
use crate::cash_flows::{MovedCash, PlannedFlow};
use crate::conventions::{
    BuyAndHold, CorporateActions, FillBars, FillTime, OutsideUniverse, RiskModelUse, Shares,
};
use crate::execution::{Exchange, execute, execute_orders, order};
use crate::interest::Accrual;
use crate::lanes::Lanes;
use crate::market::{
    Action, AssetId, At, Entitlement, Mark, Market, Session, TILE, Tile, is_price,
};
use crate::observer::{CashCurve, Decision, Observer, Ruin, RunningBacktest};
use crate::optimiser::{Desk, Planned};
use crate::orders::{Fill, FillCause, Order, Orders, Sequence, Traded};
use crate::portfolio::{Accounts, Holding, Portfolio};
use crate::run_error::{RunError, bad_price, optimiser_error, sizing_error};
use crate::sizing::{Quoted, Target, Terms, same_kind, size};
use crate::strategy::Trade;

/// Whether backtests can run in one simulation: over the same sessions and assets, under the same
/// conventions, with rules of one kind.
pub(crate) fn is_batchable_with(a: &Backtest<'_>, b: &Backtest<'_>) -> bool {
    // The weights of assets outside are summed in an order of their own.
    let stays_inside = |backtest: &Backtest<'_>| {
        backtest.conventions.outside_universe == OutsideUniverse::Cash
            || backtest.alpha.names_members_only()
    };
    let earns = |backtest: &Backtest<'_>| backtest.financing.interest.is_some();
    Arc::ptr_eq(&a.frame, &b.frame)
        && earns(a) == earns(b)
        && a.cash_flows == b.cash_flows
        && a.conventions == b.conventions
        && same_kind((a.sizing, &a.costs), (b.sizing, &b.costs))
        && stays_inside(a)
        && stays_inside(b)
}

const STARTED: &str = "the simulation has been started";

/// How often holdings are sold to raise the money of one withdrawal, at most.
const MOST_SALES: usize = 8;

/// Sessions valued at a time: enough for half a year, small enough for the first cache.
const BLOCK: usize = TILES * TILE;
const TILES: usize = 6;

/// Backtests in progress, `L` of them side by side. Reusable: it keeps its buffers.
#[derive(Debug)]
pub struct Simulation<const L: usize> {
    accounts: Accounts<L>,
    /// The rules of each account; `None` before the start.
    terms: Option<Terms<L>>,
    /// The first session that has not been marked yet.
    next: Session,
    /// Equity at the last close marked.
    equity: Lanes<L>,
    weights: [Weights; L],
    previous_weights: [Vec<(AssetId, f64)>; L],
    /// Memory of risk models.
    risk_buffer: Vec<f64>,
    members: Vec<AssetId>,
    inside: AssetSet,
    /// Memory of optimisers that look at prices.
    desk: Desk,
    /// Memory for comparing them.
    sorted: [Vec<(AssetId, f64)>; 2],
    /// Weights on their way from the alpha models to the targets, by asset. Zero otherwise.
    wanted: Vec<Lanes<L>>,
    /// The targets of the last decision; empty when they have been filled or no account trades.
    targets: Vec<Target<L>>,
    /// Which accounts trade to the targets.
    trades: [bool; L],
    /// Memory for the orders.
    orders: Vec<Orders<L>>,
    /// Orders that wait for a price of their asset's own, or for the proceeds of those.
    waiting: Vec<Waiting<L>>,
    /// Memory for orders as they were before the cash cut them.
    uncut: Vec<Orders<L>>,
    /// The first of the frame's endings that has not been dealt with.
    next_ending: usize,
    /// The first of the market's dividends and splits that has not been dealt with.
    next_action: usize,
    /// Whether an account may come to nothing.
    may_be_ruined: bool,
    /// Whether cash earns interest.
    earns: bool,
    /// Up to when it has.
    accrued: Mark,
    /// Cash of one account at the closes of a block.
    cash: [f64; BLOCK],
    /// The first of the cash flows that has not moved.
    next_flow: usize,
    /// The one that moves at the open that is dealt with.
    moving: Option<Moving<L>>,
    /// The value of one unit of each account over its equity.
    unit: Lanes<L>,
    /// When a withdrawal took all that an account had.
    overdrawn: [Option<Session>; L],
    block: [Tile; TILES],
}

/// A cash flow at the open at which it moves.
#[derive(Clone, Copy, Debug)]
struct Moving<const L: usize> {
    session: Session,
    /// Currency units, positive when paid in; zero for accounts that have come to nothing.
    amount: Lanes<L>,
    /// Equity at this open without it.
    before: Lanes<L>,
}

/// Orders in one asset that had no bar when they were due; or what was cut off a buy of one account
/// because sells of the same decision had none.
#[derive(Clone, Copy, Debug)]
struct Waiting<const L: usize> {
    orders: Orders<L>,
    /// They are filled at the first price of the asset's own from here on.
    since: Mark,
    /// The account whose sells have to be filled before.
    after_sells_of: Option<usize>,
}

impl<const L: usize> Waiting<L> {
    fn sells(&self, lane: usize) -> bool {
        self.orders.quantity[lane] < 0.0
    }

    /// The first mark from `from` on, in a session before `until`, at which they can be filled.
    fn next_fill(
        &self,
        all: &[Waiting<L>],
        market: &Market,
        from: Mark,
        until: Session,
    ) -> Option<Mark> {
        let mut from = self.since.max(from);
        if let Some(lane) = self.after_sells_of {
            for sell in all.iter().filter(|waiting| waiting.sells(lane)) {
                from = from.max(sell.next_fill(all, market, from, until)?);
            }
        }
        market.next_own_price(self.orders.asset, from, until)
    }
}

impl<const L: usize> Default for Simulation<L> {
    fn default() -> Self {
        Simulation {
            accounts: Accounts::default(),
            terms: None,
            next: Session(0),
            equity: Lanes::ZERO,
            weights: from_fn(|_| Weights::default()),
            previous_weights: from_fn(|_| Vec::new()),
            risk_buffer: Vec::new(),
            members: Vec::new(),
            inside: AssetSet::default(),
            desk: Desk::default(),
            sorted: [Vec::new(), Vec::new()],
            wanted: Vec::new(),
            targets: Vec::new(),
            trades: [false; L],
            orders: Vec::new(),
            waiting: Vec::new(),
            uncut: Vec::new(),
            next_ending: 0,
            next_action: 0,
            may_be_ruined: false,
            earns: false,
            accrued: Mark::open(Session(0)),
            cash: [0.0; BLOCK],
            next_flow: 0,
            moving: None,
            unit: Lanes::ZERO,
            overdrawn: [None; L],
            block: [[0.0; TILE]; TILES],
        }
    }
}

impl Simulation<1> {
    /// Runs a backtest from its first session to its last.
    pub fn run(
        &mut self,
        backtest: &Backtest<'_>,
        alpha: &mut dyn AlphaModel,
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        self.run_through(backtest, None, alpha, observer)
    }

    /// As [`Simulation::run`], without the decisions that are known to change nothing.
    ///
    /// * `active`: the decisions to make, in order. `None` for all of them.
    pub(crate) fn run_through(
        &mut self,
        backtest: &Backtest<'_>,
        active: Option<&[u32]>,
        alpha: &mut dyn AlphaModel,
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        let mut runs = [RunningBacktest::new(backtest, alpha, observer)];
        self.start(&runs);
        match active {
            None => {
                for decision in 0..backtest.decisions().len() {
                    self.advance(&mut runs, decision);
                }
            }
            Some(active) => {
                for &decision in active {
                    self.advance(&mut runs, decision as usize);
                }
            }
        }
        self.finish(&mut runs);
        let [run] = runs;
        run.failed.map_or(Ok(()), Err)
    }

    /// As [`Simulation::run`], up to a mark: the decision there is the last.
    pub(crate) fn run_until(
        &mut self,
        backtest: &Backtest<'_>,
        until: Mark,
        alpha: &mut dyn AlphaModel,
        observer: &mut impl Observer,
    ) -> Result<(), RunError> {
        let mut runs = [RunningBacktest::new(backtest, alpha, observer)];
        self.start(&runs);
        let made = (backtest.decisions()).partition_point(|mark| *mark <= until);
        for decision in 0..made {
            self.advance(&mut runs, decision);
        }
        let closed = match until.at {
            At::Open => until.session,
            At::Close => Session(until.session.0 + 1),
        };
        self.hold(&mut runs, closed);
        let [run] = runs;
        run.failed.map_or(Ok(()), Err)
    }

    /// Orders decided at the last close and never filled.
    pub(crate) fn open_orders(&self) -> Vec<Order> {
        let mut orders = Vec::new();
        let shares = self.accounts.shares();
        order(
            &self.targets,
            shares,
            &self.trades,
            Sequence::AsSubmitted,
            &mut orders,
        );
        let order = |orders: &Orders<1>| Order {
            asset: orders.asset,
            quantity: orders.quantity[0],
        };
        let waiting = self.waiting.iter().map(|waiting| &waiting.orders);
        orders.iter().chain(waiting).map(order).collect()
    }
}

impl<const L: usize> Simulation<L> {
    /// Sets the accounts up as before the first session.
    pub(crate) fn start<O>(&mut self, runs: &[RunningBacktest<'_, '_, O>; L]) {
        let backtests: [&Backtest<'_>; L] = from_fn(|lane| runs[lane].backtest);
        let Some(&first) = backtests.first() else {
            return;
        };
        debug_assert!(
            L == 1
                || backtests
                    .iter()
                    .all(|other| is_batchable_with(first, other))
        );
        let n_assets = first.market.n_assets();
        self.equity = Lanes(backtests.map(|backtest| backtest.initial_cash));
        self.accounts.reset(self.equity, n_assets);
        self.terms = Some(Terms::of(
            backtests.map(|backtest| (backtest.sizing, &backtest.costs)),
        ));
        self.next = first.frame.window.recorded_from;
        for (weights, previous) in self.weights.iter_mut().zip(&mut self.previous_weights) {
            weights.reset(n_assets);
            previous.clear();
        }
        self.inside.reset(n_assets);
        self.wanted.clear();
        self.wanted.resize(n_assets, Lanes::ZERO);
        self.targets.clear();
        self.waiting.clear();
        self.next_ending = 0;
        self.next_action = match first.conventions.corporate_actions {
            CorporateActions::Booked => 0,
            CorporateActions::Ignored => first.market.actions().len(),
        };
        self.may_be_ruined = first.may_be_ruined();
        self.next_flow = 0;
        self.moving = None;
        self.unit = Lanes::from(1.0);
        self.overdrawn = [None; L];
        self.earns = first.financing.interest.is_some();
        // The first night begins at the first close.
        self.accrued = Mark::open(self.next);
        if first.frame.universe.is_constant() {
            self.find_members(first, Mark::open(first.frame.window.first));
        }
    }

    /// Holds until a decision of the backtests, makes it, and fills its orders.
    pub(crate) fn advance<O: Observer>(
        &mut self,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
        decision: usize,
    ) {
        let backtest = runs[0].backtest;
        let market = backtest.market;
        let mark = backtest.decisions()[decision];
        let after = Session(mark.session.0 + 1);
        match (mark.at, backtest.conventions.fill) {
            (At::Open, _) => {
                self.hold(runs, mark.session);
                self.accrue(runs, mark);
                self.take_actions(runs, mark.session);
                self.pay_in(runs, mark.session);
                self.value(market.opens(mark.session));
                self.decide(runs, decision);
                let sequence = match backtest.conventions.buy_and_hold {
                    BuyAndHold::FirstSession => Sequence::SellsFirst,
                    BuyAndHold::ExactTime => Sequence::AsSubmitted,
                };
                self.fill(runs, mark, sequence);
            }
            (At::Close, FillTime::NextOpen) => {
                self.hold(runs, after);
                self.decide(runs, decision);
                // Else the orders stay open: there is no session left to fill them.
                if after <= backtest.frame.window.last {
                    self.fill(runs, Mark::open(after), Sequence::SellsFirst);
                }
            }
            (At::Close, FillTime::SameClose) => {
                self.hold(runs, mark.session);
                self.begin_session(runs);
                self.accrue(runs, mark);
                self.value(market.closes(mark.session));
                self.decide(runs, decision);
                self.fill(runs, mark, Sequence::SellsFirst);
            }
        }
    }

    /// Holds until the last close.
    pub(crate) fn finish<O: Observer>(&mut self, runs: &mut [RunningBacktest<'_, '_, O>; L]) {
        let last = runs[0].backtest.frame.window.last;
        self.hold(runs, Session(last.0 + 1));
    }

    /// Cash and holdings of an account now.
    pub(crate) fn portfolio(&self, lane: usize) -> Portfolio<'_> {
        self.accounts.portfolio(lane)
    }

    /// The totals of all trades so far.
    pub(crate) fn traded(&self) -> &Traded<L> {
        &self.accounts.traded
    }

    /// Values the accounts at prices between two closes.
    fn value(&mut self, prices: &[f64]) {
        self.equity = Lanes::from_fn(|lane| self.accounts.portfolio(lane).equity(prices));
    }

    /// Marks the sessions up to `until`, not included. On the way, orders that wait are filled when
    /// their assets have a price, and positions in assets that have ended are paid out.
    fn hold<O: Observer>(&mut self, runs: &mut [RunningBacktest<'_, '_, O>; L], until: Session) {
        while let Some(mark) = self.next_event(runs[0].backtest, until) {
            self.mark_until(runs, mark.session);
            self.meet(runs, mark);
        }
        self.mark_until(runs, until);
        self.pass_actions(runs[0].backtest, until);
    }

    /// Does what [`Simulation::hold`] does on the way at the session that is marked next, up to its
    /// close, and leaves it unmarked.
    fn begin_session<O: Observer>(&mut self, runs: &mut [RunningBacktest<'_, '_, O>; L]) {
        let until = Session(self.next.0 + 1);
        while let Some(mark) = self.next_event(runs[0].backtest, until) {
            self.meet(runs, mark);
        }
        self.pass_actions(runs[0].backtest, until);
    }

    /// Deals with what happens at a mark without a decision.
    fn meet<O: Observer>(&mut self, runs: &mut [RunningBacktest<'_, '_, O>; L], mark: Mark) {
        self.accrue(runs, mark);
        if mark.at == At::Open {
            self.take_actions(runs, mark.session);
            self.pay_in(runs, mark.session);
            self.pay_out_endings(runs, mark.session);
        }
        self.fill_waiting(runs, mark);
        self.settle(runs, [false; L]);
    }

    /// Begins the cash flow of a session, if it has one: money that is paid in is there from the open
    /// on.
    #[inline(always)]
    fn pay_in<O: Observer>(
        &mut self,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
        session: Session,
    ) {
        let flow = runs[0].backtest.cash_flows.get(self.next_flow);
        if let Some(flow) = flow.filter(|flow| flow.session == session) {
            self.begin_flow(*flow, runs);
        }
    }

    #[cold]
    fn begin_flow<O: Observer>(
        &mut self,
        flow: PlannedFlow,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
    ) {
        let opens = runs[0].backtest.market.opens(flow.session);
        let mut moving = Moving {
            session: flow.session,
            amount: Lanes::ZERO,
            before: Lanes::ZERO,
        };
        for (lane, run) in runs.iter().enumerate() {
            if run.ruin.is_some() || run.failed.is_some() {
                continue;
            }
            moving.before[lane] = self.accounts.portfolio(lane).equity(opens);
            moving.amount[lane] = flow.of(self.equity[lane]);
            self.accounts.cash[lane] += moving.amount[lane].max(0.0);
        }
        self.next_flow += 1;
        self.moving = Some(moving);
    }

    /// Ends the cash flow of an open once its orders are filled: the holdings follow, and what is
    /// withdrawn leaves the account.
    ///
    /// * `traded`: accounts whose orders of this open were sized with the flow.
    #[inline(always)]
    fn settle<O: Observer>(
        &mut self,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
        traded: [bool; L],
    ) {
        if let Some(moving) = self.moving.take() {
            self.settle_flow(moving, runs, traded);
        }
    }

    #[cold]
    fn settle_flow<O: Observer>(
        &mut self,
        moving: Moving<L>,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
        traded: [bool; L],
    ) {
        let Moving {
            session,
            amount,
            before,
        } = moving;
        // The whole of a portfolio grows or shrinks as its equity does.
        let part = Lanes::from_fn(|lane| match before[lane] > 0.0 && !traded[lane] {
            true => (amount[lane] / before[lane]).max(-1.0),
            false => 0.0,
        });
        self.scale_holdings(part, session, runs);
        let backtest = runs[0].backtest;
        if backtest.never_borrows() {
            // What costs and prices have left uncovered is raised by further sales.
            for _ in 0..MOST_SALES {
                let opens = backtest.market.opens(session);
                let part = Lanes::from_fn(|lane| {
                    let portfolio = self.accounts.portfolio(lane);
                    let missing = -amount[lane] - portfolio.cash;
                    let value = portfolio.equity(opens) - portfolio.cash;
                    match amount[lane] < 0.0 && missing > 0.0 && value > 0.0 {
                        true => -(missing / value).min(1.0),
                        false => 0.0,
                    }
                });
                if part.are_zero() || !self.scale_holdings(part, session, runs) {
                    break;
                }
            }
        }
        let opens = backtest.market.opens(session);
        for (lane, run) in runs.iter_mut().enumerate() {
            let amount = amount[lane];
            if amount == 0.0 {
                continue;
            }
            if amount < 0.0 {
                self.accounts.cash[lane] += amount;
            }
            let (before, after) = (before[lane], before[lane] + amount);
            if before > 0.0 && after > 0.0 {
                self.unit[lane] = self.unit[lane] * before / after;
            }
            if amount < 0.0 && self.accounts.portfolio(lane).equity(opens) <= 0.0 {
                self.overdrawn[lane] = Some(session);
            }
            run.observer.moved_cash(&MovedCash {
                mark: Mark::open(session),
                amount,
                equity_before: before,
                unit: self.unit[lane],
            });
        }
    }

    /// Buys or sells a part of each holding at the open of a session, where it has a price of its own
    /// and no order that waits.
    /// Returns whether there was anything to trade.
    fn scale_holdings<O: Observer>(
        &mut self,
        part: Lanes<L>,
        session: Session,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
    ) -> bool {
        let backtest = runs[0].backtest;
        let (market, mark) = (backtest.market, Mark::open(session));
        let own = backtest.conventions.fill_bars == FillBars::Own;
        let whole = backtest.conventions.shares == Shares::Whole;
        let orders = &mut self.orders;
        orders.clear();
        for (asset, shares) in (0..).map(AssetId).zip(self.accounts.shares()) {
            if shares.are_zero() || (own && !market.has_own_price(mark, asset)) {
                continue;
            }
            let mut part = part;
            let waiting = self.waiting.iter();
            for waiting in waiting.filter(|waiting| waiting.orders.asset == asset) {
                // It has been decided what becomes of this one.
                let waits = waiting.orders.quantity;
                part = part.zip(waits, |part, waits| if waits == 0.0 { part } else { 0.0 });
            }
            let quantity = shares.zip(part, |shares, part| {
                let exact = shares * part;
                match whole {
                    false => exact,
                    // Less is bought than could be, and more is sold than must be.
                    true if part > 0.0 => exact.trunc(),
                    true => exact.abs().ceil().min(shares.abs()).copysign(exact),
                }
            });
            if !quantity.are_zero() {
                orders.push(Orders { asset, quantity });
            }
        }
        if orders.is_empty() {
            return false;
        }
        let (sequence, cause) = (Sequence::SellsFirst, FillCause::CashFlow);
        let exchange = exchange(backtest, &self.terms, mark, sequence, cause);
        execute_orders(&exchange, orders, &mut self.accounts, runs);
        true
    }

    /// What is going to be paid into each account at the next open, or withdrawn.
    fn planned_flow(&self, backtest: &Backtest<'_>, decided: Mark) -> Lanes<L> {
        let fills_next = decided.at == At::Close && backtest.conventions.fill == FillTime::NextOpen;
        let flow = backtest.cash_flows.get(self.next_flow);
        let flow = flow.filter(|flow| fills_next && flow.session.0 == decided.session.0 + 1);
        match flow {
            None => Lanes::ZERO,
            Some(flow) => self.equity.map(|equity| flow.of(equity).max(-equity)),
        }
    }

    /// Lets cash earn interest up to a mark, before anything else happens there.
    #[inline(always)]
    fn accrue<O: Observer>(&mut self, runs: &mut [RunningBacktest<'_, '_, O>; L], until: Mark) {
        if self.earns && self.accrued < until {
            self.accrue_until(runs, until);
        }
    }

    /// Step by step: a night, then the day that follows.
    #[inline(never)]
    fn accrue_until<O: Observer>(
        &mut self,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
        until: Mark,
    ) {
        while self.accrued < until {
            let mark = self.accrued.next();
            for (lane, run) in runs.iter_mut().enumerate() {
                self.accounts.cash[lane] = cash_at(mark, self.accounts.portfolio(lane), run);
            }
            self.accrued = mark;
        }
    }

    /// Writes the cash of an account at the closes of some sessions, at unchanged holdings, and leaves
    /// it with that of the last.
    fn follow_cash<O: Observer>(
        &mut self,
        lane: usize,
        sessions: Range<usize>,
        run: &mut RunningBacktest<'_, '_, O>,
    ) {
        let Some(interest) = &run.backtest.financing.interest else {
            return;
        };
        let interest = Arc::clone(interest);
        let mut portfolio = self.accounts.portfolio(lane);
        let has_shorts = || portfolio.holdings.iter().any(|held| held.quantity < 0.0);
        let pays_fees = interest.charges_shorts() && has_shorts();
        let (mut accrued, mut done) = (self.accrued, 0);
        while done < sessions.len() {
            let close = Mark::close(Session((sessions.start + done) as u32));
            // A session that has begun, fees and records are gone through step by step.
            if !O::WATCHES_FILLS && !pays_fees && accrued.session < close.session {
                break;
            }
            while accrued < close {
                accrued = accrued.next();
                portfolio.cash = cash_at(accrued, portfolio, run);
            }
            self.cash[done] = portfolio.cash;
            done += 1;
        }
        let closes = &mut self.cash[done..sessions.len()];
        self.accounts.cash[lane] = interest.follow(sessions.start + done, portfolio.cash, closes);
    }

    /// When something happens next to the accounts without a decision of theirs, before a session.
    #[inline(always)]
    fn next_event(&self, backtest: &Backtest<'_>, until: Session) -> Option<Mark> {
        let ending = backtest.frame.endings.get(self.next_ending);
        let actions = &backtest.market.actions()[self.next_action..];
        let flow = backtest.cash_flows.get(self.next_flow);
        if ending.is_none() && self.waiting.is_empty() && actions.is_empty() && flow.is_none() {
            return None;
        }
        let concerns = |asset: AssetId| {
            let mut waiting = self.waiting.iter();
            self.accounts.held().contains(asset)
                || waiting.any(|waiting| waiting.orders.asset == asset)
        };
        let mut actions = actions
            .iter()
            .skip_while(|action| action.session < self.next)
            .take_while(|action| action.session < until);
        let action = actions.find(|action| concerns(action.asset));
        let action = action.map(|action| Mark::open(action.session));
        let flow = flow.filter(|flow| flow.session < until);
        let flow = flow.map(|flow| Mark::open(flow.session));
        let ending = ending.filter(|ending| ending.session < until);
        let ending = ending.map(|ending| Mark::open(ending.session.max(self.next)));
        let from = Mark::open(self.next);
        let filled = (self.waiting.iter())
            .filter_map(|waiting| waiting.next_fill(&self.waiting, backtest.market, from, until));
        (ending.into_iter().chain(action).chain(flow).chain(filled)).min()
    }

    /// Books the dividends and splits of a session. Those of earlier ones concerned no account.
    fn take_actions<O: Observer>(
        &mut self,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
        session: Session,
    ) {
        let market = runs[0].backtest.market;
        while let Some(action) = market.actions().get(self.next_action)
            && action.session <= session
        {
            self.next_action += 1;
            if action.session == session {
                self.take_action(runs, action);
            }
        }
    }

    /// Passes over the dividends and splits before a session, which concerned no account.
    fn pass_actions(&mut self, backtest: &Backtest<'_>, until: Session) {
        while let Some(action) = backtest.market.actions().get(self.next_action)
            && action.session < until
        {
            self.next_action += 1;
        }
    }

    /// Splits what is held of an asset and what is ordered, and pays the dividend on what is held then.
    #[cold]
    fn take_action<O: Observer>(
        &mut self,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
        action: &Action,
    ) {
        let Action {
            session,
            asset,
            split,
            dividend,
            ..
        } = *action;
        let backtest = runs[0].backtest;
        let is_whole = backtest.conventions.shares == Shares::Whole;
        let split_up = |shares: f64| match (split == 1.0, is_whole) {
            (true, _) => shares,
            (false, true) => whole_part(shares * split),
            (false, false) => shares * split,
        };
        let before = self.accounts.shares()[asset.index()];
        let after = before.map(split_up);
        for target in &mut self.targets {
            if target.asset == asset {
                let orders = (target.quantity - before).map(split_up);
                target.quantity = after + orders;
            }
        }
        for Waiting { orders, .. } in &mut self.waiting {
            if orders.asset == asset {
                orders.quantity = orders.quantity.map(split_up);
            }
        }
        (self.waiting).retain(|waiting| !waiting.orders.quantity.are_zero());
        if before.are_zero() {
            return;
        }
        let price = backtest.market.opens(session)[asset.index()];
        let in_lieu = before.zip(after, |before, after| {
            let fraction = before * split - after;
            match fraction.abs() <= NO_FRACTION * after.abs() {
                true => 0.0,
                false => fraction * price,
            }
        });
        let paid = after * dividend;
        self.accounts.restate(asset, after);
        self.accounts.cash = self.accounts.cash + in_lieu + paid;
        for (lane, run) in runs.iter_mut().enumerate() {
            if in_lieu[lane] != 0.0 && !is_price(price) && run.failed.is_none() {
                let mark = Mark::open(session);
                run.failed = Some(bad_price(run.backtest.market, asset, mark, price));
            }
            if O::WATCHES_FILLS && before[lane] != 0.0 {
                run.observer.entitled(&Entitlement {
                    session,
                    asset,
                    split,
                    dividend,
                    before: before[lane],
                    holding: after[lane],
                    in_lieu: in_lieu[lane],
                    paid: paid[lane],
                    cash: self.accounts.cash[lane],
                });
            }
        }
    }

    /// Pays out what is held of the assets whose last bar lies before a session.
    #[cold]
    fn pay_out_endings<O: Observer>(
        &mut self,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
        session: Session,
    ) {
        let backtest = runs[0].backtest;
        let mark = Mark::open(session);
        while let Some(ending) = backtest.frame.endings.get(self.next_ending)
            && ending.session <= session
        {
            self.next_ending += 1;
            let asset = ending.asset;
            self.waiting.retain(|waiting| waiting.orders.asset != asset);
            self.targets.retain(|target| target.asset != asset);
            let close = backtest.market.opens(session)[asset.index()];
            let price = close * (1.0 + ending.payout);
            let quantity = self.accounts.shares()[asset.index()].map(|shares| -shares);
            if quantity.are_zero() {
                continue;
            }
            let payouts = Orders { asset, quantity };
            self.accounts.pay_out(payouts, price);
            for (lane, run) in runs.iter_mut().enumerate() {
                if O::WATCHES_FILLS && quantity[lane] != 0.0 {
                    run.observer.filled(&Fill {
                        mark,
                        asset,
                        quantity: quantity[lane],
                        price,
                        market_price: price,
                        commission: 0.0,
                        cash: self.accounts.cash[lane],
                        holding: 0.0,
                        cause: FillCause::AssetEnded,
                    });
                }
            }
        }
    }

    /// Fills orders that wait where a mark has a price of their asset's own.
    fn fill_waiting<O: Observer>(
        &mut self,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
        mark: Mark,
    ) {
        let backtest = runs[0].backtest;
        let (market, orders) = (backtest.market, &mut self.orders);
        orders.clear();
        let has_price = |waiting: &Waiting<L>| {
            waiting.since <= mark && market.has_own_price(mark, waiting.orders.asset)
        };
        let sells_go_on: [bool; L] = from_fn(|lane| {
            let sells = self.waiting.iter().filter(|waiting| waiting.sells(lane));
            sells.into_iter().any(|sell| !has_price(sell))
        });
        self.waiting.retain(|waiting| {
            let waits_for_cash = (waiting.after_sells_of).is_some_and(|lane| sells_go_on[lane]);
            let is_due = has_price(waiting) && !waits_for_cash;
            if is_due {
                orders.push(waiting.orders);
            }
            !is_due
        });
        if orders.is_empty() {
            return;
        }
        orders.sort_by_key(|orders| orders.asset);
        let (sequence, cause) = (Sequence::SellsFirst, FillCause::Order);
        let exchange = exchange(backtest, &self.terms, mark, sequence, cause);
        self.uncut.clone_from(orders);
        execute_orders(&exchange, orders, &mut self.accounts, runs);
        self.keep_what_sells_will_pay_for(mark);
    }

    /// Keeps what the cash cut off the buys of accounts whose sells still wait.
    #[cold]
    fn keep_what_sells_will_pay_for(&mut self, since: Mark) {
        for lane in 0..L {
            if !self.waiting.iter().any(|waiting| waiting.sells(lane)) {
                continue;
            }
            for (uncut, filled) in self.uncut.iter().zip(&self.orders) {
                let (wanted, bought) = (uncut.quantity[lane], filled.quantity[lane]);
                if wanted > bought.max(0.0) {
                    let mut quantity = Lanes::ZERO;
                    quantity[lane] = wanted - bought;
                    let asset = uncut.asset;
                    self.waiting.push(Waiting {
                        orders: Orders { asset, quantity },
                        since,
                        after_sells_of: Some(lane),
                    });
                }
            }
        }
    }

    /// Marks the sessions up to `until`, not included, at unchanged holdings.
    fn mark_until<O: Observer>(
        &mut self,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
        until: Session,
    ) {
        let market = runs[0].backtest.market;
        while self.next < until {
            let from = self.next.index();
            let to = until.index().min(from + BLOCK);
            for (lane, run) in runs.iter_mut().enumerate() {
                let portfolio = self.accounts.portfolio(lane);
                if !market.every_price_is_positive() && run.failed.is_none() {
                    run.failed = check_prices_held(run.backtest, portfolio, from..to).err();
                }
                if self.earns {
                    self.follow_cash(lane, from..to, run);
                }
                let portfolio = self.accounts.portfolio(lane);
                let tiles = &mut self.block[..(to - from).div_ceil(TILE)];
                let valued = match self.earns {
                    true => portfolio.without_cash(),
                    false => portfolio,
                };
                value_holdings(market, valued, self.next, tiles);
                let cash = match self.earns {
                    false => CashCurve::Constant(portfolio.cash),
                    true => {
                        let cash = &self.cash[..to - from];
                        let equity = self.block.as_flattened_mut().iter_mut();
                        equity.zip(cash).for_each(|(value, cash)| *value += cash);
                        CashCurve::Varying(cash)
                    }
                };
                let equity = &mut self.block.as_flattened_mut()[..to - from];
                // What is no amount stays none until the end of the block.
                if !equity[equity.len() - 1].is_finite() && run.failed.is_none() {
                    run.failed = Some(not_an_amount(market, self.next, equity));
                }
                if self.may_be_ruined
                    && run.failed.is_none()
                    && let Some(at) = match self.overdrawn[lane] == Some(self.next) {
                        true => Some(0),
                        false => first_ruin(equity, cash, portfolio),
                    }
                {
                    let (before, after) = equity.split_at_mut(at);
                    if !before.is_empty() {
                        (run.observer).marked(self.next, before, cash.until(at), portfolio);
                    }
                    let session = Session((from + at) as u32);
                    let shortfall = 0.0 - after[0];
                    after.fill(0.0);
                    let ruin = Ruin {
                        session,
                        shortfall,
                        by_withdrawal: self.overdrawn[lane] == Some(session),
                    };
                    run.ruin = Some(ruin);
                    let closes = market.closes(session);
                    self.accounts.cash[lane] = cash.at(at);
                    self.accounts
                        .close_out(lane, closes, |holding, price, cash| {
                            run.observer.filled(&Fill {
                                mark: Mark::close(session),
                                asset: holding.asset,
                                quantity: -holding.quantity,
                                price,
                                market_price: price,
                                commission: 0.0,
                                cash,
                                holding: 0.0,
                                cause: FillCause::Ruin,
                            });
                        });
                    run.observer.ruined(ruin);
                    let nothing = CashCurve::Constant(0.0);
                    let portfolio = self.accounts.portfolio(lane);
                    run.observer.marked(session, after, nothing, portfolio);
                    self.waiting.retain_mut(|waiting| {
                        waiting.orders.quantity[lane] = 0.0;
                        !waiting.orders.quantity.are_zero()
                    });
                    self.equity[lane] = 0.0;
                    continue;
                }
                self.equity[lane] = equity[equity.len() - 1];
                run.observer.marked(self.next, equity, cash, portfolio);
            }
            self.next = Session(to as u32);
            // Without a branch: it counts for nothing where cash earns nothing.
            self.accrued = Mark::close(Session(to as u32 - 1));
        }
    }

    fn find_members(&mut self, backtest: &Backtest<'_>, mark: Mark) {
        let (members, inside) = (&mut self.members, &mut self.inside);
        let universe = &backtest.frame.universe;
        universe.at(backtest.market, mark, members, inside);
    }

    /// Calls the alpha models and turns their weights into targets.
    fn decide<O: Observer>(&mut self, runs: &mut [RunningBacktest<'_, '_, O>; L], decision: usize) {
        let backtest = runs[0].backtest;
        let mark = backtest.decisions()[decision];
        if !backtest.frame.universe.is_constant() {
            self.find_members(backtest, mark);
        }
        self.targets.clear();
        let planned = self.planned_flow(backtest, mark);
        let mut trades = [false; L];
        for (lane, run) in runs.iter_mut().enumerate() {
            self.weights[lane].clear();
            let is_ruined = self.may_be_ruined
                && (run.ruin.is_some()
                    || is_ruin(self.equity[lane], self.accounts.portfolio(lane)));
            if run.failed.is_some() || is_ruined {
                continue;
            }
            match self.weigh(lane, run.backtest, run.alpha, decision) {
                Ok(trade) => trades[lane] = trade,
                Err(error) => run.failed = Some(error),
            }
            if trades[lane] {
                let planned = planned[lane];
                let weights = self.weights[lane].entries();
                for (asset, weight) in weights {
                    self.wanted[asset.index()][lane] = *weight;
                }
                run.observer.decided(&Decision {
                    mark,
                    equity: self.equity[lane] + planned,
                    weights,
                    portfolio: self.accounts.portfolio(lane),
                });
            } else {
                self.weights[lane].clear();
            }
        }
        if trades == [false; L] {
            return;
        }
        let any_outside = self.set_targets();
        let prices = backtest.market.prices(mark);
        let terms = self.terms.as_ref().expect(STARTED);
        let conventions = &backtest.conventions;
        let quotes = Quoted {
            prices,
            real_shares: backtest.market.real_shares(mark.session),
        };
        let equity = self.equity + planned;
        if let Err(mistakes) = size(&mut self.targets, terms, conventions, equity, quotes) {
            for ((mistake, run), trades) in
                mistakes.into_iter().zip(runs.iter_mut()).zip(&mut trades)
            {
                if let Some(mistake) = mistake
                    && *trades
                {
                    run.failed = Some(sizing_error(run.backtest.market, mark, mistake));
                    *trades = false;
                }
            }
        }
        if any_outside {
            self.targets.sort_unstable_by_key(|target| target.asset);
        }
        for target in &self.targets {
            let price = prices[target.asset.index()];
            if !is_price(price) {
                self.fail_holders_of(target.asset, price, mark, runs, &mut trades);
            }
        }
        if !self.waiting.is_empty() {
            // A decision that trades replaces what the one before it left.
            for Waiting { orders, .. } in &mut self.waiting {
                for lane in (0..L).filter(|lane| trades[*lane]) {
                    orders.quantity[lane] = 0.0;
                }
            }
            (self.waiting).retain(|waiting| !waiting.orders.quantity.are_zero());
        }
        self.trades = trades;
    }

    /// The portfolio weights of an account, and whether it trades to them.
    fn weigh(
        &mut self,
        lane: usize,
        backtest: &Backtest<'_>,
        alpha: &mut dyn AlphaModel,
        decision: usize,
    ) -> Result<bool, RunError> {
        let market = backtest.market;
        let mark = backtest.decisions()[decision];
        let weights = &mut self.weights[lane];
        let shared = backtest.signals.as_ref().map(|signals| (signals, decision));
        let as_of = backtest.as_of(mark, &self.members, shared);
        alpha
            .weights(as_of, weights)
            .map_err(|source| RunError::Alpha {
                when: market.moment(mark),
                source,
            })?;
        if let (Some(risk), RiskModelUse::Applied) =
            (backtest.risk, backtest.conventions.risk_model)
        {
            risk.part().apply(as_of, weights, &mut self.risk_buffer);
        }
        match &backtest.plan {
            None => backtest.optimiser.part().apply(weights, &self.members),
            Some(plan) => {
                let (prices, shares) = (market.prices(mark), self.accounts.shares());
                let equity = self.equity[lane];
                let held = |asset: AssetId| {
                    let shares = shares[asset.index()][lane];
                    if shares == 0.0 {
                        0.0
                    } else {
                        shares * prices[asset.index()] / equity
                    }
                };
                match plan.weigh(as_of, held, weights, &mut self.desk) {
                    Ok(Planned::Weights) => {}
                    Ok(Planned::Hold) => return Ok(false),
                    Err(failure) => {
                        let assets = self.desk.assets();
                        return Err(optimiser_error(market, mark, assets, &failure));
                    }
                }
            }
        }
        let inside = &self.inside;
        match backtest.conventions.outside_universe {
            OutsideUniverse::Cash if weights.mentioned().is_within(inside) => {}
            OutsideUniverse::Cash => weights.retain(|asset| inside.contains(asset)),
            // An asset that is to enter the universe later waits for its first price all the same.
            OutsideUniverse::Traded if !backtest.frame.universe.is_constant() => {
                let priced = |asset| market.first_price(asset).is_some_and(|first| first <= mark);
                weights.retain(|asset| priced(asset) || !backtest.frame.universe.waits(asset));
            }
            OutsideUniverse::Traded => {}
        }
        let only_read = backtest.frame.universe.only_read();
        if !only_read.is_empty() {
            weights.retain(|asset| !only_read.contains(&asset));
        }
        if backtest.trade == Trade::OnChange {
            let previous = &mut self.previous_weights[lane];
            if is_same_portfolio(weights.entries(), previous, &mut self.sorted) {
                return Ok(false);
            }
            previous.clear();
            previous.extend_from_slice(weights.entries());
        }
        Ok(true)
    }

    /// One target per asset that any account holds or wants, in the order in which weights are
    /// summed: universe and holdings by symbol, then assets outside, in the order in which they were
    /// named. Returns whether there are any outside.
    fn set_targets(&mut self) -> bool {
        let (held, inside) = (self.accounts.held(), &self.inside);
        let (targets, wanted) = (&mut self.targets, &mut self.wanted);
        let mut push = |asset: AssetId| {
            targets.push(Target {
                asset,
                weight: std::mem::replace(&mut wanted[asset.index()], Lanes::ZERO),
                quantity: Lanes::ZERO,
            });
        };
        let mut outside = 0;
        for (position, (inside, held)) in inside.words().iter().zip(held.words()).enumerate() {
            let words = self
                .weights
                .iter()
                .map(|one| one.mentioned().words()[position]);
            let mentioned = words.fold(0, |all, word| all | word);
            for asset in assets_in(position, mentioned & inside | held) {
                push(asset);
            }
            outside |= mentioned & !(inside | held);
        }
        if outside != 0 {
            let entries = self.weights.iter().flat_map(|weights| weights.entries());
            for &(asset, _) in entries {
                if !inside.contains(asset) && !held.contains(asset) {
                    push(asset);
                }
            }
        }
        outside != 0
    }

    /// Fails the accounts that hold or name an asset without a price.
    #[cold]
    fn fail_holders_of<O>(
        &self,
        asset: AssetId,
        price: f64,
        mark: Mark,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
        trades: &mut [bool; L],
    ) {
        let shares = self.accounts.shares()[asset.index()];
        for (lane, run) in runs.iter_mut().enumerate() {
            if trades[lane] && (shares[lane] != 0.0 || self.weights[lane].mentions(asset)) {
                run.failed = Some(bad_price(run.backtest.market, asset, mark, price));
                trades[lane] = false;
            }
        }
    }

    /// Fills the orders that lead to the targets.
    fn fill<O: Observer>(
        &mut self,
        runs: &mut [RunningBacktest<'_, '_, O>; L],
        mark: Mark,
        sequence: Sequence,
    ) {
        self.accrue(runs, mark);
        let backtest = runs[0].backtest;
        if mark.at == At::Open && self.next_action < backtest.market.actions().len() {
            self.take_actions(runs, mark.session);
        }
        if self.targets.is_empty() {
            // What else happens at this mark is met on the way to the next decision.
            self.settle(runs, [false; L]);
            return;
        }
        if mark.at == At::Open {
            self.pay_in(runs, mark.session);
            if self.next_ending < backtest.frame.endings.len() {
                self.pay_out_endings(runs, mark.session);
            }
        }
        let market = backtest.market;
        let exchange = exchange(backtest, &self.terms, mark, sequence, FillCause::Order);
        let (targets, trades, orders) = (&self.targets, &self.trades, &mut self.orders);
        let has_bar = |asset: AssetId| market.has_own_price(mark, asset);
        if market.every_bar_exists()
            || backtest.conventions.fill_bars == FillBars::FilledForward
            || targets.iter().all(|target| has_bar(target.asset))
        {
            execute(&exchange, targets, trades, orders, &mut self.accounts, runs);
        } else {
            order(targets, self.accounts.shares(), trades, sequence, orders);
            let waiting = &mut self.waiting;
            orders.retain(|orders| {
                let is_filled = has_bar(orders.asset);
                if !is_filled {
                    waiting.push(Waiting {
                        orders: *orders,
                        since: mark,
                        after_sells_of: None,
                    });
                }
                is_filled
            });
            self.uncut.clone_from(orders);
            execute_orders(&exchange, orders, &mut self.accounts, runs);
            self.keep_what_sells_will_pay_for(mark);
        }
        self.targets.clear();
        if self.moving.is_some() {
            // The holdings follow the money when all orders of this open are filled.
            self.fill_waiting(runs, mark);
            self.settle(runs, self.trades);
        }
    }
}

/// Where orders are filled at a mark, by the rules of a simulation that has been started.
#[inline(always)]
fn exchange<'a, const L: usize>(
    backtest: &'a Backtest<'_>,
    terms: &'a Option<Terms<L>>,
    mark: Mark,
    sequence: Sequence,
    cause: FillCause,
) -> Exchange<'a, L> {
    Exchange {
        mark,
        prices: backtest.market.prices(mark),
        real_shares: backtest.market.real_shares(mark.session),
        sequence,
        cause,
        terms: terms.as_ref().expect(STARTED),
        conventions: &backtest.conventions,
    }
}

/// Shares that miss a whole number by less than this part of it are that number.
const NO_FRACTION: f64 = 1e-9;

/// A number of shares without its fraction. What a decimal number misses a whole one by is no fraction.
fn whole_part(shares: f64) -> f64 {
    let nearest = shares.round();
    match (shares - nearest).abs() <= NO_FRACTION * nearest.abs() {
        true => nearest,
        false => shares.trunc(),
    }
}

/// Whether two lists of weights want the same: the order in which they are named does not count, and
/// neither does a zero.
fn is_same_portfolio(
    a: &[(AssetId, f64)],
    b: &[(AssetId, f64)],
    sorted: &mut [Vec<(AssetId, f64)>; 2],
) -> bool {
    if a == b {
        return true;
    }
    for (sorted, weights) in sorted.iter_mut().zip([a, b]) {
        sorted.clear();
        sorted.extend(weights.iter().filter(|(_, weight)| *weight != 0.0));
        sorted.sort_unstable_by_key(|(asset, _)| *asset);
    }
    sorted[0] == sorted[1]
}

/// Whether an account has lost everything. One that never had anything has not.
fn is_ruin(equity: f64, portfolio: Portfolio<'_>) -> bool {
    equity <= 0.0 && (!portfolio.holdings.is_empty() || portfolio.cash < 0.0)
}

/// The first close at which an account has lost everything.
fn first_ruin(equity: &[f64], cash: CashCurve<'_>, portfolio: Portfolio<'_>) -> Option<usize> {
    match cash {
        CashCurve::Constant(_) => (equity.iter()).position(|equity| is_ruin(*equity, portfolio)),
        CashCurve::Varying(curve) => equity.iter().zip(curve).position(|(equity, cash)| {
            let cash = *cash;
            is_ruin(*equity, Portfolio { cash, ..portfolio })
        }),
    }
}

/// What is left of an account's cash at a mark, from what it was at the mark before.
fn cash_at<O: Observer>(
    mark: Mark,
    portfolio: Portfolio<'_>,
    run: &mut RunningBacktest<'_, '_, O>,
) -> f64 {
    let (market, session) = (run.backtest.market, mark.session.index());
    let Some(interest) = &run.backtest.financing.interest else {
        return portfolio.cash;
    };
    let before = portfolio.cash;
    let (cash, accrual) = match mark.at {
        At::Close => {
            let cash = interest.intraday(session, before);
            (cash, Accrual::of(before, cash))
        }
        At::Open => {
            let shorts = match interest.charges_shorts() {
                true => value_of_shorts(portfolio, market.closes(Session(session as u32 - 1))),
                false => 0.0,
            };
            let cash = interest.overnight(session, before, shorts);
            (cash, interest.accrual(session, before, shorts))
        }
    };
    if O::WATCHES_FILLS && accrual != Accrual::default() {
        run.observer.accrued(mark, accrual);
    }
    cash
}

/// The value of the short positions at these prices, one per asset: a positive number.
fn value_of_shorts(portfolio: Portfolio<'_>, prices: &[f64]) -> f64 {
    let shorts = (portfolio.holdings.iter()).filter(|holding| holding.quantity < 0.0);
    let values = shorts.map(|short| prices[short.asset.index()] * -short.quantity);
    values.fold(0.0, |sum, value| sum + value)
}

/// Why a run stops whose equity is not a number at one of the closes from a session on.
#[cold]
fn not_an_amount(market: &Market, from: Session, equity: &[f64]) -> RunError {
    let at = equity.iter().position(|equity| !equity.is_finite());
    let at = at.unwrap_or(equity.len() - 1);
    RunError::NotAnAmount {
        when: market.moment(Mark::close(Session(from.0 + at as u32))),
        equity: equity[at],
    }
}

fn check_prices_held(
    backtest: &Backtest<'_>,
    portfolio: Portfolio<'_>,
    sessions: Range<usize>,
) -> Result<(), RunError> {
    for session in sessions {
        let session = Session(session as u32);
        for mark in [Mark::open(session), Mark::close(session)] {
            for Holding { asset, .. } in portfolio.holdings {
                let price = backtest.market.prices(mark)[asset.index()];
                if !is_price(price) {
                    return Err(bad_price(backtest.market, *asset, mark, price));
                }
            }
        }
    }
    Ok(())
}

/// Equity at each close from a session on: the values of the holdings summed in their order, then
/// cash. The sums of a whole tile stay in registers, also where less of it is needed.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn value_holdings(market: &Market, portfolio: Portfolio<'_>, from: Session, equity: &mut [Tile]) {
    for (from, equity) in (from.0..).step_by(TILE).map(Session).zip(equity) {
        let mut values = [0.0; TILE];
        for holding in portfolio.holdings {
            let closes = market.closes_ahead(holding.asset, from);
            for (value, close) in values.iter_mut().zip(closes) {
                *value += close * holding.quantity;
            }
        }
        for (equity, value) in equity.iter_mut().zip(values) {
            *equity = value + portfolio.cash;
        }
    }
}
