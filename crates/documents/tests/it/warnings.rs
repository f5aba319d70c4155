//! Nothing is corrected in silence: what a run did that its strategy does not say.

use backtest::conventions::{Conventions, FeeShares};
use backtest::market::{PriceSeries, RealShares};
use backtest::strategy::{Benchmark, Delisted, Fees, Schedule, Sizing, Strategy};
use backtest::{alpha, costs, sizing};
use expect_test::expect;

use crate::summary::check_warnings;
use crate::{asset, daily, january, with_report};

fn weights(weights: &[(&str, f64)]) -> Vec<(String, f64)> {
    let named = weights.iter();
    named
        .map(|(symbol, weight)| ((*symbol).to_owned(), *weight))
        .collect()
}

/// Fixed weights, bought once and held.
fn held(named: &[(&str, f64)]) -> Strategy {
    let symbols: Vec<&str> = named.iter().map(|(symbol, _)| *symbol).collect();
    let weights = weights(named);
    Strategy {
        alpha: alpha::FixedWeights { weights }.into(),
        schedule: Schedule::BuyAndHold,
        ..daily(&symbols)
    }
}

fn long_short(named: &[(&str, f64)], gross_leverage: f64) -> Strategy {
    Strategy {
        sizing: Sizing::LongShort(sizing::LongShort { gross_leverage }),
        ..held(named)
    }
}

fn buffered(cash_buffer: f64) -> Strategy {
    Strategy {
        sizing: Sizing::LongOnly(sizing::LongOnly { cash_buffer }),
        ..held(&[("A", 1.0)])
    }
}

fn against(named: &[(&str, f64)], cash_buffer: f64) -> Strategy {
    Strategy {
        benchmark: Some(Benchmark {
            weights: weights(named),
            schedule: Schedule::BuyAndHold,
            cash_buffer,
        }),
        ..held(&[("A", 1.0)])
    }
}

fn two() -> [PriceSeries; 2] {
    [asset("A", &[10.0; 4]), asset("B", &[20.0; 4])]
}

/// A series without its bars at these positions.
fn without(mut series: PriceSeries, gaps: &[usize]) -> PriceSeries {
    for at in gaps.iter().rev() {
        series.dates.remove(*at);
        series.open.remove(*at);
        series.close.remove(*at);
    }
    series
}

