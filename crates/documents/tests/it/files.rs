//! What is written to files.

use std::collections::BTreeMap;

use backtest::conventions::Conventions;
use backtest::market::CorporateAction;
use backtest::strategy::{Alpha, Costs, Fees, Sizing, Strategy};
use backtest::{alpha, costs, sizing};
use expect_test::expect;
use serde_json::Value;

use crate::{asset, daily, january, with_report};

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn equity_has_a_row_for_each_close_with_every_digit() {
    let csv = with_report(&daily(&["A"]), &[asset("A", &[3.0, 3.1, 3.2])], |report| {
        report.equity_csv()
    });
    expect![[r#"
        date,equity
        2024-01-01,1000.0
        2024-01-02,1033.3
        2024-01-03,1066.6000000000001
    "#]]
    .assert_eq(&text(csv));
}

#[test]
fn transactions_have_a_row_for_each_fill_and_symbols_that_need_it_are_quoted() {
    let strategy = Strategy {
        costs: Costs {
            fees: Fees::PerShare(costs::PerShare {
                per_share: 0.25,
                minimum: 0.0,
            }),
            ..Costs::NONE
        },
        alpha: Alpha::ScheduledWeights(alpha::ScheduledWeights::new(vec![
            (january(1).open(), vec![("A, \"old\"".to_owned(), 0.5)]),
            (january(2).open(), vec![]),
        ])),
        ..daily(&["A, \"old\""])
    };
    let prices = asset("A, \"old\"", &[10.0, 12.5, 13.0]);
    let csv = with_report(&strategy, &[prices], |report| report.transactions_csv());
    expect![[r#"
        timestamp,asset,quantity,price,commission
        2024-01-02 14:30:00+00:00,"A, ""old""",50.0,10.0,12.5
        2024-01-03 14:30:00+00:00,"A, ""old""",-50.0,12.5,12.5
    "#]]
    .assert_eq(&text(csv));
}

#[test]
fn dividends_and_splits_have_a_row_for_each_holding() {
    let mut prices = asset("A", &[10.0, 10.0, 2.5, 2.4]);
    prices.actions = vec![CorporateAction {
        date: january(3),
        split: 4.0,
        dividend: 0.1,
    }];
    with_report(&daily(&["A"]), &[prices], |report| {
        expect![[r#"
            date,asset,split,dividend,shares_before,shares,cash_in_lieu,dividends_paid
            2024-01-03,A,4.0,0.1,100.0,400.0,0.0,40.0
        "#]]
        .assert_eq(&text(report.corporate_actions_csv()));
        let json: Value = serde_json::from_slice(&report.summary_json()).unwrap();
        assert_eq!(json["run"]["dividends"]["received"], 40.0);
        let summary = report.summary();
        let row = summary
            .lines()
            .find(|line| line.starts_with("dividends received"));
        assert_eq!(row.unwrap().split_whitespace().last(), Some("40"));
    });
}

/// `B` joins on the second day.
fn growing() -> Strategy {
    let mut strategy = daily(&["B", "A"]);
    strategy.universe.enters = vec![("B".to_owned(), january(2).at_second(0))];
    strategy
}

#[test]
fn allocations_have_a_column_for_each_asset_in_the_order_of_appearance() {
    let prices = [asset("A", &[10.0; 3]), asset("B", &[10.0; 3])];
    let csv = with_report(&growing(), &prices, |report| {
        report.target_allocations_csv()
    });
    expect![[r#"
        date,A,B
        2024-01-01,1.0,
        2024-01-02,0.5,0.5
        2024-01-03,0.5,0.5
    "#]]
    .assert_eq(&text(csv));
}

#[test]
fn allocations_in_json_have_a_point_for_each_close_and_zero_before_an_asset_is_there() {
    let prices = [asset("A", &[10.0; 2]), asset("B", &[10.0; 2])];
    let json = with_report(&growing(), &prices, |report| {
        report.statistics_json(&report.detail())
    });
    let json: Value = serde_json::from_slice(&json).unwrap();
    // 2024-01-01 is 1,704,067,200 seconds after 1970.
    expect![[
        r#"[{"name":"A","data":[[1704067200000,1.0],[1704153600000,0.5]]},{"name":"B","data":[[1704067200000,0.0],[1704153600000,0.5]]}]"#
    ]]
    .assert_eq(&json["strategy"]["target_allocations"].to_string());
}

#[test]
fn undefined_numbers_are_null() {
    let strategy = Strategy {
        conventions: Conventions::QSTRADER,
        ..daily(&["A"])
    };
    let json = with_report(&strategy, &[asset("A", &[10.0; 6])], |report| {
        report.statistics_json(&report.detail())
    });
    let json: Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["strategy"]["sharpe"], Value::Null);
    assert_eq!(json["strategy"]["sortino"], Value::Null);
    assert_eq!(
        json["statistics"]["strategy"]["ratios"]["sharpe"],
        Value::Null
    );
    assert_eq!(json["statistics"]["benchmark"], Value::Null);
    assert_eq!(json["strategy"]["max_drawdown"], 0.0);
}

#[test]
fn the_document_has_the_keys_of_qstrader_and_three_of_its_own() {
    let keys = |json: Vec<u8>| {
        let json: Value = serde_json::from_slice(&json).unwrap();
        let keys = json.as_object().unwrap().keys();
        keys.cloned().collect::<Vec<_>>().join(" ")
    };
    let prices = [asset("A", &[10.0, 11.0])];
    let whole = with_report(&daily(&["A"]), &prices, |report| {
        keys(report.statistics_json(&report.detail()))
    });
    assert_eq!(whole, "strategy strategy_name statistics run detail");
    let summary = with_report(&daily(&["A"]), &prices, |report| {
        keys(report.summary_json())
    });
    assert_eq!(summary, "statistics run");
}

#[test]
fn the_run_names_every_switch_of_its_conventions() {
    let json = with_report(&daily(&["A"]), &[asset("A", &[10.0, 11.0])], |report| {
        report.summary_json()
    });
    let json: Value = serde_json::from_slice(&json).unwrap();
    let written: BTreeMap<String, String> =
        serde_json::from_value(json["run"]["conventions"].clone()).unwrap();
    let named = Conventions::STANDARD.named();
    let named = named.map(|(switch, value)| (switch.to_owned(), value.to_owned()));
    assert_eq!(written, BTreeMap::from(named));
}

#[test]
fn statistics_are_named_and_grouped() {
    let json = with_report(
        &daily(&["A"]),
        &[asset("A", &[10.0, 11.0, 9.9, 10.0, 12.0])],
        |report| report.summary_json(),
    );
    let json: Value = serde_json::from_slice(&json).unwrap();
    expect![[r#"
        {
          "max": 0.09999999999999998,
          "peak": "2024-01-02",
          "valley": "2024-01-03",
          "recovery": "2024-01-05",
          "sessions": 3,
          "days": 3,
          "mean": 0.038181818181818185,
          "ulcer_index": 0.060439164140344226,
          "underwater": 0.4,
          "longest_sessions": 3,
          "longest_days": 3
        }"#]]
    .assert_eq(&format!("{:#}", json["statistics"]["strategy"]["drawdown"]));
    let groups = json["statistics"]["strategy"].as_object().unwrap().keys();
    let groups: Vec<&String> = groups.collect();
    assert_eq!(
        groups,
        [
            "returns", "risk", "ratios", "drawdown", "periods", "trading"
        ]
    );
}

#[test]
fn an_account_that_lost_everything_has_no_ratios_in_any_block() {
    let mut strategy = daily(&["A"]);
    strategy.alpha = Alpha::FixedWeights(alpha::FixedWeights {
        weights: vec![("A".to_owned(), -1.0)],
    });
    strategy.sizing = Sizing::LongShort(sizing::LongShort {
        gross_leverage: 1.0,
    });
    let prices = [asset("A", &[10.0, 10.0, 9.0, 22.0, 5.0, 6.0])];
    let (json, transactions) = with_report(&strategy, &prices, |report| {
        assert!(report.run.outcome.ruin.is_some());
        let json = report.statistics_json(&report.detail());
        (json, report.transactions_csv())
    });
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    for ratio in ["sharpe", "sortino"] {
        assert_eq!(json["strategy"].get(ratio), Some(&Value::Null));
        assert_eq!(json["statistics"]["strategy"]["ratios"][ratio], Value::Null);
    }
    // The close-out is the last trade.
    let transactions = String::from_utf8(transactions).unwrap();
    let last = transactions.trim_end().lines().last().unwrap();
    assert!(last.starts_with("2024-01-04 21:00:00+00:00,A,"), "{last}");
}
