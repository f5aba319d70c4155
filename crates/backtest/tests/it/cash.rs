//! What cash earns, what borrowing costs, and what returns are held against.

use std::sync::Arc;

use backtest::batch::Batch;
use backtest::conventions::Shares;
use backtest::date::Date;
use backtest::market::{Mark, Market, Observations, PriceSeries, Session};
use backtest::outcome::Outcome;
use backtest::strategy::{Alpha, Cash, Rate, RateSource, RiskFreeRate, Schedule, Sizing, Strategy};
use backtest::{alpha, sizing};
use proptest::prelude::*;
use proptest::strategy::Strategy as Strategy_;

use crate::invariants::{case, variants};
use crate::markets::{over, random_walks, table};

fn at(rate: Rate) -> Option<Cash> {
    Some(Cash {
        rate,
        margin_spread: 0.0,
        short_fee: 0.0,
    })
}

fn weight(symbol: &str, weight: f64) -> Alpha {
    let weights = vec![(symbol.to_owned(), weight)];
    Alpha::FixedWeights(alpha::FixedWeights { weights })
}

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

fn observed(name: &str, observations: &[(&str, f64)]) -> Observations {
    Observations {
        name: name.to_owned(),
        dates: observations
            .iter()
            .map(|(day, _)| day.parse().unwrap())
            .collect(),
        values: observations.iter().map(|(_, value)| *value).collect(),
    }
}

/// Calendar days from each session to the next.
fn nights(dates: &[Date]) -> Vec<f64> {
    let days = |pair: &[Date]| f64::from(pair[1].epoch_days() - pair[0].epoch_days());
    dates.windows(2).map(days).collect()
}

#[track_caller]
fn assert_close(expected: f64, found: f64) {
    let error = (expected - found).abs();
    assert!(error <= 1e-12 * expected.abs(), "{expected}, not {found}");
}

#[test]
fn a_constant_rate_compounds_over_the_calendar_days_of_each_night() {
    let series = random_walks(1, 2, 500);
    let strategy = Strategy {
        alpha: weight("A00", 0.0),
        cash: at(Rate::Number(0.03)),
        ..over(&series)
    };
    let (market, outcome) = run(&strategy, &series, &[]).unwrap();
    let mut expected = 1000.0;
    assert_eq!(outcome.equity[0], 1000.0);
    for (night, equity) in nights(outcome.dates(&market))
        .iter()
        .zip(&outcome.equity[1..])
    {
        expected *= 1.0 + 0.03 * night / 365.0;
        assert_close(expected, *equity);
    }
    assert_close(expected - 1000.0, outcome.interest().interest);
    // Cash has no excess return, so no Sharpe ratio, whatever its own volatility.
    let record = strategy.bind(&market).unwrap().record().unwrap();
    let summary = record.summary.unwrap();
    assert_eq!((summary.sharpe, summary.sortino), (None, None));
    assert!(outcome.excess_returns().iter().all(|excess| *excess == 0.0));
}

#[test]
fn cash_in_a_fund_is_worth_what_the_fund_is_at_every_close() {
    let series = random_walks(2, 2, 300);
    let mut strategy = Strategy {
        alpha: weight("A00", 0.0),
        cash: at(Rate::symbol("A01")),
        ..over(&series)
    };
    strategy.universe.assets.truncate(1);
    assert!(strategy.symbols().contains(&"A01".to_owned()));
    let (market, outcome) = run(&strategy, &series, &[]).unwrap();
    let fund = market.asset("A01").unwrap();
    let closes = market.close_history(fund);
    for (equity, close) in outcome.equity.iter().zip(closes) {
        assert_close(1000.0 * close / closes[0], *equity);
    }
    assert!(outcome.excess_returns().iter().all(|excess| *excess == 0.0));
}

/// A Thursday, a Friday, and a Monday after a holiday on Tuesday.
const FLAT: &str = "
                ABC
    2024-01-04  10
    2024-01-05  10
    2024-01-08  10
    2024-01-10  10
";

