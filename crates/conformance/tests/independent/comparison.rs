//! The first difference between the engine and the reference.

use backtest::market::{At, Observations, PriceSeries};
use backtest::strategy::Strategy;
use backtest::{BindError, RunError};

use crate::simulator::{Refusal, simulate};

/// How much was compared, so that a comparison of nothing is noticed.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    runs: usize,
    refused: usize,
    ruined: usize,
    decisions: usize,
    fills: usize,
    interest: usize,
    dividends: usize,
    splits: usize,
    flows: usize,
    overdrawn: usize,
    members: usize,
}

impl Tally {
    pub(crate) fn assert_covers_everything(&self) {
        assert!(self.runs > 800, "{self:?}");
        assert!(self.refused > 10, "{self:?}");
        assert!(self.ruined > 10, "{self:?}");
        assert!(self.decisions > 10_000, "{self:?}");
        assert!(self.fills > 10_000, "{self:?}");
        assert!(self.interest > 400, "{self:?}");
        assert!(self.dividends > 1000, "{self:?}");
        assert!(self.splits > 1000, "{self:?}");
        assert!(self.flows > 1000, "{self:?}");
        assert!(self.overdrawn > 10, "{self:?}");
        assert!(self.members > 200, "{self:?}");
    }
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    a == b || (a - b).abs() <= tolerance * a.abs().max(b.abs())
}

