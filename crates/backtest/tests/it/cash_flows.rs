//! Payments into the account and withdrawals.

use std::sync::Arc;

use backtest::batch::Batch;
use backtest::conventions::Shares;
use backtest::market::{Mark, Market, Observations, PriceSeries, Session};
use backtest::outcome::Outcome;
use backtest::strategy::{
    Alpha, Cash, CashFlow, Every, Indexation, Rate, Schedule, Sizing, Strategy,
};
use backtest::{Moment, alpha, sizing};
use proptest::prelude::*;
use proptest::strategy::Strategy as Strategy_;

use crate::invariants::{case, replay, variants};
use crate::markets::{over, random_walks, table};

fn run(
    strategy: &Strategy,
    series: &[PriceSeries],
    rates: &[Observations],
) -> Result<(Market, Outcome), String> {
    let market = strategy.market(series).map_err(|error| error.to_string())?;
    let market = market.with_series(rates.to_vec());
    let outcome = {
        let backtest = strategy.bind(&market).map_err(|error| error.to_string())?;
        backtest.run().map_err(|error| error.to_string())?
    };
    Ok((market, outcome))
}

fn day(text: &str) -> Moment {
    text.parse::<backtest::date::Date>().unwrap().at_second(0)
}

/// Bought at the first open and held, in fractions of shares.
fn held(series: &[PriceSeries]) -> Strategy {
    let mut strategy = Strategy {
        schedule: Schedule::BuyAndHold,
        ..over(series)
    };
    strategy.conventions.shares = Shares::Fractional;
    strategy
}

#[track_caller]
fn assert_close(expected: f64, found: f64) {
    let error = (expected - found).abs();
    assert!(
        error <= 1e-12 * expected.abs().max(1.0),
        "{expected}, not {found}"
    );
}

#[test]
fn what_is_paid_in_buys_more_of_what_is_held() {
    let series = table(
        "
                    ABC
        2024-01-30  10/10
        2024-01-31  10/12
        2024-02-01  15/15
        2024-02-02  15/30
        2024-03-01  20/20
    ",
    );
    let strategy = Strategy {
        cash_flows: vec![CashFlow::every(Every::Month, 300.0)],
        ..held(&series)
    };
    let (market, outcome) = run(&strategy, &series, &[]).unwrap();
    let moved: Vec<(String, f64, f64)> = (outcome.moved_cash.iter())
        .map(|moved| {
            (
                market.date(moved.mark.session).to_string(),
                moved.amount,
                moved.equity_before,
            )
        })
        .collect();
    // 100 shares, 20 more at 15, and 15 more at 20.
    let expected = [
        ("2024-02-01".to_owned(), 300.0, 1500.0),
        ("2024-03-01".to_owned(), 300.0, 2400.0),
    ];
    assert_eq!(moved, expected);
    assert_eq!(outcome.equity, [1000.0, 1200.0, 1800.0, 3600.0, 2700.0]);
    assert_eq!(outcome.cash, 0.0);
    // The unit is worth what the share is.
    for (unit, close) in outcome
        .unit_curve()
        .iter()
        .zip([10.0, 12.0, 15.0, 30.0, 20.0])
    {
        assert_close(100.0 * close, *unit);
    }
}

#[test]
fn returns_are_those_of_the_account_without_flows() {
    let series = random_walks(4, 3, 400);
    let plain = held(&series);
    let flows = Strategy {
        cash_flows: vec![
            CashFlow::every(Every::Month, 70.0),
            CashFlow::every(Every::Quarter, -110.0),
            CashFlow {
                percent: Some(-1.5),
                every: Some(Every::Year),
                ..CashFlow::default()
            },
            CashFlow::once(day("2015-03-14"), 5000.0),
        ],
        ..plain.clone()
    };
    // Without gaps: what has no bar is not traded, and the weights drift.
    let mut series = series;
    for one in &mut series {
        one.clone_from(&PriceSeries {
            symbol: one.symbol.clone(),
            ..random_walks(9, 1, 400)[0].clone()
        });
    }
    let (_, without) = run(&plain, &series, &[]).unwrap();
    let (market, with) = run(&flows, &series, &[]).unwrap();
    assert!(with.moved_cash.len() > 15);
    let (a, b) = (without.excess_returns(), with.excess_returns());
    for (a, b) in a.iter().zip(&b) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }
    let record = flows.bind(&market).unwrap().record().unwrap();
    let own = without.equity.last().unwrap() / 1000.0 - 1.0;
    assert!((record.summary.unwrap().total_return - own).abs() < 1e-10);
    assert_eq!(record.final_equity, *with.equity.last().unwrap());
}

