//! Rows against backtests of the same strategies, made by the same words on the command line.

use market_data::{Adjustment, load};
use results::{Cell, Table};
use strategy_file::Override;
use sweep::Existing;

use crate::fixture::{Fixture, GRID, MOMENTUM, run, table};

fn cell<'a>(table: &'a Table, column: &str, row: usize) -> Cell<'a> {
    let column = table.columns.iter().find(|own| own.name() == column);
    column.unwrap().cell(row)
}

#[test]
fn every_row_equals_the_run_with_the_same_overrides() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let sweep = fixture.sweep("out").unwrap();
    let report = run(&sweep, 2);
    assert!(report.finished && report.failures.is_empty());
    let table = table(&fixture.path("out"));
    assert_eq!(table.n_rows(), 72);
    let mut row = 0;
    for lookback in (21..=252).step_by(21) {
        for top_n in 1..=6 {
            let set = |text: String| Override::parse(&text).unwrap();
            let overrides = [
                set(format!("alpha.lookback={lookback}")),
                set(format!("alpha.top_n={top_n}")),
            ];
            let file = strategy_file::parse(MOMENTUM, &overrides, "").unwrap();
            let symbols = file.strategy.symbols();
            let loaded = load(&fixture.path("data"), &symbols, Adjustment::ByCloseRatio).unwrap();
            let market = file.strategy.market(&loaded.series).unwrap();
            let record = file.strategy.bind(&market).unwrap().record().unwrap();
            let summary = record.summary.unwrap();

            let is = |name: &str, value: f64| {
                let Cell::Float(own) = cell(&table, name, row) else {
                    panic!("{name}")
                };
                assert_eq!(own.to_bits(), value.to_bits(), "{name} of {row}");
            };
            assert_eq!(cell(&table, "trial", row), Cell::Integer(row as i64));
            assert_eq!(cell(&table, "alpha.lookback", row), Cell::Integer(lookback));
            assert_eq!(cell(&table, "alpha.top_n", row), Cell::Integer(top_n));
            assert_eq!(cell(&table, "status", row), Cell::Text("ok"));
            assert_eq!(cell(&table, "error", row), Cell::Missing);
            assert_eq!(
                cell(&table, "trades", row),
                Cell::Integer(record.trades as i64)
            );
            is("final_equity", record.final_equity);
            is("cagr", summary.cagr.unwrap());
            is("sharpe", summary.sharpe.unwrap());
            is("max_drawdown", summary.drawdowns.max);
            is("fold_16_sum", summary.folds[15].sum);
            let digest = format!("{:016x}", record.digest());
            assert_eq!(cell(&table, "digest", row), Cell::Text(&digest));
            row += 1;
        }
    }
}

#[test]
fn a_trial_shown_is_a_strategy_file_with_the_bits_of_its_row() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let sweep = fixture.sweep("out").unwrap();
    run(&sweep, 1);
    let sweep = sweep::Sweep::open(&fixture.path("out")).unwrap();
    let trial = sweep.trial(40).unwrap();
    let record = results::rerun(&sweep, &trial).unwrap();
    // 40 = 6 × 6 + 4: the seventh lookback and the fifth number of assets.
    let file = strategy_file::parse(&trial.to_toml(), &[], "").unwrap();
    let momentum = backtest::strategy::Alpha::TopNMomentum(backtest::alpha::TopNMomentum {
        lookback: 147,
        top_n: 5,
    });
    assert_eq!(file.strategy.alpha, momentum);
    let dir = file.data.dir.unwrap();
    let loaded = load(
        dir.as_ref(),
        &file.strategy.symbols(),
        Adjustment::ByCloseRatio,
    )
    .unwrap();
    let market = file.strategy.market(&loaded.series).unwrap();
    assert_eq!(
        file.strategy.bind(&market).unwrap().record().unwrap(),
        record
    );
}

#[test]
fn a_trial_that_fails_is_a_row_that_says_why() {
    let fixture = Fixture::new(&format!(
        "{MOMENTUM}[sweep.axes]\n\"alpha\" = [{{ model = \"equal-weight\" }}, {{ model = \"sma-crossover\", fast = 50, slow = 20 }}]\n"
    ));
    let report = run(&fixture.sweep("out").unwrap(), 2);
    assert!(report.finished);
    assert_eq!(report.progress.failed, 1);
    let reason = "`alpha.fast` (50) must be less than `alpha.slow` (20)";
    assert_eq!(report.failures, [(reason.to_owned(), 1)]);
    let shown = format!("1 trial failed:\n       1  {reason}\n");
    assert_eq!(report.failures_to_text(), shown);
    let table = table(&fixture.path("out"));
    assert_eq!(cell(&table, "alpha", 0), Cell::Text("equal-weight"));
    assert_eq!(cell(&table, "alpha", 1), Cell::Text("sma-crossover"));
    assert_eq!(cell(&table, "status", 1), Cell::Text("failed"));
    assert_eq!(cell(&table, "error", 1), Cell::Text(reason));
    assert_eq!(cell(&table, "final_equity", 1), Cell::Missing);
}

#[test]
fn axes_may_change_the_universe_and_the_calendar() {
    let fixture = Fixture::new(&format!(
        "{MOMENTUM}[sweep.axes]\n\"universe.assets\" = [[\"EQUITY\", \"BONDS\"], [\"TECH\", \"RETAIL\", \"STAPLE\"]]\n\"conventions.calendar\" = [\"sessions\", \"weekdays\"]\n"
    ));
    let sweep = fixture.sweep("out").unwrap();
    assert!(run(&sweep, 2).finished);
    for number in 0..4 {
        results::rerun(&sweep, &sweep.trial(number).unwrap()).unwrap();
    }
    assert_eq!(
        sweep.trial(2).unwrap().market.symbols(),
        ["RETAIL", "STAPLE", "TECH"]
    );
}

#[test]
fn several_strategies_are_the_outermost_axis() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let other = MOMENTUM.replace("momentum\"\n[data]", "equal\"\n[data]");
    let other = other.replace(
        "model = \"top-n-momentum\"\nlookback = 126\ntop_n = 3",
        "model = \"equal-weight\"",
    );
    fixture.write("equal.toml", &other);
    let mut request = fixture.request();
    let equal = sweep::StrategyText::read(fixture.path("equal.toml")).unwrap();
    request.strategies.insert(0, equal);
    let sweep = sweep::Draft::new(&request).unwrap();
    let sweep = sweep
        .into_folder(&fixture.path("out"), Existing::Resume)
        .unwrap();
    assert!(run(&sweep, 2).finished);
    let table = table(&fixture.path("out"));
    assert_eq!(table.n_rows(), 73);
    assert_eq!(cell(&table, "strategy", 0), Cell::Text("equal"));
    assert_eq!(cell(&table, "alpha.lookback", 0), Cell::Missing);
    assert_eq!(cell(&table, "strategy", 1), Cell::Text("momentum"));
    assert_eq!(cell(&table, "alpha.lookback", 1), Cell::Integer(21));
}