#[test]
fn borrowed_cash_costs_the_rate_and_the_spread() {
    let series = table(FLAT);
    let strategy = Strategy {
        schedule: Schedule::BuyAndHold,
        alpha: weight("ABC", 1.0),
        sizing: Sizing::LongShort(sizing::LongShort {
            gross_leverage: 1.5,
        }),
        cash: Some(Cash {
            rate: Rate::Number(0.05),
            margin_spread: 0.015,
            short_fee: 0.01,
        }),
        ..over(&series)
    };
    let (_, outcome) = run(&strategy, &series, &[]).unwrap();
    let mut debt = 500.0;
    let mut expected = vec![-debt];
    for night in [1.0, 3.0, 2.0] {
        debt *= 1.0 + 0.065 * night / 365.0;
        expected.push(-debt);
    }
    for (expected, found) in expected.iter().zip(&outcome.cash_curve) {
        assert_close(*expected, *found);
    }
    let accrued = outcome.interest();
    assert_close(debt - 500.0, accrued.margin_interest);
    assert_eq!((accrued.interest, accrued.short_fee), (0.0, 0.0));
}

#[test]
fn borrowed_shares_cost_a_fee_on_their_value_at_the_close_before() {
    let series = table(
        "
                    ABC
        2024-01-04  10
        2024-01-05  10/11
        2024-01-08  10/12
        2024-01-10  10
    ",
    );
    let strategy = Strategy {
        schedule: Schedule::BuyAndHold,
        alpha: weight("ABC", -1.0),
        sizing: Sizing::LongShort(sizing::LongShort {
            gross_leverage: 1.0,
        }),
        cash: Some(Cash {
            rate: Rate::Number(0.04),
            margin_spread: 0.0,
            short_fee: 0.02,
        }),
        ..over(&series)
    };
    let (_, outcome) = run(&strategy, &series, &[]).unwrap();
    // 100 shares sold at 10.
    let mut cash = 2000.0;
    let mut fees = 0.0;
    let mut expected = vec![cash];
    for (night, value) in [(1.0, 1000.0), (3.0, 1100.0), (2.0, 1200.0)] {
        let fee = value * 0.02 * night / 365.0;
        cash = cash * (1.0 + 0.04 * night / 365.0) - fee;
        fees += fee;
        expected.push(cash);
    }
    for (expected, found) in expected.iter().zip(&outcome.cash_curve) {
        assert_close(*expected, *found);
    }
    assert_close(fees, outcome.interest().short_fee);
}

#[test]
fn a_night_has_the_rate_that_was_known_at_the_close_before() {
    let series = table(FLAT);
    let strategy = Strategy {
        alpha: weight("ABC", 0.0),
        cash: at(Rate::series("TB")),
        ..over(&series)
    };
    // An observation of a day without a session counts from then on, one of the night's end does not.
    let rates = [observed(
        "TB",
        &[
            ("2023-12-29", 9.0),
            ("2024-01-04", 2.0),
            ("2024-01-06", 4.0),
            ("2024-01-10", 90.0),
        ],
    )];
    let (_, outcome) = run(&strategy, &series, &rates).unwrap();
    let mut cash = 1000.0;
    for (at, (night, rate)) in [(1.0, 0.02), (3.0, 0.02), (2.0, 0.04)].iter().enumerate() {
        cash *= 1.0 + rate * night / 365.0;
        assert_close(cash, outcome.equity[at + 1]);
    }
}

#[test]
fn interest_comes_before_the_orders_of_the_morning() {
    let series = table(FLAT);
    let strategy = Strategy {
        schedule: Schedule::Daily,
        initial_cash: 999.9,
        alpha: weight("ABC", 1.0),
        cash: at(Rate::Number(0.05)),
        ..over(&series)
    };
    let (_, outcome) = run(&strategy, &series, &[]).unwrap();
    // Sized on 999.90, and paid from what the night has made of it.
    assert_eq!(outcome.fills[0].quantity, 99.0);
    assert_close(999.9 * (1.0 + 0.05 / 365.0) - 990.0, outcome.fills[0].cash);
    // The interest of the night after Friday pays for one more.
    assert_eq!(outcome.fills.len(), 2);
    assert_eq!(outcome.fills[1].quantity, 1.0);
}

#[test]
fn interest_may_ruin_an_account() {
    let series = table(FLAT);
    let strategy = Strategy {
        schedule: Schedule::BuyAndHold,
        alpha: weight("ABC", 1.0),
        sizing: Sizing::LongShort(sizing::LongShort {
            gross_leverage: 400.0,
        }),
        cash: Some(Cash {
            rate: Rate::Number(0.1),
            margin_spread: 0.2,
            short_fee: 0.0,
        }),
        ..over(&series)
    };
    let (market, outcome) = run(&strategy, &series, &[]).unwrap();
    let debt = 399_000.0 * (1.0 + 0.3 / 365.0) * (1.0 + 0.3 * 3.0 / 365.0);
    let ruin = outcome.ruin.unwrap();
    assert_eq!(market.date(ruin.session).to_string(), "2024-01-08");
    assert!((ruin.shortfall - (debt - 400_000.0)).abs() < 1e-6);
    assert_eq!(outcome.equity[2..], [0.0, 0.0]);
    assert_eq!(outcome.cash_curve[2..], [0.0, 0.0]);
    // Nothing accrues after it.
    assert!((outcome.interest().margin_interest - (debt - 399_000.0)).abs() < 1e-6);
    let record = strategy.bind(&market).unwrap().record().unwrap();
    assert_eq!(record.ruined, Some(market.date(ruin.session)));
}