#[test]
fn a_withdrawal_is_raised_by_sales_in_whole_shares() {
    let series = table(
        "
                    ABC    XYZ
        2024-01-30  10/10  30/30
        2024-02-01  10/10  30/30
        2024-02-02  10/10  30/30
    ",
    );
    let mut strategy = held(&series);
    strategy.conventions.shares = Shares::Whole;
    strategy.cash_flows = vec![CashFlow::once(day("2024-01-31"), -100.0)];
    let (_, outcome) = run(&strategy, &series, &[]).unwrap();
    // 50 and 16 shares, 20 in cash: a tenth is 5 and 1.6 shares, rounded up.
    let sold: Vec<f64> = outcome.fills[2..]
        .iter()
        .map(|fill| fill.quantity)
        .collect();
    assert_eq!(sold, [-5.0, -2.0]);
    assert_eq!(outcome.cash, 20.0 + 50.0 + 60.0 - 100.0);
    assert_eq!(outcome.equity, [1000.0, 900.0, 900.0]);
}

#[test]
fn a_decision_is_sized_with_the_flow_of_the_next_open() {
    let series = table(
        "
                    ABC
        2024-01-30  10/10
        2024-01-31  10/10
        2024-02-01  10/10
    ",
    );
    let mut strategy = over(&series);
    strategy.cash_flows = vec![CashFlow::once(day("2024-02-01"), 500.0)];
    let (_, outcome) = run(&strategy, &series, &[]).unwrap();
    assert_eq!(outcome.fills.len(), 1);
    assert_eq!(outcome.fills[0].quantity, 150.0);
}

#[test]
fn a_withdrawal_of_more_than_there_is_ruins_the_account() {
    let series = table(
        "
                    ABC
        2024-01-30  10/10
        2024-01-31  10/10
        2024-02-01  10/20
        2024-02-02  20/20
    ",
    );
    for (amount, shortfall) in [(-1600.0, 600.0), (-1000.0, 0.0)] {
        let strategy = Strategy {
            cash_flows: vec![
                CashFlow::once(day("2024-02-01"), amount),
                CashFlow::once(day("2024-02-02"), 300.0),
            ],
            ..held(&series)
        };
        let (market, outcome) = run(&strategy, &series, &[]).unwrap();
        let ruin = outcome.ruin.unwrap();
        assert_eq!(market.date(ruin.session).to_string(), "2024-02-01");
        assert!(ruin.by_withdrawal);
        assert_eq!(ruin.shortfall, shortfall);
        assert_eq!(outcome.equity, [1000.0, 1000.0, 0.0, 0.0]);
        // Nothing is paid into an account that is closed.
        assert_eq!(outcome.moved_cash.len(), 1);
    }
}

