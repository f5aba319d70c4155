//! Trials ranked by their neighbours.

use results::{Cell, Results};

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
