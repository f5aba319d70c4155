//! Cash and holdings of accounts.

use std::array::from_fn;

use crate::asset_set::AssetSet;
use crate::conventions::FractionalBuys;
use crate::lanes::Lanes;
use crate::market::AssetId;
use crate::orders::{Orders, Sequence, Traded};

/// How much of an asset is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Holding {
    /// The asset.
    pub asset: AssetId,
    /// Shares; negative when short, never zero.
    pub quantity: f64,
}

/// Cash and holdings of one account.
#[derive(Clone, Copy, Debug)]
pub struct Portfolio<'a> {
    /// Currency units; below zero when borrowed.
    pub cash: f64,
    /// What is held, in the order in which it was opened, which is the order of every sum over it:
    /// what is closed and opened again goes to the end.
    pub holdings: &'a [Holding],
}

impl Portfolio<'_> {
    /// The same holdings with no cash.
    pub(crate) fn without_cash(self) -> Self {
        Portfolio { cash: 0.0, ..self }
    }

    /// The value of the holdings at these prices, one per asset, plus cash.
    pub fn equity(&self, prices: &[f64]) -> f64 {
        let value = |holding: &Holding| prices[holding.asset.index()] * holding.quantity;
        let values = self.holdings.iter().map(value);
        values.fold(0.0, |sum, value| sum + value) + self.cash
    }
}

/// Accounts side by side. Shares are kept by asset, for all accounts at once; holdings are kept by
/// account, in the order in which they were opened.
#[derive(Clone, Debug)]
pub(crate) struct Accounts<const L: usize> {
    pub(crate) cash: Lanes<L>,
    /// The totals of all trades so far.
    pub(crate) traded: Traded<L>,
    /// By asset.
    shares: Vec<Lanes<L>>,
    /// What any of them holds.
    held: AssetSet,
    holdings: [Vec<Holding>; L],
    /// By order, while they are booked.
    opened: Vec<Opened>,
}

impl<const L: usize> Default for Accounts<L> {
    fn default() -> Self {
        Accounts {
            cash: Lanes::ZERO,
            traded: Traded::NOTHING,
            shares: Vec::new(),
            held: AssetSet::default(),
            holdings: from_fn(|_| Vec::new()),
            opened: Vec::new(),
        }
    }
}

impl<const L: usize> Accounts<L> {
    /// Starts over with nothing but cash, keeping the memory.
    pub(crate) fn reset(&mut self, cash: Lanes<L>, n_assets: usize) {
        self.cash = cash;
        self.traded = Traded::NOTHING;
        self.shares.clear();
        self.shares.resize(n_assets, Lanes::ZERO);
        self.held.reset(n_assets);
        for holdings in &mut self.holdings {
            holdings.clear();
            holdings.reserve(n_assets);
        }
    }

