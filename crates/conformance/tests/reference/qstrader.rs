//! QSTrader 0.3.0 is reproduced to the last bit.

use std::path::Path;

use backtest::BindError;
use backtest::date::Date;
use backtest::ledger::PositionLedger;
use backtest::market::Market;
use backtest::outcome::Outcome;
use backtest::statistics::qstrader::Statistics;
use backtest::strategy::Strategy;
use expect_test::expect;
use serde_json::Value;

use conformance::oracle::{self, number};
use conformance::statistics_difference;

use crate::pandas;

/// What a spec comes to here.
enum Run {
    Done(Box<(Strategy, Market, Outcome)>),
    Refused(String),
    LookAhead(String),
}

fn run(folder: &Path, spec: &Value) -> Run {
    let strategy = oracle::strategy(spec);
    let series = pandas::prices(folder, spec, &strategy.symbols());
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
    // The goldens of the sweep keep the month ends only.
    let whole = golden.get("equity_curve");
    let equity = whole.unwrap_or_else(|| &golden["equity_curve_month_ends"]);
    let equity = equity.as_array().unwrap();
    let dates = ours.dates(market);
    let n = golden
        .get("equity_curve_len")
        .map_or(equity.len(), |n| number(n) as usize);
    if n != ours.equity.len() {
        return Some(format!("{} equity values, not {n}", ours.equity.len()));
    }
    for theirs in equity {
        let date: Date = theirs[0].as_str().unwrap().parse().unwrap();
        let value = dates.binary_search(&date).ok().map(|at| ours.equity[at]);
        if !value.is_some_and(|value| same(number(&theirs[1]), value)) {
            return Some(format!("equity {theirs} but {value:?}"));
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
    let backtest = strategy.bind(market).unwrap();
    for (theirs, ours) in allocations.iter().zip(ours.allocations.iter()) {
        let weights = backtest.target_allocation(ours);
        let theirs = theirs.as_object().unwrap();
        let equal = theirs["dt"] == market.moment(ours.mark).to_string()
            && theirs.len() == weights.len() + 1
            && weights.iter().all(|(asset, weight)| {
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
    let mut ledger = PositionLedger::new(ours.initial_cash, conventions.fractional_buys);
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
        ("realised", ledger.realised_profit_of_open_positions()),
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

fn statistics(strategy: &Strategy, market: &Market, outcome: &Outcome) -> Statistics {
    let (dates, per_year) = (outcome.dates(market), strategy.sessions_per_year_on(market));
    Statistics::of(&outcome.equity, dates, &strategy.conventions, per_year).unwrap()
}

/// Runs the specs of a folder of goldens and reports how each ends.
fn report(folder: &Path, goldens: &[(String, Value)]) -> String {
    let mut same = 0;
    let mut lines = Vec::new();
    for (name, golden) in goldens {
        let difference = match run(folder, &golden["spec"]) {
            Run::Done(run) => {
                let (strategy, market, outcome) = &*run;
                let ledgers = difference(golden, market, strategy, outcome);
                let statistics = || match golden["stats_error"].is_null() {
                    true => statistics_difference(
                        &golden["stats"],
                        &statistics(strategy, market, outcome),
                    ),
                    false => None,
                };
                ledgers.or_else(statistics)
            }
            Run::LookAhead(message) => Some(format!("look-ahead: {message}")),
            Run::Refused(message) => Some(format!("refused: {message}")),
        };
        match difference {
            Some(difference) => lines.push(format!("{name}: {difference}\n")),
            None => same += 1,
        }
    }
    format!("{same} the same\n{}", lines.concat())
}

/// Specs whose prices are read from good files, apart from those that are wrong on purpose.
fn specs(folder: &Path, succeed: bool) -> Vec<(String, Value)> {
    let mut goldens = oracle::goldens(&folder.join("golden/out"));
    goldens
        .retain(|(name, golden)| (golden["ok"] == true) == succeed && !name.starts_with("e_csv"));
    goldens
}

pub(crate) fn every_spec_that_needs_no_look_ahead_gives_the_same_bits() {
    let folder = oracle::folder();
    expect![[r#"
        71 the same
        c04_late_static_lookahead: look-ahead: `LC` is needed on 2010-03-31 and has no price before 2011-01-13
        c05_late_static_momentum: look-ahead: `LC` is needed on 2010-05-27 and has no price before 2011-01-13
        r05: look-ahead: `LD` is needed on 2010-09-28 and has no price before 2012-01-12
    "#]].assert_eq(&report(&folder, &specs(&folder, true)));
}

pub(crate) fn the_examples_and_the_tutorial_on_real_prices_give_the_same_bits() {
    let folder = oracle::folder();
    expect![[r#"
        8 the same
    "#]]
    .assert_eq(&report(
        &folder,
        &oracle::goldens(&folder.join("golden/examples")),
    ));
}

pub(crate) fn cells_of_the_momentum_sweep_on_real_prices_give_the_same_bits() {
    let folder = oracle::folder();
    expect![[r#"
        7 the same
    "#]]
    .assert_eq(&report(
        &folder,
        &oracle::goldens(&folder.join("golden/sweep")),
    ));
}

/// The others cannot be said to the engine at all: a schedule that does not exist, a weekday that
/// is missing, a file that is not there.
pub(crate) fn specs_that_fail_in_qstrader_are_refused_with_a_reason() {
    let folder = oracle::folder();
    let sayable = [
        "b16_weekend_only",
        "c03_leading_nan_lookahead",
        "e_burn_in_after_end",
        "e_cash_buffer_gt_1",
        "e_end_before_start",
        "e_leverage_zero",
        "e_negative_cash",
        "e_negative_weight_long_only",
    ];
    let mut goldens = specs(&folder, false);
    goldens.retain(|(name, _)| sayable.contains(&name.as_str()));
    assert_eq!(goldens.len(), sayable.len());
    expect![[r#"
        0 the same
        b16_weekend_only: refused: no session lies between 2010-03-06 14:30:00+00:00 and 2010-03-07 23:59:00+00:00
        c03_leading_nan_lookahead: look-ahead: `GD` is needed on 2010-01-04 and has no price before 2010-01-11
        e_burn_in_after_end: refused: the burn-in lasts beyond the end, 2020-06-30
        e_cash_buffer_gt_1: refused: `portfolio.cash_buffer` is 1.01; it must be 0 to 1
        e_end_before_start: refused: the backtest ends before it starts, on 2020-06-30
        e_leverage_zero: refused: `portfolio.gross_leverage` is 0; it must be more than 0
        e_negative_cash: refused: `backtest.initial_cash` is -5; it must be 0 or more
        e_negative_weight_long_only: refused: the weight of `GOOD` is -1, in a long-only portfolio; it must be 0 or more
    "#]].assert_eq(&report(&folder, &goldens));
}
