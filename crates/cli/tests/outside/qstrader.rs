//! Through files alone, QSTrader 0.3.0 is reproduced: its transactions, its equity and its JSON.

use std::path::Path;

use expect_test::{Expect, expect};
use serde_json::Value;

use conformance::oracle::{self, strategy};
use strategy_file::{Data, StrategyFile};

use crate::command::{folder, gridfolio, put};
use crate::comparison::{close, number, rows, value_difference};

/// How far numbers may be from QSTrader's, absolutely or relative to their size.
#[derive(Clone, Copy)]
struct Tolerance {
    ledger: f64,
    statistics: f64,
}

impl Tolerance {
    /// The goldens come from pandas 2, which rounds decimals of 16 digits wrongly; here they are
    /// read correctly. Only the synthetic oddities have so many.
    fn of(spec: &Value) -> Tolerance {
        match spec["csv_dir"].as_str() {
            Some(dir) if dir.ends_with("syn_weird") => Tolerance {
                ledger: 1e-9,
                statistics: 1e-9,
            },
            _ => Tolerance {
                ledger: 0.0,
                statistics: 1e-12,
            },
        }
    }
}

/// A spec as a strategy file.
fn strategy_file(folder: &Path, spec: &Value) -> String {
    let adjusted = (spec.get("adjust_prices")).is_none_or(|adjust| *adjust != false);
    let dir = oracle::csv_folder(folder, spec).to_str().map(str::to_owned);
    strategy_file::to_toml(&StrategyFile {
        data: Data {
            dir,
            adjusted,
            opens: None,
        },
        strategy: strategy(spec),
    })
}

/// The first difference between a golden and the files that the program writes.
fn difference(oracle: &Path, golden: &Value) -> Option<String> {
    let (spec, folder) = (&golden["spec"], folder());
    put(&folder, "spec.toml", &strategy_file(oracle, spec));
    let done = gridfolio(
        folder.path(),
        &["run", "spec.toml", "--out", "out", "--quiet"],
    );
    if done.code != 0 {
        let said = done.said();
        let told: Vec<&str> = said
            .lines()
            .filter(|line| !line.starts_with("error:"))
            .collect();
        return Some(told.join("; "));
    }
    let read = |file: &str| std::fs::read_to_string(folder.path().join("out").join(file)).unwrap();
    let tolerance = Tolerance::of(spec);
    transactions(golden, &read("transactions.csv"), tolerance)
        .or_else(|| equity(golden, &read("equity_curve.csv"), tolerance))
        .or_else(|| statistics(golden, &read("statistics.json"), tolerance))
}

fn transactions(golden: &Value, csv: &str, tolerance: Tolerance) -> Option<String> {
    let (theirs, ours) = (golden["transactions"].as_array().unwrap(), rows(csv));
    let same = |theirs: &Value, ours: &[&str]| {
        let symbol = theirs[1].as_str().unwrap().trim_start_matches("EQ:");
        theirs[0] == ours[0]
            && symbol == ours[1]
            && (2..5).all(|column| {
                let ours = ours[column].parse().unwrap();
                close(number(&theirs[column]), ours, tolerance.ledger)
            })
    };
    let mut pairs = theirs.iter().zip(&ours);
    let differing = pairs.find(|(theirs, ours)| !same(theirs, ours));
    match differing {
        Some((theirs, ours)) => Some(format!("transaction {theirs} but {ours:?}")),
        None if theirs.len() != ours.len() => {
            Some(format!("{} transactions, not {}", ours.len(), theirs.len()))
        }
        None => None,
    }
}

fn equity(golden: &Value, csv: &str, tolerance: Tolerance) -> Option<String> {
    let (theirs, ours) = (golden["equity_curve"].as_array().unwrap(), rows(csv));
    if theirs.len() != ours.len() {
        return Some(format!(
            "{} equity values, not {}",
            ours.len(),
            theirs.len()
        ));
    }
    let same = |theirs: &Value, ours: &[&str]| {
        let value = ours[1].parse().unwrap();
        theirs[0] == ours[0] && close(number(&theirs[1]), value, tolerance.ledger)
    };
    let mut pairs = theirs.iter().zip(&ours);
    let differing = pairs.find(|(theirs, ours)| !same(theirs, ours));
    differing.map(|(theirs, ours)| format!("equity {theirs} but {ours:?}"))
}

/// The blocks of our file against the golden's, which leave out the equity curve and tell the
/// target allocations in runs.
fn statistics(golden: &Value, json: &str, tolerance: Tolerance) -> Option<String> {
    if !golden["stats_error"].is_null() {
        return None;
    }
    let ours: Value = serde_json::from_str(json).unwrap();
    let mut theirs = golden["stats"].clone();
    expand_runs(&mut theirs, &ours["strategy"]["equity_curve"]);
    let block = |theirs: &Value, ours: &Value, name: &str| {
        let keys = |value: &Value| -> Vec<String> {
            let keys = value.as_object().unwrap().keys();
            keys.filter(|key| theirs.get(key).is_some())
                .cloned()
                .collect()
        };
        if keys(theirs) != keys(ours) {
            return Some(format!("{name}: keys {:?}", keys(ours)));
        }
        let object = theirs.as_object().unwrap();
        let mut differences = object.iter().filter_map(|(key, theirs)| {
            value_difference(theirs, &ours[key], tolerance.statistics)
                .map(|difference| format!("{name}.{key}{difference}"))
        });
        differences.next()
    };
    block(&theirs, &ours["strategy"], "strategy").or_else(|| match &golden["benchmark_stats"] {
        Value::Object(_) => block(&golden["benchmark_stats"], &ours["benchmark"], "benchmark"),
        _ => None,
    })
}

