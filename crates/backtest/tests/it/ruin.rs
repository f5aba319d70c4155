//! Accounts that lose everything, and orders that cost more than there is.

use backtest::FillCause;
use backtest::conventions::{CashRule, Conventions, FeeReserve, Ruin};
use backtest::strategy::{Alpha, Costs, Fees, Schedule, Sizing, Strategy};
use backtest::{alpha, costs, sizing};
use expect_test::expect;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

use crate::invariants::case;
use crate::markets::{check, over, run, table};

fn short(leverage: f64) -> impl FnOnce(&mut Strategy) {
    move |s| {
        let weights = vec![("ABC".to_owned(), -1.0)];
        s.alpha = Alpha::FixedWeights(alpha::FixedWeights { weights });
        s.sizing = Sizing::LongShort(sizing::LongShort {
            gross_leverage: leverage,
        });
    }
}

fn fees(per_share: f64, minimum: f64) -> Costs {
    Costs {
        fees: Fees::PerShare(costs::PerShare { per_share, minimum }),
        ..Costs::NONE
    }
}

/// Doubles overnight, and falls back.
const SQUEEZE: &str = "
                ABC
    2024-01-02  10/10
    2024-01-03  10/10
    2024-01-04  22/22
    2024-01-05  5/5
    2024-01-08  5/5
";

