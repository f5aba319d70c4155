//! Optimisers and estimators of covariances against optima in 60-digit arithmetic.

use std::collections::BTreeMap;
use std::path::Path;

use ::optimisers::estimators::{Ewma, LedoitWolf, Sample};
use ::optimisers::optimisers::{
    Distance, HierarchicalRiskParity, InverseVariance, InverseVolatility, Linkage,
    MaxDiversification, MaxSharpe, MeanVariance, MinVariance, RiskParity,
};
use ::optimisers::{
    Constraints, Covariance, Estimator, Failure, Group, Optimiser, Problem, Returns, Workspace,
    cap, target_volatility,
};
use conformance::reference_folder;
use serde_json::Value;

use crate::{number, numbers};

fn goldens() -> Value {
    let path = reference_folder("optimisers").join("goldens.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn flat(matrix: &Value) -> Vec<f64> {
    matrix
        .as_array()
        .unwrap()
        .iter()
        .flat_map(numbers)
        .collect()
}

/// One number for all assets, or one each; `missing` where there is none, `null` where one is null.
fn per_asset(value: &Value, assets: usize, missing: f64, null: f64) -> Vec<f64> {
    match value {
        Value::Array(all) => all.iter().map(|v| v.as_f64().unwrap_or(null)).collect(),
        Value::Number(_) => vec![number(value); assets],
        Value::Null => vec![missing; assets],
        _ => panic!("{value} is no bound"),
    }
}

fn constraints(params: &Value, assets: usize) -> Constraints {
    let or = |key: &str, absent: f64| params[key].as_f64().unwrap_or(absent);
    // An absent lower bound is zero; one that is null is none.
    let lower = match params.get("lower") {
        None => 0.0,
        Some(_) => f64::NEG_INFINITY,
    };
    let group = |group: &Value| Group {
        members: numbers(&group["members"])
            .iter()
            .map(|i| *i as usize)
            .collect(),
        lower: group["lower"].as_f64().unwrap_or(f64::NEG_INFINITY),
        upper: group["upper"].as_f64().unwrap_or(f64::INFINITY),
    };
    Constraints {
        lower: per_asset(&params["lower"], assets, lower, f64::NEG_INFINITY),
        upper: per_asset(&params["upper"], assets, f64::INFINITY, f64::INFINITY),
        groups: params["groups"]
            .as_array()
            .into_iter()
            .flatten()
            .map(group)
            .collect(),
        net: or("net", 1.0),
        gross: or("gross", f64::INFINITY),
        turnover_limit: or("turnover_limit", f64::INFINITY),
        turnover_penalty: or("turnover_penalty", 0.0),
    }
}

fn optimiser(method: &str, params: &Value) -> Box<dyn Optimiser> {
    match method {
        "inverse-volatility" => Box::new(InverseVolatility),
        "inverse-variance" => Box::new(InverseVariance),
        "risk-parity" => Box::new(RiskParity {
            budgets: match &params["budgets"] {
                Value::Null => Vec::new(),
                budgets => numbers(budgets),
            },
        }),
        "min-variance" => Box::new(MinVariance),
        "max-sharpe" => Box::new(MaxSharpe {
            risk_free: params["risk_free"].as_f64().unwrap_or(0.0),
        }),
        "max-diversification" => Box::new(MaxDiversification),
        "mean-variance" => Box::new(MeanVariance {
            risk_aversion: number(&params["risk_aversion"]),
        }),
        "hrp" => Box::new(HierarchicalRiskParity {
            linkage: match params["linkage"].as_str() {
                None => Linkage::Single,
                Some("average") => Linkage::Average,
                Some("ward") => Linkage::Ward,
                Some(linkage) => panic!("{linkage}"),
            },
            distance: match params["distance"].as_str() {
                None => Distance::Correlation,
                Some("euclidean-of-columns") => Distance::EuclideanOfColumns,
                Some(distance) => panic!("{distance}"),
            },
        }),
        _ => panic!("{method}"),
    }
}

/// The objective of a method at some weights, greater for better.
fn objective(method: &str, case: &Case<'_>, weights: &[f64]) -> f64 {
    let params = case.params;
    let variance = case.covariance.variance(weights);
    let dot = |a: &[f64]| -> f64 { a.iter().zip(weights).map(|(a, w)| a * w).sum() };
    let changes = case.current.iter().zip(weights).map(|(c, w)| (c - w).abs());
    let penalty = case.constraints.turnover_penalty * changes.sum::<f64>();
    match method {
        "min-variance" => -variance - penalty,
        "mean-variance" => {
            dot(&case.expected) - 0.5 * number(&params["risk_aversion"]) * variance - penalty
        }
        "max-sharpe" => {
            let free = params["risk_free"].as_f64().unwrap_or(0.0);
            let excess: Vec<f64> = case.expected.iter().map(|m| m - free).collect();
            dot(&excess) / variance.sqrt()
        }
        "max-diversification" => dot(case.covariance.volatilities()) / variance.sqrt(),
        _ => panic!("{method}"),
    }
}

struct Case<'a> {
    params: &'a Value,
    covariance: Covariance,
    expected: Vec<f64>,
    current: Vec<f64>,
    constraints: Constraints,
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max)
}

