//! Warnings about a run.

use std::fmt;

use backtest::conventions::{BuyAndHold, RiskModelUse};
use backtest::date::{Date, Moment};
use backtest::market::{AssetId, Mark, Market, Session};
use backtest::outcome::Outcome;
use backtest::strategy::Schedule;

use crate::run::Run;
use statistics::text::grouped;

/// Something about a run that does not stop it.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// A correction made while the prices were read.
    Data(String),
    /// Under these conventions the strategy's risk model is not called.
    RiskModelIgnored,
    /// Under these conventions a buy-and-hold that starts at this moment never buys.
    NeverBuys {
        /// Whether it is the benchmark.
        is_benchmark: bool,
        /// The start.
        start: Moment,
    },
    /// A commission or tax high enough to suggest a percentage.
    HighFee {
        /// The key: `commission`.
        key: &'static str,
        /// Its value, a fraction of the trade's value.
        rate: f64,
    },
    /// No decision came to an order.
    NothingTraded {
        /// How many decisions there were.
        n_decisions: usize,
    },
    /// The account lost everything and was closed out.
    ClosedOut {
        /// The close at which its equity was zero or less.
        on: Date,
        /// What its creditors lost, in currency units.
        shortfall: f64,
    },
    /// The equity was not above zero: returns and ratios mean nothing from then on.
    Ruined {
        /// The first such close.
        since: Date,
    },
    /// Buys that the cash did not cover.
    BuysCut {
        /// How many were dropped.
        dropped: usize,
        /// How many were made smaller.
        reduced: usize,
        /// The day of the first.
        first: Date,
    },
    /// Orders of the last decision that no session was left to fill.
    OrdersUnfilled {
        /// The symbols.
        symbols: Vec<String>,
        /// The day of the decision.
        decided: Date,
    },
    /// An asset that was traded and whose price did not move for many sessions: bars may be missing.
    Gap {
        /// The symbol.
        symbol: String,
        /// The first session with the price.
        first: Date,
        /// The last.
        last: Date,
        /// How many sessions that is.
        n_sessions: usize,
    },
    /// An asset that was held after its last bar.
    StalePrice {
        /// The symbol.
        symbol: String,
        /// The day of the last bar.
        last_bar: Date,
        /// How many shares were held then.
        quantity: f64,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::Data(notice) => f.write_str(notice),
            Warning::RiskModelIgnored => f.write_str(
                "`[risk]` has no effect: the conventions ignore risk models, as QSTrader does; \
                 set `risk_model = \"applied\"` under `[conventions]` to apply it",
            ),
            Warning::NeverBuys {
                is_benchmark,
                start,
            } => {
                let who = if *is_benchmark {
                    "the benchmark"
                } else {
                    "the strategy"
                };
                write!(
                    f,
                    "{who} never buys: under these conventions a buy-and-hold trades only when \
                     it starts at exactly 14:30 or 21:00 UTC on a weekday, and it starts on \
                     {start}; set `buy_and_hold = \"first-session\"` under `[conventions]`, or \
                     start at 14:30"
                )
            }
            Warning::HighFee { key, rate } => write!(
                f,
                "`costs.fees.{key}` is {rate}, which takes {} % of each trade's value; it is a \
                 fraction, and 0.001 is ten basis points",
                (rate * 1e4).round() / 1e2
            ),
            Warning::NothingTraded { n_decisions: 0 } => f.write_str(
                "nothing was traded: the schedule has no decision between the first session and \
                 the last; set `backtest.end` later, or choose another `schedule`",
            ),
            Warning::NothingTraded { n_decisions } => write!(
                f,
                "nothing was traded: no decision, of {}, wanted to hold a share; look at the \
                 weights in target_allocations.csv, and whether `initial_cash` pays for a share",
                grouped(*n_decisions as f64)
            ),
            Warning::ClosedOut { on, shortfall } => {
                write!(
                    f,
                    "the account lost everything on {on} and was closed out: its equity is zero \
                     from there, and it trades no more"
                )?;
                match *shortfall > 0.0 {
                    true => write!(f, "; the shortfall is {}", grouped(shortfall.round())),
                    false => Ok(()),
                }
            }
            Warning::Ruined { since } => write!(
                f,
                "the equity is zero or less on {since}: the account was lost, and no return or \
                 ratio after that means anything"
            ),
            Warning::BuysCut {
                dropped,
                reduced,
                first,
            } => {
                let what = match (dropped, reduced) {
                    (dropped, 0) => format!("{} dropped", buys(*dropped)),
                    (0, reduced) => format!("{} made smaller", buys(*reduced)),
                    (dropped, reduced) => {
                        format!(
                            "{} dropped and {} made smaller",
                            buys(*dropped),
                            grouped(*reduced as f64)
                        )
                    }
                };
                write!(
                    f,
                    "{what} for lack of cash, first on {first}; a larger `cash_buffer` under \
                     `[portfolio]` leaves room"
                )
            }
            Warning::OrdersUnfilled { symbols, decided } => write!(
                f,
                "the orders decided on {decided} were not filled, as no session follows: {}",
                symbols.join(", ")
            ),
            Warning::Gap {
                symbol,
                first,
                last,
                n_sessions,
            } => write!(
                f,
                "the price of `{symbol}` is the same at {} closes in a row, from {first} to \
                 {last}: look for missing days in its file, with `gridfolio data check`",
                grouped(*n_sessions as f64)
            ),
            Warning::StalePrice {
                symbol,
                last_bar,
                quantity,
            } => write!(
                f,
                "`{symbol}` has no bar after {last_bar}, and {} shares of it were held: since \
                 then they are valued, and traded, at its last price",
                grouped(*quantity)
            ),
        }
    }
}

