//! The JSON document: QSTrader's blocks, the textbook statistics, and what the run was.

use backtest::Backtest;
use backtest::conventions::Conventions;
use backtest::date::{Date, Moment};
use backtest::market::{AssetId, Market};
use backtest::outcome::Outcome;
use backtest::statistics::qstrader::Statistics;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::detail::Detail;
use crate::qstrader::{Allocations, Block};
use crate::report::{Report, Side};
use crate::run::Run;

mod measures;

use measures::{Against, Measures};

impl Report<'_> {
    /// The whole document: the layout of QSTrader's file, and beside it `statistics` (the
    /// textbook ones) and `run` (how it came about). One line of JSON. Undefined numbers are
    /// `null`; every float reads back as the same double. `detail` is what [`Report::detail`]
    /// gives.
    pub fn statistics_json(&self, detail: &Detail) -> Vec<u8> {
        let run = &self.run;
        let statistics = |outcome: &Outcome, backtest: &Backtest<'_>| {
            let (conventions, per_year) =
                (&run.strategy.conventions, run.backtest.sessions_per_year());
            let dates = outcome.dates(backtest.market());
            let mut statistics = Statistics::of(&outcome.equity, dates, conventions, per_year)?;
            if outcome.ruin.is_some() {
                // Ratios of an account that came to nothing are undefined in every block.
                (statistics.sharpe, statistics.sortino) = (f64::NAN, f64::NAN);
            }
            Some(statistics)
        };
        let ours = statistics(run.outcome, run.backtest);
        let theirs = run.benchmark.and_then(|b| statistics(b, run.backtest));
        let block = |outcome: &'_ Outcome| outcome.dates(run.backtest.market());
        let document = Document {
            strategy: ours.as_ref().map(|statistics| {
                let allocations = Allocations::of(run).by_asset(run);
                let (dates, equity) = (block(run.outcome), &run.outcome.equity);
                Block::new(dates, equity, statistics, Some(allocations))
            }),
            benchmark: theirs
                .as_ref()
                .zip(run.benchmark)
                .map(|(statistics, outcome)| {
                    Block::new(block(outcome), &outcome.equity, statistics, None)
                }),
            strategy_name: Some(&run.strategy.name),
            benchmark_name: run.benchmark_name(),
            statistics: Comparison::of(self),
            run: Provenance::of(self),
            detail: Some(detail),
        };
        // About thirty bytes for each point of a series.
        let n_series = 4 * (1 + usize::from(run.benchmark.is_some())) + run.market().n_assets();
        let mut bytes = Vec::with_capacity(40 * n_series * run.outcome.equity.len() + 8192);
        serde_json::to_writer(&mut bytes, &document).expect("the document has only plain keys");
        bytes.push(b'\n');
        bytes
    }

    /// The document without QSTrader's blocks and so without the long series, on many lines.
    pub fn summary_json(&self) -> Vec<u8> {
        let document = Document {
            strategy: None,
            benchmark: None,
            strategy_name: None,
            benchmark_name: None,
            statistics: Comparison::of(self),
            run: Provenance::of(self),
            detail: None,
        };
        let mut bytes = Vec::new();
        serde_json::to_writer_pretty(&mut bytes, &document)
            .expect("the document has only plain keys");
        bytes.push(b'\n');
        bytes
    }
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    strategy: Option<Block<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    benchmark: Option<Block<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strategy_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    benchmark_name: Option<String>,
    statistics: Comparison,
    run: Provenance<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a Detail>,
}

/// The textbook statistics of both sides. `null` for a side that is not there.
#[derive(Serialize)]
struct Comparison {
    strategy: Measures,
    benchmark: Option<Measures>,
    relative: Option<Against>,
}

impl Comparison {
    fn of(report: &Report<'_>) -> Comparison {
        Comparison {
            strategy: Measures::of(&report.strategy),
            benchmark: report.benchmark.as_ref().map(Measures::of),
            relative: report.relative.as_ref().map(Against::of),
        }
    }
}