#[test]
fn an_amount_grows_by_a_rate_or_as_an_index_does() {
    let series = table(
        "
                    ABC
        2022-01-03  10
        2023-01-02  10
        2024-01-01  10
    ",
    );
    let indexed = |indexed: Indexation| {
        let flow = CashFlow {
            indexed: Some(indexed),
            ..CashFlow::every(Every::Year, 100.0)
        };
        let strategy = Strategy {
            cash_flows: vec![flow],
            ..held(&series)
        };
        let dates = ["2021-12-01", "2022-12-01", "2023-01-01", "2024-01-01"];
        let cpi = Observations {
            name: "CPI".to_owned(),
            dates: dates.iter().map(|date| date.parse().unwrap()).collect(),
            values: vec![200.0, 210.0, 220.0, 900.0],
        };
        let moved = run(&strategy, &series, &[cpi]).unwrap().1.moved_cash;
        moved.iter().map(|moved| moved.amount).collect::<Vec<_>>()
    };
    let by_rate = indexed(Indexation::Rate(0.02));
    assert_close(100.0 * 1.02_f64.powf(364.0 / 365.25), by_rate[0]);
    assert_close(100.0 * 1.02_f64.powf(728.0 / 365.25), by_rate[1]);
    // By what was known at the close before: of 2022-01-03, and of 2023-01-02.
    assert_eq!(
        indexed(Indexation::series("CPI")),
        [100.0, 110.00000000000001]
    );
}

#[test]
fn flows_repeat_at_the_first_session_of_a_period() {
    let series = random_walks(7, 1, 140);
    let days = |flow: CashFlow| {
        let strategy = Strategy {
            cash_flows: vec![flow],
            ..held(&series)
        };
        let (market, outcome) = run(&strategy, &series, &[]).unwrap();
        let moved = outcome.moved_cash.iter();
        let days = moved.map(|moved| market.date(moved.mark.session).to_string());
        days.collect::<Vec<_>>()
    };
    // The first session is 2015-01-02; the first asset has a bar on each of these.
    let months = days(CashFlow::every(Every::Month, 1.0));
    assert_eq!(months.len(), 6, "{months:?}");
    assert!(months[0].starts_with("2015-02-0") && months[5].starts_with("2015-07-0"));
    let quarters = days(CashFlow::every(Every::Quarter, 1.0));
    assert_eq!(quarters.len(), 2);
    assert_eq!(days(CashFlow::every(Every::Year, 1.0)).len(), 0);
    let within = CashFlow {
        from: Some(day("2015-03-02")),
        until: Some(day("2015-05-31")),
        ..CashFlow::every(Every::Month, 1.0)
    };
    assert_eq!(days(within), months[1..4]);
    // Before the account is opened, and after its end.
    assert_eq!(days(CashFlow::once(day("2015-01-01"), 1.0)).len(), 0);
    assert_eq!(days(CashFlow::once(day("2016-01-01"), 1.0)).len(), 0);
    assert_eq!(days(CashFlow::once(day("2015-01-02"), 1.0)), ["2015-01-02"]);
}

#[test]
fn what_a_cash_flow_cannot_be_is_a_mistake() {
    let series = random_walks(7, 1, 30);
    let message = |flow: CashFlow| {
        let strategy = Strategy {
            cash_flows: vec![flow],
            ..held(&series)
        };
        run(&strategy, &series, &[]).unwrap_err()
    };
    let monthly = || CashFlow::every(Every::Month, 1.0);
    assert_eq!(
        message(CashFlow::default()),
        "a cash flow says neither when nor how often"
    );
    let both = CashFlow {
        date: Some(day("2015-01-05")),
        ..monthly()
    };
    assert_eq!(
        message(both),
        "a cash flow has `cash_flows[0].date` and `cash_flows[0].every`"
    );
    let large = CashFlow {
        amount: None,
        percent: Some(-101.0),
        ..monthly()
    };
    assert_eq!(
        message(large),
        "`cash_flows[0].percent` is -101: more than there is"
    );
    let nothing = CashFlow {
        amount: None,
        ..monthly()
    };
    assert_eq!(message(nothing), "a cash flow has no amount");
    let unknown = CashFlow {
        indexed: Some(Indexation::series("CPI")),
        ..monthly()
    };
    assert_eq!(
        message(unknown),
        "the series `CPI` is not in the market data"
    );
    let infinite = CashFlow::every(Every::Month, f64::INFINITY);
    assert_eq!(
        message(infinite),
        "`cash_flows[0].amount` is inf; it must be a finite number"
    );
}

