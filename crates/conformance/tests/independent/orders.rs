//! The account, and how the orders of one moment are filled.

use backtest::conventions::{CashRule, Conventions, FeeBasis, FractionalBuys, Shares};
use backtest::strategy::{Costs, Fees};

/// What is held, in the order in which it was opened.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) cash: f64,
    pub(crate) positions: Vec<(usize, f64)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Fill {
    pub(crate) session: usize,
    pub(crate) at_close: bool,
    pub(crate) asset: usize,
    pub(crate) quantity: f64,
    pub(crate) price: f64,
    pub(crate) commission: f64,
}

impl Account {
    pub(crate) fn held(&self, asset: usize) -> f64 {
        let position = self.positions.iter().find(|(held, _)| *held == asset);
        position.map_or(0.0, |(_, quantity)| *quantity)
    }

    pub(crate) fn equity(&self, prices: &[f64]) -> f64 {
        let mut value = 0.0;
        for (asset, quantity) in &self.positions {
            value += quantity * prices[*asset];
        }
        value + self.cash
    }

    /// Books a trade.
    pub(crate) fn trade(&mut self, fill: &Fill, rule: FractionalBuys) {
        self.cash -= fill.quantity * fill.price + fill.commission;
        let place = self
            .positions
            .iter()
            .position(|(held, _)| *held == fill.asset);
        match place {
            None => self.positions.push((fill.asset, fill.quantity)),
            Some(place) => {
                let small = fill.quantity > 0.0 && fill.quantity < 1.0;
                if small && rule == FractionalBuys::CashOnly {
                    return;
                }
                self.positions[place].1 += fill.quantity;
                if self.positions[place].1 == 0.0 {
                    self.positions.remove(place);
                }
            }
        }
    }
}

/// * `shares`: as traded.
pub(crate) fn fee(costs: &Costs, value: f64, shares: f64, basis: FeeBasis) -> f64 {
    match costs.fees {
        Fees::Zero => 0.0,
        Fees::Percent(percent) => {
            let value = match basis {
                FeeBasis::Exact => value.abs(),
                FeeBasis::WholeUnits => value.abs().round_ties_even(),
            };
            percent.commission * value + percent.tax * value
        }
        Fees::PerShare(fees) => (fees.per_share * shares.abs()).max(fees.minimum),
        other => panic!("the reference does not know {other:?}"),
    }
}

/// What applies to all orders.
pub(crate) struct Rules<'a> {
    pub(crate) conventions: &'a Conventions,
    pub(crate) costs: &'a Costs,
    pub(crate) long_only: bool,
}

impl Rules<'_> {
    fn fill(
        &self,
        session: usize,
        at_close: bool,
        (asset, quantity): (usize, f64),
        (market, real_shares): (f64, f64),
    ) -> Fill {
        let away = (self.costs.slippage_bps + self.costs.half_spread_bps) / 10_000.0;
        let price = if quantity > 0.0 {
            market * (1.0 + away)
        } else {
            market * (1.0 - away)
        };
        let basis = self.conventions.fee_basis;
        Fill {
            session,
            at_close,
            asset,
            quantity,
            price,
            commission: fee(self.costs, price * quantity, quantity * real_shares, basis),
        }
    }

    fn rounded(&self, quantity: f64) -> f64 {
        match self.conventions.shares {
            Shares::Whole => quantity.floor(),
            Shares::Fractional => quantity,
        }
    }

    /// Fills the orders of one moment at these prices.
    pub(crate) fn execute(
        &self,
        account: &mut Account,
        orders: &[(usize, f64)],
        (session, at_close): (usize, bool),
        prices: &[f64],
        real_shares: &[f64],
        fills: &mut Vec<Fill>,
    ) {
        let mut orders = orders.to_vec();
        orders.sort_by_key(|(asset, _)| *asset);
        let make = |order: (usize, f64)| {
            let asset = order.0;
            self.fill(
                session,
                at_close,
                order,
                (prices[asset], real_shares[asset]),
            )
        };
        let small_buys = self.conventions.fractional_buys;
        let limited = self.long_only && self.conventions.cash == CashRule::ScaleDown;

        for order in orders.iter().filter(|(_, quantity)| *quantity < 0.0) {
            let fill = make(*order);
            let comes_in = -fill.quantity * fill.price - fill.commission;
            let may_borrow = !self.long_only || self.conventions.cash == CashRule::AllowNegative;
            if !may_borrow && comes_in < 0.0 && account.cash + comes_in < 0.0 {
                continue;
            }
            account.trade(&fill, small_buys);
            fills.push(fill);
        }

        let mut buys: Vec<(usize, f64)> = orders;
        buys.retain(|(_, quantity)| *quantity > 0.0);
        if limited {
            let ordered = buys.clone();
            let mut factor = 1.0;
            for _ in 0..1000 {
                let mut cost = 0.0;
                for buy in &buys {
                    let fill = make(*buy);
                    cost += fill.quantity * fill.price + fill.commission;
                }
                if cost <= account.cash || buys.is_empty() {
                    break;
                }
                factor *= account.cash.max(0.0) / cost;
                buys.clear();
                for (asset, quantity) in &ordered {
                    let quantity = self.rounded(quantity * factor);
                    if quantity > 0.0 {
                        buys.push((*asset, quantity));
                    }
                }
            }
        }
        for buy in buys {
            let fill = make(buy);
            let cost = fill.quantity * fill.price + fill.commission;
            // What exceeds the cash by rounding alone is covered.
            let rounding = match self.conventions.shares {
                Shares::Whole => 0.0,
                Shares::Fractional => 1e-12 * account.cash,
            };
            if self.conventions.cash == CashRule::Reject && cost - account.cash > rounding {
                continue;
            }
            account.trade(&fill, small_buys);
            fills.push(fill);
        }
    }
}
