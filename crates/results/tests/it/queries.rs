//! What can be asked of the results, and how they look.

use diagnostics::Diagnostic;
use expect_test::expect;
use results::{Cell, Direction, Query, Results, Sort};

use crate::fixture::{Fixture, GRID, MOMENTUM, run};

fn swept() -> Fixture {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    run(&fixture.sweep("out").unwrap(), 2);
    fixture
}

fn query(columns: &[&str]) -> Query {
    Query {
        columns: Some(columns.iter().map(|&name| name.to_owned()).collect()),
        ..Query::default()
    }
}

#[test]
fn rows_are_filtered_sorted_and_cut() {
    let fixture = swept();
    let results = Results::open(&fixture.path("out")).unwrap();
    let table = results
        .select(&Query {
            condition: Some("alpha.top_n == 2 and alpha.lookback <= 84".to_owned()),
            sort: Some(Sort {
                column: "alpha.lookback".to_owned(),
                direction: Direction::WorstFirst,
            }),
            top: Some(3),
            ..query(&["trial", "alpha.lookback", "alpha.top_n", "status"])
        })
        .unwrap();
    expect![[r#"
        trial  alpha.lookback  alpha.top_n  status
           19              84            2  ok
           13              63            2  ok
            7              42            2  ok
    "#]]
    .assert_eq(&table.to_text());
    let mut out = Vec::new();
    table.write_json(&mut out).unwrap();
    expect![[r#"
        [
          {"trial": 19, "alpha.lookback": 84, "alpha.top_n": 2, "status": "ok"},
          {"trial": 13, "alpha.lookback": 63, "alpha.top_n": 2, "status": "ok"},
          {"trial": 7, "alpha.lookback": 42, "alpha.top_n": 2, "status": "ok"}
        ]
    "#]]
    .assert_eq(&String::from_utf8(out).unwrap());
}

#[test]
fn the_best_sharpe_ratio_comes_first_and_the_csv_has_all_of_its_bits() {
    let fixture = swept();
    let results = Results::open(&fixture.path("out")).unwrap();
    let best = Query {
        sort: Some(Sort::best_first("sharpe")),
        ..query(&["sharpe"])
    };
    let read = |query: &Query| {
        let mut out = Vec::new();
        results.write_csv(query, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines()
            .skip(1)
            .map(|line| line.parse().unwrap())
            .collect::<Vec<f64>>()
    };
    let sorted = read(&best);
    assert_eq!(sorted.len(), 72);
    assert!(sorted.is_sorted_by(|a, b| a >= b));
    let mut unsorted = read(&query(&["sharpe"]));
    unsorted.sort_by(|a, b| b.total_cmp(a));
    assert_eq!(sorted, unsorted);
}

#[test]
fn the_top_table_has_the_axes_and_what_people_look_at_first() {
    let fixture = swept();
    let results = Results::open(&fixture.path("out")).unwrap();
    expect![[r#"
        trial  alpha.lookback  alpha.top_n     cagr  volatility  sharpe  sortino  max_drawdown  trades  turnover  final_equity
           14              63            3   9.99 %     12.25 %    0.84     1.25        20.2 %     396   290.9 %         2.35M
            2              21            3   9.20 %     12.23 %    0.78     1.18        17.6 %     478   586.7 %         2.21M
           13              63            2  10.55 %     14.22 %    0.78     1.17        21.2 %     282   376.9 %         2.46M
    "#]].assert_eq(&results.best("sharpe", 3).unwrap().to_text());
}

/// For every metric that a sweep has: sorting by it puts the best trial first and the worst last.
#[test]
fn every_metric_sorts_its_best_values_first() {
    let fixture = swept();
    let results = Results::open(&fixture.path("out")).unwrap();
    for metric in statistics::catalogue::columns() {
        let sorted = results
            .select(&Query {
                sort: Some(Sort::best_first(metric.key)),
                ..query(&[metric.key])
            })
            .unwrap();
        let values = (0..sorted.n_rows()).map(|row| match sorted.columns[0].cell(row) {
            Cell::Float(float) => metric.better.merit(float),
            Cell::Integer(integer) => metric.better.merit(integer as f64),
            _ => f64::NEG_INFINITY,
        });
        assert!(values.is_sorted_by(|a, b| a >= b), "{metric:?}");
    }
}

#[test]
fn columns_and_conditions_that_make_no_sense_are_told() {
    let fixture = swept();
    let results = Results::open(&fixture.path("out")).unwrap();
    let shown = |query: &Query| {
        let error = results.select(query).unwrap_err();
        fixture.shown_with(&error, error.hint())
    };
    expect![[r#"
        there is no column `sharp`
         hint: did you mean `sharpe`?"#]]
    .assert_eq(&shown(&query(&["sharp"])));
    let filtered = |condition: &str| {
        shown(&Query {
            condition: Some(condition.to_owned()),
            ..Query::default()
        })
    };
    expect![[r#"
        cannot filter the results: `max_drawdwn < 0.2`, column 1: `max_drawdwn` is not known
         hint: did you mean `max_drawdown`?"#]]
    .assert_eq(&filtered("max_drawdwn < 0.2"));
    expect![[r#"
        cannot filter the results: `sharpe >`, column 9: the expression ends too early"#]]
    .assert_eq(&filtered("sharpe >"));
    expect![[r#"
        cannot filter the results: `sharpe + 1`, column 1: this is a number, not something true or false
         hint: compare it, as in `alpha.top_n < 5`"#]]
    .assert_eq(&filtered("sharpe + 1"));
}

#[test]
fn a_sweep_that_has_not_run_has_no_results() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    fixture.sweep("out").unwrap();
    let Err(error) = Results::open(&fixture.path("out")) else {
        panic!("results")
    };
    expect![[r#"
        `DIR/out` has no results yet
         hint: run the sweep to its end first"#]]
    .assert_eq(&fixture.shown_with(&error, error.hint()));
}

#[test]
fn the_map_has_a_shade_for_each_pair_and_a_scale() {
    let fixture = swept();
    let results = Results::open(&fixture.path("out")).unwrap();
    let map = results.map("max_drawdown").unwrap().unwrap().to_text();
    expect![[r#"
        max_drawdown: median by alpha.lookback and alpha.top_n
                       1 2 3 4 5 6
                    21 = # @ @ @ @
                    42 - * % @ @ @
                    63 = # % @ % @
                    84 = # % % % @
                   105 . * % % % @
                   126 . * # % % @
                   147 * @ % % @ @
                   168 - % @ @ % @
                   189 - * % @ @ @
                   210 + # # % @ @
                   231 * # # % @ @
                   252 * # # % % @
        37.6 % .:-=+*#%@ 16.3 %
    "#]]
    .assert_eq(&map);
}

#[test]
fn a_dry_run_counts_estimates_and_shows_the_first_trials() {
    let fixture = Fixture::new(&format!(
        "{MOMENTUM}[sweep]\nwhere = \"alpha.top_n > 1\"\n{GRID}"
    ));
    let text = fixture.draft().unwrap().dry_run(2);
    expect![[r#"
        60 trials, less than a second on 2 threads
             1  alpha.lookback = 21  alpha.top_n = 2
             2  alpha.lookback = 21  alpha.top_n = 3
             3  alpha.lookback = 21  alpha.top_n = 4
             4  alpha.lookback = 21  alpha.top_n = 5
             5  alpha.lookback = 21  alpha.top_n = 6
           ...
    "#]]
    .assert_eq(&text);
    assert!(!fixture.path("out").exists());
}
