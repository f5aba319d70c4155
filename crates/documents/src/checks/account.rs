//! What the account did that its strategy does not say: borrowed, sold short, waited, was paid out.

use backtest::conventions::{FeeShares, FillTime, FractionalBuys, Shares};
use backtest::date::Date;
use backtest::market::{AssetId, At, Mark, Session};
use backtest::strategy::Strategy;
use backtest::{Fill, FillCause};

use crate::run::Run;
use crate::warning::{Amounts, Warning};
use crate::wealth::Wealth;

/// Amounts below this fraction of the starting capital are rounding.
const ROUNDING: f64 = 1e-9;

/// Orders that were filled later than they were due.
pub(super) fn orders_waited(run: &Run<'_>) -> Option<Warning> {
    let (outcome, market) = (run.outcome, run.market());
    let next_open = run.strategy.conventions.fill == FillTime::NextOpen;
    let due_of = |decided: Mark| match (decided.at, next_open) {
        (At::Close, true) => Mark::open(Session(decided.session.0 + 1)),
        _ => decided,
    };
    let due: Vec<Mark> = (outcome.allocations.iter())
        .map(|allocation| due_of(allocation.mark))
        .collect();
    // A decision that trades replaces what waits, so a fill is the last one's that was due.
    let waited = |fill: &&Fill| {
        let due = due[..due.partition_point(|due| *due <= fill.mark)].last()?;
        (*due < fill.mark && fill.cause == FillCause::Order).then_some((*due, **fill))
    };
    let days = |(due, fill): &(Mark, Fill)| {
        let day = |mark: Mark| market.date(mark.session).epoch_days();
        day(fill.mark) - day(*due)
    };
    let waits: Vec<(Mark, Fill)> = outcome
        .fills
        .iter()
        .filter_map(|fill| waited(&fill))
        .collect();
    let longest = (waits.iter()).reduce(|a, b| if days(b) > days(a) { b } else { a })?;
    Some(Warning::OrdersWaited {
        n_orders: waits.len(),
        symbol: market.symbol(longest.1.asset).to_owned(),
        due: market.date(longest.0.session),
        filled: market.date(longest.1.mark.session),
    })
}

/// Holdings that were paid out because their assets ended.
pub(super) fn paid_out(run: &Run<'_>) -> Option<Warning> {
    let fills = run.outcome.fills.iter();
    let payouts: Vec<&Fill> = fills
        .filter(|fill| fill.cause == FillCause::AssetEnded)
        .collect();
    let symbol = |fill: &&Fill| format!("`{}`", run.market().symbol(fill.asset));
    (!payouts.is_empty()).then(|| Warning::PaidOut {
        symbols: payouts.iter().map(symbol).collect(),
        sum: payouts.iter().map(|fill| -fill.quantity * fill.price).sum(),
    })
}

/// Fees per share of assets whose number of shares as traded is not known.
pub(super) fn fictional_shares(run: &Run<'_>) -> Option<Warning> {
    let (strategy, market) = (run.strategy, run.market());
    if !strategy.costs.fees.are_per_share()
        || strategy.conventions.fee_shares == FeeShares::AsPriced
    {
        return None;
    }
    let traded = run.outcome.fills.iter().map(|fill| fill.asset);
    let mut unknown: Vec<AssetId> = traded
        .filter(|asset| !market.knows_real_shares(*asset))
        .collect();
    unknown.sort_unstable();
    unknown.dedup();
    let symbols = unknown.iter().map(|asset| market.symbol(*asset).to_owned());
    (!unknown.is_empty()).then(|| Warning::FictionalShares {
        symbols: symbols.collect(),
    })
}

/// Cash below zero, where it costs nothing.
pub(super) fn borrowed(run: &Run<'_>) -> Option<Warning> {
    if run.strategy.cash.is_some() {
        return None;
    }
    let debts = run.outcome.cash_curve.iter().map(|cash| -cash);
    let amounts = amounts(run, debts)?;
    Some(Warning::Borrowed {
        amounts,
        is_long_short: run.strategy.sizing.allows_shorts(),
    })
}

