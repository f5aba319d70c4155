//! QSTrader 0.3.0 is reproduced to the last bit.

use std::path::Path;

use backtest::backtest::BindError;
use backtest::date::Date;
use backtest::ledger::Ledger;
use backtest::market::Market;
use backtest::outcome::Outcome;
use backtest::strategy::Strategy;
use serde_json::Value;

use crate::oracle;
use crate::oracle::number;

/// What a spec comes to here.
enum Run {
    Done(Box<(Strategy, Market, Outcome)>),
    Refused(String),
    LookAhead(String),
}

fn run(folder: &Path, spec: &Value) -> Run {
    let strategy = oracle::strategy(spec);
    let series = oracle::prices(folder, spec, &strategy.symbols());
    let market = strategy.market(&series).unwrap();
    let outcome = match strategy.bind(&market) {
        Ok(backtest) => backtest.run(),
        Err(error @ BindError::NoPriceYet { .. }) => return Run::LookAhead(error.to_string()),
        Err(error) => return Run::Refused(error.to_string()),
    };
    match outcome {
        Ok(outcome) => Run::Done(Box::new((strategy, market, outcome))),
        Err(error) => Run::Refused(error.to_string()),
    }
}

/// The first difference between a golden and our run, to the last bit.
fn difference(
    golden: &Value,
    market: &Market,
    strategy: &Strategy,
    ours: &Outcome,
) -> Option<String> {
    let same = |a: f64, b: f64| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()) || a == b;
    let transactions = golden["transactions"].as_array().unwrap();
    for (index, theirs) in transactions.iter().enumerate() {
        let Some(fill) = ours.fills.get(index) else {
            return Some(format!(
                "transaction {index} of {} is missing: {theirs}",
                transactions.len()
            ));
        };
        let named = format!("EQ:{}", market.symbol(fill.asset));
        let when = market.moment(fill.mark).to_string();
        let numbers = [fill.quantity, fill.price, fill.commission, fill.cash];
        let equal = theirs[0] == when
            && theirs[1] == named
            && numbers
                .iter()
                .enumerate()
                .all(|(i, n)| same(*n, number(&theirs[i + 2])));
        if !equal {
            return Some(format!(
                "transaction {index}: {theirs} but {when} {named} {numbers:?}"
            ));
        }
    }
    if ours.fills.len() > transactions.len() {
        return Some(format!(
            "{} fills too many",
            ours.fills.len() - transactions.len()
        ));
    }
    let equity = golden["equity_curve"].as_array().unwrap();
    let dates = ours.dates(market);
    if equity.len() != ours.equity.len() {
        return Some(format!(
            "{} equity values, not {}",
            ours.equity.len(),
            equity.len()
        ));
    }
    for ((theirs, date), value) in equity.iter().zip(dates).zip(&ours.equity) {
        if theirs[0] != date.to_string() || !same(number(&theirs[1]), *value) {
            return Some(format!("equity {theirs} but {date} {value}"));
        }
    }
    let allocations = golden["target_allocations_raw"].as_array().unwrap();
    if allocations.len() != ours.allocations.len() {
        return Some(format!(
            "{} allocations, not {}",
            ours.allocations.len(),
            allocations.len()
        ));
    }
    for (theirs, ours) in allocations.iter().zip(&ours.allocations) {
        let theirs = theirs.as_object().unwrap();
        let equal = theirs["dt"] == market.moment(ours.mark).to_string()
            && theirs.len() == ours.weights.len() + 1
            && ours.weights.iter().all(|(asset, weight)| {
                theirs
                    .get(&format!("EQ:{}", market.symbol(*asset)))
                    .is_some_and(|theirs| same(number(theirs), *weight))
            });
        if !equal {
            return Some(format!("allocation {theirs:?} but {ours:?}"));
        }
    }
    let last = &golden["final"];
    let open: Vec<_> = last["open_orders"].as_array().unwrap().iter().collect();
    let same_orders = open.len() == ours.open_orders.len()
        && open.iter().zip(&ours.open_orders).all(|(theirs, ours)| {
            theirs[0] == format!("EQ:{}", market.symbol(ours.asset))
                && number(&theirs[1]) == ours.quantity
        });
    if !same_orders {
        return Some(format!("open orders {open:?} but {:?}", ours.open_orders));
    }
    positions_difference(last, market, strategy, ours)
}

