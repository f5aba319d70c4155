//! Every case that was put to QSTrader itself can be said in a strategy file.

use std::collections::BTreeMap;

use conformance::oracle;
use serde_json::Value;
use strategy_file::parse;
use toml::{Table, Value as Toml};

/// Cases that QSTrader fails on for what a strategy file can say, as its outputs record; but for
/// `e_bad_rebalance`, whose `monthly` is a schedule here.
const REFUSED: [&str; 10] = [
    "e_negative_weight_long_only",
    "e_weekly_without_weekday",
    "e_bad_weekday",
    "e_cash_buffer_gt_1",
    "e_cash_buffer_missing",
    "e_leverage_zero",
    "e_leverage_missing",
    "e_end_before_start",
    "e_negative_cash",
    "e_burn_in_after_end",
];

pub(crate) fn the_cases_of_the_oracle_are_accepted_but_for_those_that_qstrader_refuses() {
    let path = oracle::folder().join("golden/specs.json");
    let specs: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut refused = Vec::new();
    for spec in &specs {
        // A model without weights is QSTrader's way to do nothing; here it is an error.
        if spec["alpha"]["kind"] == "none" {
            continue;
        }
        let name = spec["name"].as_str().unwrap();
        let file = strategy_file(spec);
        let text = file.to_string();
        match parse(&text, &[], "") {
            Ok(_) => {
                let json = crate::schema_validator::as_json(&Toml::Table(file));
                let met =
                    crate::schema_validator::validate(&strategy_file::json_schema(), &json, "");
                assert_eq!(met, Ok(()), "{name}");
            }
            Err(_) if REFUSED.contains(&name) => refused.push(name),
            Err(problems) => panic!("{}", problems.render(name, &text, false)),
        }
    }
    refused.sort_unstable();
    let mut expected = REFUSED;
    expected.sort_unstable();
    assert_eq!(refused, expected);
}

/// The strategy file of a specification as `oracle.py` describes it.
fn strategy_file(spec: &Value) -> Table {
    let mut tables: BTreeMap<&str, Table> = BTreeMap::new();
    let mut set = |table: &'static str, key: &str, value: Option<Toml>| {
        let table = tables.entry(table).or_default();
        if let Some(value) = value {
            table.insert(key.to_owned(), value);
        }
    };
    for key in ["start", "end", "burn_in"] {
        set("backtest", key, moment(&spec[key]));
    }
    set("backtest", "initial_cash", plain(&spec["initial_cash"]));
    set("data", "adjusted", plain(&spec["adjust_prices"]));

    let dates = &spec["universe"]["dates"];
    let dated = |(symbol, date): (&String, &Value)| moment(date).map(|date| (bare(symbol), date));
    match dates.as_object() {
        Some(dates) => {
            let enters: Table = dates.iter().filter_map(dated).collect();
            let assets = enters.keys().map(|symbol| Toml::from(symbol.as_str()));
            set("universe", "assets", Some(Toml::Array(assets.collect())));
            set("universe", "enters", Some(Toml::Table(enters)));
        }
        None => set("universe", "assets", plain(&spec["symbols"])),
    }

    let alpha = &spec["alpha"];
    let model = match alpha["kind"].as_str().unwrap() {
        "fixed" => "fixed-weights",
        "single" => "single-signal",
        "topn_momentum" => "top-n-momentum",
        "momentum_raw" => "momentum-weighted",
        "sma_cross" => "sma-crossover",
        "inv_vol" => "inverse-volatility",
        "calendar" => "scheduled-weights",
        other => panic!("the oracle has a model `{other}`"),
    };
    set("alpha", "model", Some(model.into()));
    for key in ["signal", "lookback", "top_n", "fast", "slow", "short"] {
        set("alpha", key, plain(&alpha[key]));
    }
    set("alpha", "weights", weights(&alpha["weights"]));
    let row = |row: &Value| {
        let from = ("from".to_owned(), moment(&row[0]).unwrap());
        let weights = ("weights".to_owned(), weights(&row[1]).unwrap());
        Toml::Table([from, weights].into_iter().collect())
    };
    let rows = alpha["table"].as_array();
    set(
        "alpha",
        "table",
        rows.map(|rows| Toml::Array(rows.iter().map(row).collect())),
    );

    if spec["optimiser"]["kind"] == "equal" {
        set("portfolio", "optimiser", Some("equal-weight".into()));
        set("portfolio", "scale", plain(&spec["optimiser"]["scale"]));
    }
    if spec["long_only"] == Value::Bool(false) {
        set("portfolio", "sizing", Some("long-short".into()));
        set(
            "portfolio",
            "gross_leverage",
            plain(&spec["gross_leverage"]),
        );
    } else {
        set("portfolio", "cash_buffer", plain(&spec["cash_buffer"]));
    }

    set("rebalance", "schedule", schedule(spec));
    if spec["rebalance"] == "weekly" {
        set("rebalance", "weekday", plain(&spec["weekday"]));
    }
    if let Some(model) = spec["risk"]["kind"].as_str() {
        set("risk", "model", Some(model.into()));
        for (key, own) in [
            ("max", "max_weight"),
            ("factor", "factor"),
            ("min", "min_weight"),
        ] {
            set("risk", own, plain(&spec["risk"][key]));
        }
    }
    if spec["fees"]["kind"] == "percent" {
        let mut fees = Table::from_iter([("model".to_owned(), Toml::from("percent"))]);
        for key in ["commission", "tax"] {
            fees.insert(key.to_owned(), plain(&spec["fees"][key]).unwrap());
        }
        set("costs", "fees", Some(Toml::Table(fees)));
    }
    if let Some(assets) = weights(&spec["benchmark"]["weights"]) {
        set("benchmark", "assets", Some(assets));
    }

    let mut file = Table::from_iter([("conventions".to_owned(), Toml::from("qstrader"))]);
    file.extend((tables.into_iter()).map(|(name, table)| (name.to_owned(), Toml::Table(table))));
    file
}

fn schedule(spec: &Value) -> Option<Toml> {
    let name = spec["rebalance"].as_str().unwrap();
    Some(name.replace('_', "-").into())
}

fn bare(symbol: &str) -> String {
    symbol.trim_start_matches("EQ:").to_owned()
}

fn moment(text: &Value) -> Option<Toml> {
    text.as_str()
        .map(|text| Toml::Datetime(text.parse().unwrap()))
}

fn weights(weights: &Value) -> Option<Toml> {
    let weights = weights.as_object()?;
    let weight = |(symbol, weight): (&String, &Value)| (bare(symbol), plain(weight).unwrap());
    Some(Toml::Table(weights.iter().map(weight).collect()))
}

/// `None` for null and for what is not there.
fn plain(value: &Value) -> Option<Toml> {
    match value {
        Value::Null => None,
        value => Some(Toml::try_from(value).unwrap()),
    }
}
