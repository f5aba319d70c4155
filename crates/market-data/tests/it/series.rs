//! Series beside the prices, as FRED has them.

use expect_test::{Expect, expect};
use market_data::{check as check_folder, load_series, series_in, symbols_in};

use crate::{folder, shown, without_folder};

const PRICES: &str = "Date,Open,Close\n2020-01-02,10,11\n2020-01-03,11,12\n";

/// What the file of a series says, a line for each observation.
#[track_caller]
fn read(content: &str, expect: Expect) {
    let dir = folder(&[("DTB3.csv", content.as_bytes())]);
    let text = match load_series(dir.path(), &["DTB3".to_owned()]) {
        Err(error) => shown(&error, dir.path()),
        Ok(loaded) => {
            let series = &loaded.series[0];
            let rows = series.dates.iter().zip(&series.values);
            let mut lines: String = rows
                .map(|(date, value)| format!("{date} {value}\n"))
                .collect();
            for notice in loaded.notices {
                lines += &format!("{}\n", without_folder(&notice.to_string(), dir.path()));
            }
            lines
        }
    };
    expect.assert_eq(&text);
}

#[test]
fn days_without_a_quote_are_left_out() {
    let expected = || {
        expect![[r#"
        2020-01-02 1.54
        2020-01-06 -0.05
    "#]]
    };
    read(
        "observation_date,DTB3\n2020-01-01,\n2020-01-02,1.54\n2020-01-03,\n2020-01-06,-0.05\n",
        expected(),
    );
    // As FRED wrote it until 2024.
    read(
        "DATE,DTB3\r\n2020-01-01,.\r\n2020-01-02,1.54\r\n2020-01-03,.\r\n2020-01-06,-0.05\r\n",
        expected(),
    );
    // The column of the name counts among others.
    read(
        "Date,EFFR,DTB3,\n2020-01-02,9,1.54,\n2020-01-06,9,-5e-2,\n",
        expected(),
    );
}

#[test]
fn rows_are_put_in_order() {
    read(
        "DATE,DTB3\n2020-01-06,1.6\n2020-01-03,1.5\n2020-01-03,1.5\n",
        expect![[r#"
            2020-01-03 1.5
            2020-01-06 1.6
            `DIR/DTB3.csv`, line 3: newest day first; sorted by date
            `DIR/DTB3.csv`: line 4 repeats line 3; each day counts once
        "#]],
    );
    read(
        "DATE,DTB3\n2020-01-03,1.5\n2020-01-06,1.6\n2020-01-06,1.7\n",
        expect![[r#"
            `DIR/DTB3.csv`, line 4: line 3 has other prices for 2020-01-06
             hint: keep one of the two (when a download repeats its last day, one row is a live quote)"#]],
    );
}

#[test]
fn text_is_a_mistake_in_its_line() {
    read(
        "DATE,DTB3\n2020-01-02,1.54\n2020-01-03,n. d.\n",
        expect![[r#"
            `DIR/DTB3.csv`, line 3: `n. d.` is not a finite number
             hint: write the value as 4.25, and a day without one as an empty cell or `.`"#]],
    );
    read(
        "DATE,DTB3\n2020-01-02,1.54\n2020-01-03,1e999\n",
        expect![[r#"
            `DIR/DTB3.csv`, line 3: `1e999` is not a finite number
             hint: write the value as 4.25, and a day without one as an empty cell or `.`"#]],
    );
    read(
        "DATE,DTB3\n2020-01-02,1,54\n",
        expect![[r#"
            `DIR/DTB3.csv`, line 2: the row has 3 cells where the header has 2
             hint: put quotes around numbers with commas, or write them without"#]],
    );
    read(
        "DATE,DTB3\nJan 2020,1.54\n",
        expect![[r#"
        `DIR/DTB3.csv`, line 2: `Jan 2020` is not a date
         hint: write dates as 2020-01-31, 20200131 or 01/31/2020"#]],
    );
}

#[test]
fn a_file_without_values_is_a_mistake() {
    read(
        "",
        expect![[r#"
        `DIR/DTB3.csv`: the file is empty
         hint: download it again; the source may not know this symbol"#]],
    );
    read(
        "DATE,DTB3\n",
        expect![[r#"
        `DIR/DTB3.csv`: the file has a header and no rows
         hint: download it again; the source may not know this symbol"#]],
    );
    read(
        "DATE,DTB3\n2020-01-02,.\n",
        expect![[r#"
        `DIR/DTB3.csv`: all values are missing
         hint: download it again"#]],
    );
    read(
        PRICES,
        expect![[r#"
        `DIR/DTB3.csv`, line 1: a series has a column of dates and one of values; there are `Date`, `Open`, `Close`
         hint: keep two columns, as in FRED's `observation_date,DTB3`; prices whose return cash earns are named as `{ symbol = "BIL" }`"#]],
    );
}

#[test]
fn a_series_that_is_not_there_is_likened_to_those_that_are() {
    let dir = folder(&[("DTB3.csv", b"DATE,DTB3\n2020-01-02,1\n")]);
    let error = load_series(dir.path(), &["DTB4".to_owned()]).unwrap_err();
    expect![[r#"
        `DIR` has no file for `DTB4`
         hint: did you mean `DTB3`?"#]]
    .assert_eq(&shown(&error, dir.path()));
}

#[test]
fn a_folder_tells_series_from_prices() {
    let closes = b"Date,Close\n2020-01-02,10\n";
    let dir = folder(&[
        ("A.csv", PRICES.as_bytes()),
        ("B.csv", closes),
        (
            "CPI.csv",
            b"\xef\xbb\xbfobservation_date,CPIAUCSL\n2020-01-01,258.7\n",
        ),
        (
            "DTB3.csv",
            b"DATE,DTB3\n2020-01-02,1.54\n2020-01-03,.\n2020-02-04,1.6\n",
        ),
    ]);
    assert_eq!(symbols_in(dir.path()).unwrap(), ["A", "B"]);
    assert_eq!(series_in(dir.path()).unwrap(), ["CPI", "DTB3"]);
    let check = check_folder(dir.path(), None).unwrap();
    expect![[r#"
        symbol  first       last        rows  gaps  lone  missing  <= 0  jumps  breaks
        A       2020-01-02  2020-01-03     2     0     0        0     0      0       0
        B       2020-01-02  2020-01-02     1     0     0        0     0      0       0

        series CPI: 2020-01-01 to 2020-01-01, 1 observation
        series DTB3: 2020-01-02 to 2020-02-04, 2 observations; 1 row has none; the longest gap is 33 days, up to 2020-02-04

        A: no column `Adj Close`
          prices are taken as already adjusted; if they are not, returns lack dividends, and splits are losses
          hint: compare a few days with another source
        B: no column `Open`
          orders cannot be filled at opens
          hint: fill at closes, write `opens = "previous-close"` under `[data]`, or name the symbol in `also` there, for signals alone

        usable for signals, and where orders are filled at closes
    "#]].assert_eq(&without_folder(&check.to_text(), dir.path()));
    let json = check.to_json();
    assert_eq!(json["series"][1]["observations"], 2);
    assert_eq!(json["series"][1]["missing"], 1);
    assert_eq!(json["series"][1]["longest_gap_days"], 33);
    assert!(!check.usable, "`B` has no opens");
}

#[test]
fn a_check_names_a_series_that_cannot_be_used() {
    let dir = folder(&[
        ("A.csv", PRICES.as_bytes()),
        ("DTB3.csv", b"DATE,DTB3\n2020-01-02,ND\n"),
    ]);
    let check = check_folder(dir.path(), None).unwrap();
    expect![[r#"
        symbol  first       last        rows  gaps  lone  missing  <= 0  jumps  breaks
        A       2020-01-02  2020-01-03     2     0     0        0     0      0       0

        series DTB3: `DIR/DTB3.csv`, line 2: `ND` is not a finite number
          hint: write the value as 4.25, and a day without one as an empty cell or `.`

        A: no column `Adj Close`
          prices are taken as already adjusted; if they are not, returns lack dividends, and splits are losses
          hint: compare a few days with another source

        not usable as it is
    "#]]
    .assert_eq(&without_folder(&check.to_text(), dir.path()));
    assert!(!check.usable);
}
