//! QSTrader 0.3.0 is reproduced to the last bit: 80 cases on made-up prices, from the strategy file
//! to the statistics. `goldens/qstrader/make.py` ran QSTrader itself.

use std::fs;
use std::path::{Path, PathBuf};

use backtest::date::Date;
use backtest::market::Market;
use backtest::outcome::Outcome;
use backtest::statistics::qstrader::Statistics;
use backtest::strategy::Strategy;
use conformance::oracle::number;
use conformance::statistics_difference;
use market_data::Adjustment;
use serde_json::Value;

fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens/qstrader")
}

/// The strategy files, by the case's name: the base with whole tables replaced.
fn cases() -> Vec<(String, String)> {
    let text = fs::read_to_string(goldens().join("cases.toml")).unwrap();
    let mut file: toml::Table = text.parse().unwrap();
    let base = file["base"].as_table().unwrap().clone();
    let Some(toml::Value::Table(cases)) = file.remove("case") else {
        panic!("`cases.toml` has no cases");
    };
    let whole = |changes: &toml::Value| {
        let mut case = base.clone();
        case.extend(changes.as_table().unwrap().clone());
        case.to_string()
    };
    cases
        .iter()
        .map(|(name, changes)| (name.clone(), whole(changes)))
        .collect()
}

fn run(strategy_file: &str) -> (Strategy, Market, Outcome) {
    let file = strategy_file::parse(strategy_file, &[], "case")
        .unwrap_or_else(|problems| panic!("{}", problems.render("case", strategy_file, false)));
    let adjustment = match file.data.adjusted {
        true => Adjustment::ByCloseRatio,
        false => Adjustment::Raw,
    };
    let prices = goldens().join("prices");
    let loaded = market_data::load(&prices, &file.strategy.symbols(), adjustment).unwrap();
    let market = file.strategy.market(&loaded.series).unwrap();
    let outcome = file.strategy.bind(&market).unwrap().run().unwrap();
    (file.strategy, market, outcome)
}

/// Equal to the bit, where QSTrader's zero may have either sign.
fn is_same(theirs: &Value, ours: f64) -> bool {
    number(theirs) == ours
}

/// The first difference between QSTrader's run and ours.
fn difference(
    golden: &Value,
    strategy: &Strategy,
    market: &Market,
    ours: &Outcome,
) -> Option<String> {
    fills(golden, market, ours)
        .or_else(|| equity(golden, market, ours))
        .or_else(|| allocations(golden, strategy, market, ours))
        .or_else(|| open_orders(golden, market, ours))
        .or_else(|| statistics(golden, strategy, market, ours))
}

/// Day, symbol, shares, price, commission and the cash after it.
fn fills(golden: &Value, market: &Market, ours: &Outcome) -> Option<String> {
    let theirs = golden["transactions"].as_array().unwrap();
    if theirs.len() != ours.fills.len() {
        return Some(format!("{} fills, not {}", ours.fills.len(), theirs.len()));
    }
    for (theirs, fill) in theirs.iter().zip(&ours.fills) {
        let when = &market.moment(fill.mark).to_string()[..16];
        let symbol = market.symbol(fill.asset);
        let numbers = [fill.quantity, fill.price, fill.commission, fill.cash];
        let same = (2..)
            .zip(numbers)
            .all(|(at, ours)| is_same(&theirs[at], ours));
        if theirs[0] != when || theirs[1] != symbol || !same {
            return Some(format!("fill {theirs} but {when} {symbol} {numbers:?}"));
        }
    }
    None
}

fn equity(golden: &Value, market: &Market, ours: &Outcome) -> Option<String> {
    let theirs = golden["equity"].as_array().unwrap();
    let dates: &[Date] = ours.dates(market);
    if golden["first_day"] != dates[0].to_string() {
        return Some(format!(
            "the first day is {}, not {}",
            dates[0], golden["first_day"]
        ));
    }
    if theirs.len() != ours.equity.len() {
        return Some(format!(
            "{} equity values, not {}",
            ours.equity.len(),
            theirs.len()
        ));
    }
    let mut days = dates.iter().zip(theirs.iter().zip(&ours.equity));
    let (date, (theirs, ours)) = days.find(|(_, (theirs, ours))| !is_same(theirs, **ours))?;
    Some(format!("equity {theirs} on {date} but {ours}"))
}

/// The weights decided on; the golden leaves out those that equal the decision's before.
fn allocations(
    golden: &Value,
    strategy: &Strategy,
    market: &Market,
    ours: &Outcome,
) -> Option<String> {
    if golden["decisions"] != ours.allocations.len() {
        return Some(format!(
            "{} decisions, not {}",
            ours.allocations.len(),
            golden["decisions"]
        ));
    }
    let backtest = strategy.bind(market).unwrap();
    let mut theirs = golden["allocations"].as_array().unwrap().iter().peekable();
    let mut current = theirs.peek().copied();
    for allocation in ours.allocations.iter() {
        let when = &market.moment(allocation.mark).to_string()[..16];
        if theirs.peek().is_some_and(|next| next[0] == when) {
            current = theirs.next();
        }
        let weights = backtest.target_allocation(allocation);
        let expected = &current?[1];
        let is_each = weights.iter().all(|(asset, weight)| {
            let theirs = expected.get(market.symbol(*asset));
            theirs.is_some_and(|theirs| is_same(theirs, *weight))
        });
        if !is_each || expected.as_object().unwrap().len() != weights.len() {
            return Some(format!("weights {expected} at {when} but {weights:?}"));
        }
    }
    let left = theirs.next()?;
    Some(format!("no decision with weights {left}"))
}

fn open_orders(golden: &Value, market: &Market, ours: &Outcome) -> Option<String> {
    let theirs = golden["open_orders"].as_array().unwrap();
    let is_each = theirs.iter().zip(&ours.open_orders).all(|(theirs, ours)| {
        theirs[0] == market.symbol(ours.asset) && is_same(&theirs[1], ours.quantity)
    });
    (!is_each || theirs.len() != ours.open_orders.len())
        .then(|| format!("open orders {theirs:?} but {:?}", ours.open_orders))
}

/// QSTrader's own statistics, to 1e-12: logarithms differ by a unit in the last place.
fn statistics(
    golden: &Value,
    strategy: &Strategy,
    market: &Market,
    ours: &Outcome,
) -> Option<String> {
    if golden["statistics"].is_null() {
        return None;
    }
    let (dates, year) = (ours.dates(market), strategy.sessions_per_year_on(market));
    let ours = Statistics::of(&ours.equity, dates, &strategy.conventions, year).unwrap();
    statistics_difference(&golden["statistics"], &ours)
}

#[test]
fn every_case_gives_qstraders_bits() {
    let text = fs::read_to_string(goldens().join("goldens.json")).unwrap();
    let goldens: Value = serde_json::from_str(&text).unwrap();
    let cases = cases();
    let mut differences = Vec::new();
    for (name, strategy_file) in &cases {
        let (strategy, market, outcome) = run(strategy_file);
        let difference = difference(&goldens[name], &strategy, &market, &outcome);
        differences.extend(difference.map(|difference| format!("{name}: {difference}")));
    }
    assert!(differences.is_empty(), "{differences:#?}");
    assert_eq!(cases.len(), goldens.as_object().unwrap().len());
    assert_eq!(cases.len(), 80);
}
