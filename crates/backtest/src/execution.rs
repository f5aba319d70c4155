//! Execution: orders, what they cost at one moment's prices, and how many of them the cash covers.

use multiversion::multiversion;

use crate::conventions::{CashRule, Conventions, Shares};
use crate::costs::Quotes;
use crate::lanes::Lanes;
use crate::market::{AssetId, Mark, is_price};
use crate::observer::{Observer, RunningBacktest};
use crate::orders::{Fill, FillCause, Order, Orders, Sequence, Traded};
use crate::portfolio::{Accounts, holding_after};
use crate::run_error::bad_price;
use crate::sizing::{Target, Terms};

/// Which orders are meant.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    Sells,
    Buys,
    Both,
}

impl Side {
    /// The quantities that are meant, the others cut off at zero.
    #[inline(always)]
    fn of<const L: usize>(self, quantity: Lanes<L>) -> Lanes<L> {
        let (from, to) = match self {
            Side::Sells => (f64::NEG_INFINITY, 0.0),
            Side::Buys => (0.0, f64::INFINITY),
            Side::Both => (f64::NEG_INFINITY, f64::INFINITY),
        };
        quantity
            .at_least(Lanes::from(from))
            .at_most(Lanes::from(to))
    }
}

/// Where orders are filled: at one moment, at its prices.
#[derive(Clone, Copy)]
pub(crate) struct Exchange<'a, const L: usize> {
    pub(crate) mark: Mark,
    /// One per asset.
    pub(crate) prices: &'a [f64],
    /// Shares as traded for each share at these prices, one per asset; `None` where that is one.
    pub(crate) real_shares: Option<&'a [f64]>,
    pub(crate) sequence: Sequence,
    pub(crate) cause: FillCause,
    pub(crate) terms: &'a Terms<L>,
    pub(crate) conventions: &'a Conventions,
}

impl<const L: usize> Exchange<'_, L> {
    /// Quotes for shares of an asset.
    #[inline(always)]
    fn quote(&self, asset: AssetId, quantity: Lanes<L>) -> Quotes<L> {
        let market_price = self.prices[asset.index()];
        let real = self.real_shares.map_or(1.0, |real| real[asset.index()]);
        let basis = self.conventions.fee_basis;
        self.terms.costs.quote(market_price, quantity, real, basis)
    }

    /// What an order of one account costs; negative for a sell.
    fn cost(&self, lane: usize, order: Order) -> f64 {
        let mut quantity = Lanes::ZERO;
        quantity[lane] = order.quantity;
        let quotes = self.quote(order.asset, quantity);
        quotes.price[lane] * order.quantity + quotes.commission[lane]
    }
}

/// Fills the orders that bring accounts to their targets, and drops the positions that this closes.
///
/// * `trades`: which accounts do.
/// * `orders`: memory for the orders.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(crate) fn execute<const L: usize, O: Observer>(
    exchange: &Exchange<'_, L>,
    targets: &[Target<L>],
    trades: &[bool; L],
    orders: &mut Vec<Orders<L>>,
    accounts: &mut Accounts<L>,
    runs: &mut [RunningBacktest<'_, '_, O>; L],
) {
    let sides = order(
        targets,
        accounts.shares(),
        trades,
        exchange.sequence,
        orders,
    );
    fill(exchange, orders, sides, accounts, runs);
}

/// Fills orders that are known: those that waited for a bar, or those of a decision that need not.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
pub(crate) fn execute_orders<const L: usize, O: Observer>(
    exchange: &Exchange<'_, L>,
    orders: &mut [Orders<L>],
    accounts: &mut Accounts<L>,
    runs: &mut [RunningBacktest<'_, '_, O>; L],
) {
    let sides = (orders.len(), 0);
    fill(exchange, orders, sides, accounts, runs);
}

