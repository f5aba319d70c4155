//! What documents say of money that is paid in and withdrawn.

use backtest::strategy::{CashFlow, Schedule, Strategy};
use documents::tearsheet::Tearsheet;
use expect_test::expect;
use serde_json::Value;

use crate::{asset, daily, january, with_report};

fn flowing(amounts: &[(u32, f64)]) -> Strategy {
    let flow = |(day, amount): &(u32, f64)| CashFlow::once(january(*day).at_second(0), *amount);
    Strategy {
        schedule: Schedule::BuyAndHold,
        cash_flows: amounts.iter().map(flow).collect(),
        ..daily(&["A"])
    }
}

#[test]
fn what_was_paid_in_stands_beside_time_weighted_returns() {
    let prices = [asset("A", &[10.0, 11.0, 11.0, 22.0])];
    with_report(&flowing(&[(3, 550.0), (4, -110.0)]), &prices, |report| {
        expect![[r#"
            test: 2024-01-01 to 2024-01-04, 4 sessions, standard conventions

            total return             120.0 %
            CAGR                           -
            volatility              770.91 %
            Sharpe                      8.99
              95 % interval   -3.31 to 21.29
            Sortino                        -
            max drawdown               0.0 %
              peak                         -
              valley                       -
              recovery                     -
              length                       -
            MAR                            -
            turnover a year          3,062 %
            costs                          0
            paid in                      550
            withdrawn                    110
            final equity               3,080
            money-weighted                 -
            trades                         3
            time in market           100.0 %

            1,000 ▁▁▁▁█ 2,200
            fill next-open, shares whole, cash scale-down, entry state
        "#]]
        .assert_eq(&report.summary());
        let json: Value = serde_json::from_slice(&report.summary_json()).unwrap();
        let moved = &json["run"]["cash_flows"];
        assert_eq!(
            (&moved["paid_in"], &moved["withdrawn"]),
            (&550.0.into(), &110.0.into())
        );
        assert!(
            (json["statistics"]["strategy"]["returns"]["total"]
                .as_f64()
                .unwrap()
                - 1.2)
                .abs()
                < 1e-12
        );
        expect![[r#"
            date,equity,cash_flow
            2024-01-01,1000.0,0.0
            2024-01-02,1100.0,0.0
            2024-01-03,1650.0,550.0
            2024-01-04,3080.0,-110.0
        "#]]
        .assert_eq(&String::from_utf8(report.equity_csv()).unwrap());
        // The page is the same when it is made from the file.
        let detail = report.detail();
        let sheet = Tearsheet::of(report, &detail);
        let opened = Tearsheet::from_json(&report.statistics_json(&detail)).unwrap();
        assert!(opened.to_html() == sheet.to_html());
    });
}

#[test]
fn a_withdrawal_that_takes_everything_has_its_own_words() {
    let prices = [asset("A", &[10.0; 4])];
    let warnings = |flows: &[(u32, f64)]| {
        with_report(&flowing(flows), &prices, |report| {
            report
                .warnings
                .iter()
                .map(|warning| format!("{warning}\n"))
                .collect::<String>()
        })
    };
    expect![[r#"
        the withdrawal of 2024-01-03 took all that the account had, and it was closed out: its equity is zero from there, and it trades no more; the shortfall is 500
    "#]].assert_eq(&warnings(&[(3, -1500.0)]));
    expect![[r#"
        no money moves on days outside of the backtest: 2024-01-20; correct `date` under `[[cash_flows]]`
    "#]].assert_eq(&warnings(&[(3, 10.0), (20, 10.0)]));
}
