//! A backtest as one would first write it: a loop over days, and in it loops over assets.
//!
//! It knows the standard conventions, long-only sizing and the alpha models of the cases, and asks
//! for a bar of each asset on each day. It is the yardstick for speed, and a second opinion on
//! what the engine computes: nothing but the strategy is shared with it.

use backtest::market::PriceSeries;
use backtest::strategy::{Alpha, Fees, Schedule, Sizing, Strategy, Trade};
use backtest::{alpha, costs, sizing};

/// Equity at each close, in currency units.
///
/// # Panics
///
/// When the strategy is one that this loop does not know.
pub fn equity_curve(strategy: &Strategy, prices: &[PriceSeries]) -> Vec<f64> {
    let Sizing::LongOnly(sizing::LongOnly { cash_buffer }) = strategy.sizing else {
        panic!("the plain loop knows no {:?}", strategy.sizing);
    };
    let n_days = prices[0].dates.len();
    let n_assets = prices.len();
    let mut cash = strategy.initial_cash;
    let mut shares = vec![0.0; n_assets];
    let mut orders = vec![0.0; n_assets];
    let mut weights_before = vec![0.0; n_assets];
    let mut curve = Vec::new();

    for day in 0..n_days {
        // Yesterday's orders are filled at the open, sells first: their proceeds pay for the buys.
        let opens: Vec<f64> = prices.iter().map(|series| series.open[day]).collect();
        for asset in 0..n_assets {
            if orders[asset] < 0.0 {
                cash -= cost(strategy, opens[asset], orders[asset]);
                shares[asset] += orders[asset];
            }
        }
        let fraction = affordable_fraction(strategy, &opens, &orders, cash);
        for asset in 0..n_assets {
            let quantity = cut(orders[asset], fraction);
            if quantity > 0.0 {
                cash -= cost(strategy, opens[asset], quantity);
                shares[asset] += quantity;
            }
        }
        orders.fill(0.0);

        let mut equity = cash;
        for asset in 0..n_assets {
            equity += shares[asset] * prices[asset].close[day];
        }
        curve.push(equity);

        if !is_decision(strategy, prices, day) {
            continue;
        }
        let weights = target_weights(strategy, prices, day);
        if strategy.trade == Trade::OnChange && weights == weights_before {
            continue;
        }
        // Weights above one in total are scaled down to one.
        let total: f64 = weights.iter().sum();
        for asset in 0..n_assets {
            let weight = if total > 1.0 {
                weights[asset] / total
            } else {
                weights[asset]
            };
            let value = equity * (1.0 - cash_buffer) * weight;
            orders[asset] = (value / prices[asset].close[day]).floor() - shares[asset];
        }
        weights_before = weights;
    }
    curve
}

/// Whether orders are decided at this day's close.
fn is_decision(strategy: &Strategy, prices: &[PriceSeries], day: usize) -> bool {
    let dates = &prices[0].dates;
    match &strategy.schedule {
        Schedule::Daily => true,
        // On the very last day it makes no difference: nothing is filled after it.
        Schedule::EndOfMonth => dates
            .get(day + 1)
            .is_none_or(|next| next.month() != dates[day].month()),
        other => panic!("the plain loop knows no {other:?}"),
    }
}

/// The weight of each asset, from the closes up to this day.
fn target_weights(strategy: &Strategy, prices: &[PriceSeries], day: usize) -> Vec<f64> {
    let n_assets = prices.len();
    let mut weights = vec![0.0; n_assets];
    match &strategy.alpha {
        Alpha::FixedWeights(alpha::FixedWeights { weights: fixed }) => {
            for (symbol, weight) in fixed {
                for asset in 0..n_assets {
                    if prices[asset].symbol == *symbol {
                        weights[asset] = *weight;
                    }
                }
            }
        }
        Alpha::EqualWeight => weights.fill(1.0 / n_assets as f64),
        Alpha::TopNMomentum(alpha::TopNMomentum { lookback, top_n }) => {
            let (lookback, top_n) = (*lookback as usize, *top_n as usize);
            if day + 1 >= lookback {
                let then = day.saturating_sub(lookback);
                let momentum = |asset: usize| {
                    let closes = &prices[asset].close;
                    closes[day] / closes[then] - 1.0
                };
                let mut ranking: Vec<usize> = (0..n_assets).collect();
                ranking.sort_by(|&a, &b| momentum(b).total_cmp(&momentum(a)));
                for &asset in ranking.iter().take(top_n) {
                    weights[asset] = 1.0 / top_n as f64;
                }
            }
        }
        Alpha::SmaCrossover(alpha::SmaCrossover { fast, slow, .. }) => {
            let (fast, slow) = (*fast as usize, *slow as usize);
            if day + 1 >= slow {
                for asset in 0..n_assets {
                    let closes = &prices[asset].close[..=day];
                    let average = |n: usize| closes[day + 1 - n..].iter().sum::<f64>() / n as f64;
                    if average(fast) > average(slow) {
                        weights[asset] = 1.0 / n_assets as f64;
                    }
                }
            }
        }
        other => panic!("the plain loop knows no {other:?}"),
    }
    weights
}

/// Currency units that a trade takes out of the account; below zero for a sale.
fn cost(strategy: &Strategy, market_price: f64, quantity: f64) -> f64 {
    let worse = (strategy.costs.slippage_bps + strategy.costs.half_spread_bps) / 10_000.0;
    let price = if quantity > 0.0 {
        market_price * (1.0 + worse)
    } else {
        market_price * (1.0 - worse)
    };
    let value = price * quantity;
    let fee = match strategy.costs.fees {
        Fees::Zero => 0.0,
        Fees::Percent(costs::Percent { commission, tax }) => (commission + tax) * value.abs(),
        Fees::PerShare(costs::PerShare { per_share, minimum }) => {
            (per_share * quantity.abs()).max(minimum)
        }
        other => panic!("the plain loop has no fees `{}`", other.name()),
    };
    value + fee
}

/// What is left of an order at this fraction of it, in whole shares.
fn cut(quantity: f64, fraction: f64) -> f64 {
    if fraction < 1.0 {
        (quantity * fraction).floor()
    } else {
        quantity
    }
}

/// The fraction of all buys that the cash covers: shrunk until it does.
fn affordable_fraction(strategy: &Strategy, opens: &[f64], orders: &[f64], cash: f64) -> f64 {
    let mut fraction = 1.0;
    for step in 0..32 {
        let mut total = 0.0;
        for (open, order) in opens.iter().zip(orders) {
            let quantity = cut(*order, fraction);
            if quantity > 0.0 {
                total += cost(strategy, *open, quantity);
            }
        }
        if total <= cash {
            return fraction;
        }
        if cash <= 0.0 {
            return 0.0;
        }
        fraction *= cash / total * (1.0 - 1e-15 * f64::from(1u32 << step.min(30)));
    }
    0.0
}