    /// One of them.
    pub(crate) fn portfolio(&self, lane: usize) -> Portfolio<'_> {
        Portfolio {
            cash: self.cash[lane],
            holdings: &self.holdings[lane],
        }
    }

    /// Closes positions in one asset at a price, without costs.
    #[cold]
    pub(crate) fn pay_out(&mut self, orders: Orders<L>, price: f64) {
        let value = Lanes::from(price) * orders.quantity;
        let traded = &mut self.traded;
        self.cash = self.cash - value;
        traded.value = traded.value + value.abs();
        traded.trades = traded.trades + Lanes::from(1.0).where_not_zero(orders.quantity);
        self.book(&[orders], Sequence::AsSubmitted, FractionalBuys::Kept);
    }

    /// Gives each a new number of shares of an asset that some of them hold. A position that comes to
    /// none is closed.
    #[cold]
    pub(crate) fn restate(&mut self, asset: AssetId, shares: Lanes<L>) {
        self.shares[asset.index()] = shares;
        self.held.set(asset, !shares.are_zero());
        for (lane, holdings) in self.holdings.iter_mut().enumerate() {
            for holding in holdings.iter_mut().filter(|one| one.asset == asset) {
                holding.quantity = shares[lane];
            }
            holdings.retain(|holding| holding.quantity != 0.0);
        }
    }

    /// Closes all positions of one of them at these prices, one per asset, and writes off what is
    /// then owed.
    ///
    /// * `closed`: takes each position, its price, and the cash after it.
    #[cold]
    pub(crate) fn close_out(
        &mut self,
        lane: usize,
        prices: &[f64],
        mut closed: impl FnMut(Holding, f64, f64),
    ) {
        for holding in &self.holdings[lane] {
            let price = prices[holding.asset.index()];
            let value = price * holding.quantity;
            self.cash[lane] += value;
            self.traded.value[lane] += value.abs();
            self.traded.trades[lane] += 1.0;
            closed(*holding, price, self.cash[lane]);
        }
        self.cash[lane] = 0.0;
        self.holdings[lane].clear();
        for (asset, shares) in (0..).map(AssetId).zip(&mut self.shares) {
            shares[lane] = 0.0;
            self.held.set(asset, !shares.are_zero());
        }
    }

    /// Shares by asset and account; zero where none are held.
    pub(crate) fn shares(&self) -> &[Lanes<L>] {
        &self.shares
    }

    /// What any of them holds.
    pub(crate) fn held(&self) -> &AssetSet {
        &self.held
    }

    /// Brings the holdings up to date with orders that have been paid for: those that are now
    /// zero are dropped, and new ones go to the end in the order in which they were filled.
    #[inline(always)]
    pub(crate) fn book(
        &mut self,
        orders: &[Orders<L>],
        sequence: Sequence,
        fractional_buys: FractionalBuys,
    ) {
        let any_opened = self.add_to_positions(orders, fractional_buys);
        for (lane, holdings) in self.holdings.iter_mut().enumerate() {
            let mut open = 0;
            for index in 0..holdings.len() {
                let asset = holdings[index].asset;
                let quantity = self.shares[asset.index()][lane];
                // Written always and counted sometimes: what is closed cannot be predicted.
                holdings[open] = Holding { asset, quantity };
                open += usize::from(quantity != 0.0);
            }
            holdings.truncate(open);
        }
        match sequence {
            _ if !any_opened => {}
            Sequence::AsSubmitted => {
                self.append(orders, |opened| opened.by_sells | opened.by_buys);
            }
            Sequence::SellsFirst => {
                self.append(orders, |opened| opened.by_sells);
                self.append(orders, |opened| opened.by_buys);
            }
        }
    }

    /// Adds orders to the shares that are held. Returns whether they open any position.
    #[inline(always)]
    fn add_to_positions(&mut self, orders: &[Orders<L>], fractional_buys: FractionalBuys) -> bool {
        let mut any_opened = false;
        self.opened.clear();
        for Orders { asset, quantity } in orders {
            let shares = &mut self.shares[asset.index()];
            let before = *shares;
            let after = before.zip(*quantity, |before, quantity| {
                holding_after(before, quantity, fractional_buys)
            });
            *shares = after;
            self.held.set(*asset, !after.are_zero());
            let opened = quantity.zip(before, |quantity, before| match before == 0.0 {
                true => quantity,
                false => 0.0,
            });
            // Most orders change positions that are there.
            self.opened.push(match opened.are_zero() {
                true => Opened::default(),
                false => Opened {
                    by_sells: opened.bits(|opened| opened < 0.0),
                    by_buys: opened.bits(|opened| opened > 0.0),
                },
            });
            any_opened |= !opened.are_zero();
        }
        any_opened
    }

    /// Puts new positions to the end of the holdings.
    fn append(&mut self, orders: &[Orders<L>], lanes_of: impl Fn(&Opened) -> u32) {
        for (Orders { asset, .. }, opened) in orders.iter().zip(&self.opened) {
            let mut lanes = lanes_of(opened);
            while lanes != 0 {
                let lane = lanes.trailing_zeros() as usize;
                lanes &= lanes - 1;
                let quantity = self.shares[asset.index()][lane];
                let asset = *asset;
                self.holdings[lane].push(Holding { asset, quantity });
            }
        }
    }
}

/// The shares that are held of an asset after a trade.
#[inline(always)]
pub(crate) fn holding_after(before: f64, quantity: f64, fractional_buys: FractionalBuys) -> f64 {
    match fractional_buys {
        FractionalBuys::Kept => before + quantity,
        FractionalBuys::CashOnly => {
            let ignored = is_cash_only(before, quantity);
            before + if ignored { 0.0 } else { quantity }
        }
    }
}

/// Whether a trade only costs cash under [`FractionalBuys::CashOnly`]: less than one share bought of
/// an open position.
#[inline(always)]
pub(crate) fn is_cash_only(before: f64, quantity: f64) -> bool {
    (quantity > 0.0) & (quantity < 1.0) & (before != 0.0)
}

/// Which accounts' orders in one asset open a position: one bit for each.
#[derive(Clone, Copy, Debug, Default)]
struct Opened {
    by_sells: u32,
    by_buys: u32,
}
