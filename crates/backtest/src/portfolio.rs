//! Cash and holdings of one account.

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
    /// For each asset, its position in `holdings`, or `NOWHERE`.
    position: Vec<u32>,
}

const NOWHERE: u32 = u32::MAX;

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
        self.position.clear();
        self.position.resize(n_assets, NOWHERE);
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
    pub fn quantity(&self, asset: AssetId) -> f64 {
        match self.position[asset.index()] {
            NOWHERE => 0.0,
            position => self.holdings[position as usize].quantity,
        }
    }

    /// Whether any shares of an asset are held.
    pub fn holds(&self, asset: AssetId) -> bool {
        self.position[asset.index()] != NOWHERE
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
    pub fn trade(
        &mut self,
        asset: AssetId,
        quantity: f64,
        price: f64,
        commission: f64,
        fractional_buys: FractionalBuys,
    ) {
        self.cash -= price * quantity + commission;
        match self.position[asset.index()] {
            NOWHERE => {
                self.position[asset.index()] = self.holdings.len() as u32;
                self.holdings.push(Holding { asset, quantity });
            }
            position => {
                let ignored =
                    fractional_buys == FractionalBuys::CashOnly && quantity.floor() == 0.0;
                if !ignored {
                    self.holdings[position as usize].quantity += quantity;
                }
            }
        }
    }

    /// Drops the holdings that have come to zero. To be called after each batch of trades.
    pub fn drop_closed(&mut self) {
        if self.holdings.iter().all(|holding| holding.quantity != 0.0) {
            return;
        }
        let position = &mut self.position;
        self.holdings.retain(|holding| {
            let open = holding.quantity != 0.0;
            if !open {
                position[holding.asset.index()] = NOWHERE;
            }
            open
        });
        for (index, holding) in self.holdings.iter().enumerate() {
            self.position[holding.asset.index()] = index as u32;
        }
    }
}