/// What is wrong with the answer to a case; nothing if it is as it should be.
fn check(goldens: &Value, golden: &Value, workspace: &mut Workspace) -> Vec<String> {
    let method = golden["method"].as_str().unwrap();
    let input = golden["input"].as_str().unwrap();
    let params = &golden["params"];
    let expect = &golden["expect"];
    let mut covariance = Covariance::default();
    let matrix = flat(&goldens["covariances"][input]);
    let assets = matrix.len().isqrt();
    covariance.set(assets, &matrix).unwrap();
    let case = Case {
        params,
        covariance,
        expected: numbers(&goldens["expected_returns"][input]),
        current: match &params["current"] {
            Value::Null => Vec::new(),
            current => numbers(current),
        },
        constraints: constraints(params, assets),
    };
    let problem = Problem {
        covariance: &case.covariance,
        expected_returns: &case.expected,
        current: &case.current,
        constraints: &case.constraints,
    };
    let mut weights = vec![0.0; assets];
    let outcome = optimiser(method, params).weights(&problem, workspace, &mut weights);
    let mut wrong = Vec::new();
    let failure = match (outcome, expect["error"].as_str()) {
        (Ok(()), None) => None,
        (Err(failure), Some(error)) => Some((failure, error)),
        (Ok(()), Some(error)) => return vec![format!("{weights:?} instead of {error}")],
        (Err(failure), None) => return vec![failure.to_string()],
    };
    if let Some((failure, error)) = failure {
        if failure.name() != error {
            wrong.push(format!("{failure} instead of {error}"));
        }
        if let Value::Array(_) = &expect["assets"] {
            let expected = numbers(&expect["assets"]);
            let named = failure.assets().iter().map(|asset| *asset as f64).collect();
            if expected != named {
                let named: Vec<f64> = named;
                wrong.push(format!("names {named:?} instead of {expected:?}"));
            }
        }
        return wrong;
    }
    let theirs = numbers(&expect["weights"]);
    let violation = case.constraints.greatest_violation(&weights, &case.current);
    if violation > 1e-9 {
        wrong.push(format!("violates a constraint by {violation:e}"));
    }
    let is_unique = expect["unique"].as_bool().unwrap();
    let is_direct = ["hrp", "inverse-volatility", "inverse-variance"].contains(&method);
    let tolerance = if is_direct { 1e-12 } else { 1e-6 };
    let off = distance(&weights, &theirs);
    if is_unique && off > tolerance {
        wrong.push(format!("weights are off by {off:e}"));
    }
    if !is_direct && method != "risk-parity" {
        let best = objective(method, &case, &theirs);
        let ours = objective(method, &case, &weights);
        let trace: f64 = (0..assets).map(|i| matrix[i * assets + i]).sum();
        let mean = trace / assets as f64;
        let is_ratio = method.starts_with("max-");
        let floor = if is_ratio { 0.0 } else { 1e-8 * mean };
        let is_least_norm = expect["least_norm"].as_bool().unwrap_or(true);
        let allowed = if is_least_norm || is_ratio {
            1e-8 * best.abs().max(floor)
        } else {
            1e-10 * mean
        };
        if best.is_nan() || ours.is_nan() || best - ours > allowed {
            wrong.push(format!("objective {ours:e} instead of {best:e}"));
        }
    }
    wrong
}

/// Fails with all cases that are wrong, one a line.
#[track_caller]
fn check_all(methods: &[&str]) {
    let goldens = goldens();
    let mut workspace = Workspace::default();
    let mut wrong = Vec::new();
    let mut count = 0;
    for golden in goldens["cases"].as_array().unwrap() {
        if methods.contains(&golden["method"].as_str().unwrap()) {
            count += 1;
            for what in check(&goldens, golden, &mut workspace) {
                wrong.push(format!("{}: {what}", golden["id"]));
            }
        }
    }
    assert!(count > 20, "{count} cases of {methods:?}");
    assert!(wrong.is_empty(), "of {count}:\n{}", wrong.join("\n"));
}

pub(crate) fn weights_in_inverse_proportion_to_risk() {
    check_all(&["inverse-volatility", "inverse-variance"]);
}

pub(crate) fn risk_parity_with_equal_and_given_budgets() {
    check_all(&["risk-parity"]);
}

pub(crate) fn minimum_variance_under_all_constraints() {
    check_all(&["min-variance"]);
}

pub(crate) fn mean_variance_under_all_constraints() {
    check_all(&["mean-variance"]);
}

