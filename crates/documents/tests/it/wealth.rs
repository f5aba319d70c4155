//! The wealth curve begins with the starting capital, once.

use backtest::strategy::{Benchmark, Schedule, Strategy};

use crate::{asset, daily, january, with_report};

fn buy_and_hold() -> Strategy {
    Strategy {
        schedule: Schedule::BuyAndHold,
        ..daily(&["A"])
    }
}

#[test]
fn the_first_session_has_a_return_when_nothing_was_held() {
    with_report(
        &daily(&["A"]),
        &[asset("A", &[10.0, 11.0, 12.0])],
        |report| {
            // Decided at the first close, bought at the second open, which is the first close.
            let wealth = &report.strategy.wealth;
            assert_eq!(wealth.values, [1000.0, 1000.0, 1100.0, 1200.0]);
            let dates = [january(1), january(1), january(2), january(3)];
            assert_eq!(wealth.dates, dates);
        },
    );
}

#[test]
fn the_starting_capital_goes_in_front_when_the_first_session_moved_the_equity() {
    let mut prices = asset("A", &[11.0, 12.0]);
    prices.open[0] = 10.0;
    with_report(&buy_and_hold(), &[prices], |report| {
        assert_eq!(report.strategy.wealth.values, [1000.0, 1100.0, 1200.0]);
        assert_eq!(
            report.strategy.wealth.dates,
            [january(1), january(1), january(2)]
        );
        let total = report.strategy.summary.unwrap().total_return;
        assert!((total - 0.2).abs() < 1e-15);
    });
}

#[test]
fn a_strategy_that_is_its_benchmark_has_a_beta_of_one() {
    let strategy = Strategy {
        benchmark: Some(Benchmark {
            weights: vec![("A".to_owned(), 1.0)],
            schedule: Schedule::BuyAndHold,
            cash_buffer: 0.0,
        }),
        ..buy_and_hold()
    };
    with_report(
        &strategy,
        &[asset("A", &[10.0, 11.0, 10.0, 12.0])],
        |report| {
            let relative = report.relative.unwrap();
            assert_eq!(relative.beta, Some(1.0));
            assert_eq!(relative.tracking_error, Some(0.0));
            assert_eq!(relative.information_ratio, None);
        },
    );
}

#[test]
fn months_and_years_compound_to_the_total_return() {
    // From January to March.
    let closes: Vec<f64> = (0..60).map(|day| 10.0 + f64::from(day % 7)).collect();
    let strategy = Strategy {
        end: january(1).plus_days(90).close(),
        ..daily(&["A"])
    };
    with_report(&strategy, &[asset("A", &closes)], |report| {
        let side = &report.strategy;
        let months: Vec<_> = side.monthly.iter().map(|month| month.0).collect();
        assert_eq!(months, [(2024, 1), (2024, 2), (2024, 3)]);
        let total = side.summary.unwrap().total_return;
        for product in [
            side.monthly.iter().map(|m| 1.0 + m.1).product::<f64>(),
            side.yearly.iter().map(|y| 1.0 + y.1).product::<f64>(),
        ] {
            assert!((product - 1.0 - total).abs() < 1e-14);
        }
    });
}

#[test]
fn the_first_month_is_measured_from_the_starting_capital() {
    // Bought at 10; January, with 23 weekdays, ends at 12, February at 9.
    let closes: Vec<f64> = [vec![10.0; 22], vec![12.0], vec![9.0; 21]].concat();
    let strategy = Strategy {
        end: january(1).plus_days(59).close(),
        ..buy_and_hold()
    };
    with_report(&strategy, &[asset("A", &closes)], |report| {
        let near = |actual: f64, expected: f64| (actual - expected).abs() < 1e-15;
        let monthly = &report.strategy.monthly;
        assert!(
            near(monthly[0].1, 0.2) && near(monthly[1].1, -0.25),
            "{monthly:?}"
        );
        let json: serde_json::Value = serde_json::from_slice(&report.summary_json()).unwrap();
        let periods = &json["statistics"]["strategy"]["periods"];
        assert_eq!(periods["positive_months"], 0.5);
    });
}
