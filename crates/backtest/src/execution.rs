//! Execution: orders, what they cost at one moment's prices, and how many of them the cash covers.

use crate::backtest::Backtest;
use crate::conventions::Shares;
use crate::costs::Markups;
use crate::market::{AssetId, Mark};

/// An order: shares to buy, or to sell when negative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Order {
    /// The asset.
    pub asset: AssetId,
    /// Shares; never zero.
    pub quantity: f64,
}

/// An order that was filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fill {
    /// When.
    pub mark: Mark,
    /// The asset.
    pub asset: AssetId,
    /// Shares; negative when sold.
    pub quantity: f64,
    /// Price per share, slippage included.
    pub price: f64,
    /// The market's price per share.
    pub market_price: f64,
    /// Commission and tax, in currency units.
    pub commission: f64,
    /// Cash after the trade.
    pub cash: f64,
}

/// An order with what it would be filled at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket {
    pub(crate) order: Order,
    pub(crate) market_price: f64,
    /// Slippage included.
    pub(crate) price: f64,
    pub(crate) commission: f64,
}

impl Ticket {
    const NONE: Ticket = Ticket {
        order: Order {
            asset: AssetId(0),
            quantity: 0.0,
        },
        market_price: f64::NAN,
        price: f64::NAN,
        commission: 0.0,
    };

    /// Currency units that it takes; negative for a sell.
    pub(crate) fn cost(&self) -> f64 {
        self.price * self.order.quantity + self.commission
    }
}

/// Where orders are filled: at one moment, at its prices.
#[derive(Clone, Copy)]
pub(crate) struct Exchange<'a> {
    pub(crate) backtest: &'a Backtest<'a>,
    pub(crate) mark: Mark,
    prices: &'a [f64],
    markups: Markups,
}

impl<'a> Exchange<'a> {
    pub(crate) fn at(backtest: &'a Backtest<'a>, mark: Mark) -> Exchange<'a> {
        Exchange {
            backtest,
            mark,
            prices: backtest.market.prices(mark),
            markups: backtest.costs.markups(),
        }
    }

    #[inline(always)]
    pub(crate) fn quote(&self, order: Order) -> Ticket {
        let market_price = self.prices[order.asset.index()];
        let price = market_price * self.markups.of(order.quantity);
        let basis = self.backtest.conventions.fee_basis;
        let fees = &self.backtest.costs.fees;
        Ticket {
            order,
            market_price,
            price,
            commission: fees.of_trade(price, order.quantity, basis),
        }
    }

    pub(crate) fn quote_all(&self, orders: &[Order], tickets: &mut Vec<Ticket>) {
        tickets.clear();
        tickets.extend(orders.iter().map(|&order| self.quote(order)));
    }

    /// Quotes the sells and then the buys, each in their order, as the first tickets; gives the
    /// number of sells.
    pub(crate) fn quote_sells_first(&self, orders: &[Order], tickets: &mut Vec<Ticket>) -> usize {
        if tickets.len() < orders.len() {
            tickets.resize(orders.len(), Ticket::NONE);
        }
        // Which order is which cannot be predicted, so nothing branches on it.
        let is_sell = |order: &Order| usize::from(order.quantity < 0.0);
        let n_sells = orders.iter().map(is_sell).sum();
        let (mut sells, mut buys) = (0, n_sells);
        for &order in orders {
            let is_sell = is_sell(&order);
            let place = if is_sell == 1 { sells } else { buys };
            tickets[place] = self.quote(order);
            sells += is_sell;
            buys += 1 - is_sell;
        }
        n_sells
    }
}

/// A buy cut down to a fraction.
pub(crate) fn scaled(quantity: f64, factor: f64, shares: Shares) -> f64 {
    match shares {
        _ if factor == 1.0 => quantity,
        Shares::Whole => (quantity * factor).floor(),
        Shares::Fractional => quantity * factor,
    }
}

/// A fraction at which the cash covers all buys, found in a few steps and close to the largest.
pub(crate) fn affordable_fraction(exchange: &Exchange<'_>, buys: &[Ticket], cash: f64) -> f64 {
    let left = buys.iter().fold(cash, |cash, buy| cash - buy.cost());
    if left >= 0.0 {
        return 1.0;
    }
    if cash <= 0.0 {
        return 0.0;
    }
    let shares = exchange.backtest.conventions.shares;
    let mut factor = cash / (cash - left) * (1.0 - HAIR);
    // Grows until the rounding of the account's own sums cannot keep it below zero.
    let mut hair = 2.0 * HAIR;
    for _ in 1..32 {
        let left = buys
            .iter()
            .map(|buy| Order {
                quantity: scaled(buy.order.quantity, factor, shares),
                ..buy.order
            })
            .filter(|order| order.quantity > 0.0)
            .fold(cash, |cash, order| cash - exchange.quote(order).cost());
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