fn buys(n: usize) -> String {
    match n {
        1 => "1 buy was".to_owned(),
        n => format!("{} buys were", grouped(n as f64)),
    }
}

/// Fees above this fraction of a trade's value are worth a question.
const HIGH_FEE: f64 = 0.05;

/// The warnings about a run.
pub(crate) fn of(run: &Run<'_>) -> Vec<Warning> {
    let (strategy, outcome, market) = (run.strategy, run.outcome, run.market());
    let mut warnings: Vec<Warning> = run.notices.iter().cloned().map(Warning::Data).collect();
    let conventions = &strategy.conventions;
    if strategy.risk.is_some() && conventions.risk_model == RiskModelUse::Ignored {
        warnings.push(Warning::RiskModelIgnored);
    }
    let rates = strategy.costs.fees.rates().into_iter();
    let high = rates.filter(|(_, rate)| *rate > HIGH_FEE);
    warnings.extend(high.map(|(key, rate)| Warning::HighFee { key, rate }));
    let exact = conventions.buy_and_hold == BuyAndHold::ExactTime;
    let never = |schedule, outcome: &Outcome| {
        exact && schedule == Schedule::BuyAndHold && outcome.allocations.is_empty()
    };
    if never(strategy.schedule, outcome) {
        let (is_benchmark, start) = (false, strategy.start);
        warnings.push(Warning::NeverBuys {
            is_benchmark,
            start,
        });
    } else if outcome.fills.is_empty() && outcome.open_orders.is_empty() && outcome.cuts.is_empty()
    {
        let n_decisions = outcome.allocations.len();
        warnings.push(Warning::NothingTraded { n_decisions });
    }
    if let (Some(benchmark), Some(outcome)) = (&strategy.benchmark, run.benchmark)
        && never(benchmark.schedule, outcome)
    {
        let (is_benchmark, start) = (true, strategy.burn_in.unwrap_or(strategy.start));
        warnings.push(Warning::NeverBuys {
            is_benchmark,
            start,
        });
    }
    let lost = |equity: &f64| *equity <= 0.0 && outcome.initial_cash > 0.0;
    if let Some(ruin) = outcome.ruin {
        warnings.push(Warning::ClosedOut {
            on: market.date(ruin.session),
            shortfall: ruin.shortfall,
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
        });
    }
    warnings.extend(gaps(outcome, market));
    warnings.extend(stale_prices(outcome, market));
    warnings
}

/// Closes that repeat this often are more than holidays.
const GAP: usize = 10;

/// For each asset that was traded, the longest time for which its price stood still, from its first
/// bar to its last, if it is long. A price that never moves is no gap.
fn gaps(outcome: &Outcome, market: &Market) -> Vec<Warning> {
    let mut traded = vec![false; market.n_assets()];
    for fill in &outcome.fills {
        traded[fill.asset.index()] = true;
    }
    let (start, end) = (
        outcome.sessions().start().index(),
        outcome.sessions().end().index(),
    );
    let dates = &market.sessions()[start..=end];
    let gap = |asset: AssetId| {
        let closes = &market.close_history(asset)[start..=end];
        let until = market.last_bar(asset).map_or(0, |last_bar| {
            dates.partition_point(|date| *date <= last_bar)
        });
        let (mut longest, mut from) = ((0, 0), 0);
        for at in 1..=until {
            if at == until || closes[at] != closes[at - 1] {
                if at - from > longest.1 - longest.0 {
                    longest = (from, at);
                }
                from = at;
            }
        }
        let n_sessions = longest.1 - longest.0;
        (n_sessions >= GAP && n_sessions < until).then(|| Warning::Gap {
            symbol: market.symbol(asset).to_owned(),
            first: dates[longest.0],
            last: dates[longest.1 - 1],
            n_sessions,
        })
    };
    (0..market.n_assets() as u32)
        .map(AssetId)
        .filter(|asset| traded[asset.index()])
        .filter_map(gap)
        .collect()
}

/// The assets of which something was held at the last session that has a bar of them, when later
/// sessions follow.
fn stale_prices(outcome: &Outcome, market: &Market) -> Vec<Warning> {
    let end = market.date(*outcome.sessions().end());
    let stale = |asset: AssetId| {
        let last_bar = market.last_bar(asset).filter(|last_bar| *last_bar < end)?;
        let n_until = (market.sessions()).partition_point(|date| *date <= last_bar);
        let mut positions = outcome.positions();
        positions.advance_through(Mark::close(Session(n_until.checked_sub(1)? as u32)));
        let mut quantity = positions.held(asset);
        if quantity == 0.0 {
            // Bought after its last bar.
            let held = outcome.holdings.iter().find(|held| held.asset == asset);
            quantity = held.map_or(0.0, |held| held.quantity);
        }
        (quantity != 0.0).then(|| Warning::StalePrice {
            symbol: market.symbol(asset).to_owned(),
            last_bar,
            quantity,
        })
    };
    (0..market.n_assets() as u32)
        .filter_map(|asset| stale(AssetId(asset)))
        .collect()
}
