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
    // What the columns count is always the same.
    let (before, after) = (below_table.find("gaps  "), below_table.rfind("\n\n"));
    let below_table = match before.zip(after) {
        Some((from, to)) => format!("{}{}", &below_table[..from], &below_table[to + 2..]),
        None => below_table.to_owned(),
    };
    expect.assert_eq(&without_folder(&below_table, dir.path()));
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
              the calendar of a backtest that holds one of the others has the day: the price before it is repeated, and orders wait
              hint: download the days, or leave them if nothing was traded on them

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
              the day is a session on which all others repeat their prices
              hint: compare it with the exchange's holidays, and correct the date or delete the row

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
            A: `DIR/A.csv`: 1 open of 0 is taken as missing, first 2020-01-07 (line 5)
              the rows are usable at their closes; an order for a missing open is filled at the next price
              hint: begin the backtest after them, or fill at closes
            A: missing prices: 3 rows, first 2020-01-03 (line 3)
              the price before it is repeated, and an order waits for the next one
              hint: download the file again, or leave them if they are rightly missing

            usable
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
              it is the return of one day: right after a crash, wrong after a split or a slip
              hint: compare it with another source

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
              parts of the file are adjusted up to different days, and the return between them is wrong by as much
              hint: download the whole file at once

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
              the file was cut, or is adjusted for what came later: returns are right, and prices are not those that were traded at
              hint: download the file up to its last day, if share counts or fees per share matter

            usable
        "#]],
    );
}

