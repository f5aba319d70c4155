//! Orders, their fills, and the totals of what was traded.

use crate::lanes::Lanes;
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
#[non_exhaustive]
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
    /// Shares of the asset held after the trade; negative when short.
    pub holding: f64,
    /// Why it was made.
    pub cause: FillCause,
}

/// Why shares changed hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillCause {
    /// An order of a decision.
    Order,
    /// Money was paid in or withdrawn, and the holdings followed.
    CashFlow,
    /// The asset's bars had ended, and what was held was paid out.
    AssetEnded,
    /// The account had lost everything and was closed out, at the close and without costs.
    Ruin,
}

/// The orders of accounts side by side in one asset: shares to buy, or to sell when negative.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Orders<const L: usize> {
    pub(crate) asset: AssetId,
    /// By account; zero where there is no order.
    pub(crate) quantity: Lanes<L>,
}

impl<const L: usize> Orders<L> {
    pub(crate) const NONE: Orders<L> = Orders {
        asset: AssetId(0),
        quantity: Lanes::ZERO,
    };
}

/// The totals of all trades, by account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traded<const L: usize> {
    /// Orders filled: a whole number.
    pub(crate) trades: Lanes<L>,
    /// Value of all trades at the prices paid, in currency units.
    pub(crate) value: Lanes<L>,
    pub(crate) commission: Lanes<L>,
    /// Currency units lost to slippage and spread.
    pub(crate) slippage: Lanes<L>,
}

impl<const L: usize> Traded<L> {
    pub(crate) const NOTHING: Traded<L> = Traded {
        trades: Lanes::ZERO,
        value: Lanes::ZERO,
        commission: Lanes::ZERO,
        slippage: Lanes::ZERO,
    };
}

/// In which order the orders of one moment are filled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sequence {
    /// Sells first, so that their proceeds pay for the buys; then what the cash covers, by the rule
    /// of the conventions.
    SellsFirst,
    AsSubmitted,
}
