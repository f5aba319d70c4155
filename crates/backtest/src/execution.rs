//! Execution: orders, what they cost at one moment's prices, and how many of them the cash covers.

use crate::backtest::Backtest;
use crate::conventions::Shares;
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

/// Where orders are filled: at one moment, at its prices.
#[derive(Clone, Copy)]
pub(crate) struct Exchange<'a> {
    pub(crate) backtest: &'a Backtest<'a>,
    pub(crate) mark: Mark,
    pub(crate) prices: &'a [f64],
}

impl Exchange<'_> {
    /// Currency units that a buy takes.
    pub(crate) fn cost(self, order: Order) -> f64 {
        let costs = &self.backtest.costs;
        let price = costs.fill_price(self.prices[order.asset.index()], order.quantity);
        let basis = self.backtest.conventions.fee_basis;
        price * order.quantity + costs.fees.of_trade(price, order.quantity, basis)
    }
}

/// Writes the sells and then the buys, each in their order; gives the number of sells.
pub(crate) fn sells_first(orders: &[Order], sorted: &mut Vec<Order>) -> usize {
    sorted.clear();
    sorted.extend_from_slice(orders);
    // Sells gather in place, buys wait behind. Written always and counted sometimes: which order is
    // which cannot be predicted.
    let (mut sells, mut buys) = (0, sorted.len());
    sorted.resize(
        2 * orders.len(),
        Order {
            asset: AssetId(0),
            quantity: 0.0,
        },
    );
    for &order in orders {
        let is_sell = order.quantity < 0.0;
        sorted[sells] = order;
        sorted[buys] = order;
        sells += usize::from(is_sell);
        buys += usize::from(!is_sell);
    }
    sorted.copy_within(orders.len()..buys, sells);
    sorted.truncate(orders.len());
    sells
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
pub(crate) fn affordable_fraction(exchange: Exchange<'_>, buys: &[Order], cash: f64) -> f64 {
    let shares = exchange.backtest.conventions.shares;
    let mut factor = 1.0;
    // Grows until the rounding of the account's own sums cannot keep it below zero.
    let mut hair = 1e-15;
    for _ in 0..32 {
        let left = buys
            .iter()
            .map(|&order| Order {
                quantity: scaled(order.quantity, factor, shares),
                ..order
            })
            .filter(|order| order.quantity > 0.0)
            .fold(cash, |cash, order| cash - exchange.cost(order));
        if left >= 0.0 {
            return factor;
        }
        if cash <= 0.0 {
            return 0.0;
        }
        factor *= cash / (cash - left) * (1.0 - hair);
        hair *= 2.0;
    }
    // Minimum fees that alone exceed the cash.
    0.0
}