/// Pays for orders, as far as the cash covers them, and books them.
///
/// * `sells`, `buys`: where the sells end and where the buys begin.
#[inline(always)]
fn fill<const L: usize, O: Observer>(
    exchange: &Exchange<'_, L>,
    orders: &mut [Orders<L>],
    (sells, buys): (usize, usize),
    accounts: &mut Accounts<L>,
    runs: &mut [RunningBacktest<'_, '_, O>; L],
) {
    let sequence = exchange.sequence;
    for index in 0..orders.len() {
        let asset = orders[index].asset;
        if !is_price(exchange.prices[asset.index()]) {
            fail_traders_of(asset, exchange, orders, runs);
        }
    }
    let conventions = exchange.conventions;
    match sequence {
        Sequence::AsSubmitted => pay(exchange, orders, Side::Both, accounts, runs),
        Sequence::SellsFirst => {
            if exchange.terms.costs_may_exceed_value && !exchange.terms.allow_shorts() {
                for (lane, run) in runs.iter_mut().enumerate() {
                    drop_dear_sells(exchange, &mut orders[..sells], lane, accounts, run.observer);
                }
            }
            pay(exchange, &orders[..sells], Side::Sells, accounts, runs);
            match conventions.cash {
                CashRule::AllowNegative => {}
                // A long/short portfolio borrows by design.
                CashRule::ScaleDown if exchange.terms.allow_shorts() => {}
                CashRule::ScaleDown => {
                    let left = left_after_buys(exchange, &orders[buys..], accounts.cash);
                    for lane in (0..L).filter(|lane| left[*lane] < 0.0) {
                        let cash = accounts.cash[lane];
                        scale_buys_down(exchange, orders, lane, cash, runs[lane].observer);
                    }
                }
                CashRule::Reject => {
                    for (lane, run) in runs.iter_mut().enumerate() {
                        reject_buys(exchange, orders, lane, accounts.cash[lane], run.observer);
                    }
                }
            }
            pay(exchange, &orders[buys..], Side::Buys, accounts, runs);
        }
    }
    accounts.book(orders, sequence, conventions.fractional_buys);
}

/// Fails the backtests with an order in an asset without a price, and drops their orders.
#[cold]
fn fail_traders_of<const L: usize, O>(
    asset: AssetId,
    exchange: &Exchange<'_, L>,
    orders: &mut [Orders<L>],
    runs: &mut [RunningBacktest<'_, '_, O>; L],
) {
    let price = exchange.prices[asset.index()];
    for (lane, run) in runs.iter_mut().enumerate() {
        let in_it = |orders: &Orders<L>| orders.asset == asset && orders.quantity[lane] != 0.0;
        if run.failed.is_none() && orders.iter().any(in_it) {
            run.failed = Some(bad_price(run.backtest.market, asset, exchange.mark, price));
            for orders in orders.iter_mut() {
                orders.quantity[lane] = 0.0;
            }
        }
    }
}

/// Pays for the orders of one side, in their order, and reports the fills to the observers.
#[inline(always)]
fn pay<const L: usize, O: Observer>(
    exchange: &Exchange<'_, L>,
    orders: &[Orders<L>],
    side: Side,
    accounts: &mut Accounts<L>,
    runs: &mut [RunningBacktest<'_, '_, O>; L],
) {
    let (mut cash, mut sums) = (accounts.cash, accounts.traded);
    for orders in orders {
        // Where there is no order, nothing is taken away, and nothing is added.
        let quantity = side.of(orders.quantity);
        let Quotes { price, commission } = exchange.quote(orders.asset, quantity);
        let market_price = exchange.prices[orders.asset.index()];
        let value = price * quantity;
        cash = cash - (value + commission);
        sums = Traded {
            trades: sums.trades + Lanes::from(1.0).where_not_zero(quantity),
            value: sums.value + value.abs(),
            commission: sums.commission + commission,
            slippage: sums.slippage + (price - market_price) * quantity,
        };
        if O::WATCHES_FILLS {
            let booking = exchange.conventions.fractional_buys;
            let before = accounts.shares()[orders.asset.index()];
            for lane in (0..L).filter(|lane| quantity[*lane] != 0.0) {
                runs[lane].observer.filled(&Fill {
                    mark: exchange.mark,
                    asset: orders.asset,
                    quantity: quantity[lane],
                    price: price[lane],
                    market_price,
                    commission: commission[lane],
                    cash: cash[lane],
                    holding: holding_after(before[lane], quantity[lane], booking),
                    cause: exchange.cause,
                });
            }
        }
    }
    (accounts.cash, accounts.traded) = (cash, sums);
}

