//! Warnings about a run.

use std::fmt;

use backtest::date::{Date, Moment};
use backtest::strategy::Coverage;
use statistics::text::{grouped, percent};

/// Something about a run that does not stop it.
#[derive(Clone, Debug, PartialEq)]
pub enum Warning {
    /// The prices cover less than the time that was asked for.
    Shortened {
        /// The moment that they do not reach: `start` or `end`.
        key: &'static str,
        /// Its day.
        asked: Date,
        /// The first or the last day with a bar.
        covered: Date,
        /// Whether the backtest steps through the days without bars all the same.
        goes_on: bool,
    },
    /// A correction made while the prices were read.
    Data(String),
    /// Members of the universe without prices, and members whose prices begin late or end early.
    Survivorship(Coverage),
    /// Assets of the universe that were of it at no decision.
    NeverHeld {
        /// The symbols.
        symbols: Vec<String>,
        /// The day of the first decision.
        first: Date,
        /// The day of the last one.
        last: Date,
    },
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
    /// A fee per share of assets whose share counts are fictional and whose real ones are not known.
    FictionalShares {
        /// The symbols.
        symbols: Vec<String>,
    },
    /// A weight that may be meant in per cent.
    HighWeight {
        /// Whether it is the benchmark's.
        is_benchmark: bool,
        /// The symbol with the largest weight.
        symbol: String,
        /// That weight.
        weight: f64,
    },
    /// Long-only weights that summed to more than one.
    ScaledDown {
        /// Whether they are the benchmark's.
        is_benchmark: bool,
        /// The largest sum.
        sum: f64,
        /// At how many decisions the sum exceeded one.
        n_scaled: usize,
        /// Of how many.
        n_decisions: usize,
        /// The day of the first.
        first: Date,
    },
    /// A cash buffer that leaves nothing to buy a share with.
    BufferLeavesNothing {
        /// Whether it is the benchmark's.
        is_benchmark: bool,
        /// The fraction that stays in cash.
        cash_buffer: f64,
    },
    /// Assets of which a share costs more than their weight.
    TooDear {
        /// The symbols, with the number of decisions, the most frequent first.
        assets: Vec<(String, usize)>,
        /// How many decisions there were.
        n_decisions: usize,
        /// Whether nothing at all was traded.
        is_all: bool,
    },
    /// Whole shares cost more than a hundredth of the return.
    WholeShares {
        /// The total return, a fraction.
        total_return: f64,
        /// The same with fractions of shares.
        with_fractions: f64,
    },
    /// Cash below zero, at no interest.
    Borrowed {
        /// The closes with cash below zero.
        amounts: Amounts,
        /// Whether the sizing borrows by design.
        is_long_short: bool,
    },
    /// Positions below zero, at no fee.
    Short(Amounts),
    /// A series that ends long before the backtest.
    RateEnds {
        /// The series.
        series: String,
        /// The day of its last observation.
        last: Date,
        /// The last session.
        end: Date,
    },
    /// Orders that were filled later than they were due, at the first bar of their asset.
    OrdersWaited {
        /// How many.
        n_orders: usize,
        /// The symbol of the one that waited the longest.
        symbol: String,
        /// When that was due.
        due: Date,
        /// When it was filled.
        filled: Date,
    },
    /// Holdings in assets whose bars ended.
    PaidOut {
        /// The symbols.
        symbols: Vec<String>,
        /// What was paid for them, in currency units; negative when they were short.
        sum: f64,
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
        /// Whether a withdrawal took all that there was.
        by_withdrawal: bool,
    },
    /// Cash flows of days outside of the backtest.
    FlowsOutside {
        /// Their days.
        dates: Vec<Date>,
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
    /// Orders of the last decision that were never filled.
    OrdersUnfilled {
        /// The symbols.
        symbols: Vec<String>,
        /// The day of the decision.
        decided: Date,
        /// Whether sessions followed, without a bar of these assets.
        sessions_follow: bool,
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
        /// Whether it is traded at that price, too.
        is_traded: bool,
    },
}

/// How much was owed at the closes of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amounts {
    /// Closes at which something was owed.
    pub n_closes: usize,
    /// Of how many.
    pub of: usize,
    /// The mean at these closes, in currency units.
    pub mean: f64,
    /// The most, in currency units.
    pub worst: f64,
    /// The day of the most.
    pub on: Date,
}

impl fmt::Display for Amounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "at {} of {} closes, {} on average and {} at most, on {}",
            grouped(self.n_closes as f64),
            grouped(self.of as f64),
            grouped(self.mean),
            grouped(self.worst),
            self.on
        )
    }
}

