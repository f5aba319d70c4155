//! What holds when a key is left out, and the ways to write a value.

use backtest::conventions::{Conventions, DrawdownFrom, FractionalBuys, RiskModelUse};
use backtest::date::Weekday;
use backtest::strategy::*;
use backtest::{alpha, costs, schedule, sizing};
use expect_test::{Expect, expect};
use strategy_file::{Override, StrategyFile, parse};

#[track_caller]
fn read(overrides: &[&str]) -> StrategyFile {
    let overrides: Vec<Override> = (overrides.iter())
        .map(|text| Override::parse(text).unwrap())
        .collect();
    parse(crate::MINIMAL, &overrides, "minimal").unwrap()
}

#[test]
fn a_minimal_file_has_these_defaults() {
    let StrategyFile { data, strategy } = read(&[]);
    assert_eq!((data.dir, data.adjusted), (None, true));
    assert_eq!(strategy.name, "minimal");
    assert_eq!(strategy.conventions, Conventions::STANDARD);
    assert_eq!(strategy.burn_in, None);
    assert_eq!(strategy.initial_cash, 1_000_000.0);
    assert_eq!(strategy.sessions_per_year, SessionsPerYear::Auto);
    assert_eq!(strategy.risk, None);
    assert_eq!(strategy.optimiser, Optimiser::FixedWeight);
    assert_eq!(
        strategy.sizing,
        Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.0 })
    );
    assert_eq!(strategy.trade, Trade::Always);
    assert_eq!(strategy.costs, Costs::NONE);
    assert_eq!(strategy.benchmark, None);
}

#[test]
fn long_short_has_a_leverage_of_one() {
    let sizing = read(&["portfolio.sizing=long-short"]).strategy.sizing;
    assert_eq!(
        sizing,
        Sizing::LongShort(sizing::LongShort {
            gross_leverage: 1.0
        })
    );
}

#[test]
fn a_benchmark_has_a_cash_buffer_of_its_own() {
    let benchmark = |overrides: &[&str]| read(overrides).strategy.benchmark.unwrap().cash_buffer;
    let (assets, buffer) = ("benchmark.assets.SPY=1", "portfolio.cash_buffer=0.05");
    assert_eq!(benchmark(&[assets, buffer]), 0.0);
    assert_eq!(benchmark(&[assets, "portfolio.sizing=long-short"]), 0.0);
    let own = "benchmark.cash_buffer=0.2";
    assert_eq!(benchmark(&[assets, own, buffer]), 0.2);
}

