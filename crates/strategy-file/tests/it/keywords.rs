//! The keywords of Python's `Strategy`, which follow from the keys.

use std::collections::HashSet;

use expect_test::expect;
use strategy_file::keywords;

#[test]
fn keys_are_keywords_by_table() {
    let mut tables: Vec<(String, Vec<&str>)> = Vec::new();
    for keyword in keywords() {
        match tables.last_mut() {
            Some((table, names)) if *table == keyword.table => names.push(keyword.name),
            _ => tables.push((keyword.table, vec![keyword.name])),
        }
    }
    let line = |(table, names): &(String, Vec<&str>)| format!("{table}: {}\n", names.join(", "));
    let lines: String = tables.iter().map(line).collect();
    expect![[r#"
        : name, conventions, data
        backtest: start, end, burn_in, initial_cash, sessions_per_year
        universe: assets, members, missing_members, enters, leaves, delisted
        : alpha
        portfolio: optimiser, scale, lookback, covariance, decay, fallback, budgets, min_weight, max_weight, min_weights, max_weights, groups, max_gross, max_turnover, turnover_penalty, session_rate, risk_aversion, linkage, distance, sizing, cash_buffer, gross_leverage, max_leverage
        rebalance: schedule, weekday, day, month, sessions, offset, dates, trade
        : risk
        costs: fees, slippage_bps, half_spread_bps
        cash: rate, margin_spread, short_fee
        statistics: risk_free
        execution: fill, shares, cash, entry
        : benchmark, cash_flows, signals, sweep, validate
    "#]]
    .assert_eq(&lines);
}

#[test]
fn no_keyword_has_two_meanings() {
    let mut seen = HashSet::new();
    for keyword in keywords() {
        assert!(seen.insert(keyword.name), "{}", keyword.name);
    }
}
