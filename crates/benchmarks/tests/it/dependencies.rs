//! Dependencies point inward: the engine knows none of the crates around it.

use std::collections::BTreeSet;

use crate::text;

/// The names under `[dependencies]` of a crate of ours.
fn dependencies(name: &str) -> BTreeSet<String> {
    let manifest = text(&format!("crates/{name}/Cargo.toml")).expect("the crate exists");
    let manifest: toml::Table = manifest.parse().expect("Cargo reads it too");
    let dependencies = manifest
        .get("dependencies")
        .and_then(|table| table.as_table());
    dependencies
        .into_iter()
        .flat_map(|table| table.keys().cloned())
        .collect()
}

/// The dependencies of a crate that are crates of ours.
#[track_caller]
fn check_ours(name: &str, expected: &[&str]) {
    let ours = [
        "backtest",
        "cli",
        "cluster",
        "failure",
        "market-data",
        "overfitting",
        "pictures",
        "report",
        "results",
        "strategy-file",
        "sweep",
        "verdict",
    ];
    let dependencies = dependencies(name);
    let found: Vec<&str> = ours
        .into_iter()
        .filter(|ours| dependencies.contains(*ours))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn the_engine_needs_four_crates_and_none_of_ours() {
    let expected = ["chrono", "libm", "multiversion", "thiserror"];
    assert_eq!(dependencies("backtest"), expected.map(str::to_owned).into());
}

#[test]
fn reading_prices_needs_the_engine_alone() {
    check_ours("market-data", &["backtest"]);
}

#[test]
fn reading_strategies_needs_the_engine_alone() {
    check_ours("strategy-file", &["backtest"]);
}

#[test]
fn a_cluster_needs_the_sweep_and_whole_files() {
    check_ours("cluster", &["market-data", "sweep"]);
}

#[test]
fn what_a_result_is_worth_needs_the_engine_alone() {
    let expected = ["backtest", "libm", "multiversion"];
    assert_eq!(
        dependencies("overfitting"),
        expected.map(str::to_owned).into()
    );
}

#[test]
fn reports_need_the_engine_and_what_a_result_is_worth() {
    check_ours("report", &["backtest", "overfitting"]);
}

#[test]
fn pictures_need_what_they_draw() {
    check_ours("pictures", &["backtest", "report", "results", "verdict"]);
}

#[test]
fn a_sweep_knows_neither_its_results_nor_its_verdict() {
    let below = ["backtest", "market-data", "overfitting", "strategy-file"];
    check_ours("sweep", &below);
}

#[test]
fn results_run_nothing_but_through_the_sweep() {
    let below = [
        "backtest",
        "market-data",
        "overfitting",
        "strategy-file",
        "sweep",
    ];
    check_ours("results", &below);
}
