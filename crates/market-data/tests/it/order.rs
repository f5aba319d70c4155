use backtest::date::Date;
use expect_test::{Expect, expect};
use market_data::{Adjustment::Raw, line_of, load};
use proptest::prelude::*;

use crate::{as_lines, folder, load_one, without_folder};

/// The rows below a header, and what becomes of them: the series, then the notices.
#[track_caller]
fn check(rows: &str, expect: Expect) {
    let dir = folder(&[("A.csv", format!("Date,Open,Close\n{rows}").as_bytes())]);
    let loaded = load(dir.path(), &["A".to_owned()], Raw).unwrap();
    let mut text = as_lines(&loaded.series[0]);
    for notice in &loaded.notices {
        text.push_str(&format!("{notice}\n"));
    }
    expect.assert_eq(&without_folder(&text, dir.path()));
}

#[test]
fn rows_out_of_order_are_sorted_with_a_notice() {
    check(
        "2020-01-02,1,1\n2020-01-06,3,3\n2020-01-03,2,2\n",
        expect![[r#"
            2020-01-02 1 1
            2020-01-03 2 2
            2020-01-06 3 3
            `DIR/A.csv`, line 4: rows out of order; sorted by date
        "#]],
    );
}

#[test]
fn a_file_may_begin_with_the_newest_day() {
    check(
        "2020-01-06,3,3\n2020-01-03,2,2\n2020-01-02,1,1\n",
        expect![[r#"
            2020-01-02 1 1
            2020-01-03 2 2
            2020-01-06 3 3
            `DIR/A.csv`, line 3: newest day first; sorted by date
        "#]],
    );
}

#[test]
fn of_equal_rows_one_is_kept() {
    check(
        "2020-01-02,1,1\n2020-01-03,2,null\n2020-01-03,2,null\n2020-01-06,3,3\n2020-01-02,1,1\n",
        expect![[r#"
            2020-01-02 1 1
            2020-01-03 2 NaN
            2020-01-06 3 3
            `DIR/A.csv`, line 6: rows out of order; sorted by date
            `DIR/A.csv`: line 6 repeats line 2, line 4 repeats line 3; each day counts once
        "#]],
    );
}

#[test]
fn the_line_of_a_day_is_that_of_the_file_and_not_of_the_sorted_rows() {
    let text = "Date,Open,Close\n\n2020-01-06,3,3\n2020-01-02,1,1\n";
    let dir = folder(&[("A.csv", text.as_bytes())]);
    let place = |day| {
        let date = Date::new(2020, 1, day).unwrap();
        line_of(dir.path(), "A", date).map(|(path, place)| {
            assert!(path.ends_with("A.csv"));
            place.to_string()
        })
    };
    assert_eq!(place(6).as_deref(), Some("line 3"));
    assert_eq!(place(2).as_deref(), Some("line 4"));
    assert_eq!(place(3), None);
}

proptest! {
    #[test]
    fn the_order_of_the_rows_does_not_matter(
        rows in prop::collection::btree_map(0..20_000i32, 0.01..1e6f64, 1..40)
            .prop_flat_map(|rows| {
                let rows: Vec<(i32, f64)> = rows.into_iter().collect();
                (Just(rows.clone()), Just(rows).prop_shuffle())
            }),
    ) {
        let (sorted, shuffled) = rows;
        let file = |rows: &[(i32, f64)]| {
            let mut text = "Date,Open,Close\n".to_owned();
            for &(day, price) in rows {
                let date = Date::from_epoch_days(day).unwrap();
                text.push_str(&format!("{date},{price},{}\n", price * 2.0));
            }
            load_one("A.csv", text.as_bytes(), Raw).unwrap().series.remove(0)
        };
        let series = file(&shuffled);
        // Rust prints the shortest decimals that read back as the same number.
        prop_assert_eq!(&series.open, &sorted.iter().map(|row| row.1).collect::<Vec<_>>());
        prop_assert_eq!(&series, &file(&sorted));
    }
}
