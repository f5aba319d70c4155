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
    /// Shares of each asset.
    shares: Vec<f64>,
    held: AssetSet,
    /// The holdings, and room for all that there can be.
    holdings: Vec<Holding>,
    n_holdings: usize,
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
        let none = Holding {
            asset: AssetId(0),
            quantity: 0.0,
        };
        self.cash = cash;
        self.shares.clear();
        self.shares.resize(n_assets, 0.0);
        self.held.reset(n_assets);
        self.holdings.resize(n_assets + 1, none);
        self.n_holdings = 0;
    }

    /// Currency units; below zero when borrowed.
    pub fn cash(&self) -> f64 {
        self.cash
    }

    /// What is held, in the order in which it was opened.
    pub fn holdings(&self) -> &[Holding] {
        &self.holdings[..self.n_holdings]
    }

    /// Shares of an asset; 0 when none are held.
    #[inline]
    pub fn quantity(&self, asset: AssetId) -> f64 {
        self.shares[asset.index()]
    }

    /// Whether an asset is among the holdings.
    pub fn holds(&self, asset: AssetId) -> bool {
        self.held.contains(asset)
    }

    pub(crate) fn held(&self) -> &AssetSet {
        &self.held
    }

    /// The value of the holdings at these prices, one per asset, plus cash.
    pub fn equity(&self, prices: &[f64]) -> f64 {
        let value = |holding: &Holding| prices[holding.asset.index()] * holding.quantity;
        self.holdings()
            .iter()
            .map(value)
            .fold(0.0, |sum, value| sum + value)
            + self.cash
    }

    /// Books a trade: `quantity` shares (negative when sold) at `price`, for `commission`. After
    /// some of them, [`Portfolio::settle`] is to be called.
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
        // Written always and counted sometimes: what is held cannot be predicted.
        let is_new = self.held.insert(asset);
        self.holdings[self.n_holdings].asset = asset;
        self.n_holdings += usize::from(is_new);
        let ignored = fractional_buys == FractionalBuys::CashOnly
            && (0.0..1.0).contains(&quantity)
            && !is_new;
        if !ignored {
            self.shares[asset.index()] += quantity;
        }
    }

    /// Brings the holdings up to date with the trades and drops those that have come to zero.
    pub fn settle(&mut self) {
        let mut open = 0;
        for index in 0..self.n_holdings {
            let asset = self.holdings[index].asset;
            let quantity = self.shares[asset.index()];
            self.holdings[open] = Holding { asset, quantity };
            self.held.keep_if(asset, quantity != 0.0);
            open += usize::from(quantity != 0.0);
        }
        self.n_holdings = open;
    }
}