/// Replays the fills in the ledger and compares every account of every position.
fn positions_difference(
    last: &Value,
    market: &Market,
    strategy: &Strategy,
    ours: &Outcome,
) -> Option<String> {
    let conventions = strategy.conventions;
    let mut ledger = Ledger::new(
        ours.initial_cash,
        conventions.fractional_buys,
        conventions.realised_profit,
    );
    for fill in &ours.fills {
        ledger.trade(fill.asset, fill.quantity, fill.price, fill.commission);
    }
    let closes = market.closes(*ours.sessions().end());
    for asset in ours.holdings.iter().map(|holding| holding.asset) {
        ledger.mark(asset, closes[asset.index()]).unwrap();
    }
    let totals = [
        ("cash", ledger.cash()),
        ("tmv", ledger.market_value()),
        ("equity", ledger.equity()),
        ("unrealised", ledger.unrealised_profit()),
        ("realised", ledger.realised_profit()),
    ];
    for (key, value) in totals {
        if number(&last[key]) != value {
            return Some(format!("final {key} {} but {value}", last[key]));
        }
    }
    let theirs = last["positions"].as_object().unwrap();
    if theirs.len() != ledger.positions().len() {
        return Some(format!(
            "{} positions, not {}",
            ledger.positions().len(),
            theirs.len()
        ));
    }
    for position in ledger.positions() {
        let theirs = &theirs[&format!("EQ:{}", market.symbol(position.asset))];
        let accounts = [
            ("net_quantity", position.quantity()),
            ("market_value", position.market_value()),
            ("unrealised_pnl", position.unrealised_profit()),
            ("realised_pnl", position.realised_profit()),
            ("current_price", position.price),
            ("avg_price", position.average_price()),
            ("buy_quantity", position.bought),
            ("sell_quantity", position.sold),
            ("avg_bought", position.average_bought),
            ("avg_sold", position.average_sold),
            ("buy_commission", position.buy_commission),
            ("sell_commission", position.sell_commission),
        ];
        for (key, value) in accounts {
            if number(&theirs[key]) != value {
                return Some(format!(
                    "{key} of {:?}: {} but {value}",
                    position.asset, theirs[key]
                ));
            }
        }
    }
    None
}

/// The last price that a run could know is the one it used: no asset was traded before its first.
fn trades_before_first_price(series_first: impl Fn(&str) -> Option<Date>, golden: &Value) -> bool {
    golden["transactions"]
        .as_array()
        .unwrap()
        .iter()
        .any(|transaction| {
            let symbol = transaction[1].as_str().unwrap().trim_start_matches("EQ:");
            let date: Date = transaction[0].as_str().unwrap()[..10].parse().unwrap();
            series_first(symbol).is_none_or(|first| date < first)
        })
}

#[test]
fn every_spec_that_needs_no_look_ahead_gives_the_same_bits() {
    let Some(folder) = oracle::folder() else {
        return;
    };
    let mut report = Vec::new();
    let mut compared = 0;
    for (name, golden) in oracle::goldens(&folder.join("golden/out")) {
        if golden["ok"] != true || name.starts_with("e_csv") {
            continue;
        }
        compared += 1;
        match run(&folder, &golden["spec"]) {
            Run::Done(run) => {
                let (strategy, market, outcome) = &*run;
                if let Some(difference) = difference(&golden, market, strategy, outcome) {
                    report.push(format!("{name}: {difference}"));
                }
            }
            Run::LookAhead(message) => report.push(format!("{name}: look-ahead: {message}")),
            Run::Refused(message) => report.push(format!("{name}: refused: {message}")),
        }
    }
    panic!("{compared}\n{}", report.join("\n"));
}
