//! Accounts for each position from the trades: average prices, realised and unrealised profit.
//!
//! The simulation keeps only cash and share counts; profits follow from a replay of its fills.

use crate::conventions::FractionalBuys;
use crate::market::{AssetId, Entitlement};
use crate::portfolio::is_cash_only;

/// One open position, both sides since it was opened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// The asset.
    pub asset: AssetId,
    /// The price it was last marked at, per share.
    pub price: f64,
    /// Shares bought since it was opened.
    pub bought: f64,
    /// Shares sold since it was opened.
    pub sold: f64,
    /// Average price paid, commission apart.
    pub average_bought: f64,
    /// Average price received, commission apart.
    pub average_sold: f64,
    /// Commission on purchases.
    pub buy_commission: f64,
    /// Commission on sales.
    pub sell_commission: f64,
    /// Dividends received; negative when paid.
    pub dividends: f64,
}

impl Position {
    fn open(asset: AssetId, quantity: f64, price: f64, commission: f64) -> Position {
        let flat = Position {
            asset,
            price,
            bought: 0.0,
            sold: 0.0,
            average_bought: 0.0,
            average_sold: 0.0,
            buy_commission: 0.0,
            sell_commission: 0.0,
            dividends: 0.0,
        };
        if quantity > 0.0 {
            Position {
                bought: quantity,
                average_bought: price,
                buy_commission: commission,
                ..flat
            }
        } else {
            Position {
                sold: -quantity,
                average_sold: price,
                sell_commission: commission,
                ..flat
            }
        }
    }

    /// Shares held; negative when short.
    pub fn quantity(&self) -> f64 {
        self.bought - self.sold
    }

    /// Quantity times price.
    pub fn market_value(&self) -> f64 {
        self.price * self.quantity()
    }

    /// Cost of a share held long, or proceeds of one held short, commission included.
    pub fn average_price(&self) -> f64 {
        let quantity = self.quantity();
        if quantity > 0.0 {
            (self.average_bought * self.bought + self.buy_commission) / self.bought
        } else if quantity < 0.0 {
            (self.average_sold * self.sold - self.sell_commission) / self.sold
        } else {
            0.0
        }
    }

    /// Profit of what has been sold again (or bought back), commission and dividends included.
    pub fn realised_profit(&self) -> f64 {
        match self.dividends == 0.0 {
            true => self.traded_profit(),
            false => self.traded_profit() + self.dividends,
        }
    }

    fn traded_profit(&self) -> f64 {
        let spread = self.average_sold - self.average_bought;
        let quantity = self.quantity();
        if quantity > 0.0 {
            if self.sold == 0.0 {
                return 0.0;
            }
            (spread * self.sold)
                - ((self.sold / self.bought) * self.buy_commission)
                - self.sell_commission
        } else if quantity < 0.0 {
            if self.bought == 0.0 {
                return 0.0;
            }
            (spread * self.bought)
                - ((self.bought / self.sold) * self.sell_commission)
                - self.buy_commission
        } else {
            (self.average_sold * self.sold - self.average_bought * self.bought)
                - (self.buy_commission + self.sell_commission)
        }
    }

    /// Profit of what is still held, at the last price.
    pub fn unrealised_profit(&self) -> f64 {
        (self.price - self.average_price()) * self.quantity()
    }

    /// Books a dividend or a split.
    fn restate(&mut self, entitlement: &Entitlement) {
        let Entitlement {
            split,
            before,
            holding,
            in_lieu,
            paid,
            ..
        } = *entitlement;
        self.bought *= split;
        self.sold *= split;
        self.average_bought /= split;
        self.average_sold /= split;
        self.price /= split;
        self.dividends += paid;
        let fraction = before * split - holding;
        if fraction != 0.0 {
            self.trade(-fraction, in_lieu / fraction, 0.0);
        }
    }

