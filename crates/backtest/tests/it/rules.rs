//! The rules of trading, each on a market small enough to follow by hand.

use backtest::conventions::{CashRule, Conventions, Entry, FeeShares, FillTime, Shares, WarmUp};
use backtest::date::{Date, Weekday};
use backtest::market::RealShares;
use backtest::strategy::{
    Alpha, Costs, Fees, Optimiser, RiskModel, Schedule, Sizing, Strategy, Trade,
};
use backtest::{alpha, costs, optimiser, risk, schedule, sizing};
use expect_test::{Expect, expect};

use crate::markets::{check, over, run, table};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn weights(list: &[(&str, f64)]) -> Alpha {
    let weights = list
        .iter()
        .map(|(symbol, weight)| ((*symbol).to_owned(), *weight))
        .collect();
    Alpha::FixedWeights(alpha::FixedWeights { weights })
}

const ONE: &str = "
                ABC
    2024-01-02  10/10
    2024-01-03  11/12
    2024-01-04  12/13
";

#[test]
fn orders_are_decided_at_the_close_and_filled_at_the_next_open() {
    check(
        ONE,
        |_| {},
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 ABC +100 cut to 90
        2024-01-03 14:30:00+00:00 ABC +90 at 11
        2024-01-03 equity 1090
        2024-01-04 equity 1180
    "#]],
    );
}