/// `{"name", "runs": [[first_ms, count, weight]]}` becomes `{"name", "data": [[ms, weight]]}`.
fn expand_runs(stats: &mut Value, equity_curve: &Value) {
    let Some(allocations) = stats["target_allocations"].as_array_mut() else {
        return;
    };
    for allocation in allocations {
        let runs = allocation["runs"].as_array().unwrap().iter();
        let weights = runs
            .flat_map(|run| std::iter::repeat_n(run[2].clone(), run[1].as_u64().unwrap() as usize));
        let dates = equity_curve.as_array().unwrap().iter();
        let data: Vec<Value> = dates
            .zip(weights)
            .map(|(point, weight)| Value::Array(vec![point[0].clone(), weight]))
            .collect();
        *allocation = serde_json::json!({ "name": allocation["name"], "data": data });
    }
}

#[track_caller]
fn check(goldens: &str, succeed: bool, expect: Expect) {
    let folder = oracle::folder();
    let mut told = String::new();
    let mut same = 0;
    for (name, golden) in oracle::goldens(&folder.join(goldens)) {
        // The bad files have their own tests.
        if (golden["ok"] == true) != succeed || name.starts_with("e_") {
            continue;
        }
        match difference(&folder, &golden) {
            None => same += 1,
            Some(difference) => told += &format!("{name}: {difference}\n"),
        }
    }
    expect.assert_eq(&format!("{same} the same\n{told}"));
}

pub(crate) fn every_spec_gives_the_same_files_or_would_be_a_look_ahead() {
    check(
        "golden/out",
        true,
        expect![[r#"
        70 the same
        c04_late_static_lookahead: exit code 4; cause: `LC` is needed on 2010-03-31 and has no price before 2011-01-13;  hint: its prices start on 2011-01-13; set `backtest.start` to that day or later, or let it join later with `enters = { LC = 2011-01-13 }` under `[universe]`
        c05_late_static_momentum: exit code 4; cause: `LC` is needed on 2010-05-27 and has no price before 2011-01-13;  hint: its prices start on 2011-01-13; set `backtest.start` to that day or later, or let it join later with `enters = { LC = 2011-01-13 }` under `[universe]`
        r05: exit code 4; cause: `LD` is needed on 2010-09-28 and has no price before 2012-01-12;  hint: its prices start on 2012-01-12; set `backtest.start` to that day or later, or let it join later with `enters = { LD = 2012-01-12 }` under `[universe]`
    "#]],
    );
}

pub(crate) fn specs_that_fail_in_qstrader_fail_with_a_reason() {
    check(
        "golden/out",
        false,
        expect![[r#"
        0 the same
        b16_weekend_only: exit code 3; cause: no session lies between 2010-03-06 14:30:00+00:00 and 2010-03-07 23:59:00+00:00;  hint: a backtest needs at least one weekday
        c03_leading_nan_lookahead: exit code 4; cause: `GD` is needed on 2010-01-04 and has no price before 2010-01-11;  hint: its prices start on 2010-01-11; set `backtest.start` to that day or later, or let it join later with `enters = { GD = 2010-01-11 }` under `[universe]`
    "#]],
    );
}

pub(crate) fn the_examples_and_the_tutorial_give_the_same_files() {
    check(
        "golden/examples",
        true,
        expect![[r#"
        8 the same
    "#]],
    );
}

/// The sixty-forty portfolio of the tutorial, on the prices of January 2025: the table as its
/// author's script prints it, from our JSON.
pub(crate) fn the_tutorials_table() {
    let oracle = oracle::folder();
    let golden = oracle::read(&oracle.join("golden/examples/tutorial_2025_01.json.gz"));
    let folder = folder();
    let text = strategy_file(&oracle, &golden["spec"]);
    put(&folder, "tutorial.toml", &text);
    let arguments = ["run", "tutorial.toml", "--out", "out", "--quiet"];
    gridfolio(folder.path(), &arguments).succeeded();
    let json = std::fs::read(folder.path().join("out/statistics.json")).unwrap();
    let json: Value = serde_json::from_slice(&json).unwrap();
    let curve = json["strategy"]["equity_curve"].as_array().unwrap();
    assert_eq!(curve.len(), 4960);
    let day = |milliseconds: i64| {
        let point = curve.iter().find(|point| point[0] == milliseconds);
        format!("{:.2}", number(&point.unwrap()[1]))
    };
    assert_eq!(curve[0][0], 1_064_880_000_000_i64);
    assert_eq!(curve[0][1], 1_000_000.0);
    assert_eq!(day(1_064_966_400_000), "1010972.79");
    assert_eq!(day(1_065_398_400_000), "1018658.63");
    assert_eq!(day(1_664_323_200_000), "3538518.43");
    assert_eq!(day(1_664_755_200_000), "3517862.12");
}
