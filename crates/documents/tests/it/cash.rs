//! What documents say of interest.

use backtest::market::Observations;
use backtest::strategy::{Cash, Rate, Schedule, Sizing, Strategy};
use backtest::{alpha, sizing};
use documents::{Report, Run};
use expect_test::expect;
use serde_json::Value;

use crate::{asset, daily, january, with_report};

fn borrower() -> Strategy {
    let weights = vec![("A".to_owned(), 1.0), ("B".to_owned(), -0.5)];
    Strategy {
        alpha: alpha::FixedWeights { weights }.into(),
        schedule: Schedule::BuyAndHold,
        sizing: Sizing::LongShort(sizing::LongShort {
            gross_leverage: 4.5,
        }),
        cash: Some(Cash {
            rate: Rate::Number(0.365),
            margin_spread: 0.0365,
            short_fee: 0.0365,
        }),
        ..daily(&["A", "B"])
    }
}

#[test]
fn interest_stands_in_the_summary_and_draws_no_warning() {
    let prices = [asset("A", &[10.0; 4]), asset("B", &[15.0; 4])];
    with_report(&borrower(), &prices, |report| {
        // 3,000 long, 1,500 short: a debt of 500 over three nights.
        expect![[r#"
            test: 2024-01-01 to 2024-01-04, 4 sessions, standard conventions

            total return              -0.2 %
            CAGR                           -
            volatility                0.56 %
            Sharpe                    -23.81
              95 % interval   -57.33 to 9.71
            Sortino                   -13.75
            max drawdown               0.2 %
              peak                2024-01-01
              valley              2024-01-04
              recovery               not yet
              length                  3 days
            MAR                            -
            turnover a year         14,190 %
            costs                          0
            margin interest                2
            short fees                     0
            trades                         2
            time in market           100.0 %

            1,000 ██▆▃▁ 998
            fill next-open, shares whole, cash scale-down, entry state
        "#]]
        .assert_eq(&report.summary());
        let json: Value = serde_json::from_slice(&report.summary_json()).unwrap();
        assert_eq!(json["run"]["interest"]["earned"], 0.0);
        let close = |key: &str, expected: f64| {
            let found = json["run"]["interest"][key].as_f64().unwrap();
            assert!((found - expected).abs() < 1e-9, "{key} {found}");
        };
        let (mut debt, mut paid) = (500.0, 0.0);
        for _ in 0..3 {
            paid += debt * 0.0011;
            debt += debt * 0.0011 + 1500.0 * 0.0001;
        }
        close("margin", paid);
        close("short_fees", 1500.0 * 0.0001 * 3.0);
    });
}

#[test]
fn a_rate_that_ends_long_before_the_backtest_draws_a_warning() {
    let prices = [asset("A", &[10.0; 4])];
    let strategy = Strategy {
        cash: Some(Cash {
            rate: Rate::series("DTB3"),
            margin_spread: 0.0,
            short_fee: 0.0,
        }),
        ..daily(&["A"])
    };
    let warnings = |last: i32| {
        let rates = Observations {
            name: "DTB3".to_owned(),
            dates: vec![january(1).plus_days(-last)],
            values: vec![5.0],
        };
        let market = strategy.market(&prices).unwrap().with_series(vec![rates]);
        let backtest = strategy.bind(&market).unwrap();
        let outcome = backtest.run().unwrap();
        let report = Report::new(Run {
            program: "gridfolio test",
            strategy: &strategy,
            backtest: &backtest,
            outcome: &outcome,
            benchmark: None,
            notices: &[],
        });
        report
            .warnings
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(warnings(30), [""; 0]);
    expect!["the series `DTB3` ends on 2023-10-03, and its last rate stands until 2024-01-04; get more of it, or set `backtest.end = 2023-10-03`"].assert_eq(&warnings(90).join("\n"));
}