#[test]
fn orders_can_be_filled_at_the_close_that_decided_them() {
    check(
        ONE,
        |s| s.conventions.fill = FillTime::SameClose,
        expect![[r#"
            2024-01-02 21:00:00+00:00 ABC +100 at 10
            2024-01-02 equity 1000
            2024-01-03 equity 1200
            2024-01-04 equity 1300
        "#]],
    );
}

#[test]
fn a_position_may_be_a_fraction_of_a_share() {
    check(
        ONE,
        |s| s.conventions.shares = Shares::Fractional,
        expect![[r#"
            2024-01-02 equity 1000
            2024-01-03 14:30:00+00:00 ABC +100 cut to 90.90909090909082
            2024-01-03 14:30:00+00:00 ABC +90.90909090909082 at 11
            2024-01-03 equity 1090.9090909090908
            2024-01-04 14:30:00+00:00 ABC +0.00000000000007105427357601002 at 12
            2024-01-04 equity 1181.8181818181815
        "#]],
    );
}

#[test]
fn the_cash_may_go_below_zero_where_the_rule_allows_it() {
    check(
        ONE,
        |s| s.conventions.cash = CashRule::AllowNegative,
        expect![[r#"
            2024-01-02 equity 1000
            2024-01-03 14:30:00+00:00 ABC +100 at 11
            2024-01-03 equity 1100
            2024-01-04 14:30:00+00:00 ABC -9 at 12
            2024-01-04 equity 1191
        "#]],
    );
}

#[test]
fn a_buy_that_the_cash_does_not_cover_may_be_dropped() {
    check(
        ONE,
        |s| s.conventions.cash = CashRule::Reject,
        expect![[r#"
            2024-01-02 equity 1000
            2024-01-03 14:30:00+00:00 ABC +100 cut to 0
            2024-01-03 equity 1000
            2024-01-04 14:30:00+00:00 ABC +83 at 12
            2024-01-04 equity 1083
        "#]],
    );
}

#[test]
fn buy_and_hold_buys_at_the_first_open() {
    check(
        ONE,
        |s| s.schedule = Schedule::BuyAndHold,
        expect![[r#"
        2024-01-02 14:30:00+00:00 ABC +100 at 10
        2024-01-02 equity 1000
        2024-01-03 equity 1200
        2024-01-04 equity 1300
    "#]],
    );
}

#[test]
fn buy_and_hold_that_starts_after_the_open_decides_at_the_close() {
    let late = |s: &mut Strategy| {
        s.schedule = Schedule::BuyAndHold;
        s.start = day("2024-01-02").at_second(15 * 3600);
    };
    check(
        ONE,
        late,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 ABC +100 cut to 90
        2024-01-03 14:30:00+00:00 ABC +90 at 11
        2024-01-03 equity 1090
        2024-01-04 equity 1180
    "#]],
    );
}

#[test]
fn fees_slippage_and_spread_make_a_trade_dearer() {
    let costs = |s: &mut Strategy| {
        s.sizing = Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.5 });
        s.costs = Costs {
            fees: Fees::Percent(costs::Percent {
                commission: 0.01,
                tax: 0.005,
            }),
            slippage_bps: 60.0,
            half_spread_bps: 40.0,
        };
    };
    check(
        ONE,
        costs,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 ABC +50 at 11.11, fee 8.3325
        2024-01-03 equity 1036.1675
        2024-01-04 14:30:00+00:00 ABC -7 at 11.879999999999999, fee 1.2474
        2024-01-04 equity 1077.0801000000001
        never filled: ABC -2
    "#]],
    );
}

#[test]
fn a_fee_per_share_has_a_minimum() {
    let costs = |s: &mut Strategy| {
        s.sizing = Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.5 });
        s.costs.fees = Fees::PerShare(costs::PerShare {
            per_share: 0.1,
            minimum: 2.0,
        });
    };
    check(
        ONE,
        costs,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 ABC +50 at 11, fee 5
        2024-01-03 equity 1045
        2024-01-04 14:30:00+00:00 ABC -7 at 12, fee 2
        2024-01-04 equity 1086
        never filled: ABC -2
    "#]],
    );
}

const TWO: &str = "
                ABC  XYZ
    2024-01-02  10   20
    2024-01-03  10   20
    2024-01-04  20   20
    2024-01-05  20   20
    2024-01-08  20   20
";

#[test]
fn a_fee_per_share_is_charged_on_the_shares_that_change_hands() {
    // A share as traded costs 200 times as much as one of these: of 90 there are 0.45, then 0.9.
    let mut series = table(ONE);
    series[0].real_shares = RealShares::ByDay(vec![0.005, f64::NAN, 0.01]);
    let strategy = |fee_shares| {
        let mut strategy = over(&series);
        strategy.schedule = Schedule::BuyAndHold;
        strategy.start = day("2024-01-03").open();
        strategy.sizing = Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.01 });
        strategy.costs.fees = Fees::PerShare(costs::PerShare {
            per_share: 0.1,
            minimum: 0.0,
        });
        strategy.conventions.fee_shares = fee_shares;
        strategy
    };
    for (fee_shares, commission) in [
        (FeeShares::AsTraded, 90.0 * 0.005 * 0.1),
        (FeeShares::AsPriced, 90.0 * 0.1),
    ] {
        let (_, outcome) = run(&strategy(fee_shares), &series).unwrap();
        let fill = &outcome.fills[0];
        assert_eq!((fill.quantity, fill.price), (90.0, 11.0));
        assert!((fill.commission - commission).abs() < 1e-12, "{fill:?}");
    }
}

#[test]
fn sells_go_first_and_pay_for_the_buys() {
    check(
        TWO,
        |_| {},
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 ABC +50 at 10
        2024-01-03 14:30:00+00:00 XYZ +25 at 20
        2024-01-03 equity 1000
        2024-01-04 equity 1500
        2024-01-05 14:30:00+00:00 ABC -13 at 20
        2024-01-05 14:30:00+00:00 XYZ +12 at 20
        2024-01-05 equity 1500
        2024-01-08 equity 1500
    "#]],
    );
}

#[test]
fn weights_below_one_leave_the_rest_in_cash() {
    check(
        TWO,
        |s| s.alpha = weights(&[("ABC", 0.3), ("XYZ", 0.2)]),
        expect![[r#"
            2024-01-02 equity 1000
            2024-01-03 14:30:00+00:00 ABC +30 at 10
            2024-01-03 14:30:00+00:00 XYZ +10 at 20
            2024-01-03 equity 1000
            2024-01-04 equity 1300
            2024-01-05 14:30:00+00:00 ABC -11 at 20
            2024-01-05 14:30:00+00:00 XYZ +3 at 20
            2024-01-05 equity 1300
            2024-01-08 equity 1300
        "#]],
    );
}

#[test]
fn weights_above_one_are_scaled_down_to_one() {
    check(
        TWO,
        |s| s.alpha = weights(&[("ABC", 3.0), ("XYZ", 1.0)]),
        expect![[r#"
            2024-01-02 equity 1000
            2024-01-03 14:30:00+00:00 ABC +75 at 10
            2024-01-03 14:30:00+00:00 XYZ +12 at 20
            2024-01-03 equity 1000
            2024-01-04 equity 1750
            2024-01-05 14:30:00+00:00 ABC -10 at 20
            2024-01-05 14:30:00+00:00 XYZ +9 at 20
            2024-01-05 equity 1750
            2024-01-08 equity 1750
        "#]],
    );
}

#[test]
fn qstrader_scales_weights_up_to_one() {
    let change = |s: &mut Strategy| {
        s.conventions = Conventions::QSTRADER;
        s.alpha = weights(&[("ABC", 0.3), ("XYZ", 0.1)]);
    };
    check(
        TWO,
        change,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 ABC +74 at 10
        2024-01-03 14:30:00+00:00 XYZ +12 at 20
        2024-01-03 equity 1000
        2024-01-04 equity 1740
        2024-01-05 14:30:00+00:00 ABC -9 at 20
        2024-01-05 14:30:00+00:00 XYZ +9 at 20
        2024-01-05 equity 1740
        2024-01-08 equity 1740
    "#]],
    );
}

#[test]
fn long_short_weights_fill_the_gross_leverage() {
    let change = |s: &mut Strategy| {
        s.alpha = weights(&[("ABC", 1.0), ("XYZ", -1.0)]);
        s.sizing = Sizing::LongShort(sizing::LongShort {
            gross_leverage: 2.0,
        });
    };
    check(
        TWO,
        change,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 XYZ -50 at 20
        2024-01-03 14:30:00+00:00 ABC +100 at 10
        2024-01-03 equity 1000
        2024-01-04 equity 2000
        2024-01-05 14:30:00+00:00 XYZ -50 at 20
        2024-01-05 equity 2000
        2024-01-08 equity 2000
    "#]],
    );
}

#[test]
fn a_risk_model_acts_between_alpha_and_optimiser() {
    let cap = |s: &mut Strategy| s.risk = Some(RiskModel::Cap(risk::Cap { max_weight: 0.25 }));
    check(
        TWO,
        cap,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 ABC +25 at 10
        2024-01-03 14:30:00+00:00 XYZ +12 at 20
        2024-01-03 equity 1000
        2024-01-04 equity 1250
        2024-01-05 14:30:00+00:00 ABC -10 at 20
        2024-01-05 14:30:00+00:00 XYZ +3 at 20
        2024-01-05 equity 1250
        2024-01-08 equity 1250
    "#]],
    );
    let floor = |s: &mut Strategy| {
        s.alpha = weights(&[("ABC", 0.7), ("XYZ", 0.3)]);
        s.risk = Some(RiskModel::Floor(risk::Floor { min_weight: 0.5 }));
        s.optimiser = Optimiser::EqualWeight(optimiser::EqualWeight { scale: 0.8 });
    };
    check(
        TWO,
        floor,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 ABC +40 at 10
        2024-01-03 14:30:00+00:00 XYZ +20 at 20
        2024-01-03 equity 1000
        2024-01-04 equity 1400
        2024-01-05 14:30:00+00:00 ABC -12 at 20
        2024-01-05 14:30:00+00:00 XYZ +8 at 20
        2024-01-05 equity 1400
        2024-01-08 equity 1400
    "#]],
    );
}

#[test]
fn orders_go_out_only_when_the_targets_change() {
    check(
        TWO,
        |s| s.trade = Trade::OnChange,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 ABC +50 at 10
        2024-01-03 14:30:00+00:00 XYZ +25 at 20
        2024-01-03 equity 1000
        2024-01-04 equity 1500
        2024-01-05 equity 1500
        2024-01-08 equity 1500
    "#]],
    );
}

#[test]
fn an_asset_waits_for_its_date_and_its_first_price() {
    let prices = "
                    OLD  NEW
        2024-01-02  10   -
        2024-01-03  10   -
        2024-01-04  10   10
        2024-01-05  10   10
        2024-01-08  10   10
        2024-01-09  10   10
    ";
    let enters = |s: &mut Strategy| {
        s.universe.enters = vec![("NEW".to_owned(), day("2024-01-03").at_second(0))];
        s.universe.leaves = vec![("NEW".to_owned(), day("2024-01-08").at_second(0))];
    };
    check(
        prices,
        enters,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 OLD +100 at 10
        2024-01-03 equity 1000
        2024-01-04 equity 1000
        2024-01-05 14:30:00+00:00 OLD -50 at 10
        2024-01-05 14:30:00+00:00 NEW +50 at 10
        2024-01-05 equity 1000
        2024-01-08 equity 1000
        2024-01-09 14:30:00+00:00 NEW -50 at 10
        2024-01-09 14:30:00+00:00 OLD +50 at 10
        2024-01-09 equity 1000
    "#]],
    );
    check(
        prices,
        |_| {},
        expect![[r#"
        error: `NEW` is needed on 2024-01-02 and has no price before 2024-01-04
    "#]],
    );
}

#[test]
fn schedules_decide_on_the_sessions_that_the_data_show() {
    // Wednesday the 3rd and the month's last weekday, the 31st, are holidays here.
    let prices: String = (1..=31)
        .chain(32..=40)
        .map(|d| day("2024-01-01").plus_days(d - 1))
        .filter(|d| d.is_weekday() && ![day("2024-01-03"), day("2024-01-31")].contains(d))
        .map(|d| format!("{d} 10\n"))
        .collect();
    let series = table(&format!("ABC\n{prices}"));
    let check = |schedule: Schedule, expect: Expect| {
        let strategy = Strategy {
            schedule,
            ..over(&series)
        };
        let market = strategy.market(&series).unwrap();
        let backtest = strategy.bind(&market).unwrap();
        let days: Vec<String> = backtest
            .decisions()
            .iter()
            .map(|mark| market.date(mark.session).to_string())
            .collect();
        expect.assert_eq(&days.join(" "));
    };
    check(
        Schedule::Weekly(schedule::Weekly {
            weekday: Weekday::Wed,
        }),
        expect!["2024-01-02 2024-01-10 2024-01-17 2024-01-24 2024-01-30 2024-02-07"],
    );
    check(
        Schedule::Weekly(schedule::Weekly {
            weekday: Weekday::Fri,
        }),
        expect!["2024-01-05 2024-01-12 2024-01-19 2024-01-26 2024-02-02 2024-02-09"],
    );
    check(Schedule::EndOfMonth, expect!["2024-01-30"]);
    check(Schedule::EndOfQuarter, expect![[r#""#]]);
}

const CROSSING: &str = "
                ABC
    2024-01-01  10
    2024-01-02  11
    2024-01-03  12
    2024-01-04  10
    2024-01-05  9
    2024-01-08  12
    2024-01-09  13
    2024-01-10  9
    2024-01-11  8
";

fn crossover(entry: Entry, short: bool) -> impl FnOnce(&mut Strategy) {
    move |strategy| {
        strategy.alpha = Alpha::SmaCrossover(alpha::SmaCrossover {
            fast: 1,
            slow: 2,
            short,
        });
        strategy.conventions.entry = entry;
        strategy.trade = Trade::OnChange;
        if short {
            strategy.sizing = Sizing::LongShort(sizing::LongShort {
                gross_leverage: 1.0,
            });
        }
    }
}

#[test]
fn a_crossover_buys_what_is_above_already_when_state_counts() {
    check(
        CROSSING,
        crossover(Entry::State, false),
        expect![[r#"
            2024-01-01 equity 1000
            2024-01-02 equity 1000
            2024-01-03 14:30:00+00:00 ABC +90 cut to 83
            2024-01-03 14:30:00+00:00 ABC +83 at 12
            2024-01-03 equity 1000
            2024-01-04 equity 834
            2024-01-05 14:30:00+00:00 ABC -83 at 9
            2024-01-05 equity 751
            2024-01-08 equity 751
            2024-01-09 14:30:00+00:00 ABC +62 cut to 57
            2024-01-09 14:30:00+00:00 ABC +57 at 13
            2024-01-09 equity 751
            2024-01-10 equity 523
            2024-01-11 14:30:00+00:00 ABC -57 at 8
            2024-01-11 equity 466
        "#]],
    );
}

#[test]
fn a_crossover_waits_for_a_true_cross_when_crossing_counts() {
    check(
        CROSSING,
        crossover(Entry::Cross, false),
        expect![[r#"
            2024-01-01 equity 1000
            2024-01-02 equity 1000
            2024-01-03 equity 1000
            2024-01-04 equity 1000
            2024-01-05 equity 1000
            2024-01-08 equity 1000
            2024-01-09 14:30:00+00:00 ABC +83 cut to 76
            2024-01-09 14:30:00+00:00 ABC +76 at 13
            2024-01-09 equity 1000
            2024-01-10 equity 696
            2024-01-11 14:30:00+00:00 ABC -76 at 8
            2024-01-11 equity 620
        "#]],
    );
    check(
        CROSSING,
        crossover(Entry::Cross, true),
        expect![[r#"
            2024-01-01 equity 1000
            2024-01-02 equity 1000
            2024-01-03 equity 1000
            2024-01-04 equity 1000
            2024-01-05 14:30:00+00:00 ABC -100 at 9
            2024-01-05 equity 1000
            2024-01-08 equity 700
            2024-01-09 14:30:00+00:00 ABC +158 at 13
            2024-01-09 equity 600
            2024-01-10 equity 368
            2024-01-11 14:30:00+00:00 ABC -98 at 8
            2024-01-11 equity 310
        "#]],
    );
}

#[test]
fn long_short_momentum_holds_the_best_against_the_worst() {
    let prices = "
                    UP  FLAT  DOWN
        2024-01-02  10  10    10
        2024-01-03  20  10    5
        2024-01-04  20  10    5
    ";
    let change = |s: &mut Strategy| {
        s.conventions.warm_up = WarmUp::Closes;
        s.alpha = Alpha::LongShortMomentum(alpha::LongShortMomentum {
            lookback: 1,
            top_n: 1,
            bottom_n: 1,
        });
        s.sizing = Sizing::LongShort(sizing::LongShort {
            gross_leverage: 2.0,
        });
    };
    check(
        prices,
        change,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 DOWN -100 at 5
        2024-01-03 14:30:00+00:00 UP +100 at 20
        2024-01-03 equity 1000
        2024-01-04 14:30:00+00:00 DOWN -100 at 5
        2024-01-04 14:30:00+00:00 UP -50 at 20
        2024-01-04 equity 1000
    "#]],
    );
}

#[test]
fn equal_momenta_are_ranked_in_the_order_of_declaration() {
    let prices = "
                    BBB  AAA
        2024-01-02  10   10
        2024-01-03  11   11
        2024-01-04  11   11
    ";
    check(
        prices,
        |s| {
            s.alpha = Alpha::TopNMomentum(alpha::TopNMomentum {
                lookback: 1,
                top_n: 1,
            })
        },
        expect![[r#"
            2024-01-02 equity 1000
            2024-01-03 equity 1000
            2024-01-04 14:30:00+00:00 BBB +90 at 11
            2024-01-04 equity 1000
        "#]],
    );
}

#[test]
fn a_missing_bar_repeats_the_last_price() {
    let prices = "
                    ABC  XYZ
        2024-01-02  10   10
        2024-01-03  -    20
        2024-01-04  12   20
    ";
    check(
        prices,
        |s| s.schedule = Schedule::BuyAndHold,
        expect![[r#"
            2024-01-02 14:30:00+00:00 ABC +50 at 10
            2024-01-02 14:30:00+00:00 XYZ +50 at 10
            2024-01-02 equity 1000
            2024-01-03 equity 1500
            2024-01-04 equity 1600
        "#]],
    );
}

#[test]
fn a_price_that_is_needed_and_cannot_be_used_is_an_error() {
    let zero = ONE.replace("11/12", "11/0");
    check(
        &zero,
        |_| {},
        expect![[r#"
        error: the price of `ABC` on 2024-01-03 21:00:00+00:00 is 0, and it is needed there
    "#]],
    );
    let unused = ONE.replace("10/10", "0/10");
    check(
        &unused,
        |_| {},
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 ABC +100 cut to 90
        2024-01-03 14:30:00+00:00 ABC +90 at 11
        2024-01-03 equity 1090
        2024-01-04 equity 1180
    "#]],
    );
    check(
        &zero,
        |s| s.alpha = Alpha::MomentumWeighted(alpha::MomentumWeighted { lookback: 1 }),
        expect![[r#"
            error: the close of `ABC` on 2024-01-03 is 0, and a signal needs it
        "#]],
    );
}

#[test]
fn what_does_not_fit_the_market_is_refused() {
    check(
        ONE,
        |s| s.universe.assets.push("NOPE".to_owned()),
        expect![[r#"
            error: `NOPE` is not in the market data
        "#]],
    );
    check(
        ONE,
        |s| s.alpha = weights(&[("ABC", -1.0)]),
        expect![[r#"
            error: the weight of `ABC` is -1, in a long-only portfolio; it must be 0 or more
        "#]],
    );
    check(
        ONE,
        |s| s.alpha = weights(&[("ABC", f64::NAN)]),
        expect![[r#"
            error: `alpha.weights.ABC` is NaN; it must be a finite number
        "#]],
    );
    check(
        ONE,
        |s| s.end = day("2023-01-01").open(),
        expect![[r#"
            error: the backtest ends before it starts, on 2024-01-02
        "#]],
    );
    check(
        ONE,
        |s| s.burn_in = Some(day("2025-01-01").open()),
        expect![[r#"
            error: the burn-in lasts beyond the end, 2024-01-04
        "#]],
    );
    check(
        ONE,
        |s| s.initial_cash = f64::INFINITY,
        expect![[r#"
            error: `backtest.initial_cash` is inf; it must be a finite number
        "#]],
    );
    check(
        ONE,
        |s| s.alpha = Alpha::MomentumWeighted(alpha::MomentumWeighted { lookback: 0 }),
        expect![[r#"
            error: `alpha.lookback` is 0; it must be 1 or more
        "#]],
    );
}

#[test]
fn a_model_of_returns_decides_with_as_many_returns_as_its_lookback() {
    let prices = "
                    UP  FLAT
        2024-01-02  10  10
        2024-01-03  11  10
        2024-01-04  12  10
        2024-01-05  13  10
        2024-01-08  14  10
    ";
    let momentum = |s: &mut Strategy| {
        s.alpha = Alpha::TopNMomentum(alpha::TopNMomentum {
            lookback: 2,
            top_n: 1,
        });
    };
    check(
        prices,
        momentum,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 equity 1000
        2024-01-04 equity 1000
        2024-01-05 14:30:00+00:00 UP +83 cut to 76
        2024-01-05 14:30:00+00:00 UP +76 at 13
        2024-01-05 equity 1000
        2024-01-08 equity 1076
    "#]],
    );
    let with_as_many_closes = |s: &mut Strategy| {
        momentum(s);
        s.conventions.warm_up = WarmUp::Closes;
    };
    check(
        prices,
        with_as_many_closes,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 equity 1000
        2024-01-04 14:30:00+00:00 UP +90 cut to 83
        2024-01-04 14:30:00+00:00 UP +83 at 12
        2024-01-04 equity 1000
        2024-01-05 equity 1083
        2024-01-08 equity 1166
    "#]],
    );
}

#[test]
fn on_change_compares_what_is_wanted_and_not_how_it_is_written() {
    let prices = "
                    AAA  BBB
        2024-01-02  10   10
        2024-01-03  20   10
        2024-01-04  20   10
        2024-01-05  20   10
    ";
    let table = |s: &mut Strategy| {
        let from = |day: &str, weights: &[(&str, f64)]| alpha::WeightsFrom {
            from: day.parse::<Date>().unwrap().at_second(0),
            weights: (weights.iter())
                .map(|(symbol, weight)| ((*symbol).to_owned(), *weight))
                .collect(),
        };
        s.alpha = Alpha::ScheduledWeights(alpha::ScheduledWeights {
            table: vec![
                from("2024-01-01", &[("AAA", 0.5), ("BBB", 0.4)]),
                from("2024-01-03", &[("BBB", 0.4), ("AAA", 0.5)]),
                from("2024-01-04", &[("AAA", 0.5)]),
            ],
        });
        s.trade = Trade::OnChange;
    };
    check(
        prices,
        table,
        expect![[r#"
        2024-01-02 equity 1000
        2024-01-03 14:30:00+00:00 AAA +50 cut to 35
        2024-01-03 14:30:00+00:00 BBB +40 cut to 28
        2024-01-03 14:30:00+00:00 AAA +35 at 20
        2024-01-03 14:30:00+00:00 BBB +28 at 10
        2024-01-03 equity 1000
        2024-01-04 equity 1000
        2024-01-05 14:30:00+00:00 AAA -10 at 20
        2024-01-05 14:30:00+00:00 BBB -28 at 10
        2024-01-05 equity 1000
    "#]],
    );
}