pub(crate) fn compare(
    series: &[PriceSeries],
    rates: &[Observations],
    strategy: &Strategy,
    tally: &mut Tally,
) -> Result<(), String> {
    let expected = simulate(series, rates, strategy);
    let market = strategy.market(series).map_err(|error| error.to_string())?;
    let market = market.with_series(rates.to_vec());
    let refused = |refusal: Refusal, message: String| match &expected {
        Err(expected) if *expected == refusal => Ok(()),
        Err(expected) => Err(format!(
            "the reference: {expected:?}; the engine: {message}"
        )),
        Ok(_) => Err(format!("only the engine refuses: {message}")),
    };
    let backtest = match strategy.bind(&market) {
        Ok(backtest) => backtest,
        Err(error) => {
            tally.refused += 1;
            return match &error {
                BindError::NoPriceYet { .. } => refused(Refusal::LateAsset, error.to_string()),
                BindError::Ends { .. } => refused(Refusal::EndedAsset, error.to_string()),
                _ => Err(error.to_string()),
            };
        }
    };
    let outcome = match backtest.run() {
        Ok(outcome) => outcome,
        Err(error) => {
            tally.refused += 1;
            return match &error {
                RunError::NegativeWeight { .. } => {
                    refused(Refusal::NegativeWeight, error.to_string())
                }
                _ => Err(error.to_string()),
            };
        }
    };
    let expected =
        expected.map_err(|refusal| format!("only the reference refuses: {refusal:?}"))?;
    tally.runs += 1;
    tally.members += usize::from(strategy.universe.members.is_some());
    tally.ruined += usize::from(outcome.ruin.is_some());
    tally.interest += usize::from(!outcome.accruals.is_empty());
    tally.flows += outcome.moved_cash.len();
    tally.overdrawn += usize::from(outcome.ruin.is_some_and(|ruin| ruin.by_withdrawal));

    let name = |asset: usize| expected.symbols[asset].as_str();
    let recorded = &expected.days[expected.recorded_from..];
    if outcome.dates(&market) != recorded {
        return Err(format!(
            "recorded days: {:?} and {recorded:?}",
            outcome.dates(&market)
        ));
    }

    let mut theirs = outcome.allocations.iter();
    for decision in &expected.decisions {
        tally.decisions += 1;
        let day = expected.days[decision.session];
        let Some(allocation) = theirs.next() else {
            return Err(format!("the engine does not decide on {day}"));
        };
        let mark = allocation.mark;
        if market.date(mark.session) != day || (mark.at == At::Close) != decision.at_close {
            return Err(format!(
                "the engine decides at {}, the reference on {day}",
                market.moment(mark)
            ));
        }
        let mut weights: Vec<(&str, f64)> = Vec::new();
        for (asset, weight) in allocation.weights {
            weights.push((market.symbol(*asset), *weight));
        }
        let mut own: Vec<(&str, f64)> = Vec::new();
        for (asset, weight) in decision.weights.iter().enumerate() {
            own.push((name(asset), *weight));
        }
        weights.retain(|(_, weight)| *weight != 0.0);
        own.retain(|(_, weight)| *weight != 0.0);
        weights.sort_by(|a, b| a.0.cmp(b.0));
        own.sort_by(|a, b| a.0.cmp(b.0));
        let same = weights.len() == own.len()
            && weights
                .iter()
                .zip(&own)
                .all(|(a, b)| a.0 == b.0 && close(a.1, b.1, 1e-12));
        if !same {
            return Err(format!(
                "weights on {day}: the engine {weights:?}, the reference {own:?}"
            ));
        }
    }
    if let Some(allocation) = theirs.next() {
        return Err(format!(
            "only the engine decides at {}",
            market.moment(allocation.mark)
        ));
    }

    // What fractions of a share leave in the last bits may be traded by one and not by the other.
    let dust = |quantity: f64, price: f64| (quantity * price).abs() < 1e-12 * strategy.initial_cash;
    let mut theirs = outcome
        .fills
        .iter()
        .filter(|fill| !dust(fill.quantity, fill.market_price));
    for fill in expected
        .fills
        .iter()
        .filter(|fill| !dust(fill.quantity, fill.price))
    {
        tally.fills += 1;
        let day = expected.days[fill.session];
        let trade = format!(
            "{day} {} {} {} at {}, commission {}",
            if fill.at_close { "close" } else { "open" },
            name(fill.asset),
            fill.quantity,
            fill.price,
            fill.commission
        );
        let Some(other) = theirs.next() else {
            return Err(format!("only the reference trades {trade}"));
        };
        let fractional = strategy.conventions.shares == backtest::conventions::Shares::Fractional;
        let same = market.date(other.mark.session) == day
            && (other.mark.at == At::Close) == fill.at_close
            && market.symbol(other.asset) == name(fill.asset)
            && (other.quantity == fill.quantity
                || fractional && close(other.quantity, fill.quantity, 1e-9)
                || fractional && dust(other.quantity - fill.quantity, fill.price))
            && close(other.price, fill.price, 1e-12)
            && (close(other.commission, fill.commission, 1e-12)
                || fractional && dust(other.commission - fill.commission, 1.0));
        if !same {
            return Err(format!(
                "the reference trades {trade}; the engine {} {} {} at {}, commission {}",
                market.moment(other.mark),
                market.symbol(other.asset),
                other.quantity,
                other.price,
                other.commission
            ));
        }
    }
    if let Some(fill) = theirs.next() {
        return Err(format!(
            "only the engine trades: {} {} {}",
            market.moment(fill.mark),
            market.symbol(fill.asset),
            fill.quantity
        ));
    }

    let mut theirs = outcome.entitlements.iter();
    for own in &expected.entitlements {
        tally.dividends += usize::from(own.paid != 0.0);
        let day = expected.days[own.session];
        let Some(other) = theirs.next() else {
            return Err(format!("only the reference books on {day}: {own:?}"));
        };
        tally.splits += usize::from(other.split != 1.0);
        let near = |a: f64, b: f64| close(a, b, 1e-9) || dust(a - b, 1.0);
        let same = market.date(other.session) == day
            && market.symbol(other.asset) == name(own.asset)
            && close(own.holding, other.holding, 1e-9)
            && near(own.in_lieu, other.in_lieu)
            && near(own.paid, other.paid);
        if !same {
            return Err(format!(
                "on {day} the reference books {own:?}, the engine {other:?}"
            ));
        }
    }
    if let Some(other) = theirs.next() {
        return Err(format!("only the engine books {other:?}"));
    }

    let scale = strategy.initial_cash;
    for (index, day) in recorded.iter().enumerate() {
        let (own, other) = (expected.equity[index], outcome.equity[index]);
        if !close(own, other, 1e-9) {
            return Err(format!(
                "equity on {day}: the engine {other}, the reference {own}"
            ));
        }
        let free = outcome.risk_free.as_ref();
        let other = free.map_or(0.0, |free| free.by_session()[index]);
        if (expected.risk_free[index] - other).abs() > 1e-14 {
            return Err(format!(
                "risk-free return on {day}: the engine {other}, the reference {}",
                expected.risk_free[index]
            ));
        }
        let (own, other) = (expected.cash[index], outcome.cash_curve[index]);
        if !close(own, other, 1e-9) && (own - other).abs() > 1e-9 * scale {
            return Err(format!(
                "cash on {day}: the engine {other}, the reference {own}"
            ));
        }
    }
    let held: Vec<(&str, f64)> = outcome
        .holdings
        .iter()
        .map(|holding| (market.symbol(holding.asset), holding.quantity))
        .collect();
    let own: Vec<(&str, f64)> = expected
        .holdings
        .iter()
        .map(|(asset, quantity)| (name(*asset), *quantity))
        .collect();
    let same = held.len() == own.len()
        && held
            .iter()
            .zip(&own)
            .all(|(a, b)| a.0 == b.0 && close(a.1, b.1, 1e-9));
    if !same {
        return Err(format!(
            "holdings: the engine {held:?}, the reference {own:?}"
        ));
    }
    let ruin = outcome
        .ruin
        .map(|ruin| (market.date(ruin.session), ruin.shortfall));
    let own = expected
        .ruin
        .map(|(session, shortfall)| (expected.days[session], shortfall));
    match (ruin, own) {
        (None, None) => Ok(()),
        (Some(a), Some(b)) if a.0 == b.0 && (a.1 - b.1).abs() <= 1e-9 * scale => Ok(()),
        _ => Err(format!("ruin: the engine {ruin:?}, the reference {own:?}")),
    }
}
