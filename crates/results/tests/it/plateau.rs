//! Trials ranked by their neighbours.

use expect_test::expect;
use results::{Cell, Results, ResultsError};

use crate::fixture::{Fixture, GRID, MOMENTUM, run};

#[test]
fn a_spike_ranks_below_a_plateau() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    run(&fixture.sweep("out").unwrap(), 2);
    let results = Results::open(&fixture.path("out")).unwrap();
    let ranked = results.best_by_plateau("sharpe", 100).unwrap();
    assert_eq!(ranked.n_rows(), 72);
    let column = |name: &str| ranked.columns.iter().find(|c| c.name() == name).unwrap();
    let float = |name: &str, row| match column(name).cell(row) {
        Cell::Float(float) => float,
        other => panic!("{other:?}"),
    };
    for row in 1..72 {
        let (before, now) = (
            float("sharpe_of_neighbours", row - 1),
            float("sharpe_of_neighbours", row),
        );
        assert!(before >= now);
        assert!(float("sharpe_of_worst_neighbour", row) <= now);
    }
    // Corners of the grid have three neighbours, edges five, the rest eight.
    let neighbours = |row| column("neighbours").cell(row);
    let n = |count| {
        (0..72)
            .filter(|row| neighbours(*row) == Cell::Integer(count))
            .count()
    };
    assert_eq!((n(3), n(5), n(8)), (4, 2 * 10 + 2 * 4, 10 * 4));
}

/// A short position that is leveraged more and more, until the account is lost.
const LEVERAGED: &str = r#"
name = "short"
[data]
dir = "data"
[backtest]
start = 2014-01-02
end = 2023-12-29
[universe]
assets = ["TECH"]
[alpha]
model = "fixed-weights"
weights = { TECH = -1.0 }
[portfolio]
sizing = "long-short"
gross_leverage = 1.0
[rebalance]
schedule = "buy-and-hold"
[sweep.axes]
"portfolio.gross_leverage" = [0.01, 0.02, 5.0, 10.0]
"#;

#[test]
fn a_neighbour_that_lost_everything_is_worse_than_any_value() {
    let fixture = Fixture::new(LEVERAGED);
    run(&fixture.sweep("out").unwrap(), 1);
    let results = Results::open(&fixture.path("out")).unwrap();
    assert_eq!(results.ruined().unwrap().n, 2);
    let ranked = results.best_by_plateau("sharpe", 10).unwrap();
    let column = |name: &str| ranked.columns.iter().find(|c| c.name() == name).unwrap();
    let of_trial = |trial: i64, name: &str| {
        let row = (0..ranked.n_rows())
            .find(|row| column("trial").cell(*row) == Cell::Integer(trial))
            .unwrap();
        format!("{:?}", column(name).cell(row))
    };
    // The ruined ones are not ranked.
    assert_eq!(ranked.n_rows(), 2);
    assert_eq!(of_trial(1, "sharpe_of_worst_neighbour"), "Missing");
    assert_eq!(of_trial(1, "neighbours"), "Integer(2)");
    assert_ne!(of_trial(0, "sharpe_of_worst_neighbour"), "Missing");
}

#[test]
fn trials_are_compared_by_numbers() {
    let fixture = Fixture::new(LEVERAGED);
    run(&fixture.sweep("out").unwrap(), 1);
    let results = Results::open(&fixture.path("out")).unwrap();
    let error: ResultsError = results.best_by_plateau("status", 3).unwrap_err();
    expect!["the column `status` holds texts, and trials are compared by numbers"]
        .assert_eq(&error.to_string());
    assert!(results.map_over("status", "trial", "trial").is_err());
}