#[test]
fn splits_that_the_factor_does_not_know() {
    let rows = "2020-01-02,100,100,100\n2020-01-03,50,51,51\n2020-01-06,50,50,50\n\
                2020-01-07,500,490,490\n";
    check(
        &[("A.csv", rows)],
        expect![[r#"
            A: large moves: 2020-01-03 -49.0 % (line 3), 2020-01-07 +880.0 % (line 5)
              it is the return of one day: right after a crash, wrong after a split or a slip
              hint: compare it with another source
            A: adjustment: 2020-01-03 looks like an unadjusted 2:1 split (line 3), 2020-01-07 looks like an unadjusted 1:10 split (line 5)
              the split counts as a loss or a gain
              hint: download adjusted prices, or add a column of splits and set `adjusted = false` under `[data]`

            usable
        "#]],
    );
}

// Apple on 2000-09-29: it opened lower by 47 % and went on to 52 %.
#[test]
fn a_crash_is_no_split() {
    check(
        &[(
            "A.csv",
            "2000-09-28,53.25,53.5,53.5\n2000-09-29,28.19,25.75,25.75\n",
        )],
        expect![[r#"
            A: large moves: 2000-09-29 -51.9 % (line 3)
              it is the return of one day: right after a crash, wrong after a split or a slip
              hint: compare it with another source

            usable
        "#]],
    );
}

#[test]
fn an_open_out_of_line_with_the_closes_around_it() {
    let rows = "2023-01-31,101,102.8,102.8\n2023-02-01,25.7,103,103\n2023-02-02,103,104,104\n";
    check(
        &[("A.csv", rows)],
        expect![[r#"
        A: 2023-02-01 the open is 0.25 of the close before and of the close after (line 3)
          orders are filled at opens, so that a wrong one is a gain or a loss that nothing earned
          hint: compare it with another source, and correct it or leave its cell empty

        usable
    "#]],
    );
}

#[test]
fn days_that_are_missing_from_the_only_file() {
    let rows = "2023-01-30,1,1,1\n2023-01-31,1,2,2\n2023-10-02,2,1,1\n2023-10-03,1,2,2\n2023-10-04,1,1,1\n";
    check(
        &[("A.csv", rows)],
        expect![[r#"
            A: large moves: 2023-01-31 +100.0 % (line 3), 2023-10-02 -50.0 % (line 4), 2023-10-03 +100.0 % (line 5) and 1 more
              it is the return of one day: right after a crash, wrong after a split or a slip
              hint: compare it with another source
            A: no bar for 241 days from 2023-02-01 to 2023-09-29 (line 4)
              the days are missing from the calendar or repeat the price before them, and the bar after them is one return
              hint: download them, or begin the backtest after them
            A: adjustment: 2023-10-04 looks like an unadjusted 2:1 split (line 6)
              the split counts as a loss or a gain
              hint: download adjusted prices, or add a column of splits and set `adjusted = false` under `[data]`

            usable
        "#]],
    );
}

#[test]
fn a_close_that_stands_still() {
    let mut rows: String = (1..=12)
        .map(|day| format!("2020-01-{day:02},10,10,10\n"))
        .collect();
    rows.push_str("2020-01-13,10,11,11\n");
    let weekdays = rows
        .replace("2020-01-04,10,10,10\n", "")
        .replace("2020-01-05,10,10,10\n", "");
    let weekdays = weekdays
        .replace("2020-01-11,10,10,10\n", "")
        .replace("2020-01-12,10,10,10\n", "");
    check(
        &[("A.csv", &rows)],
        expect![[r#"
        A: the close stands still for 12 bars from 2020-01-01 to 2020-01-12 (line 2)
          its volatility is too low and its signals are old, and orders are filled at a price that may not have been one
          hint: compare it with another source, or begin the backtest after it

        usable
    "#]],
    );
    check(
        &[("A.csv", &weekdays)],
        expect![[r#"
        usable
    "#]],
    );
}

#[test]
fn a_day_in_the_future() {
    check(
        &[("A.csv", "2020-01-02,1,1,1\n2420-01-03,1,1,1\n")],
        expect![[r#"
        A: 2420-01-03 is after today (line 3)
          a wrong year puts a bar where none can be, and the time before it is a hole
          hint: correct the date

        usable
    "#]],
    );
}

#[test]
fn sundays_in_place_of_fridays() {
    let rows = "2024-03-24,1,1,1\n2024-03-25,1,2,2\n2024-03-26,1,1,1\n2024-03-27,1,2,2\n2024-03-28,1,1,1\n\
                2024-03-31,1,2,2\n2024-04-01,1,1,1\n";
    check(
        &[("A.csv", rows)],
        expect![[r#"
            A: large moves: 2024-03-25 +100.0 % (line 3), 2024-03-26 -50.0 % (line 4), 2024-03-27 +100.0 % (line 5) and 3 more
              it is the return of one day: right after a crash, wrong after a split or a slip
              hint: compare it with another source
            A: 2024-03-24 is a Sunday, and no bar is on a Friday (line 2), 2024-03-31 is a Sunday, and no bar is on a Friday (line 7)
              the days are probably those of UTC: each bar is a day early, and decisions beside other assets know the future
              hint: export the days of the exchange
            A: adjustment: 2024-03-26 looks like an unadjusted 2:1 split (line 4), 2024-03-28 looks like an unadjusted 2:1 split (line 6), 2024-04-01 looks like an unadjusted 2:1 split (line 8)
              the split counts as a loss or a gain
              hint: download adjusted prices, or add a column of splits and set `adjusted = false` under `[data]`

            usable
        "#]],
    );
}

#[test]
fn an_empty_column_of_adjusted_closes() {
    check(
        &[("A.csv", "2020-01-02,1,1,\n2020-01-03,1,1,\n")],
        expect![[r#"
            A: `DIR/A.csv`: the column `Adj Close` is empty
              no backtest can use it
              hint: download it again, or use the prices as they are with `adjusted = false` under `[data]`

            not usable as it is
        "#]],
    );
}

#[test]
fn a_file_that_ends_before_the_others_and_one_that_begins_later() {
    let month = |month: u32| -> String {
        let closes = (2..=20).map(|day| format!("2020-{month:02}-{day:02},{day},{day},{day}\n"));
        closes.collect()
    };
    let (early, late) = (month(1), month(3));
    let whole = [month(1), month(2), month(3)].concat();
    check(
        &[
            ("A.csv", &whole),
            ("B.csv", &early),
            ("C.csv", &late),
            ("D.csv", &whole),
        ],
        expect![[r#"
            A, D: large moves: 2020-01-03 +50.0 % (line 3), 2020-01-04 +33.3 % (line 4), 2020-02-02 -90.0 % (line 21) and 5 more
              it is the return of one day: right after a crash, wrong after a split or a slip
              hint: compare it with another source
            A, D: adjustment: 2020-02-02 looks like an unadjusted 10:1 split (line 21), 2020-03-02 looks like an unadjusted 10:1 split (line 40)
              the split counts as a loss or a gain
              hint: download adjusted prices, or add a column of splits and set `adjusted = false` under `[data]`
            B: large moves: 2020-01-03 +50.0 % (line 3), 2020-01-04 +33.3 % (line 4)
              it is the return of one day: right after a crash, wrong after a split or a slip
              hint: compare it with another source
            B: ends on 2020-01-20, 60 days before most others
              a backtest that goes on needs to know what became of it
              hint: download the rest, or say `delisted` or `leaves` under `[universe]`
            C: large moves: 2020-03-03 +50.0 % (line 3), 2020-03-04 +33.3 % (line 4)
              it is the return of one day: right after a crash, wrong after a split or a slip
              hint: compare it with another source
            C: begins on 2020-03-02, 60 days after most others
              a backtest that starts before has no price for it
              hint: start later, or say when it `enters` under `[universe]`
            D: the same days and closes as `A`
              one of the two is not what its name says, and both together are one asset
              hint: delete one of the files

            usable
        "#]],
    );
}

#[test]
fn prices_outside_of_the_day_s_range() {
    let dir = folder(&[(
        "A.csv",
        b"Date,Open,High,Low,Close\n2020-01-02,10,11,9,10\n2020-01-03,12,11,9,10\n",
    )]);
    let found = check_folder(dir.path(), None).unwrap();
    let mut findings = found.symbols[0].findings.iter();
    let finding = findings.find(|one| one.kind == "outside-high-low").unwrap();
    expect!["`A`: 2020-01-03 opens at 12 and closes at 10, between 9 and 11 (line 3): one of the four prices is wrong, and orders are filled at opens; compare the rows with another source"].assert_eq(&finding.to_string());
}

#[test]
fn a_file_whose_writer_is_known() {
    let dir = folder(&[(
        "A.csv",
        b"Date,Close/Last,Volume,Open,High,Low\n01/16/2024,$11.00,1,$10.00,$12.00,$9.00\n",
    )]);
    let text = check_folder(dir.path(), None).unwrap().to_text();
    assert!(text.contains("\nwritten by Nasdaq (A)\n"), "{text}");
}

#[test]
fn a_split_that_the_factor_knows_is_no_break() {
    check(
        &[("A.csv", "2020-01-02,10,100,50\n2020-01-03,10,51,51\n")],
        expect![[r#"
            A: 2020-01-03 the open is 0.20 of the close before and of the close after (line 3)
              orders are filled at opens, so that a wrong one is a gain or a loss that nothing earned
              hint: compare it with another source, and correct it or leave its cell empty

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
              no backtest can use it
              hint: download it again; the source may not know this symbol
            C: `DIR/C.csv`, line 2: `Open` is `x`, not a number
              no backtest can use it
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
            b"Date,Open,Close\n2020-01-02,1,1\n2020-01-03,2,2\n",
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
          no backtest can use it
          hint: download it again; the source may not know this symbol
        A: no column `Adj Close`
          prices are taken as already adjusted; if they are not, returns lack dividends, and splits are losses
          hint: compare a few days with another source
        A: large moves: 2020-01-03 +100.0 % (line 3)
          it is the return of one day: right after a crash, wrong after a split or a slip
          hint: compare it with another source
        A: adjustment: 2020-01-03 looks like an unadjusted 1:2 split (line 3)
          the split counts as a loss or a gain
          hint: download adjusted prices, or add a column of splits and set `adjusted = false` under `[data]`
        GONE: `DIR` has no file for `GONE`
          no backtest can use it
          hint: add `GONE.csv`, or drop the symbol; the folder has 2 other symbols

        gaps     days without a bar on which most others have one
        lone     days with a bar on which no other has one
        missing  rows without a price that is needed
        <= 0     rows with a price of zero or less
        jumps    moves of the adjusted close by more than a quarter
        breaks   places where the adjustment is not what splits and dividends make it

        not usable as it is
    "#]]
    .assert_eq(&without_folder(&text, dir.path()));
}

#[test]
fn programs_get_all_of_it_as_json() {
    let dir = folder(&[(
        "A.csv",
        b"Date,Open,Close\n2020-01-02,0,1\n2020-01-03,2,2\n",
    )]);
    let json = check_folder(dir.path(), None).unwrap().to_json();
    let text = serde_json::to_string_pretty(&json).unwrap();
    expect![[r#"
        {
          "dir": "DIR",
          "usable": true,
          "symbols": [
            {
              "symbol": "A",
              "path": "DIR/A.csv",
              "error": null,
              "first": "2020-01-02",
              "last": "2020-01-03",
              "rows": 2,
              "vendor": null,
              "has_open": true,
              "has_adj_close": false,
              "dividends": 0,
              "splits": 0,
              "actions_error": null,
              "notices": [
                "`DIR/A.csv`: 1 open of 0 is taken as missing, first 2020-01-02 (line 2); from 2020-01-03 on there are none"
              ],
              "missing_days": [],
              "lone_days": [],
              "missing_prices": {
                "count": 1,
                "first": {
                  "date": "2020-01-02",
                  "place": {
                    "line": 2
                  }
                }
              },
              "non_positive_prices": {
                "count": 0,
                "first": null
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
              ],
              "findings": [
                {
                  "kind": "zero-opens",
                  "rows": 1,
                  "first": {
                    "date": "2020-01-02",
                    "place": {
                      "line": 2
                    }
                  },
                  "what": "`DIR/A.csv`: 1 open of 0 is taken as missing, first 2020-01-02 (line 2); from 2020-01-03 on there are none",
                  "effect": "the rows are usable at their closes; an order for a missing open is filled at the next price",
                  "way_out": "begin the backtest after them, or fill at closes"
                },
                {
                  "kind": "taken-as-adjusted",
                  "rows": 2,
                  "first": {
                    "date": "2020-01-02",
                    "place": null
                  },
                  "what": "no column `Adj Close`",
                  "effect": "prices are taken as already adjusted; if they are not, returns lack dividends, and splits are losses",
                  "way_out": "compare a few days with another source"
                },
                {
                  "kind": "jump",
                  "rows": 1,
                  "first": {
                    "date": "2020-01-03",
                    "place": {
                      "line": 3
                    }
                  },
                  "what": "large moves: 2020-01-03 +100.0 % (line 3)",
                  "effect": "it is the return of one day: right after a crash, wrong after a split or a slip",
                  "way_out": "compare it with another source"
                },
                {
                  "kind": "split-not-adjusted",
                  "rows": 1,
                  "first": {
                    "date": "2020-01-03",
                    "place": {
                      "line": 3
                    }
                  },
                  "what": "adjustment: 2020-01-03 looks like an unadjusted 1:2 split (line 3)",
                  "effect": "the split counts as a loss or a gain",
                  "way_out": "download adjusted prices, or add a column of splits and set `adjusted = false` under `[data]`"
                }
              ]
            }
          ],
          "series": []
        }"#]]
    .assert_eq(&without_folder(&text, dir.path()));
}

/// The price before a split is its close, or else its open; there is no such column here.
#[test]
fn splits_and_dividends_without_opens() {
    let rows = b"Date,Close,Dividends,Stock Splits\n2020-01-02,101,0.5,0\n2020-01-03,51,0,2\n";
    let dir = folder(&[("A.csv", rows)]);
    let text = check_folder(dir.path(), None).unwrap().to_text();
    expect![[r#"
        symbol  first       last        rows  gaps  lone  missing  <= 0  jumps  breaks
        A       2020-01-02  2020-01-03     2     0     0        0     0      1       1

        A: stated: 1 dividends, 1 splits; they are booked with `adjusted = false`
        A: no column `Open`
          orders cannot be filled at opens
          hint: fill at closes, write `opens = "previous-close"` under `[data]`, or name the symbol in `also` there, for signals alone
        A: large moves: 2020-01-03 -49.5 % (line 3)
          it is the return of one day: right after a crash, wrong after a split or a slip
          hint: compare it with another source
        A: adjustment: 2020-01-03 looks like an unadjusted 2:1 split (line 3)
          the split counts as a loss or a gain
          hint: download adjusted prices, or add a column of splits and set `adjusted = false` under `[data]`

        gaps     days without a bar on which most others have one
        lone     days with a bar on which no other has one
        missing  rows without a price that is needed
        <= 0     rows with a price of zero or less
        jumps    moves of the adjusted close by more than a quarter
        breaks   places where the adjustment is not what splits and dividends make it

        usable for signals, and where orders are filled at closes
    "#]].assert_eq(&without_folder(&text, dir.path()));
}

/// A pipe would be waited for without end, and a device has none.
#[cfg(unix)]
#[test]
fn only_regular_files_are_read() {
    let dir = folder(&[(
        "GOOD.csv",
        b"Date,Open,Close\n2020-01-02,1,1\n2020-01-03,1,1\n",
    )]);
    let made = std::process::Command::new("mkfifo")
        .arg(dir.path().join("PIPE.csv"))
        .status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", dir.path().join("ZERO.csv")).unwrap();
    std::fs::create_dir(dir.path().join("FOLDER.csv")).unwrap();
    let text = check_folder(dir.path(), None).unwrap().to_text();
    for (name, kind) in [("PIPE", "a pipe"), ("ZERO", "a device")] {
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with(&format!("{name}:")))
            .collect();
        assert_eq!(lines.len(), 1, "{text}");
        assert!(lines[0].contains(kind), "{text}");
    }
}