#[test]
fn weights_that_sum_to_more_than_one_are_scaled_down() {
    let strategy = Strategy {
        schedule: Schedule::Daily,
        ..held(&[("A", 0.9), ("B", 0.6)])
    };
    check_warnings(
        &strategy,
        &two()[..],
        expect![[r#"
        the weights sum to 1.5 and are scaled down to one, at 4 of 4 decisions, first on 2024-01-01; let them sum to one or less, or borrow with `sizing = "long-short"` and `gross_leverage = 1.5` under `[portfolio]`
    "#]],
    );
    // A sum that exceeds one by rounding is one.
    let tenths = held(&[("A", 0.1 + 0.2), ("B", 0.7)]);
    check_warnings(&tenths, &two(), expect![[""]]);
}

#[test]
fn weights_in_per_cent() {
    check_warnings(
        &held(&[("A", 60.0), ("B", 40.0)]),
        &two(),
        expect![[r#"
            the weight of `A` is 60, 6,000 % of the equity; a weight is a fraction, and 0.6 is 60 %
            the weights sum to 100 and are scaled down to one, at 1 of 1 decision, first on 2024-01-01; let them sum to one or less
        "#]],
    );
    check_warnings(
        &against(&[("A", 100.0)], 0.0),
        &two(),
        expect![[r#"
            the benchmark's weight of `A` is 100, 10,000 % of the equity; a weight is a fraction, and 0.6 is 60 %
            the benchmark's weights sum to 100 and are scaled down to one, at 1 of 1 decision, first on 2024-01-01; let them sum to one or less
        "#]],
    );
}

#[test]
fn a_fee_per_share_of_shares_that_are_not_known() {
    let mut prices = two();
    prices[1].real_shares = RealShares::Unknown;
    let mut strategy = held(&[("A", 0.5), ("B", 0.5)]);
    strategy.costs.fees = Fees::PerShare(costs::PerShare {
        per_share: 0.005,
        minimum: 0.0,
    });
    let warning = expect![[r#"
        the fee per share is charged on the share counts of adjusted prices, which are fictional and can be many times those that an account would have traded: the files of `B` do not have both `Close` and `Adj Close`; download both columns, or use `fees = { model = "percent" }` under `[costs]`
    "#]];
    strategy.sizing = Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.01 });
    check_warnings(&strategy, &prices, warning);
    strategy.conventions.fee_shares = FeeShares::AsPriced;
    check_warnings(&strategy, &prices, expect![""]);
}

#[test]
fn qstrader_scales_all_weights() {
    let strategy = Strategy {
        conventions: Conventions::QSTRADER,
        end: january(4).close(),
        ..held(&[("A", 0.9), ("B", 0.6)])
    };
    check_warnings(&strategy, &two(), expect![""]);
}

#[test]
fn a_cash_buffer_that_leaves_nothing_to_buy_with() {
    check_warnings(
        &buffered(1.0),
        &two(),
        expect![[r#"
            nothing was traded: `portfolio.cash_buffer` is 1, which keeps 100 % of the equity in cash, and the rest pays for no share; it is a fraction, and 0.01 is 1 %
        "#]],
    );
    check_warnings(
        &buffered(0.995),
        &two(),
        expect![[r#"
            nothing was traded: `portfolio.cash_buffer` is 0.995, which keeps 99.5 % of the equity in cash, and the rest pays for no share; it is a fraction, and 0.01 is 1 %
        "#]],
    );
    check_warnings(&buffered(0.5), &two(), expect![[""]]);
    check_warnings(
        &against(&[("A", 1.0)], 1.0),
        &two(),
        expect![[r#"
            the benchmark buys nothing: `benchmark.cash_buffer` is 1, which keeps 100 % of the equity in cash, and the rest pays for no share; it is a fraction, and 0.01 is 1 %
        "#]],
    );
}

#[test]
fn a_share_that_costs_more_than_its_weight() {
    let prices = [
        asset("A", &[10.0; 5]),
        asset("B", &[450.0, 450.0, 700.0, 700.0, 700.0]),
    ];
    let strategy = Strategy {
        end: january(4).close(),
        ..daily(&["A", "B"])
    };
    check_warnings(
        &strategy,
        &prices,
        expect![[r#"
            a weight that pays for no whole share is traded as zero: `B` at 2 of 4 decisions; set `shares = "fractional"` under `[execution]`, or a larger `backtest.initial_cash`
            whole shares cost a part of the return: it is 25.00 % with them and 27.78 % with fractions of shares; set `shares = "fractional"` under `[execution]`, or a larger `backtest.initial_cash`
        "#]],
    );
}

#[test]
fn whole_shares_that_cost_a_part_of_the_return() {
    let prices = [asset("A", &[400.0, 420.0, 440.0])];
    check_warnings(
        &held(&[("A", 1.0)]),
        &prices,
        expect![[r#"
        whole shares cost a part of the return: it is 8.00 % with them and 10.00 % with fractions of shares; set `shares = "fractional"` under `[execution]`, or a larger `backtest.initial_cash`
    "#]],
    );
    let rich = Strategy {
        initial_cash: 1e6,
        ..held(&[("A", 1.0)])
    };
    check_warnings(&rich, &prices, expect![[""]]);
}

#[test]
fn cash_that_is_borrowed_and_shares_that_are_sold_short() {
    let prices = [asset("A", &[10.0, 11.0, 12.0]), asset("B", &[20.0; 3])];
    check_warnings(
        &long_short(&[("A", 0.5), ("B", 0.5)], 1.5),
        &prices,
        expect![[r#"
            cash is borrowed at 3 of 3 closes, 490 on average and 490 at most, on 2024-01-01; no interest is charged, so the result is better than that of a real account; a table `[cash]` charges it, and a lower `gross_leverage` under `[portfolio]` borrows less
        "#]],
    );
    check_warnings(
        &long_short(&[("A", -0.5), ("B", 0.5)], 1.0),
        &prices,
        expect![[r#"
            shares are sold short at 3 of 3 closes, 550 on average and 600 at most, on 2024-01-03; no fee is charged for borrowing them, so the result is better than that of a real account; `short_fee` under `[cash]` charges one, and `sizing = "long-only"` under `[portfolio]` sells none short
        "#]],
    );
}

#[test]
fn orders_that_wait_for_a_bar() {
    let coin = asset("A", &[10.0; 6]);
    let share = asset("B", &[20.0; 6]);
    let once = Strategy {
        schedule: Schedule::BuyAndHold,
        ..daily(&["A", "B"])
    };
    // `B` has no bar on the second and third day, when its order is due.
    let decided = Strategy {
        alpha: alpha::ScheduledWeights::new(vec![(
            january(1).open(),
            weights(&[("A", 0.5), ("B", 0.5)]),
        )])
        .into(),
        schedule: Schedule::Weekly(backtest::schedule::Weekly {
            weekday: backtest::date::Weekday::Mon,
        }),
        end: january(5).close(),
        ..once.clone()
    };
    check_warnings(
        &decided,
        &[coin.clone(), without(share.clone(), &[1, 2])],
        expect![[r#"
            1 order waited for a bar of its asset, for 2 days: `B` from 2024-01-02 to 2024-01-04; `gridfolio data check` lists missing days
        "#]],
    );
    // And here none at all from then on.
    check_warnings(
        &decided,
        &[coin, without(share, &[1, 2, 3, 4, 5])],
        expect![[r#"
            the orders decided on 2024-01-01 were not filled, as no bar of their assets follows: B
        "#]],
    );
}

#[test]
fn holdings_in_assets_that_end() {
    let mut strategy = Strategy {
        end: january(31).close(),
        ..held(&[("A", 0.5), ("B", 0.5)])
    };
    strategy.universe.delisted = Delisted::LastClose;
    let prices = [
        asset(
            "A",
            &(0..20).map(|day| 10.0 + f64::from(day)).collect::<Vec<_>>(),
        ),
        asset("B", &[20.0, 21.0, 22.0]),
    ];
    check_warnings(
        &strategy,
        &prices,
        expect![[r#"
        holdings in assets whose bars end were paid out, 550 in all: `B`; `delisted` under `[universe]` says at which price
    "#]],
    );
}

#[test]
fn target_allocations_are_shown_as_they_are_traded() {
    let csv = |strategy: &Strategy| {
        with_report(strategy, &two(), |report| {
            String::from_utf8(report.target_allocations_csv()).unwrap()
        })
    };
    let above_one = held(&[("A", 0.9), ("B", 0.6)]);
    expect![[r#"
        date,A,B
        2024-01-01,0.6,0.39999999999999997
    "#]]
    .assert_eq(&csv(&above_one));
    let leveraged = long_short(&[("A", 0.25), ("B", -0.25)], 1.5);
    expect![[r#"
        date,A,B
        2024-01-01,0.375,-0.375
    "#]]
    .assert_eq(&csv(&leveraged));
    let qstrader = Strategy {
        conventions: Conventions::QSTRADER,
        ..above_one
    };
    expect![[r#"
        date,A,B
        2024-01-01,0.9,0.6
    "#]]
    .assert_eq(&csv(&qstrader));
}
