//! The summary in the terminal and its warnings.

use backtest::conventions::{CashRule, Conventions};
use backtest::date::Weekday;
use backtest::market::PriceSeries;
use backtest::strategy::{Alpha, Benchmark, Costs, RiskModel, Schedule, Sizing, Strategy};
use backtest::{alpha, costs, risk, schedule, sizing};
use expect_test::{Expect, expect};

use crate::{asset, daily, january, with_report};

#[track_caller]
pub(crate) fn check_warnings(strategy: &Strategy, prices: &[PriceSeries], expect: Expect) {
    let warnings = with_report(strategy, prices, |report| {
        let warnings = report.warnings.iter().map(|warning| format!("{warning}\n"));
        warnings.collect::<String>()
    });
    expect.assert_eq(&warnings);
}

#[test]
fn the_summary_compares_with_the_benchmark() {
    let strategy = Strategy {
        benchmark: Some(Benchmark {
            weights: vec![("A".to_owned(), 0.6), ("B".to_owned(), 0.4)],
            schedule: Schedule::BuyAndHold,
            cash_buffer: 0.0,
        }),
        ..daily(&["A"])
    };
    let prices = [
        asset("A", &[10.0, 11.0, 9.9, 10.0, 12.0]),
        asset("B", &[20.0, 20.0, 20.5, 20.0, 20.0]),
    ];
    let summary = with_report(&strategy, &prices, |report| report.summary());
    expect![[r#"
        test: 2024-01-01 to 2024-01-05, 5 sessions, standard conventions

                                strategy  60 % A, 40 % B
        total return              20.0 %          12.0 %
        CAGR                           -               -
        volatility              179.73 %        105.81 %
        Sharpe                      5.89            5.87
          95 % interval   -9.28 to 21.06  -8.80 to 20.54
        Sortino                    14.92           16.51
        max drawdown              10.0 %           5.7 %
          peak                2024-01-02      2024-01-02
          valley              2024-01-03      2024-01-04
          recovery            2024-01-05      2024-01-05
          length                  3 days          3 days
        MAR                            -               -
        turnover a year          2,382 %         2,431 %
        costs                          0               0
        trades                         1               2
        time in market            80.0 %         100.0 %

        against the benchmark: beta 1.69, alpha 8.55 % a year, correlation 1.00, tracking error 74.93 %,
          information ratio 5.85, up capture 167 %, down capture 158 %

        1,000 ▁▁▅▁▁█ 1,200
        fill next-open, shares whole, cash scale-down, entry state
    "#]].assert_eq(&summary);
}

#[test]
fn the_summary_of_a_single_session_has_no_ratios() {
    let summary = with_report(&daily(&["A"]), &[asset("A", &[10.0])], |r| r.summary());
    expect![[r#"
        test: 2024-01-01 to 2024-01-01, 1 session, standard conventions

        total return      0.0 %
        CAGR                  -
        volatility            -
        Sharpe                -
          95 % interval       -
        Sortino               -
        max drawdown      0.0 %
          peak                -
          valley              -
          recovery            -
          length              -
        MAR                   -
        turnover a year   0.0 %
        costs                 0
        trades                0
        time in market    0.0 %

        1,000 ▁▁ 1,000
        fill next-open, shares whole, cash scale-down, entry state

        warning: the orders decided on 2024-01-01 were not filled, as no session follows: A
    "#]]
    .assert_eq(&summary);
}

#[test]
fn an_ordinary_backtest_draws_no_warning() {
    let strategy = Strategy {
        schedule: Schedule::BuyAndHold,
        ..daily(&["A"])
    };
    check_warnings(&strategy, &[asset("A", &[10.0, 11.0])], expect![[""]]);
}

#[test]
fn a_time_that_the_prices_do_not_cover_is_the_first_warning() {
    let mut strategy = daily(&["A"]);
    strategy.end = january(9).close();
    let prices = [asset("A", &[10.0])];
    check_warnings(
        &strategy,
        &prices,
        expect![[r#"
        the prices end on 2024-01-01, and `backtest.end` asks for 2024-01-09: the results are of the shorter time; add the missing bars, or set `backtest.end = 2024-01-01`
        the orders decided on 2024-01-01 were not filled, as no session follows: A
    "#]],
    );
    strategy.start = january(1).plus_days(-9).open();
    check_warnings(
        &strategy,
        &prices,
        expect![[r#"
        the prices begin on 2024-01-01, and `backtest.start` asks for 2023-12-23: the results are of the shorter time; add the missing bars, or set `backtest.start = 2024-01-01`
        the prices end on 2024-01-01, and `backtest.end` asks for 2024-01-09: the results are of the shorter time; add the missing bars, or set `backtest.end = 2024-01-01`
        the orders decided on 2024-01-01 were not filled, as no session follows: A
    "#]],
    );
    // A week of holidays is no warning.
    strategy.schedule = Schedule::BuyAndHold;
    strategy.start = january(1).plus_days(-7).open();
    strategy.end = january(8).close();
    check_warnings(&strategy, &prices, expect![[""]]);
}

/// A backtest on the calendar of weekdays goes on where the prices do not.
#[test]
fn a_time_that_the_prices_do_not_cover_is_a_warning_also_where_weekdays_count() {
    let strategy = Strategy {
        conventions: Conventions::QSTRADER,
        end: january(31).close(),
        ..daily(&["A"])
    };
    check_warnings(
        &strategy,
        &[asset("A", &[10.0; 3])],
        expect![[r#"
        the prices end on 2024-01-03, and `backtest.end` asks for 2024-01-31: after that the last prices are repeated; add the missing bars, or set `backtest.end = 2024-01-03`
        `A` has no bar after 2024-01-03, and 100 shares of it were held: since then they are valued, and traded, at its last price
    "#]],
    );
}

/// A month-end bar may be followed by most of a month.
#[test]
fn months_without_a_bar_are_short_by_their_own_measure() {
    let mut prices = [asset("A", &[10.0; 14])];
    prices[0].dates = (0..14)
        .map(|month| january(31).plus_days(30 * month))
        .collect();
    let mut strategy = Strategy {
        schedule: Schedule::BuyAndHold,
        ..daily(&["A"])
    };
    strategy.end = prices[0].dates[13].plus_days(60).close();
    check_warnings(&strategy, &prices, expect![[""]]);
    strategy.end = prices[0].dates[13].plus_days(61).close();
    check_warnings(
        &strategy,
        &prices,
        expect![[r#"
        the prices end on 2025-02-24, and `backtest.end` asks for 2025-04-26: the results are of the shorter time; add the missing bars, or set `backtest.end = 2025-02-24`
    "#]],
    );
}

#[test]
fn orders_after_the_last_session_are_not_filled() {
    let prices = [asset("A", &[10.0, 11.0]), asset("B", &[10.0, 9.0])];
    check_warnings(
        &daily(&["A", "B"]),
        &prices,
        expect![[r#"
            the orders decided on 2024-01-02 were not filled, as no session follows: A, B
        "#]],
    );
}

#[test]
fn buys_that_the_cash_did_not_cover() {
    let mut prices = asset("A", &[10.0, 12.0, 12.0]);
    prices.open[1] = 11.0;
    let mut strategy = Strategy {
        alpha: Alpha::ScheduledWeights(alpha::ScheduledWeights::new(vec![(
            january(1).open(),
            vec![("A".to_owned(), 1.0)],
        )])),
        schedule: Schedule::Weekly(schedule::Weekly {
            weekday: Weekday::Mon,
        }),
        ..daily(&["A"])
    };
    check_warnings(
        &strategy,
        &[prices.clone()],
        expect![[r#"
            1 buy was made smaller for lack of cash, first on 2024-01-02; a larger `cash_buffer` under `[portfolio]` leaves room
        "#]],
    );
    strategy.conventions.cash = CashRule::Reject;
    check_warnings(
        &strategy,
        &[prices],
        expect![[r#"
            1 buy was dropped for lack of cash, first on 2024-01-02; a larger `cash_buffer` under `[portfolio]` leaves room
        "#]],
    );
}

#[test]
fn an_asset_that_is_held_after_its_last_bar() {
    let strategy = Strategy {
        schedule: Schedule::BuyAndHold,
        ..daily(&["A", "B"])
    };
    let prices = [asset("A", &[10.0; 5]), asset("B", &[10.0; 3])];
    check_warnings(
        &strategy,
        &prices,
        expect![[r#"
            `B` has no bar after 2024-01-03, and 50 shares of it were held: since then they are valued at its last price
        "#]],
    );
}

#[test]
fn an_asset_sold_before_its_last_bar_draws_no_warning() {
    let strategy = Strategy {
        alpha: Alpha::ScheduledWeights(alpha::ScheduledWeights::new(vec![
            (january(1).open(), vec![("B".to_owned(), 1.0)]),
            (january(2).open(), vec![]),
        ])),
        ..daily(&["A", "B"])
    };
    let prices = [asset("A", &[10.0; 5]), asset("B", &[10.0; 4])];
    check_warnings(&strategy, &prices, expect![[""]]);
}

#[test]
fn a_strategy_that_never_trades() {
    let prices = [asset("A", &[10.0; 5])];
    let poor = Strategy {
        initial_cash: 9.0,
        ..daily(&["A"])
    };
    check_warnings(
        &poor,
        &prices,
        expect![[r#"
            nothing was traded: no weight pays for a whole share: `A` at 5 of 5 decisions; set `shares = "fractional"` under `[execution]`, or a larger `backtest.initial_cash`
        "#]],
    );
    let undecided = Strategy {
        schedule: Schedule::EndOfMonth,
        end: january(4).close(),
        ..daily(&["A"])
    };
    check_warnings(
        &undecided,
        &prices,
        expect![[r#"
        nothing was traded: the schedule has no decision between the first session and the last; set `backtest.end` later, or choose another `schedule`
    "#]],
    );
}

#[test]
fn an_account_that_is_lost() {
    let strategy = Strategy {
        sizing: Sizing::LongShort(sizing::LongShort {
            gross_leverage: 2.0,
        }),
        schedule: Schedule::BuyAndHold,
        ..daily(&["A"])
    };
    // Twice the capital in an asset that loses half.
    let prices = [asset("A", &[10.0, 8.0, 5.0, 6.0])];
    check_warnings(
        &strategy,
        &prices,
        expect![[r#"
            the account lost everything on 2024-01-03 and was closed out: its equity is zero from there, and it trades no more
            cash is borrowed at 2 of 4 closes, 1,000 on average and 1,000 at most, on 2024-01-01; no interest is charged, so the result is better than that of a real account; a table `[cash]` charges it, and a lower `gross_leverage` under `[portfolio]` borrows less
        "#]],
    );
}

#[test]
fn a_fee_that_may_be_meant_as_a_percentage() {
    let fees = costs::Percent {
        commission: 0.1,
        tax: 0.05,
    };
    let strategy = Strategy {
        costs: Costs {
            fees: fees.into(),
            ..Costs::NONE
        },
        ..daily(&["A"])
    };
    check_warnings(
        &strategy,
        &[asset("A", &[10.0, 8.0, 9.0])],
        expect![[r#"
        `costs.fees.commission` is 0.1, which takes 10 % of each trade's value; it is a fraction, and 0.001 is ten basis points
        1 buy was made smaller for lack of cash, first on 2024-01-02; a larger `cash_buffer` under `[portfolio]` leaves room
    "#]],
    );
}

#[test]
fn what_qstrader_conventions_ignore() {
    let strategy = Strategy {
        conventions: Conventions::QSTRADER,
        risk: Some(RiskModel::Cap(risk::Cap { max_weight: 0.5 })),
        start: january(1).at_second(0),
        schedule: Schedule::BuyAndHold,
        benchmark: Some(Benchmark {
            weights: vec![("A".to_owned(), 1.0)],
            schedule: Schedule::BuyAndHold,
            cash_buffer: 0.0,
        }),
        ..daily(&["A"])
    };
    check_warnings(
        &strategy,
        &[asset("A", &[10.0; 10])],
        expect![[r#"
        `[risk]` has no effect: the conventions ignore risk models, as QSTrader does; set `risk_model = "applied"` under `[conventions]` to apply it
        the strategy never buys: under these conventions a buy-and-hold trades only when it starts at exactly 14:30 or 21:00 UTC on a weekday, and it starts on 2024-01-01 00:00:00+00:00; set `buy_and_hold = "first-session"` under `[conventions]`, or start at 14:30
        the benchmark never buys: under these conventions a buy-and-hold trades only when it starts at exactly 14:30 or 21:00 UTC on a weekday, and it starts on 2024-01-01 00:00:00+00:00; set `buy_and_hold = "first-session"` under `[conventions]`, or start at 14:30
    "#]],
    );
}

#[test]
fn conventions_are_named_by_what_they_change() {
    let mut strategy = daily(&["A"]);
    let title = |strategy: &Strategy| {
        with_report(strategy, &[asset("A", &[10.0, 11.0])], |report| {
            report.run.conventions_in_words()
        })
    };
    assert_eq!(title(&strategy), "standard conventions");
    strategy.conventions.cash = CashRule::Reject;
    assert_eq!(title(&strategy), "standard conventions with cash = reject");
    strategy.conventions = Conventions {
        cash: CashRule::Reject,
        ..Conventions::QSTRADER
    };
    assert_eq!(title(&strategy), "qstrader conventions with cash = reject");
}

#[test]
fn a_price_that_stands_still_for_weeks_may_be_a_gap() {
    let strategy = Strategy {
        end: january(31).close(),
        ..daily(&["A"])
    };
    // Twelve closes of 11, then it goes on.
    let mut closes = vec![10.0, 10.5];
    closes.extend([11.0; 12]);
    closes.extend([12.0, 13.0, 12.0, 13.0, 12.0, 13.0, 12.0, 13.0, 12.0]);
    check_warnings(
        &strategy,
        &[asset("A", &closes)],
        expect![[r#"
            the price of `A` is the same at 12 closes in a row, from 2024-01-03 to 2024-01-18: look for missing days in its file, with `gridfolio data check`
        "#]],
    );
    // A price that never moves is as the user wants it.
    let still = asset("A", &[10.0; 23]);
    check_warnings(&strategy, &[still], expect![""]);
}