/// A benchmark of QSTrader's is a session with the settings of the strategy's.
#[test]
fn a_benchmark_of_qstrader_conventions_has_the_cash_buffer_of_the_portfolio() {
    let benchmark = |overrides: &[&str]| read(overrides).strategy.benchmark.unwrap().cash_buffer;
    let qstrader = ["benchmark.assets.SPY=1", "conventions=qstrader"];
    let with = |overrides: &[&'static str]| benchmark(&[&qstrader[..], overrides].concat());
    assert_eq!(with(&["portfolio.cash_buffer=0.05"]), 0.05);
    let own = "benchmark.cash_buffer=0.2";
    assert_eq!(with(&["portfolio.cash_buffer=0.05", own]), 0.2);
    let leverage = "portfolio.gross_leverage=1.0";
    assert_eq!(with(&["portfolio.sizing=long-short", leverage]), 0.0);
}

#[test]
fn models_have_these_defaults() {
    let alpha = |text: &str| read(&[text]).strategy.alpha;
    assert_eq!(
        alpha(r#"alpha={model="single-signal"}"#),
        Alpha::SingleSignal(alpha::SingleSignal { signal: 1.0 })
    );
    assert_eq!(
        alpha(r#"alpha={model="sma-crossover", fast=20, slow=50}"#),
        Alpha::SmaCrossover(alpha::SmaCrossover {
            fast: 20,
            slow: 50,
            short: false
        })
    );
    let fees = |text: &str| read(&[text]).strategy.costs.fees;
    assert_eq!(
        fees(r#"costs.fees={model="percent", tax=0.005}"#),
        Fees::Percent(costs::Percent {
            commission: 0.0,
            tax: 0.005
        })
    );
    assert_eq!(
        fees(r#"costs.fees={model="per-share", per_share=0.01}"#),
        Fees::PerShare(costs::PerShare {
            per_share: 0.01,
            minimum: 0.0
        })
    );
}

#[test]
fn switches_change_a_base() {
    let conventions =
        r#"conventions={base="qstrader", risk_model="applied", drawdown="starting-capital"}"#;
    let read = read(&[conventions, "portfolio.cash_buffer=0"]);
    let expected = Conventions {
        risk_model: RiskModelUse::Applied,
        drawdown: DrawdownFrom::StartingCapital,
        ..Conventions::QSTRADER
    };
    assert_eq!(read.strategy.conventions, expected);
}

#[test]
fn every_switch_can_be_set_to_every_value() {
    let both = [Conventions::STANDARD, Conventions::QSTRADER];
    for (switch, value) in both.iter().flat_map(Conventions::named) {
        let table = match switch {
            "fill" | "shares" | "cash" | "entry" => "execution",
            _ => "conventions",
        };
        let read = read(&[&format!("{table}.{switch}={value}")]);
        let named = read.strategy.conventions.named();
        assert!(named.contains(&(switch, value)), "{switch} = {value}");
    }
}

#[test]
fn weekdays_are_read_in_any_case_short_or_whole() {
    for text in ["wed", "WED", "Wed", "wednesday", "Wednesday"] {
        let weekday = format!("rebalance.weekday={text}");
        let schedule = read(&["rebalance.schedule=weekly", &weekday])
            .strategy
            .schedule;
        assert_eq!(
            schedule,
            Schedule::Weekly(schedule::Weekly {
                weekday: Weekday::Wed
            }),
            "{text}"
        );
    }
}

#[test]
fn a_calendar_of_sessions_may_have_weekends() {
    let overrides = ["rebalance.schedule=weekly", "rebalance.weekday=sat"];
    let schedule = read(&overrides).strategy.schedule;
    assert_eq!(
        schedule,
        Schedule::Weekly(schedule::Weekly {
            weekday: Weekday::Sat
        })
    );
}

#[test]
fn weights_keep_the_order_of_the_text() {
    let alpha = read(&[r#"alpha={model="fixed-weights", weights={SPY=0.6, AGG=0.4}}"#])
        .strategy
        .alpha;
    let weights = vec![("SPY".to_owned(), 0.6), ("AGG".to_owned(), 0.4)];
    assert_eq!(alpha, Alpha::FixedWeights(alpha::FixedWeights { weights }));
}

#[test]
fn weights_outside_the_universe_are_traded_under_qstrader_conventions() {
    let overrides = [
        "conventions=qstrader",
        "portfolio.cash_buffer=0.01",
        r#"alpha={model="fixed-weights", weights={GLD=1}}"#,
    ];
    let weights = vec![("GLD".to_owned(), 1.0)];
    assert_eq!(
        read(&overrides).strategy.alpha,
        Alpha::FixedWeights(alpha::FixedWeights { weights })
    );
}

#[track_caller]
fn check_moments(value: &str, expect: Expect) {
    let strategy = |key: &str| read(&[&format!("backtest.{key}={value}")]).strategy;
    let enters = read(&[&format!("universe.enters.SPY={value}")]).strategy;
    expect.assert_eq(&format!(
        "start {}, end {}, enters {}",
        strategy("start").start,
        strategy("end").end,
        enters.universe.enters[0].1,
    ));
}

#[test]
fn a_bare_date_means_the_opening_the_end_or_the_beginning_of_the_day() {
    check_moments(
        "2010-01-04",
        expect![
            "start 2010-01-04 14:30:00+00:00, end 2010-01-04 23:59:59+00:00, enters 2010-01-04 00:00:00+00:00"
        ],
    );
}

#[test]
fn a_time_without_an_offset_is_utc() {
    check_moments(
        "2010-01-04T21:00:00",
        expect![
            "start 2010-01-04 21:00:00+00:00, end 2010-01-04 21:00:00+00:00, enters 2010-01-04 21:00:00+00:00"
        ],
    );
}

#[test]
fn a_time_with_an_offset_is_converted_to_utc() {
    check_moments(
        "2010-01-04T20:00:00-05:00",
        expect![
            "start 2010-01-05 01:00:00+00:00, end 2010-01-05 01:00:00+00:00, enters 2010-01-05 01:00:00+00:00"
        ],
    );
}

/// QSTrader itself trades whole shares; whoever asks for fractions under its conventions does not
/// ask for small purchases to get lost.
#[test]
fn fractions_of_shares_are_kept_unless_the_file_says_otherwise() {
    let small_buys = |overrides: &[&str]| {
        let qstrader = ["portfolio.cash_buffer=0.01", "execution.shares=fractional"];
        let conventions = read(&[&qstrader[..], overrides].concat())
            .strategy
            .conventions;
        conventions.fractional_buys
    };
    assert_eq!(small_buys(&["conventions=qstrader"]), FractionalBuys::Kept);
    let named = r#"conventions={ base = "qstrader", fractional_buys = "cash-only" }"#;
    assert_eq!(small_buys(&[named]), FractionalBuys::CashOnly);
}