pub(crate) fn maximum_sharpe_ratios_and_diversification() {
    check_all(&["max-sharpe", "max-diversification"]);
}

pub(crate) fn hierarchical_risk_parity_of_all_linkages() {
    check_all(&["hrp"]);
}

pub(crate) fn caps_and_targets_of_volatility() {
    let goldens = goldens();
    for golden in goldens["cases"].as_array().unwrap() {
        let (params, expect) = (&golden["params"], &golden["expect"]);
        let method = golden["method"].as_str().unwrap();
        let mut weights = match method {
            "cap" | "target-volatility" => numbers(&params["weights"]),
            _ => continue,
        };
        let scalar = if method == "cap" {
            let caps = per_asset(&params["cap"], weights.len(), 0.0, 0.0);
            let sum = weights.iter().sum();
            let left = cap(&mut weights, &caps, params["total"].as_f64().unwrap_or(sum));
            left - number(&expect["left_over"])
        } else {
            let matrix = flat(&goldens["covariances"][golden["input"].as_str().unwrap()]);
            let mut covariance = Covariance::default();
            covariance.set(weights.len(), &matrix).unwrap();
            let factor = target_volatility(
                &covariance,
                &mut weights,
                number(&params["target"]),
                number(&params["periods_per_year"]),
                params["max_gross"].as_f64().unwrap_or(f64::INFINITY),
            );
            factor.unwrap() / number(&expect["scale"]) - 1.0
        };
        let off = distance(&weights, &numbers(&expect["weights"]));
        assert!(
            off <= 1e-12 && scalar.abs() <= 1e-12,
            "{}: {off:e}, {scalar:e}",
            golden["id"]
        );
    }
}

/// The adjusted closes of a symbol by day.
fn adjusted_closes(dataset: &str, symbol: &str) -> BTreeMap<String, f64> {
    let path = reference_folder("data").join(dataset).join(symbol);
    let text = std::fs::read_to_string(Path::new(&path).with_extension("csv")).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let column = header.iter().position(|name| *name == "Adj Close").unwrap();
    let mut closes = BTreeMap::new();
    for line in lines {
        if let Ok(close) = line[column].parse() {
            closes.insert(line[0].to_owned(), close);
        }
    }
    closes
}

/// The returns of a window of the market on days that all symbols have.
fn window(window: &Value, returns: &mut Returns) {
    let dataset = window["dataset"].as_str().unwrap();
    let symbols = window["symbols"].as_array().unwrap().iter();
    let all: Vec<_> = symbols
        .map(|symbol| adjusted_closes(dataset, symbol.as_str().unwrap()))
        .collect();
    let last = window["last"].as_str().unwrap();
    let days = all[0].keys().filter(|day| day.as_str() <= last);
    let days: Vec<_> = days
        .filter(|day| all.iter().all(|c| c.contains_key(*day)))
        .collect();
    let count = number(&window["returns"]) as usize + 1;
    let days = &days[days.len() - count..];
    assert_eq!(days[1], window["first"].as_str().unwrap());
    let closes: Vec<Vec<f64>> = all
        .iter()
        .map(|closes| days.iter().map(|day| closes[*day]).collect())
        .collect();
    returns
        .set_closes(closes.iter().map(Vec::as_slice))
        .unwrap();
}

fn estimator(golden: &Value) -> Option<Box<dyn Estimator>> {
    match golden["estimator"].as_str().unwrap() {
        "sample" => Some(Box::new(Sample)),
        "ledoit-wolf" => Some(Box::new(LedoitWolf)),
        "ewma" => Some(Box::new(Ewma {
            decay: number(&golden["params"]["decay"]),
        })),
        _ => None,
    }
}

pub(crate) fn covariances_by_all_estimators() {
    let goldens = goldens();
    let mut returns = Returns::default();
    let mut covariance = Covariance::default();
    let mut count = 0;
    for golden in goldens["estimators"].as_array().unwrap() {
        let Some(estimator) = estimator(golden) else {
            continue;
        };
        match golden["window"].as_str() {
            Some(name) => {
                let windows = goldens["windows"].as_array().unwrap();
                let found = windows.iter().find(|window| window["name"] == name);
                window(found.unwrap(), &mut returns);
            }
            None => {
                let rows = &goldens["returns"][golden["input"].as_str().unwrap()];
                let assets = rows[0].as_array().unwrap().len();
                returns.set(assets, &flat(rows)).unwrap();
            }
        }
        let outcome: Result<(), Failure> = estimator.estimate(&returns, &mut covariance);
        outcome.unwrap();
        let theirs = flat(&golden["expect"]["cov"]);
        let greatest = theirs.iter().fold(0.0_f64, |max, v| max.max(v.abs()));
        let off = distance(covariance.entries(), &theirs) / greatest;
        assert!(off <= 1e-10, "{}: {off:e}", golden["id"]);
        count += 1;
    }
    assert!(count >= 20, "{count} estimates");
}
