//! Loading no more of a file than a backtest needs.

use backtest::date::Date;
use backtest::strategy::{Schedule, Strategy, Universe};
use expect_test::{Expect, expect};
use market_data::{Adjustment::Raw, Opens::Required, load, load_around, sample};
use tempfile::TempDir;

use crate::{as_lines, folder};

fn january(day: u32) -> Date {
    Date::new(2020, 1, day).unwrap()
}

#[track_caller]
fn check(rows: &str, days: (u32, u32), expect: Expect) {
    let dir = folder(&[("A.csv", format!("Date,Open,Close\n{rows}").as_bytes())]);
    let days = (january(days.0), january(days.1));
    let loaded = load_around(
        dir.path(),
        &["A".to_owned()],
        &[],
        Raw,
        Required,
        Some(days),
    )
    .unwrap();
    expect.assert_eq(&as_lines(&loaded.series[0]));
}

const ROWS: &str = "2020-01-02,1,1\n2020-01-03,2,2\n2020-01-06,,\n2020-01-07,4,4\n2020-01-08,5,5\n2020-01-09,6,6\n";

#[test]
fn the_last_priced_bar_before_and_the_first_after_are_kept() {
    check(
        ROWS,
        (7, 7),
        expect![[r#"
            2020-01-03 2 2
            2020-01-06 NaN NaN
            2020-01-07 4 4
            2020-01-08 5 5
        "#]],
    );
}

#[test]
fn a_file_that_ends_before_the_days_gives_its_last_price() {
    check(
        ROWS,
        (20, 30),
        expect![[r#"
            2020-01-09 6 6
        "#]],
    );
}

#[test]
fn a_file_that_begins_after_the_days_gives_its_first_bar() {
    check(
        ROWS,
        (1, 1),
        expect![[r#"
            2020-01-02 1 1
        "#]],
    );
}

#[test]
fn a_backtest_of_these_days_is_the_same_on_both() {
    let dir = TempDir::new().unwrap();
    sample::write(dir.path(), 3).unwrap();
    let symbols = market_data::symbols_in(dir.path()).unwrap();
    let whole = load(dir.path(), &symbols, Raw).unwrap().series;
    let (first, last) = (whole[0].dates[700], whole[0].dates[1100]);
    for schedule in [Schedule::Daily, Schedule::EndOfMonth] {
        let strategy = Strategy {
            universe: Universe {
                assets: symbols.clone(),
                ..Universe::default()
            },
            schedule,
            ..Strategy::new("equal", first.open(), last.close())
        };
        let days = (first.plus_days(-7), last);
        let cut = load_around(dir.path(), &symbols, &[], Raw, Required, Some(days))
            .unwrap()
            .series;
        assert!(cut[0].dates.len() < 450);
        let equity = |series| {
            let market = strategy.market(series).unwrap();
            strategy
                .bind(&market)
                .map(|backtest| backtest.run().unwrap().equity)
        };
        assert_eq!(equity(&cut), equity(&whole));
    }
}
