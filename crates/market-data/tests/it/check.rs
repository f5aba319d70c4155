use expect_test::{Expect, expect};
use market_data::check as check_folder;

use crate::{folder, without_folder};

/// Checks files of the given rows, and shows the text without its table.
#[track_caller]
fn check(files: &[(&str, &str)], expect: Expect) {
    let files: Vec<(&str, String)> = files
        .iter()
        .map(|(name, rows)| (*name, format!("Date,Open,Close,Adj Close\n{rows}")))
        .collect();
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, text)| (*name, text.as_bytes()))
        .collect();
    let dir = folder(&files);
    let text = check_folder(dir.path(), None).unwrap().to_text();
    let below_table = text.split_once("\n\n").unwrap().1;
    expect.assert_eq(&without_folder(below_table, dir.path()));
}

const WHOLE: &str = "2020-01-02,10,10,10\n2020-01-03,10,10,10\n2020-01-06,10,10,10\n\
                     2020-01-07,10,10,10\n2020-01-08,10,10,10\n";

#[test]
fn a_clean_folder() {
    check(
        &[("A.csv", WHOLE), ("B.csv", WHOLE)],
        expect![[r#"
        usable
    "#]],
    );
}

#[test]
fn an_empty_folder_is_not_usable() {
    let dir = folder(&[]);
    let found = check_folder(dir.path(), None).unwrap();
    assert!(!found.usable);
}

#[test]
fn a_day_that_most_others_have() {
    let gap = WHOLE.replace("2020-01-06,10,10,10\n", "");
    check(
        &[("A.csv", WHOLE), ("B.csv", WHOLE), ("C.csv", &gap)],
        expect![[r#"
            C: no bar where most others have one: 2020-01-06

            usable
        "#]],
    );
}

#[test]
fn a_day_that_no_other_has() {
    let short = WHOLE.replace("2020-01-06,10,10,10\n", "");
    check(
        &[("A.csv", &short), ("B.csv", &short), ("C.csv", WHOLE)],
        expect![[r#"
            C: a bar where no other has one: 2020-01-06

            usable
        "#]],
    );
}

#[test]
fn days_before_the_listing_and_after_the_end_are_not_missing() {
    let inner = "2020-01-03,10,10,10\n2020-01-06,10,10,10\n";
    check(
        &[("A.csv", WHOLE), ("B.csv", WHOLE), ("C.csv", inner)],
        expect![[r#"
            usable
        "#]],
    );
}

#[test]
fn weekends_are_not_missing_where_none_is_traded() {
    let daily = "2020-01-02,1,1,1\n2020-01-03,1,1,1\n2020-01-04,1,1,1\n2020-01-05,1,1,1\n\
                 2020-01-06,1,1,1\n2020-01-07,1,1,1\n2020-01-08,1,1,1\n";
    check(
        &[("A.csv", WHOLE), ("BTC.csv", daily), ("ETH.csv", daily)],
        expect![[r#"
            usable
        "#]],
    );
}

#[test]
fn missing_and_non_positive_prices_are_counted() {
    let rows = "2020-01-02,10,10,10\n2020-01-03,,10,10\n2020-01-06,,,\n2020-01-07,0,10,10\n";
    check(
        &[("A.csv", rows)],
        expect![[r#"
        A: missing prices: 2 rows, first 2020-01-03 (line 3)
        A: zero or negative prices: 1 row, first 2020-01-07 (line 5)

        not usable as it is
    "#]],
    );
}

#[test]
fn large_moves() {
    let rows = "2020-01-02,10,10,10\n2020-01-03,10,12.5,12.5\n2020-01-06,10,16,16\n\
                2020-01-07,10,11,11\n";
    check(
        &[("A.csv", rows)],
        expect![[r#"
        A: large moves: 2020-01-06 +28.0 % (line 4), 2020-01-07 -31.2 % (line 5)

        usable
    "#]],
    );
}

#[test]
fn a_factor_that_falls() {
    let rows = "2020-01-02,10,10,9\n2020-01-03,10,10,8.9\n2020-01-06,10,10,10\n";
    check(
        &[("A.csv", rows)],
        expect![[r#"
        A: adjustment: 2020-01-03 the factor falls from 0.900000 to 0.890000 (line 3)

        usable
    "#]],
    );
}

#[test]
fn a_factor_that_does_not_end_at_one() {
    check(
        &[("A.csv", "2020-01-02,10,10,9\n2020-01-03,10,10,9.5\n")],
        expect![[r#"
            A: adjustment: 2020-01-03 the factor ends at 0.950000, not 1 (line 3)

            usable
        "#]],
    );
}

#[test]
fn splits_that_the_factor_does_not_know() {
    let rows = "2020-01-02,10,100,100\n2020-01-03,10,51,51\n2020-01-06,10,50,50\n\
                2020-01-07,10,490,490\n";
    check(
        &[("A.csv", rows)],
        expect![[r#"
        A: large moves: 2020-01-03 -49.0 % (line 3), 2020-01-07 +880.0 % (line 5)
        A: adjustment: 2020-01-03 looks like an unadjusted 2:1 split (line 3), 2020-01-07 looks like an unadjusted 1:10 split (line 5)

        usable
    "#]],
    );
}

#[test]
fn a_split_that_the_factor_knows_is_no_break() {
    check(
        &[("A.csv", "2020-01-02,10,100,50\n2020-01-03,10,51,51\n")],
        expect![[r#"
            usable
        "#]],
    );
}

#[test]
fn files_that_cannot_be_read_are_told_with_the_way_out() {
    check(
        &[
            ("A.csv", WHOLE),
            ("B.csv", ""),
            ("C.csv", "2020-01-02,x,1,1\n"),
        ],
        expect![[r#"
            B: `DIR/B.csv`: the file has a header and no rows
              hint: download it again; the source may not know this symbol
            C: `DIR/C.csv`, line 2: `Open` is `x`, not a number
              hint: write the price as 1234.5 or 1.2345e3, or leave the cell empty if it is missing

            not usable as it is
        "#]],
    );
}

#[test]
fn the_table_has_a_line_for_each_symbol() {
    let dir = folder(&[
        (
            "A.csv",
            b"Date,Open,Close\n2020-01-02,1,1\n2020-01-03,1,2\n",
        ),
        ("LONGER.csv", b""),
    ]);
    let symbols = ["LONGER", "A", "GONE"].map(str::to_owned);
    let text = check_folder(dir.path(), Some(&symbols)).unwrap().to_text();
    expect![[r#"
        symbol  first       last        rows  gaps  lone  missing  <= 0  jumps  breaks
        LONGER  -           -              -     -     -        -     -      -       -
        A       2020-01-02  2020-01-03     2     0     0        0     0      1       1
        GONE    -           -              -     -     -        -     -      -       -

        LONGER: `DIR/LONGER.csv`: the file is empty
          hint: download it again; the source may not know this symbol
        A: no column `Adj Close`; prices are taken as already adjusted
        A: large moves: 2020-01-03 +100.0 % (line 3)
        A: adjustment: 2020-01-03 looks like an unadjusted 1:2 split (line 3)
        GONE: `DIR` has no file for `GONE`
          hint: add `GONE.csv`, or drop the symbol; the folder has 2 other symbols

        not usable as it is
    "#]]
    .assert_eq(&without_folder(&text, dir.path()));
}

#[test]
fn programs_get_all_of_it_as_json() {
    let dir = folder(&[(
        "A.csv",
        b"Date,Open,Close\n2020-01-02,0,1\n2020-01-03,1,2\n",
    )]);
    let json = check_folder(dir.path(), None).unwrap().to_json();
    let text = serde_json::to_string_pretty(&json).unwrap();
    expect![[r#"
        {
          "dir": "DIR",
          "usable": false,
          "symbols": [
            {
              "symbol": "A",
              "path": "DIR/A.csv",
              "error": null,
              "first": "2020-01-02",
              "last": "2020-01-03",
              "rows": 2,
              "has_adj_close": false,
              "notices": [],
              "missing_days": [],
              "lone_days": [],
              "missing_prices": {
                "count": 0,
                "first": null
              },
              "non_positive_prices": {
                "count": 1,
                "first": {
                  "date": "2020-01-02",
                  "place": {
                    "line": 2
                  }
                }
              },
              "jumps": [
                {
                  "date": "2020-01-03",
                  "place": {
                    "line": 3
                  },
                  "change": 1.0
                }
              ],
              "breaks": [
                {
                  "kind": "unadjusted-split",
                  "shares": 0.5,
                  "date": "2020-01-03",
                  "place": {
                    "line": 3
                  }
                }
              ]
            }
          ]
        }"#]]
    .assert_eq(&without_folder(&text, dir.path()));
}
