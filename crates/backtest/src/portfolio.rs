//! Cash and holdings of one account.

use crate::asset_set::AssetSet;
use crate::conventions::FractionalBuys;
use crate::market::AssetId;

/// How much of an asset is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Holding {
    /// The asset.
    pub asset: AssetId,
    /// Shares; negative when short, never zero.
    pub quantity: f64,
}

/// Cash and holdings. Holdings are in the order in which they were opened, which is the order of
/// every sum over them: one that is closed and opened again goes to the end.
#[derive(Clone, Debug, Default)]
pub struct Portfolio {
    cash: f64,
    holdings: Vec<Holding>,
    held: AssetSet,
    /// For each asset held, its position in `holdings`; for others anything.
    position: Vec<u32>,
    /// Whether a holding may have come to zero since the last time these were dropped.
    closed: bool,
}

impl Portfolio {
    /// An account with nothing but cash.
    pub fn new(cash: f64, n_assets: usize) -> Portfolio {
        let mut portfolio = Portfolio::default();
        portfolio.reset(cash, n_assets);
        portfolio
    }

    /// Starts over with nothing but cash, keeping the memory.
    pub fn reset(&mut self, cash: f64, n_assets: usize) {
        self.cash = cash;
        self.holdings.clear();
        self.held.reset(n_assets);
        self.position.resize(n_assets, 0);
        self.closed = false;
    }

    /// Currency units; below zero when borrowed.
    pub fn cash(&self) -> f64 {
        self.cash
    }

    /// What is held, in the order in which it was opened.
    pub fn holdings(&self) -> &[Holding] {
        &self.holdings
    }

    /// Shares of an asset; 0 when none are held.
    #[inline]
    pub fn quantity(&self, asset: AssetId) -> f64 {
        let position = self.position[asset.index()] as usize;
        match self.holdings.get(position) {
            Some(holding) if holding.asset == asset => holding.quantity,
            _ => 0.0,
        }
    }

    /// Whether any shares of an asset are held.
    pub fn holds(&self, asset: AssetId) -> bool {
        self.held.contains(asset)
    }

    pub(crate) fn held(&self) -> &AssetSet {
        &self.held
    }

    /// The value of the holdings at these prices, one per asset, plus cash.
    pub fn equity(&self, prices: &[f64]) -> f64 {
        let value = |holding: &Holding| prices[holding.asset.index()] * holding.quantity;
        self.holdings
            .iter()
            .map(value)
            .fold(0.0, |sum, value| sum + value)
            + self.cash
    }

    /// Books a trade: `quantity` shares (negative when sold) at `price`, for `commission`.
    #[inline(always)]
    pub fn trade(
        &mut self,
        asset: AssetId,
        quantity: f64,
        price: f64,
        commission: f64,
        fractional_buys: FractionalBuys,
    ) {
        self.cash -= price * quantity + commission;
        let position = &mut self.position[asset.index()];
        match self.holdings.get_mut(*position as usize) {
            Some(holding) if holding.asset == asset => {
                let ignored =
                    fractional_buys == FractionalBuys::CashOnly && (0.0..1.0).contains(&quantity);
                if !ignored {
                    holding.quantity += quantity;
                    self.closed |= holding.quantity == 0.0;
                }
            }
            _ => {
                self.held.insert(asset);
                *position = self.holdings.len() as u32;
                self.holdings.push(Holding { asset, quantity });
                self.closed |= quantity == 0.0;
            }
        }
    }

    /// Drops the holdings that have come to zero. To be called after each batch of trades.
    pub fn drop_closed(&mut self) {
        if !std::mem::take(&mut self.closed) {
            return;
        }
        // Written always and counted sometimes: which are closed cannot be predicted.
        let mut open = 0;
        for index in 0..self.holdings.len() {
            let holding = self.holdings[index];
            self.holdings[open] = holding;
            self.position[holding.asset.index()] = open as u32;
            if holding.quantity == 0.0 {
                self.held.remove(holding.asset);
            }
            open += usize::from(holding.quantity != 0.0);
        }
        self.holdings.truncate(open);
    }
}