/// How a result came about.
#[derive(Serialize)]
struct Provenance<'a> {
    program: &'a str,
    strategy: &'a str,
    benchmark: Option<String>,
    conventions: Switches,
    sessions_per_year: f64,
    start: Text<Moment>,
    end: Text<Moment>,
    burn_in: Option<Text<Moment>>,
    first_session: Text<Date>,
    last_session: Text<Date>,
    n_sessions: usize,
    initial_cash: f64,
    final_cash: f64,
    final_equity: Option<f64>,
    final_holdings: Vec<Shares<'a>>,
    costs: Costs,
    interest: Interest,
    dividends: Dividends,
    cash_flows: CashFlows,
    unfilled_orders: Vec<Shares<'a>>,
    cut_buys: Vec<CutBuy<'a>>,
    warnings: Vec<String>,
}

/// Currency units that dividends and splits brought.
#[derive(Serialize)]
struct Dividends {
    received: f64,
    in_lieu_of_fractions: f64,
}

/// Currency units that trading cost.
#[derive(Serialize)]
struct Costs {
    commission: f64,
    slippage: f64,
    total: f64,
}

/// Currency units that cash earned and borrowing cost.
#[derive(Serialize)]
struct Interest {
    earned: f64,
    margin: f64,
    short_fees: f64,
}

/// Currency units that were paid in and withdrawn, and what the money returned a year.
#[derive(Serialize)]
struct CashFlows {
    paid_in: f64,
    withdrawn: f64,
    money_weighted_return: Option<f64>,
}

#[derive(Serialize)]
struct Shares<'a> {
    asset: &'a str,
    quantity: f64,
}

#[derive(Serialize)]
struct CutBuy<'a> {
    timestamp: Text<Moment>,
    asset: &'a str,
    ordered: f64,
    filled: f64,
}

impl<'a> Provenance<'a> {
    fn of(report: &'a Report<'_>) -> Provenance<'a> {
        let Run {
            program,
            strategy,
            outcome,
            ..
        } = report.run;
        let market: &Market = report.run.market();
        let shares = |asset: AssetId, quantity| Shares {
            asset: market.symbol(asset),
            quantity,
        };
        let Side { trading, .. } = &report.strategy;
        let interest = outcome.interest();
        let moved = report.strategy.moved;
        Provenance {
            program,
            strategy: &strategy.name,
            benchmark: report.run.benchmark_name(),
            conventions: Switches(strategy.conventions),
            sessions_per_year: report.run.backtest.sessions_per_year(),
            start: Text(strategy.start),
            end: Text(strategy.end),
            burn_in: strategy.burn_in.map(Text),
            first_session: Text(market.date(*outcome.sessions().start())),
            last_session: Text(market.date(*outcome.sessions().end())),
            n_sessions: outcome.equity.len(),
            initial_cash: outcome.initial_cash,
            final_cash: outcome.cash,
            final_equity: outcome.equity.last().copied(),
            final_holdings: (outcome.holdings.iter())
                .map(|held| shares(held.asset, held.quantity))
                .collect(),
            costs: Costs {
                commission: trading.commission,
                slippage: trading.slippage,
                total: trading.commission + trading.slippage,
            },
            interest: Interest {
                earned: interest.interest,
                margin: interest.margin_interest,
                short_fees: interest.short_fee,
            },
            dividends: Dividends {
                received: trading.dividends,
                in_lieu_of_fractions: outcome.entitlements.iter().map(|one| one.in_lieu).sum(),
            },
            cash_flows: CashFlows {
                paid_in: moved.map_or(0.0, |moved| moved.paid_in),
                withdrawn: moved.map_or(0.0, |moved| moved.withdrawn),
                money_weighted_return: moved.and_then(|moved| moved.money_weighted),
            },
            unfilled_orders: (outcome.open_orders.iter())
                .map(|order| shares(order.asset, order.quantity))
                .collect(),
            cut_buys: (outcome.cuts.iter())
                .map(|cut| CutBuy {
                    timestamp: Text(market.moment(cut.mark)),
                    asset: market.symbol(cut.order.asset),
                    ordered: cut.order.quantity,
                    filled: cut.filled,
                })
                .collect(),
            warnings: report.warnings.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Every switch by its name.
struct Switches(Conventions);

impl Serialize for Switches {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = self.0.named();
        let mut map = serializer.serialize_map(Some(named.len()))?;
        for (switch, value) in named {
            map.serialize_entry(switch, value)?;
        }
        map.end()
    }
}

/// Written as it is displayed.
struct Text<T>(T);

impl<T: std::fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