/// The cash that would be left after all buys, by account.
#[inline(always)]
fn left_after_buys<const L: usize>(
    exchange: &Exchange<'_, L>,
    orders: &[Orders<L>],
    cash: Lanes<L>,
) -> Lanes<L> {
    let mut left = cash;
    for orders in orders {
        let quantity = Side::Buys.of(orders.quantity);
        let Quotes { price, commission } = exchange.quote(orders.asset, quantity);
        left = left - (price * quantity + commission);
    }
    left
}

/// Writes the orders that bring accounts with these `shares`, by asset, to their targets. Returns
/// where the sells end and where the buys begin, if sells come first.
///
/// * `trades`: which accounts do.
#[inline(always)]
pub(crate) fn order<const L: usize>(
    targets: &[Target<L>],
    shares: &[Lanes<L>],
    trades: &[bool; L],
    sequence: Sequence,
    orders: &mut Vec<Orders<L>>,
) -> (usize, usize) {
    let all_trade = *trades == [true; L];
    let missing = |target: &Target<L>| {
        let quantity = target.quantity - shares[target.asset.index()];
        match all_trade {
            true => quantity,
            false => quantity.only(trades),
        }
    };
    // Of a single account each asset is on one side, and no order is looked at twice.
    let parts = L == 1 && sequence == Sequence::SellsFirst;
    let is_sell = |quantity: Lanes<L>| usize::from(parts && quantity[0] < 0.0);
    let n_sells = match parts {
        true => targets.iter().map(|target| is_sell(missing(target))).sum(),
        false => 0,
    };
    orders.resize(targets.len(), Orders::NONE);
    let (mut sells, mut end) = (0, n_sells);
    for target in targets {
        let quantity = missing(target);
        let is_sell = is_sell(quantity);
        // Written always and counted sometimes: what is an order, and which, cannot be predicted.
        orders[if is_sell == 1 { sells } else { end }] = Orders {
            asset: target.asset,
            quantity,
        };
        sells += is_sell;
        end += usize::from(!quantity.are_zero()) - is_sell;
    }
    orders.truncate(end);
    if parts { (n_sells, n_sells) } else { (end, 0) }
}

/// Drops each sell of an account whose costs exceed its proceeds by more than the cash that is
/// there: a long-only account has no other means.
#[cold]
fn drop_dear_sells<const L: usize>(
    exchange: &Exchange<'_, L>,
    orders: &mut [Orders<L>],
    lane: usize,
    accounts: &Accounts<L>,
    observer: &mut impl Observer,
) {
    if exchange.conventions.cash == CashRule::AllowNegative {
        return;
    }
    let mut cash = accounts.cash[lane];
    for Orders { asset, quantity } in orders.iter_mut() {
        let order = Order {
            asset: *asset,
            quantity: quantity[lane].min(0.0),
        };
        if order.quantity == 0.0 {
            continue;
        }
        let cost = exchange.cost(lane, order);
        let left = cash - cost;
        // One that brings money in helps, also where a withdrawal has left less than nothing.
        if cost > 0.0 && left < 0.0 {
            observer.cut(exchange.mark, order, 0.0);
            quantity[lane] = 0.0;
        } else {
            cash = left;
        }
    }
}

