//! The oracle's goldens: what QSTrader 0.3.0 itself gave for a spec, and the spec as a strategy.

use std::fs::File;
use std::path::{Path, PathBuf};

use backtest::conventions::{Conventions, RiskModelUse};
use backtest::date::{Date, Moment, Weekday};
use backtest::strategy::{
    Alpha, Benchmark, Costs, Fees, Optimiser, RiskModel, Schedule, Sizing, Strategy, Universe,
};
use backtest::{alpha, costs, optimiser, risk, schedule, sizing};
use serde_json::Value;

use crate::reference_folder;

/// The oracle's folder in the reference material.
pub fn folder() -> PathBuf {
    reference_folder("oracle")
}

/// A compressed golden.
pub fn read(path: &Path) -> Value {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_reader(flate2::read::GzDecoder::new(file)).unwrap()
}

/// The goldens of a folder, by name.
pub fn goldens(folder: &Path) -> Vec<(String, Value)> {
    let mut goldens: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".json.gz"))
        .map(|path| {
            let name = path
                .file_name()
                .unwrap()
                .to_string_lossy()
                .replace(".json.gz", "");
            (name, read(&path))
        })
        .collect();
    goldens.sort_by(|a, b| a.0.cmp(&b.0));
    goldens
}

/// A number of a golden, where NaN and the infinities are strings.
pub fn number(value: &Value) -> f64 {
    match value {
        Value::Number(number) => number.as_f64().unwrap(),
        Value::String(text) => text.parse().unwrap(),
        other => panic!("{other} is not a number"),
    }
}

/// `2010-01-04 14:30:00`, UTC.
pub fn moment(text: &str) -> Moment {
    let date: Date = text[..10].parse().unwrap();
    let part = |range: std::ops::Range<usize>| text[range].parse::<i64>().unwrap();
    date.at_second(part(11..13) * 3600 + part(14..16) * 60 + part(17..19))
}