#[test]
fn an_account_that_has_lost_everything_is_closed_out() {
    check(
        SQUEEZE,
        short(1.0),
        expect![[r#"
            2024-01-02 equity 1000
            2024-01-03 14:30:00+00:00 ABC -100 at 10
            2024-01-03 equity 1000
            2024-01-04 21:00:00+00:00 ABC +100 at 22
            2024-01-04 equity 0
            2024-01-05 equity 0
            2024-01-08 equity 0
        "#]],
    );
    let series = table(SQUEEZE);
    let mut strategy = over(&series);
    strategy.schedule = Schedule::Daily;
    short(1.0)(&mut strategy);
    let (market, outcome) = run(&strategy, &series).unwrap();
    let ruin = outcome.ruin.unwrap();
    assert_eq!(market.date(ruin.session).to_string(), "2024-01-04");
    assert_eq!(ruin.shortfall, 200.0);
    assert_eq!((outcome.cash, outcome.holdings.len()), (0.0, 0));
    let bound = strategy.bind(&market).unwrap();
    let record = bound.record().unwrap();
    assert_eq!(record.ruined, Some(market.date(ruin.session)));
    assert_eq!((record.final_equity, record.summary), (0.0, None));
}

#[test]
fn an_account_may_trade_on_with_what_it_does_not_have() {
    let traded_on = |s: &mut Strategy| {
        short(1.0)(s);
        s.conventions.ruin = Ruin::TradedOn;
    };
    check(
        SQUEEZE,
        traded_on,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 ABC -100 at 10
        2024-01-03 equity 1000
        2024-01-04 equity -200
        2024-01-05 14:30:00+00:00 ABC +109 at 5
        2024-01-05 equity 1500
        2024-01-08 14:30:00+00:00 ABC -309 at 5
        2024-01-08 equity 1500
    "#]],
    );
}

#[test]
fn a_sell_that_costs_more_than_there_is_is_not_sent() {
    let prices = "
                    ABC    XYZ
        2024-01-02  10/10  10/10
        2024-01-03  10/10  10/10
        2024-01-04  10/1   10/10
        2024-01-05  1/1    10/10
    ";
    let change = |s: &mut Strategy| {
        s.costs = fees(2.0, 0.0);
        s.conventions.cash = CashRule::ScaleDown;
        let rows = |abc: f64, xyz: f64| vec![("ABC".to_owned(), abc), ("XYZ".to_owned(), xyz)];
        let from = |day: &str, weights| alpha::WeightsFrom {
            from: day.parse::<backtest::date::Date>().unwrap().at_second(0),
            weights,
        };
        s.alpha = Alpha::ScheduledWeights(alpha::ScheduledWeights {
            table: vec![
                from("2024-01-01", rows(1.0, 0.0)),
                from("2024-01-04", rows(0.0, 1.0)),
            ],
        });
    };
    check(
        prices,
        change,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 ABC +100 cut to 83
        2024-01-03 14:30:00+00:00 ABC +83 at 10, fee 166
        2024-01-03 equity 834
        2024-01-04 equity 87
        2024-01-05 14:30:00+00:00 ABC -83 cut to 0
        2024-01-05 14:30:00+00:00 XYZ +8 cut to 0
        2024-01-05 equity 87
        never filled: ABC -83
        never filled: XYZ +8
    "#]],
    );
}

#[test]
fn fees_that_exceed_the_value_of_a_target_make_no_long_target_short() {
    let change = |s: &mut Strategy| {
        s.costs = fees(0.0, 2000.0);
        s.conventions.fee_reserve = FeeReserve::TargetValue;
    };
    check(
        SQUEEZE,
        change,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 equity 1000
        2024-01-04 equity 1000
        2024-01-05 equity 1000
        2024-01-08 equity 1000
    "#]],
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever trading costs.
    #[test]
    fn a_long_only_account_has_no_negative_holding_and_no_negative_cash(
        (series, mut strategy) in case(),
        (per_share, minimum) in (0.0f64..80.0, 0.0f64..40_000.0),
        (slippage_bps, percent) in (0.0f64..9_999.0, 0.0f64..1.0),
        (is_percent, reject, reserve) in (any::<bool>(), any::<bool>(), any::<bool>()),
    ) {
        strategy.conventions = Conventions::STANDARD;
        strategy.alpha = Alpha::EqualWeight;
        strategy.sizing = Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.0 });
        strategy.costs = fees(per_share, minimum);
        if is_percent {
            strategy.costs.fees = Fees::Percent(costs::Percent { commission: percent, tax: 0.5 });
        }
        strategy.costs.slippage_bps = slippage_bps;
        if reject {
            strategy.conventions.cash = CashRule::Reject;
        }
        if reserve {
            strategy.conventions.fee_reserve = FeeReserve::TargetValue;
        }
        let (_, outcome) = run(&strategy, &series).unwrap();
        for fill in &outcome.fills {
            prop_assert!(fill.holding >= 0.0, "{fill:?}");
            prop_assert!(fill.cash >= 0.0, "{fill:?}");
        }
        prop_assert_eq!(outcome.ruin, None);
    }

    /// Equity is never below zero, and nothing happens after the ruin.
    #[test]
    fn ruin_is_the_end((series, mut strategy) in case(), leverage in 1.0f64..60.0) {
        strategy.conventions.ruin = Ruin::Final;
        strategy.sizing = Sizing::LongShort(sizing::LongShort { gross_leverage: leverage });
        let (_, outcome) = run(&strategy, &series).unwrap();
        let Some(ruin) = outcome.ruin else {
            prop_assert!(outcome.equity.iter().all(|equity| *equity > 0.0));
            return Ok(());
        };
        let at = (ruin.session.0 - outcome.sessions().start().0) as usize;
        prop_assert!(outcome.equity[..at].iter().all(|equity| *equity > 0.0));
        prop_assert!(outcome.equity[at..].iter().all(|equity| *equity == 0.0));
        prop_assert!(ruin.shortfall >= 0.0);
        prop_assert!(outcome.fills.iter().all(|fill| fill.mark.session <= ruin.session));
        prop_assert!(outcome.holdings.is_empty() && outcome.open_orders.is_empty());
    }
}

#[test]
fn what_an_account_held_at_its_ruin_is_sold_at_that_close() {
    let series = table(SQUEEZE);
    let mut strategy = over(&series);
    strategy.schedule = Schedule::Daily;
    short(1.0)(&mut strategy);
    let (market, outcome) = run(&strategy, &series).unwrap();
    let last = outcome.fills.last().unwrap();
    assert_eq!(last.cause, FillCause::Ruin);
    assert_eq!(market.date(last.mark.session).to_string(), "2024-01-04");
    // 2,000 in cash after the short sale, of which 100 shares at 22 are bought back.
    assert_eq!(
        (last.quantity, last.price, last.cash),
        (100.0, 22.0, -200.0)
    );
    assert_eq!((last.holding, last.commission), (0.0, 0.0));
    let mut positions = outcome.positions();
    positions.advance_through(last.mark);
    assert_eq!(positions.open().count(), 0);
    // The totals of a row are those of the fills.
    let record = strategy.bind(&market).unwrap().record().unwrap();
    assert_eq!(record.trades, outcome.fills.len());
}

#[test]
fn an_equity_that_is_no_number_is_an_error() {
    let prices = "
                    ABC
        2024-01-02  10/10
        2024-01-03  10/10
        2024-01-04  10/1e308
    ";
    let series = table(prices);
    let mut strategy = over(&series);
    strategy.schedule = Schedule::Daily;
    let error = run(&strategy, &series).unwrap_err();
    expect!["the equity on 2024-01-04 21:00:00+00:00 is inf, which is no amount of money"]
        .assert_eq(&error.to_string());
}