/// The buys of one account.
fn buys<const L: usize>(
    orders: &mut [Orders<L>],
    lane: usize,
) -> impl Iterator<Item = (AssetId, &mut f64)> {
    orders
        .iter_mut()
        .map(move |Orders { asset, quantity }| (*asset, &mut quantity[lane]))
        .filter(|(_, quantity)| **quantity > 0.0)
}

/// Cuts down all buys of an account to the fraction that its cash covers.
#[cold]
fn scale_buys_down<const L: usize>(
    exchange: &Exchange<'_, L>,
    orders: &mut [Orders<L>],
    lane: usize,
    cash: f64,
    observer: &mut impl Observer,
) {
    let shares = exchange.conventions.shares;
    let factor = affordable_fraction(exchange, orders, lane, cash);
    for (asset, quantity) in buys(orders, lane) {
        let order = Order {
            asset,
            quantity: *quantity,
        };
        *quantity = scaled(order.quantity, factor, shares);
        if *quantity != order.quantity {
            observer.cut(exchange.mark, order, *quantity);
        }
    }
}

/// Drops each buy of an account that costs more than the cash that the ones before it left. A fraction
/// of a share that only rounding makes too dear is reduced by as much.
#[cold]
fn reject_buys<const L: usize>(
    exchange: &Exchange<'_, L>,
    orders: &mut [Orders<L>],
    lane: usize,
    mut cash: f64,
    observer: &mut impl Observer,
) {
    let is_fractional = exchange.conventions.shares == Shares::Fractional;
    for (asset, quantity) in buys(orders, lane) {
        let mut order = Order {
            asset,
            quantity: *quantity,
        };
        let mut cost = exchange.cost(lane, order);
        let mut hair = HAIR;
        while is_fractional && cost > cash && cost - cash <= ROUNDING * cash && hair < ROUNDING {
            order.quantity = *quantity * (1.0 - hair);
            cost = exchange.cost(lane, order);
            hair *= 2.0;
        }
        if cost > cash {
            observer.cut(exchange.mark, order, 0.0);
            *quantity = 0.0;
        } else {
            *quantity = order.quantity;
            cash -= cost;
        }
    }
}

/// A buy cut down to a fraction.
fn scaled(quantity: f64, factor: f64, shares: Shares) -> f64 {
    match shares {
        Shares::Whole => (quantity * factor).floor(),
        Shares::Fractional => quantity * factor,
    }
}

/// A fraction at which the cash covers all buys, found in a few steps and close to the largest.
/// The cash does not cover them all.
fn affordable_fraction<const L: usize>(
    exchange: &Exchange<'_, L>,
    orders: &mut [Orders<L>],
    lane: usize,
    cash: f64,
) -> f64 {
    let shares = exchange.conventions.shares;
    if cash <= 0.0 {
        return 0.0;
    }
    let mut left_at = |factor: f64| {
        buys(orders, lane)
            .map(|(asset, quantity)| Order {
                asset,
                quantity: match factor {
                    1.0 => *quantity,
                    factor => scaled(*quantity, factor, shares),
                },
            })
            .filter(|order| order.quantity > 0.0)
            .fold(cash, |cash, order| cash - exchange.cost(lane, order))
    };
    let mut factor = cash / (cash - left_at(1.0)) * (1.0 - HAIR);
    // Grows until the rounding of the account's own sums cannot keep it below zero.
    let mut hair = 2.0 * HAIR;
    for _ in 1..32 {
        let left = left_at(factor);
        if left >= 0.0 {
            return factor;
        }
        factor *= cash / (cash - left) * (1.0 - hair);
        hair *= 2.0;
    }
    // Minimum fees that alone exceed the cash.
    0.0
}

/// What a fraction of the cash is reduced by at first.
const HAIR: f64 = 1e-15;

/// A buy that costs more than the cash by less than this part of it does so by rounding.
const ROUNDING: f64 = 1e-12;