/// Positions below zero, where they cost nothing.
pub(super) fn short(run: &Run<'_>) -> Option<Warning> {
    let (outcome, market) = (run.outcome, run.market());
    if run.strategy.cash.is_some() || outcome.fills.iter().all(|fill| fill.holding >= 0.0) {
        return None;
    }
    let mut positions = outcome.positions();
    let sessions = outcome.sessions().start().0..=outcome.sessions().end().0;
    let values = sessions.map(|session| {
        let session = Session(session);
        positions.advance_through(Mark::close(session));
        let closes = market.closes(session);
        let shorts = positions
            .open()
            .filter(|(_, position)| position.quantity < 0.0);
        let value = shorts.map(|(asset, position)| -position.quantity * closes[asset.index()]);
        value.sum()
    });
    amounts(run, values).map(Warning::Short)
}

/// How much of it was there, at those recorded closes where there was some.
fn amounts(run: &Run<'_>, by_close: impl Iterator<Item = f64>) -> Option<Amounts> {
    let outcome = run.outcome;
    let least = ROUNDING * outcome.initial_cash;
    let dates = outcome.dates(run.market()).iter();
    let owed: Vec<(f64, Date)> = (by_close.zip(dates.copied()))
        .filter(|(amount, _)| *amount > least)
        .collect();
    let &(worst, on) = owed.iter().reduce(|a, b| if b.0 > a.0 { b } else { a })?;
    let sum: f64 = owed.iter().map(|(amount, _)| amount).sum();
    Some(Amounts {
        n_closes: owed.len(),
        of: outcome.equity.len(),
        mean: sum / owed.len() as f64,
        worst,
        on,
    })
}

/// Cash flows of single days before the account is opened, or after the last session.
pub(super) fn flows_outside(run: &Run<'_>) -> Option<Warning> {
    let opened = run.strategy.burn_in.unwrap_or(run.strategy.start).date();
    let last = run.market().date(*run.outcome.sessions().end());
    let dates = run.strategy.cash_flows.iter().filter_map(|flow| flow.date);
    let dates: Vec<Date> = (dates.map(|date| date.date()))
        .filter(|date| *date < opened || *date > last)
        .collect();
    (!dates.is_empty()).then_some(Warning::FlowsOutside { dates })
}

/// Days after its last observation from which on a rate is out of date: series of months come late.
const OUT_OF_DATE: i32 = 75;

/// Series that end long before the backtest does, so that their last rate stands.
pub(super) fn rates_end(run: &Run<'_>) -> Vec<Warning> {
    let market = run.market();
    let end = market.date(*run.outcome.sessions().end());
    let named = run.strategy.series();
    let series = named.iter().filter_map(|name| market.series(name));
    let last = series.filter_map(|series| Some((series, *series.dates.last()?)));
    let late = last.filter(|(_, last)| end.epoch_days() - last.epoch_days() > OUT_OF_DATE);
    late.map(|(series, last)| Warning::RateEnds {
        series: series.name.clone(),
        last,
        end,
    })
    .collect()
}

/// A smaller part of the return is not worth a warning.
const PART_OF_RETURN: f64 = 0.01;

/// Nor is a smaller difference, where there is hardly a return.
const LEAST_DIFFERENCE: f64 = 1e-3;

/// When the same strategy with fractions of shares has a higher return.
pub(super) fn whole_shares(run: &Run<'_>) -> Option<Warning> {
    let conventions = run.strategy.conventions;
    if conventions.shares == Shares::Fractional || run.outcome.fills.is_empty() {
        return None;
    }
    let mut fractional: Strategy = run.strategy.clone();
    fractional.conventions.shares = Shares::Fractional;
    fractional.conventions.fractional_buys = FractionalBuys::Kept;
    // A model that is no part of the strategy cannot be asked again.
    let outcome = fractional.bind(run.market()).ok()?.run().ok()?;
    let total = |wealth: Wealth| Some(wealth.values.last()? / wealth.values.first()? - 1.0);
    let total_return = total(Wealth::of(run.outcome, run.market()))?;
    let with_fractions = total(Wealth::of(&outcome, run.market()))?;
    let cost = with_fractions - total_return;
    (cost > LEAST_DIFFERENCE && cost > PART_OF_RETURN * with_fractions.abs()).then_some(
        Warning::WholeShares {
            total_return,
            with_fractions,
        },
    )
}