    fn trade(&mut self, quantity: f64, price: f64, commission: f64) {
        if quantity > 0.0 {
            self.average_bought = ((self.average_bought * self.bought) + (quantity * price))
                / (self.bought + quantity);
            self.bought += quantity;
            self.buy_commission += commission;
        } else {
            let quantity = -quantity;
            self.average_sold =
                ((self.average_sold * self.sold) + (quantity * price)) / (self.sold + quantity);
            self.sold += quantity;
            self.sell_commission += commission;
        }
        self.price = price;
    }
}

/// A price that no position can be valued at.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("a position cannot be valued at {0}")]
pub struct NotPositive(pub f64);

/// Open positions and the profit of closed ones.
#[derive(Clone, Debug)]
pub struct PositionLedger {
    cash: f64,
    positions: Vec<Position>,
    fractional_buys: FractionalBuys,
    closed: Vec<Position>,
}

impl PositionLedger {
    /// An account with nothing but cash.
    pub fn new(cash: f64, fractional_buys: FractionalBuys) -> PositionLedger {
        PositionLedger {
            cash,
            positions: Vec::new(),
            fractional_buys,
            closed: Vec::new(),
        }
    }

    /// Books a trade of `quantity` shares (negative when sold) at `price`, for `commission`.
    pub fn trade(&mut self, asset: AssetId, quantity: f64, price: f64, commission: f64) {
        self.cash -= price * quantity + commission;
        match self
            .positions
            .iter()
            .position(|position| position.asset == asset)
        {
            None => self
                .positions
                .push(Position::open(asset, quantity, price, commission)),
            Some(index)
                if self.fractional_buys == FractionalBuys::CashOnly
                    && is_cash_only(self.positions[index].quantity(), quantity) => {}
            Some(index) => {
                self.positions[index].trade(quantity, price, commission);
                if self.positions[index].quantity() == 0.0 {
                    self.closed.push(self.positions.remove(index));
                }
            }
        }
    }

    /// Books a dividend or a split.
    pub fn entitle(&mut self, entitlement: &Entitlement) {
        self.cash += entitlement.in_lieu + entitlement.paid;
        let of_asset = |position: &Position| position.asset == entitlement.asset;
        if let Some(index) = self.positions.iter().position(of_asset) {
            self.positions[index].restate(entitlement);
            if entitlement.holding == 0.0 {
                self.closed.push(self.positions.remove(index));
            }
        }
    }

    /// Values an asset's position at a new price. A price of NaN is taken; zero and less is not.
    pub fn mark(&mut self, asset: AssetId, price: f64) -> Result<(), NotPositive> {
        let open = self
            .positions
            .iter_mut()
            .find(|position| position.asset == asset);
        if let Some(position) = open {
            if price <= 0.0 {
                return Err(NotPositive(price));
            }
            position.price = price;
        }
        Ok(())
    }

    /// Currency units.
    pub fn cash(&self) -> f64 {
        self.cash
    }

    /// Open positions, in the order in which they were opened.
    pub fn positions(&self) -> &[Position] {
        &self.positions
    }

    /// Positions that were brought to zero, in the order in which they were closed.
    pub fn closed_positions(&self) -> &[Position] {
        &self.closed
    }

    /// The value of the open positions at their last prices.
    pub fn market_value(&self) -> f64 {
        self.sum(Position::market_value)
    }

    /// Market value plus cash.
    pub fn equity(&self) -> f64 {
        self.market_value() + self.cash
    }

    /// Unrealised profit of the open positions.
    pub fn unrealised_profit(&self) -> f64 {
        self.sum(Position::unrealised_profit)
    }

    /// Realised profit of the open positions: QSTrader's, which forgets a position's profit when it
    /// is closed.
    pub fn realised_profit_of_open_positions(&self) -> f64 {
        self.sum(Position::realised_profit)
    }

    /// Realised profit of all positions, open and closed.
    pub fn realised_profit(&self) -> f64 {
        let open = self.realised_profit_of_open_positions();
        let closed = self.closed.iter().map(Position::realised_profit);
        closed.fold(open, |sum, profit| sum + profit)
    }

    fn sum(&self, value: impl Fn(&Position) -> f64) -> f64 {
        self.positions
            .iter()
            .fold(0.0, |sum, position| sum + value(position))
    }
}