/// A spec as a strategy with QSTrader's conventions.
pub fn strategy(spec: &Value) -> Strategy {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let symbol = |text: &str| text.strip_prefix("EQ:").unwrap_or(text).to_owned();
    let weights = |value: &Value| -> Vec<(String, f64)> {
        value
            .as_object()
            .unwrap()
            .iter()
            .map(|(s, w)| (symbol(s), number(w)))
            .collect()
    };
    let count = |value: &Value| value.as_u64().unwrap() as u32;
    let or = |key: &str, default: f64| spec.get(key).map_or(default, number);
    let mut conventions = Conventions::QSTRADER;
    if spec
        .get("risk_patched")
        .is_some_and(|patched| patched == true)
    {
        conventions.risk_model = RiskModelUse::Applied;
    }
    let start = moment(spec["start"].as_str().unwrap());
    let universe = match spec.get("universe") {
        Some(universe) if universe["kind"] == "dynamic" => {
            let enters: Vec<_> = universe["dates"]
                .as_object()
                .unwrap()
                .iter()
                .filter_map(|(s, date)| Some((symbol(s), moment(date.as_str()?))))
                .collect();
            let assets = enters.iter().map(|(symbol, _)| symbol.clone()).collect();
            // One that is there from the start does not wait.
            let enters = enters
                .into_iter()
                .filter(|(_, enters)| *enters > start)
                .collect();
            Universe {
                assets,
                enters,
                ..Universe::default()
            }
        }
        Some(universe) => {
            let assets = universe["assets"].as_array().unwrap();
            let assets = assets
                .iter()
                .map(|asset| symbol(asset.as_str().unwrap()))
                .collect();
            Universe {
                assets,
                ..Universe::default()
            }
        }
        None => Universe {
            assets: spec["symbols"]
                .as_array()
                .unwrap()
                .iter()
                .map(text)
                .collect(),
            ..Universe::default()
        },
    };
    let alpha = &spec["alpha"];
    let alpha = match alpha["kind"].as_str().unwrap() {
        "fixed" => Alpha::FixedWeights(alpha::FixedWeights {
            weights: weights(&alpha["weights"]),
        }),
        "single" => Alpha::SingleSignal(alpha::SingleSignal {
            signal: alpha.get("signal").map_or(1.0, number),
        }),
        "none" => Alpha::SingleSignal(alpha::SingleSignal { signal: 0.0 }),
        "topn_momentum" => Alpha::TopNMomentum(alpha::TopNMomentum {
            lookback: count(&alpha["lookback"]),
            top_n: count(&alpha["top_n"]),
        }),
        "momentum_raw" => Alpha::MomentumWeighted(alpha::MomentumWeighted {
            lookback: count(&alpha["lookback"]),
        }),
        "sma_cross" => Alpha::SmaCrossover(alpha::SmaCrossover {
            fast: count(&alpha["fast"]),
            slow: count(&alpha["slow"]),
            short: alpha.get("short") == Some(&Value::Bool(true)),
        }),
        "inv_vol" => Alpha::InverseVolatility(alpha::InverseVolatility {
            lookback: count(&alpha["lookback"]),
        }),
        "calendar" => Alpha::ScheduledWeights(alpha::ScheduledWeights {
            table: alpha["table"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| alpha::WeightsFrom {
                    from: moment(row[0].as_str().unwrap()),
                    weights: weights(&row[1]),
                })
                .collect(),
        }),
        other => panic!("alpha {other}"),
    };
    let schedule = |value: &Value| match value.get("rebalance").map(|v| v.as_str().unwrap()) {
        Some("buy_and_hold") => Schedule::BuyAndHold,
        Some("daily") => Schedule::Daily,
        Some("end_of_month") => Schedule::EndOfMonth,
        Some("weekly") => Schedule::Weekly(schedule::Weekly {
            weekday: match value["weekday"].as_str().unwrap() {
                day if day.eq_ignore_ascii_case("mon") => Weekday::Mon,
                day if day.eq_ignore_ascii_case("tue") => Weekday::Tue,
                day if day.eq_ignore_ascii_case("wed") => Weekday::Wed,
                day if day.eq_ignore_ascii_case("thu") => Weekday::Thu,
                _ => Weekday::Fri,
            },
        }),
        other => panic!("rebalance {other:?}"),
    };
    let fees = match spec.get("fees") {
        Some(fees) if fees["kind"] == "percent" => Fees::Percent(costs::Percent {
            commission: fees.get("commission").map_or(0.0, number),
            tax: fees.get("tax").map_or(0.0, number),
        }),
        _ => Fees::Zero,
    };
    Strategy {
        conventions,
        burn_in: spec
            .get("burn_in")
            .map(|burn_in| moment(burn_in.as_str().unwrap())),
        initial_cash: or("initial_cash", 1e6),
        universe,
        alpha,
        risk: spec
            .get("risk")
            .map(|risk| match risk["kind"].as_str().unwrap() {
                "cap" => RiskModel::Cap(risk::Cap {
                    max_weight: number(&risk["max"]),
                }),
                "scale" => RiskModel::Scale(risk::Scale {
                    factor: number(&risk["factor"]),
                }),
                _ => RiskModel::Floor(risk::Floor {
                    min_weight: number(&risk["min"]),
                }),
            }),
        optimiser: match spec.get("optimiser") {
            Some(optimiser) if optimiser["kind"] == "equal" => {
                Optimiser::EqualWeight(optimiser::EqualWeight {
                    scale: optimiser.get("scale").map_or(1.0, number),
                })
            }
            _ => Optimiser::FixedWeight,
        },
        sizing: match spec.get("long_only") {
            Some(Value::Bool(false)) => Sizing::LongShort(sizing::LongShort {
                gross_leverage: or("gross_leverage", 1.0),
            }),
            _ => Sizing::LongOnly(sizing::LongOnly {
                cash_buffer: or("cash_buffer", 0.05),
            }),
        },
        schedule: schedule(spec),
        costs: Costs {
            fees,
            ..Costs::NONE
        },
        benchmark: spec.get("benchmark").map(|benchmark| Benchmark {
            weights: weights(&benchmark["weights"]),
            schedule: match benchmark.get("rebalance") {
                Some(_) => schedule(benchmark),
                None => Schedule::BuyAndHold,
            },
            cash_buffer: benchmark.get("cash_buffer").map_or(0.01, number),
        }),
        ..Strategy::new("oracle", start, moment(spec["end"].as_str().unwrap()))
    }
}

/// The folder of a spec's prices. Synthetic ones lie in the oracle's folder, real ones beside it.
pub fn csv_folder(folder: &Path, spec: &Value) -> PathBuf {
    let csv_dir = spec["csv_dir"].as_str().unwrap();
    match csv_dir.starts_with("data/") {
        true => folder.join("..").join(csv_dir),
        false => folder.join(csv_dir),
    }
}
