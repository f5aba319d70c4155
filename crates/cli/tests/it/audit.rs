//! `gridfolio audit`

use std::path::Path;

use expect_test::expect;
use serde_json::Value;

use crate::{STRATEGY, gridfolio, put, ready};

fn project() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_answer_comes_first_and_then_what_is_left_of_the_result() {
    let done = gridfolio(&project(), &["audit", "examples/sector_momentum.toml"]).succeeded();
    assert_eq!(done.stderr, "");
    expect![[r#"
        Sector momentum: look-ahead audit
        passed: at 100 dates, nothing before changed when the prices after were cut off or altered

        same prices again  the same results, to the bit
        future cut off     nothing before it changed, 2014-07-31 to 2023-11-30
        future altered     nothing before it changed, 2014-07-31 to 2023-11-30
        weights            follow the prices
        foresight          correlation 0.05 with the returns after 114 decisions, t = 2.0

                                      CAGR  Sharpe  max drawdown     costs
        as it is                   14.53 %    0.99        20.9 %     77.6k
        signals 1 session old      11.09 %    0.80        21.2 %     75.1k
        signals 2 sessions old     10.91 %    0.79        19.1 %     74.8k
        signals 5 sessions old     14.00 %    0.95        21.0 %     78.6k
        signals 21 sessions old    10.91 %    0.78        26.4 %     65.3k
        trades 1 session late      15.20 %    1.03        20.5 %     79.9k
        trades 2 sessions late     14.89 %    1.01        20.9 %     79.2k
        trades 5 sessions late     13.79 %    0.94        23.4 %     72.9k
        trades 21 sessions late    12.03 %    0.85        26.3 %     65.6k
        no costs                   15.01 %    1.01        20.6 %         0
        costs times 2              14.05 %    0.96        21.1 %    151.5k
        5 bp more slippage         14.23 %    0.97        21.0 %    124.2k
        10 bp more slippage        13.94 %    0.95        21.2 %    169.5k
        20 bp more slippage        13.34 %    0.92        21.7 %    256.1k
        50 bp more slippage        11.58 %    0.81        23.9 %    486.3k
    "#]]
    .assert_eq(&done.stdout);
}

#[test]
fn every_example_passes_at_every_decision() {
    for example in std::fs::read_dir(project().join("examples")).unwrap() {
        let example = example.unwrap().path();
        if example
            .extension()
            .is_none_or(|extension| extension != "toml")
        {
            continue;
        }
        let file = example.to_str().unwrap();
        let arguments = ["audit", file, "--dates", "300", "--json"];
        let done = gridfolio(&project(), &arguments).succeeded();
        let told: Value = serde_json::from_str(&done.stdout).unwrap();
        assert_eq!(told["passed"], true, "{file}");
        assert_eq!(told["dates"].as_array().unwrap().len(), 300, "{file}");
        let variations = told["variations"].as_array().unwrap();
        assert!(
            variations.iter().all(|one| one["sharpe"].is_number()),
            "{file}"
        );
    }
}

/// The first variation is the backtest itself.
#[test]
fn as_it_is_it_is_what_run_says() {
    let example = "examples/long_short.toml";
    let json = |arguments: &[&str]| -> Value {
        serde_json::from_str(&gridfolio(&project(), arguments).succeeded().stdout).unwrap()
    };
    let audit = json(&["audit", example, "--dates", "1", "--json"]);
    let run = json(&["run", example, "--json"]);
    let (ours, theirs) = (&audit["variations"][0], &run["statistics"]["strategy"]);
    assert_eq!(ours["change"], "as it is");
    assert_eq!(ours["sharpe"], theirs["ratios"]["sharpe"]);
    assert_eq!(ours["cagr"], theirs["returns"]["cagr"]);
}

#[test]
fn a_model_written_in_python_is_audited_by_python() {
    let folder = ready();
    let python = STRATEGY.replace(
        "model = \"equal-weight\"",
        "model = \"python\"\nclass = \"my_models:Own\"",
    );
    put(&folder, "own.toml", &python);
    let done = gridfolio(folder.path(), &["audit", "own.toml"]);
    expect![[r#"
        exit code 3
        error: `own.toml` cannot be audited here
        cause: `my_models:Own` is a Python class
         hint: run `python -m gridfolio audit own.toml`
    "#]]
    .assert_eq(&done.said());
}

#[test]
fn prices_that_do_not_fit_are_said_as_by_run() {
    let folder = ready();
    let said = |command| {
        let late = "backtest.start=2025-01-01";
        let end = "backtest.end=2025-12-31";
        gridfolio(
            folder.path(),
            &[command, "strategy.toml", "--set", late, "--set", end],
        )
        .said()
    };
    assert_eq!(said("audit"), said("run"));
    assert!(said("audit").contains("the prices run from 2024-01-02 to 2024-01-08"));
}