/// Whose weights or settings a warning is about.
fn whose(is_benchmark: bool) -> &'static str {
    match is_benchmark {
        true => "the benchmark's",
        false => "the",
    }
}

/// The table of the strategy file with the cash buffer.
fn buffer_key(is_benchmark: bool) -> &'static str {
    match is_benchmark {
        true => "benchmark.cash_buffer",
        false => "portfolio.cash_buffer",
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::Shortened {
                key,
                asked,
                covered,
                goes_on,
            } => {
                let verb = if *key == "start" { "begin" } else { "end" };
                let effect = match (*goes_on, *key) {
                    (false, _) => "the results are of the shorter time",
                    (true, "start") => "nothing can be bought before",
                    (true, _) => "after that the last prices are repeated",
                };
                write!(
                    f,
                    "the prices {verb} on {covered}, and `backtest.{key}` asks for {asked}: \
                     {effect}; add the missing bars, or set `backtest.{key} = {covered}`"
                )
            }
            Warning::Data(notice) => f.write_str(notice),
            Warning::Survivorship(coverage) => {
                let share = percent(coverage.share_without(), 1);
                match coverage.without_prices.as_slice() {
                    [] => write!(
                        f,
                        "survivorship: {share} of the days of membership have no prices, which begin \
                         late or end early; "
                    )?,
                    missing => write!(
                        f,
                        "survivorship: {} of {} members have no prices and are left out, {share} of the \
                         days of membership: {}; ",
                        grouped(missing.len() as f64),
                        grouped(coverage.n_members as f64),
                        some_of(missing)
                    )?,
                }
                f.write_str(
                    "the result is that of the members whose prices survived, and likely too good; \
                     `gridfolio data check` lists the others",
                )
            }
            Warning::NeverHeld {
                symbols,
                first,
                last,
            } => write!(
                f,
                "no decision could give a weight to {}: outside of the universe, or without a price, \
                 at each decision from {first} to {last}; correct `[universe]`, or remove what cannot be held",
                some_of(symbols)
            ),
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
            Warning::FictionalShares { symbols } => write!(
                f,
                "the fee per share is charged on the share counts of adjusted prices, which are \
                 fictional and can be many times those that an account would have traded: the files \
                 of {} do not have both `Close` and `Adj Close`; download both columns, or use \
                 `fees = {{ model = \"percent\" }}` under `[costs]`",
                some_of(symbols)
            ),
            Warning::HighWeight {
                is_benchmark,
                symbol,
                weight,
            } => write!(
                f,
                "{} weight of `{symbol}` is {weight}, {} of the equity; a weight is a fraction, and \
                 0.6 is 60 %",
                whose(*is_benchmark),
                percent(*weight, 0),
            ),
            Warning::ScaledDown {
                is_benchmark,
                sum,
                n_scaled,
                n_decisions,
                first,
            } => {
                write!(
                    f,
                    "{} weights sum to {} and are scaled down to one, at {} of {}, first on \
                     {first}; ",
                    whose(*is_benchmark),
                    decimals(*sum),
                    grouped(*n_scaled as f64),
                    decisions(*n_decisions),
                )?;
                match *is_benchmark || *sum > HIGH_LEVERAGE {
                    true => f.write_str("let them sum to one or less"),
                    false => write!(
                        f,
                        "let them sum to one or less, or borrow with `sizing = \"long-short\"` and \
                         `gross_leverage = {}` under `[portfolio]`",
                        decimals(*sum)
                    ),
                }
            }
            Warning::BufferLeavesNothing {
                is_benchmark,
                cash_buffer,
            } => write!(
                f,
                "{}: `{}` is {cash_buffer}, which keeps {} of the equity in cash, and the rest pays \
                 for no share; it is a fraction, and 0.01 is 1 %",
                match *is_benchmark {
                    true => "the benchmark buys nothing",
                    false => "nothing was traded",
                },
                buffer_key(*is_benchmark),
                format_args!("{} %", decimals(100.0 * cash_buffer)),
            ),
            Warning::TooDear {
                assets,
                n_decisions,
                is_all,
            } => {
                f.write_str(match *is_all {
                    true => "nothing was traded: no weight pays for a whole share: ",
                    false => "a weight that pays for no whole share is traded as zero: ",
                })?;
                let named = assets.iter().take(MOST_NAMED).map(|(symbol, n)| {
                    let n = grouped(*n as f64);
                    format!("`{symbol}` at {n} of {}", decisions(*n_decisions))
                });
                f.write_str(&named.collect::<Vec<_>>().join(", "))?;
                if let more @ 1.. = assets.len().saturating_sub(MOST_NAMED) {
                    write!(f, " and {} more", grouped(more as f64))?;
                }
                f.write_str(
                    "; set `shares = \"fractional\"` under `[execution]`, or a larger \
                     `backtest.initial_cash`",
                )
            }
            Warning::WholeShares {
                total_return,
                with_fractions,
            } => write!(
                f,
                "whole shares cost a part of the return: it is {} with them and {} with fractions of \
                 shares; set `shares = \"fractional\"` under `[execution]`, or a larger \
                 `backtest.initial_cash`",
                percent(*total_return, 2),
                percent(*with_fractions, 2),
            ),
            Warning::Borrowed {
                amounts,
                is_long_short,
            } => {
                let way_out = match *is_long_short {
                    true => "a lower `gross_leverage` under `[portfolio]` borrows less",
                    false => "`cash = \"scale-down\"` under `[execution]` never borrows",
                };
                write!(
                    f,
                    "cash is borrowed {amounts}; no interest is charged, so the result is better than \
                     that of a real account; a table `[cash]` charges it, and {way_out}"
                )
            }
            Warning::RateEnds { series, last, end } => write!(
                f,
                "the series `{series}` ends on {last}, and its last rate stands until {end}; get more \
                 of it, or set `backtest.end = {last}`"
            ),
            Warning::Short(amounts) => write!(
                f,
                "shares are sold short {amounts}; no fee is charged for borrowing them, so the result \
                 is better than that of a real account; `short_fee` under `[cash]` charges one, and \
                 `sizing = \"long-only\"` under `[portfolio]` sells none short"
            ),
            Warning::OrdersWaited {
                n_orders,
                symbol,
                due,
                filled,
            } => {
                let days = filled.epoch_days() - due.epoch_days();
                match *n_orders {
                    1 => f.write_str("1 order waited for a bar of its asset, ")?,
                    n => write!(
                        f,
                        "{} orders waited for a bar of their assets, the longest ",
                        grouped(n as f64)
                    )?,
                }
                match days {
                    0 => f.write_str("from the open to the close")?,
                    1 => f.write_str("for a day")?,
                    days => write!(f, "for {days} days")?,
                }
                write!(
                    f,
                    ": `{symbol}` from {due} to {filled}; `gridfolio data check` lists missing days"
                )
            }
            Warning::PaidOut { symbols, sum } => write!(
                f,
                "holdings in assets whose bars end were paid out, {} in all: {}; `delisted` under \
                 `[universe]` says at which price",
                grouped(*sum),
                symbols.join(", ")
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
            Warning::ClosedOut {
                on,
                shortfall,
                by_withdrawal,
            } => {
                match by_withdrawal {
                    false => write!(f, "the account lost everything on {on} and was closed out")?,
                    true => write!(
                        f,
                        "the withdrawal of {on} took all that the account had, and it was closed out"
                    )?,
                }
                f.write_str(": its equity is zero from there, and it trades no more")?;
                match *shortfall > 0.0 {
                    true => write!(f, "; the shortfall is {}", grouped(shortfall.round())),
                    false => Ok(()),
                }
            }
            Warning::FlowsOutside { dates } => {
                let dates: Vec<String> = dates.iter().map(Date::to_string).collect();
                write!(
                    f,
                    "no money moves on days outside of the backtest: {}; correct `date` under \
                     `[[cash_flows]]`",
                    dates.join(", ")
                )
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
            Warning::OrdersUnfilled {
                symbols,
                decided,
                sessions_follow,
            } => write!(
                f,
                "the orders decided on {decided} were not filled, as no {} follows: {}",
                match sessions_follow {
                    true => "bar of their assets",
                    false => "session",
                },
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
                is_traded,
            } => write!(
                f,
                "`{symbol}` has no bar after {last_bar}, and {} shares of it were held: since \
                 then they are {} at its last price",
                grouped(*quantity),
                match is_traded {
                    true => "valued, and traded,",
                    false => "valued",
                }
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

fn decisions(n: usize) -> String {
    match n {
        1 => "1 decision".to_owned(),
        n => format!("{} decisions", grouped(n as f64)),
    }
}

/// A number with up to four decimals: `1.5`.
fn decimals(value: f64) -> String {
    ((value * 1e4).round() / 1e4).to_string()
}

/// A leverage above this is not what weights that sum to it mean.
const HIGH_LEVERAGE: f64 = 10.0;

/// The first of some symbols, and how many more there are.
fn some_of(symbols: &[String]) -> String {
    let shown = symbols.iter().take(MOST_NAMED);
    let shown: Vec<String> = shown.map(|symbol| format!("`{symbol}`")).collect();
    match symbols.len().saturating_sub(MOST_NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {} more", shown.join(", "), grouped(more as f64)),
    }
}

/// Assets that a warning names; the others are counted.
const MOST_NAMED: usize = 5;
