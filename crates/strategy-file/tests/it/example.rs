//! The example of the manual means what it says.

use backtest::conventions::{CashRule, Conventions};
use backtest::date::{Date, Moment};
use backtest::strategy::*;
use backtest::{alpha, costs, risk, sizing};
use strategy_file::{Data, StrategyFile, parse};

fn moment(date: &str, second: i64) -> Moment {
    date.parse::<Date>().unwrap().at_second(second)
}

const OPEN: i64 = (14 * 60 + 30) * 60;
const LAST_SECOND: i64 = 24 * 60 * 60 - 1;

#[test]
fn every_key_of_the_example_reaches_the_strategy() {
    let symbols = |symbols: &[&str]| symbols.iter().map(|s| (*s).to_owned()).collect();
    let expected = StrategyFile {
        data: Data {
            dir: Some("data".to_owned()),
            adjusted: true,
            opens: None,
        },
        strategy: Strategy {
            name: "US sector momentum".to_owned(),
            conventions: Conventions {
                cash: CashRule::ScaleDown,
                ..Conventions::QSTRADER
            },
            also: Vec::new(),
            start: moment("1998-12-22", OPEN),
            end: moment("2020-12-31", LAST_SECOND),
            burn_in: Some(moment("1999-12-22", OPEN)),
            initial_cash: 1e6,
            sessions_per_year: SessionsPerYear::Number(252.0),
            universe: Universe {
                assets: symbols(&["XLB", "XLC", "XLE"]),
                enters: vec![("XLC".to_owned(), moment("2018-06-18", 0))],
                leaves: vec![("XLB".to_owned(), moment("2019-01-01", 0))],
                ..Universe::default()
            },
            alpha: Alpha::TopNMomentum(alpha::TopNMomentum {
                lookback: 126,
                top_n: 3,
            }),
            risk: Some(RiskModel::Cap(risk::Cap { max_weight: 0.4 })),
            optimiser: Optimiser::FixedWeight,
            sizing: Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.01 }),
            schedule: Schedule::EndOfMonth,
            trade: Trade::Always,
            costs: Costs {
                fees: Fees::Percent(costs::Percent {
                    commission: 0.001,
                    tax: 0.0,
                }),
                ..Costs::NONE
            },
            cash: Some(Cash {
                rate: Rate::series("DTB3"),
                margin_spread: 0.015,
                short_fee: 0.005,
            }),
            risk_free: Some(RiskFreeRate::Number(0.02)),
            benchmark: Some(Benchmark {
                weights: vec![("SPY".to_owned(), 1.0)],
                schedule: Schedule::BuyAndHold,
                cash_buffer: 0.01,
            }),
            signals: vec![("momentum".to_owned(), "return(126)".to_owned())],
            cash_flows: vec![
                CashFlow {
                    every: Some(Every::Month),
                    from: Some(moment("2005-01-01", 0)),
                    amount: Some(500.0),
                    indexed: Some(Indexation::Rate(0.02)),
                    ..CashFlow::default()
                },
                CashFlow {
                    date: Some(moment("2015-06-30", 0)),
                    percent: Some(-10.0),
                    ..CashFlow::default()
                },
            ],
        },
    };
    assert_eq!(parse(crate::EXAMPLE, &[], "unused"), Ok(expected));
}