#[test]
fn the_risk_free_rate_may_be_another_than_that_of_cash() {
    let series = random_walks(6, 1, 200);
    let base = Strategy {
        schedule: Schedule::BuyAndHold,
        ..over(&series)
    };
    let returns_over = |strategy: &Strategy, rates: &[Observations]| {
        run(strategy, &series, rates).unwrap().1.excess_returns()
    };
    let plain = returns_over(&base, &[]);
    let number = Strategy {
        risk_free: Some(RiskFreeRate::Number(0.0365)),
        ..base.clone()
    };
    let (market, _) = run(&base, &series, &[]).unwrap();
    let days = nights(market.sessions());
    let over = returns_over(&number, &[]);
    assert_eq!(over[0], plain[0]);
    for ((plain, over), days) in plain[1..].iter().zip(&over[1..]).zip(&days) {
        assert!((plain - over - days / 10_000.0).abs() < 1e-15);
    }
    let of_series = Strategy {
        risk_free: Some(RiskFreeRate::series("TB")),
        ..base.clone()
    };
    let rates = [observed("TB", &[("2015-01-01", 3.65)])];
    let found = returns_over(&of_series, &rates);
    assert!(found.iter().zip(&over).all(|(a, b)| (a - b).abs() < 1e-15));
}

#[test]
fn what_a_rate_cannot_be_is_an_error() {
    let series = table(FLAT);
    let base = Strategy {
        alpha: weight("ABC", 0.0),
        ..over(&series)
    };
    let message = |cash: Option<Cash>, rates: &[Observations]| {
        let strategy = Strategy {
            cash,
            ..base.clone()
        };
        run(&strategy, &series, rates).unwrap_err()
    };
    let tb = observed("TB", &[("2024-01-05", 2.0)]);
    assert_eq!(
        message(at(Rate::series("TBX")), std::slice::from_ref(&tb)),
        "the series `TBX` is not in the market data"
    );
    assert_eq!(
        message(at(Rate::series("TB")), &[tb]),
        "the series `TB` is needed on 2024-01-04 and has no observation before 2024-01-05"
    );
    let index = observed("CPI", &[("2024-01-01", 308.4)]);
    assert_eq!(
        message(at(Rate::series("CPI")), &[index]),
        "the series `CPI` is 308.4 on 2024-01-01, which is not a rate in per cent a year"
    );
    assert_eq!(
        message(at(Rate::symbol("BIL")), &[]),
        "`BIL` is not in the market data"
    );
    let both = Rate::Of(RateSource {
        series: Some("TB".to_owned()),
        symbol: Some("ABC".to_owned()),
    });
    assert_eq!(
        message(at(both), &[]),
        "`cash.rate` names a series and an asset"
    );
    assert_eq!(
        message(at(Rate::Number(3.0)), &[]),
        "`cash.rate` is 3; it must be -0.5 or more and less than 1"
    );
    let cheap = Cash {
        margin_spread: -0.01,
        ..at(Rate::Number(0.03)).unwrap()
    };
    assert_eq!(
        message(Some(cheap), &[]),
        "`cash.margin_spread` is -0.01; it must be 0 or more and less than 1"
    );
    let strategy = Strategy {
        risk_free: Some(RiskFreeRate::Cash),
        ..base.clone()
    };
    assert_eq!(
        run(&strategy, &series, &[]).unwrap_err(),
        "`statistics.risk_free` is \"cash\", and there is no table `[cash]`"
    );
}

#[test]
fn the_benchmark_earns_the_same_rate() {
    let series = table(FLAT);
    let strategy = Strategy {
        cash: at(Rate::Number(0.03)),
        benchmark: Some(backtest::strategy::Benchmark {
            weights: vec![("ABC".to_owned(), 0.5)],
            schedule: Schedule::BuyAndHold,
            cash_buffer: 0.0,
        }),
        ..over(&series)
    };
    let benchmark = strategy.benchmark_strategy().unwrap();
    let (_, outcome) = run(&benchmark, &series, &[]).unwrap();
    let mut cash = 500.0;
    for (at, night) in [1.0, 3.0, 2.0].iter().enumerate() {
        cash *= 1.0 + 0.03 * night / 365.0;
        assert_close(500.0 + cash, outcome.equity[at + 1]);
    }
}

