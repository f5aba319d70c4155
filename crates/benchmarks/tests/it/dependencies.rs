//! Dependencies point inward: the engine knows none of the crates around it.

use std::collections::BTreeSet;

use crate::text;

/// The names under `[dependencies]` of a crate of ours.
fn dependencies(name: &str) -> BTreeSet<String> {
    let manifest = text(&format!("crates/{name}/Cargo.toml"));
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
        "diagnostics",
        "documents",
        "drawing",
        "gridfolio",
        "market-data",
        "optimisers",
        "results",
        "statistics",
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
fn statistics_need_two_crates_and_none_of_ours() {
    let expected = ["libm", "multiversion"];
    assert_eq!(
        dependencies("statistics"),
        expected.map(str::to_owned).into()
    );
}

#[test]
fn optimisers_need_three_crates_and_none_of_ours() {
    let expected = ["kodama", "libm", "thiserror"];
    assert_eq!(
        dependencies("optimisers"),
        expected.map(str::to_owned).into()
    );
}

/// `clippy.toml` bans files, clocks and the platform's mathematical library; the ban holds where a
/// crate or a module turns it on.
#[test]
fn pure_code_turns_on_the_ban_of_impure_functions() {
    let pure = [
        "statistics/src/lib.rs",
        "optimisers/src/lib.rs",
        "backtest/src/lib.rs",
        "verdict/src/overfitting.rs",
        "drawing/src/lib.rs",
        "documents/src/lib.rs",
    ];
    for file in pure {
        let code = text(&format!("crates/{file}"));
        assert!(
            code.contains("\n#![warn(clippy::disallowed_methods)]\n"),
            "{file}"
        );
        let (name, _) = file.split_once('/').unwrap();
        let own = crate::root().join(format!("crates/{name}/clippy.toml"));
        assert!(!own.exists(), "{name} has a list of its own");
    }
}

#[test]
fn the_engine_needs_four_crates_statistics_and_optimisers() {
    let expected = [
        "chrono",
        "libm",
        "multiversion",
        "optimisers",
        "statistics",
        "thiserror",
    ];
    assert_eq!(dependencies("backtest"), expected.map(str::to_owned).into());
}

#[test]
fn diagnostics_need_none_of_ours() {
    check_ours("diagnostics", &[]);
}

#[test]
fn reading_prices_needs_the_engine_alone() {
    check_ours("market-data", &["backtest", "diagnostics"]);
}

#[test]
fn reading_strategies_needs_the_engine_and_statistics() {
    check_ours("strategy-file", &["backtest", "diagnostics", "statistics"]);
}

#[test]
fn a_cluster_needs_the_sweep() {
    check_ours("cluster", &["diagnostics", "sweep"]);
}

/// Both front ends stand on the library, and nothing else does.
#[test]
fn the_library_is_below_the_front_ends_alone() {
    for entry in std::fs::read_dir(crate::root().join("crates")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_front_end = ["cli", "python"].contains(&name.as_str());
        let dependencies = dependencies(&name);
        assert_eq!(dependencies.contains("gridfolio"), is_front_end, "{name}");
        assert!(
            !dependencies.contains("cli") && !dependencies.contains("python"),
            "{name}"
        );
    }
}

#[test]
fn drawing_needs_none_of_ours() {
    check_ours("drawing", &[]);
}

#[test]
fn documents_need_what_they_show() {
    check_ours(
        "documents",
        &[
            "backtest",
            "diagnostics",
            "drawing",
            "results",
            "statistics",
            "verdict",
        ],
    );
}

#[test]
fn a_sweep_knows_neither_its_results_nor_its_verdict() {
    let below = [
        "backtest",
        "diagnostics",
        "market-data",
        "statistics",
        "strategy-file",
    ];
    check_ours("sweep", &below);
}

#[test]
fn results_run_nothing_but_through_the_sweep() {
    let below = [
        "backtest",
        "diagnostics",
        "statistics",
        "strategy-file",
        "sweep",
    ];
    check_ours("results", &below);
}

#[test]
fn a_verdict_needs_the_results_and_what_they_need() {
    let below = [
        "backtest",
        "diagnostics",
        "results",
        "statistics",
        "strategy-file",
        "sweep",
    ];
    check_ours("verdict", &below);
}