fn flows() -> impl Strategy_<Value = Vec<CashFlow>> {
    let every = prop::sample::select(vec![Every::Week, Every::Month, Every::Quarter]);
    let amount = prop_oneof![-6e3..6e3, Just(-7e4)];
    let flow = (every, amount, -9.0..9.0, any::<bool>()).prop_map(
        |(every, amount, percent, of_equity)| CashFlow {
            amount: (!of_equity).then_some(amount),
            percent: of_equity.then_some(percent),
            every: Some(every),
            ..CashFlow::default()
        },
    );
    prop::collection::vec(flow, 1..3)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_batch_gives_what_each_strategy_gives_by_itself(
        (series, base) in case(),
        flows in flows(),
        earns: bool,
        parameters in prop::collection::vec((2u32..6, 1u32..4, 6u32..9), 9..40),
    ) {
        let cash = Cash { rate: Rate::Number(0.05), margin_spread: 0.1, short_fee: 0.02 };
        let cash = earns.then_some(cash);
        let base = Strategy { cash_flows: flows, cash, ..base };
        let market = Arc::new(base.market(&series).unwrap());
        let strategies = variants(&base, &parameters);
        let mut batch = Batch::new(Arc::clone(&market));
        for (strategy, together) in strategies.iter().zip(batch.run(&strategies)) {
            let bound = strategy.bind(&market).unwrap();
            prop_assert_eq!(
                together.map_err(|error| error.to_string()),
                bound.record().map_err(|error| error.to_string())
            );
        }
    }
}

#[test]
fn a_long_short_account_keeps_its_weights() {
    let series = table(
        "
                    ABC    XYZ
        2024-01-30  10/10  10/10
        2024-02-01  12/12  10/10
    ",
    );
    let weights = vec![("ABC".to_owned(), 1.0), ("XYZ".to_owned(), -1.0)];
    let mut strategy = held(&series);
    strategy.alpha = Alpha::FixedWeights(alpha::FixedWeights { weights });
    strategy.sizing = Sizing::LongShort(sizing::LongShort {
        gross_leverage: 2.0,
    });
    strategy.cash_flows = vec![CashFlow::once(day("2024-02-01"), -600.0)];
    let (_, outcome) = run(&strategy, &series, &[]).unwrap();
    // 100 long and 100 short, worth 1,200 before: half of it leaves.
    let traded: Vec<f64> = outcome.fills[2..]
        .iter()
        .map(|fill| fill.quantity)
        .collect();
    assert_eq!(traded, [-50.0, 50.0]);
    assert_eq!(outcome.equity, [1000.0, 600.0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// The starting capital, what was paid in, dividends, and what trades cost and brought.
    #[test]
    fn cash_is_what_was_paid_in_and_what_trades_left(
        (series, mut strategy) in case(),
        amount in -2_000.0..2_000.0f64,
    ) {
        strategy.cash_flows = vec![CashFlow::every(Every::Month, amount)];
        let (market, outcome) = run(&strategy, &series, &[]).unwrap();
        prop_assert!(!outcome.moved_cash.is_empty());
        // What a ruined account owed was written off.
        let until = outcome.ruin.map_or(u32::MAX, |ruin| ruin.session.0);
        let sessions = (outcome.sessions().start().0..until).map(Session);
        for (session, (equity, cash)) in sessions.zip(outcome.equity.iter().zip(&outcome.cash_curve)) {
            let (own, shares) = replay(&outcome, Mark::close(session));
            let value: f64 = shares.iter().zip(market.closes(session)).map(|(q, p)| q * p).sum();
            let tolerance = 1e-9 * equity.abs().max(1.0);
            prop_assert!((own - cash).abs() <= tolerance, "{} {} {}", session.0, own, cash);
            prop_assert!((own + value - equity).abs() <= tolerance);
        }
    }
}