fn cash() -> impl Strategy_<Value = (Cash, Option<RiskFreeRate>)> {
    let rate = prop_oneof![
        (-0.01..0.2).prop_map(Rate::Number),
        Just(Rate::series("TB")),
        Just(Rate::symbol("A03")),
    ];
    let free = prop_oneof![
        Just(None),
        Just(Some(RiskFreeRate::Cash)),
        Just(Some(RiskFreeRate::Number(0.02))),
        Just(Some(RiskFreeRate::series("TB"))),
    ];
    (rate, 0.0..0.2, prop_oneof![Just(0.0), 0.0..0.5], free).prop_map(
        |(rate, margin_spread, short_fee, free)| {
            let cash = Cash {
                rate,
                margin_spread,
                short_fee,
            };
            (cash, free)
        },
    )
}

fn rates() -> Vec<Observations> {
    let days = (0..40).map(|week| Date::new(2014, 12, 29).unwrap().plus_days(7 * week));
    vec![Observations {
        name: "TB".to_owned(),
        dates: days.collect(),
        values: (0..40).map(|week| f64::from(week % 9) - 0.5).collect(),
    }]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cash_and_holdings_are_the_equity_and_all_of_it_has_a_source(
        (series, base) in case(),
        (cash, risk_free) in cash(),
        leverage in 0.5f64..4.0,
    ) {
        let sizing = match base.sizing {
            Sizing::LongShort(_) => Sizing::LongShort(sizing::LongShort { gross_leverage: leverage }),
            other => other,
        };
        let mut strategy = Strategy { cash: Some(cash), risk_free, sizing, ..base };
        strategy.conventions.ruin = backtest::conventions::Ruin::TradedOn;
        let (market, outcome) = run(&strategy, &series, &rates()).unwrap();
        let mut positions = outcome.positions();
        for (index, equity) in outcome.equity.iter().enumerate() {
            let session = Session(outcome.sessions().start().0 + index as u32);
            positions.advance_through(Mark::close(session));
            let closes = market.closes(session);
            let held: f64 = positions.open().map(|(asset, held)| held.quantity * closes[asset.index()]).sum();
            prop_assert!((held + outcome.cash_curve[index] - equity).abs() <= 1e-9 * equity.abs().max(1e5));
        }
        let accrued = outcome.interest();
        let spent: f64 = outcome.fills.iter().map(|fill| fill.price * fill.quantity + fill.commission).sum();
        let paid: f64 = outcome.entitlements.iter().map(|one| one.in_lieu + one.paid).sum();
        let expected = strategy.initial_cash - spent + paid + accrued.interest
            - accrued.margin_interest - accrued.short_fee;
        prop_assert!((expected - outcome.cash).abs() <= 1e-7 * strategy.initial_cash);
    }

    #[test]
    fn a_batch_gives_what_each_strategy_gives_by_itself(
        (series, base) in case(),
        parameters in prop::collection::vec((2u32..6, 1u32..4, 6u32..9), 9..40),
        different in prop::collection::vec(cash(), 1..4),
        leverage in 0.5f64..30.0,
    ) {
        let mut base = base;
        base.conventions.shares = Shares::Fractional;
        let market = Arc::new(base.market(&series).unwrap().with_series(rates()));
        let mut strategies = variants(&base, &parameters);
        for (index, strategy) in strategies.iter_mut().enumerate() {
            let (cash, risk_free) = different[index * different.len() / parameters.len()].clone();
            strategy.cash = Some(cash);
            strategy.risk_free = risk_free;
            if let Sizing::LongShort(own) = &mut strategy.sizing {
                own.gross_leverage = leverage;
            }
        }
        let mut batch = Batch::new(Arc::clone(&market));
        for _ in 0..2 {
            for (strategy, together) in strategies.iter().zip(batch.run(&strategies)) {
                let bound = strategy.bind(&market).unwrap();
                let alone = bound.record();
                prop_assert_eq!(
                    together.map_err(|error| error.to_string()),
                    alone.map_err(|error| error.to_string())
                );
                // What is kept of a run has the same bits as what only counts.
                if let Ok(outcome) = bound.run() {
                    let record = bound.record().unwrap();
                    prop_assert_eq!(record.final_equity, *outcome.equity.last().unwrap());
                }
            }
        }
    }
}
