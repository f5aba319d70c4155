//! What is said of a run that did not go as its strategy may have meant.

mod account;
mod prices;
mod universe;
mod weights;

use backtest::conventions::{BuyAndHold, RiskModelUse};
use backtest::outcome::Outcome;
use backtest::strategy::Schedule;

use crate::run::Run;
use crate::warning::Warning;

/// Fees above this fraction of a trade's value are worth a question.
const HIGH_FEE: f64 = 0.05;

/// The warnings about a run, each once.
pub(crate) fn of(run: &Run<'_>) -> Vec<Warning> {
    let (strategy, outcome, market) = (run.strategy, run.outcome, run.market());
    let mut warnings = prices::shortened(run);
    warnings.extend(run.notices.iter().cloned().map(Warning::Data));
    warnings.extend(universe::survivorship(run));
    warnings.extend(universe::never_held(run));
    let conventions = &strategy.conventions;
    if strategy.risk.is_some() && conventions.risk_model == RiskModelUse::Ignored {
        warnings.push(Warning::RiskModelIgnored);
    }
    let rates = strategy.costs.fees.rates().into_iter();
    let high = rates.filter(|(_, rate)| *rate > HIGH_FEE);
    warnings.extend(high.map(|(key, rate)| Warning::HighFee { key, rate }));
    warnings.extend(weights::of(run));
    let buys_nothing = weights::buffer_leaves_nothing(run);
    let too_dear = weights::too_dear(run);
    let exact = conventions.buy_and_hold == BuyAndHold::ExactTime;
    let never = |schedule: &Schedule, outcome: &Outcome| {
        exact && *schedule == Schedule::BuyAndHold && outcome.allocations.is_empty()
    };
    if never(&strategy.schedule, outcome) {
        let (is_benchmark, start) = (false, strategy.start);
        warnings.push(Warning::NeverBuys {
            is_benchmark,
            start,
        });
    } else if outcome.fills.is_empty() && outcome.open_orders.is_empty() && outcome.cuts.is_empty()
    {
        let n_decisions = outcome.allocations.len();
        let nothing = Warning::NothingTraded { n_decisions };
        warnings.push(buys_nothing.or(too_dear).unwrap_or(nothing));
    } else {
        warnings.extend(too_dear);
    }
    if let (Some(benchmark), Some(outcome)) = (&strategy.benchmark, run.benchmark)
        && never(&benchmark.schedule, outcome)
    {
        let (is_benchmark, start) = (true, strategy.burn_in.unwrap_or(strategy.start));
        warnings.push(Warning::NeverBuys {
            is_benchmark,
            start,
        });
    }
    warnings.extend(weights::benchmark_buys_nothing(run));
    let lost = |equity: &f64| *equity <= 0.0 && outcome.initial_cash > 0.0;
    if let Some(ruin) = outcome.ruin {
        warnings.push(Warning::ClosedOut {
            on: market.date(ruin.session),
            shortfall: ruin.shortfall,
            by_withdrawal: ruin.by_withdrawal,
        });
    } else if let Some(index) = outcome.equity.iter().position(lost) {
        let since = outcome.dates(market)[index];
        warnings.push(Warning::Ruined { since });
    }
    if let Some(first) = outcome.cuts.first() {
        let dropped = outcome.cuts.iter().filter(|cut| cut.filled == 0.0).count();
        warnings.push(Warning::BuysCut {
            dropped,
            reduced: outcome.cuts.len() - dropped,
            first: market.date(first.mark.session),
        });
    }
    if let (Some(decision), false) = (
        outcome.allocations.iter().last(),
        outcome.open_orders.is_empty(),
    ) {
        let orders = outcome.open_orders.iter();
        warnings.push(Warning::OrdersUnfilled {
            symbols: orders
                .map(|order| market.symbol(order.asset).to_owned())
                .collect(),
            decided: market.date(decision.mark.session),
            sessions_follow: decision.mark.session < *outcome.sessions().end(),
        });
    }
    warnings.extend(account::fictional_shares(run));
    warnings.extend(account::orders_waited(run));
    warnings.extend(account::paid_out(run));
    warnings.extend(account::borrowed(run));
    warnings.extend(account::short(run));
    warnings.extend(account::rates_end(run));
    warnings.extend(account::flows_outside(run));
    warnings.extend(account::whole_shares(run));
    warnings.extend(prices::of(run));
    warnings
}
