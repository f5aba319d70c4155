//! What QSTrader 0.3.0 fails on: it works here, or fails and says why.

use std::path::Path;

use expect_test::{Expect, expect};

use crate::{folder, gridfolio, oracle, put};

const STRATEGY: &str = r#"
conventions = "qstrader"
data = { dir = "data" }
backtest = { start = 2020-01-02, end = 2020-06-30 }
universe = { assets = ["GOOD"] }
alpha = { model = "fixed-weights", weights = { GOOD = 1.0 } }
portfolio = { cash_buffer = 0.05 }
rebalance = { schedule = "weekly", weekday = "wed" }
"#;

/// The strategy with one piece of text replaced, over the oracle's bad files.
#[track_caller]
fn check(old: &str, new: &str, expect: Expect) {
    let Some(oracle) = oracle::folder() else {
        return;
    };
    let folder = folder();
    let bad = oracle.join("golden/data/syn_bad");
    copy(&bad, &folder.path().join("data"));
    assert!(STRATEGY.contains(old), "{old}");
    put(&folder, "strategy.toml", &STRATEGY.replace(old, new));
    let done = gridfolio(folder.path(), &["run", "strategy.toml"]);
    let warnings = done
        .stdout
        .lines()
        .filter(|line| line.starts_with("warning"));
    let warnings: String = warnings.map(|line| format!("{line}\n")).collect();
    expect.assert_eq(&(done.said() + &warnings));
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        std::fs::write(
            to.join(path.file_name().unwrap()),
            std::fs::read(&path).unwrap(),
        )
        .unwrap();
    }
}

#[test]
fn a_schedule_that_does_not_exist() {
    check(
        r#""weekly", weekday = "wed""#,
        r#""monthly""#,
        expect![[r#"
            exit code 3
            error: `rebalance.schedule` cannot be `monthly`
             --> strategy.toml:8:26
              |
            8 | rebalance = { schedule = "monthly" }
              |                          ^^^^^^^^^ no such name
              |
              = help: it is `buy-and-hold`, `daily`, `weekly`, `end-of-month` or `end-of-quarter`
        "#]],
    );
}

#[test]
fn a_weekday_that_is_none() {
    check(
        r#""wed""#,
        r#""sat""#,
        expect![[r#"
        exit code 3
        error: `rebalance.weekday` is on a weekend
         --> strategy.toml:8:46
          |
        8 | rebalance = { schedule = "weekly", weekday = "sat" }
          |                                              ^^^^^ must be mon to fri
          |
          = help: the calendar `weekdays` has no weekends; `sessions` may have
    "#]],
    );
}

#[test]
fn a_weekly_schedule_without_a_weekday() {
    check(
        r#", weekday = "wed""#,
        r#""#,
        expect![[r#"
        exit code 3
        error: `rebalance.weekday` is missing
         --> strategy.toml:8:13
          |
        8 | rebalance = { schedule = "weekly" }
          |             ^^^^^^^^^^^^^^^^^^^^^^^ `weekly` needs `weekday`
          |
          = help: `weekday`: the day of a weekly schedule: `mon` to `fri`, and `sat` and `sun` when the calendar is `sessions`
    "#]],
    );
}

#[test]
fn a_burn_in_after_the_end() {
    check(
        r#"end = 2020-06-30"#,
        r#"end = 2020-06-30, burn_in = 2021-01-04"#,
        expect![[r#"
            exit code 3
            error: the burn-in lasts beyond the end, 2020-06-30
             --> strategy.toml:4:62
              |
            4 | backtest = { start = 2020-01-02, end = 2020-06-30, burn_in = 2021-01-04 }
              |                                        ---------- the end    ^^^^^^^^^^ the burn-in
        "#]],
    );
}

#[test]
fn a_cash_buffer_above_one() {
    check(
        r#"cash_buffer = 0.05"#,
        r#"cash_buffer = 1.01"#,
        expect![[r#"
            exit code 3
            error: `portfolio.cash_buffer` is 1.01
             --> strategy.toml:7:29
              |
            7 | portfolio = { cash_buffer = 1.01 }
              |                             ^^^^ must be 0 to 1
        "#]],
    );
}

#[test]
fn no_cash_buffer() {
    check(
        r#"cash_buffer = 0.05"#,
        r#""#,
        expect![[r#"
        exit code 3
        error: `portfolio.cash_buffer` is missing
         --> strategy.toml:7:13
          |
        2 | conventions = "qstrader"
          |               ---------- `qstrader` conventions need `cash_buffer`
        ...
        7 | portfolio = {  }
          |             ^^^^ `cash_buffer` belongs here
          |
          = help: QSTrader has no default for it; the standard conventions' is `cash_buffer = 0.0`
    "#]],
    );
}

#[test]
fn no_leverage() {
    check(
        r#"cash_buffer = 0.05"#,
        r#"sizing = "long-short""#,
        expect![[r#"
            exit code 3
            error: `portfolio.gross_leverage` is missing
             --> strategy.toml:7:13
              |
            2 | conventions = "qstrader"
              |               ---------- `qstrader` conventions need `gross_leverage`
            ...
            7 | portfolio = { sizing = "long-short" }
              |             ^^^^^^^^^^^^^^^^^^^^^^^^^ `gross_leverage` belongs here
              |
              = help: QSTrader has no default for it; the standard conventions' is `gross_leverage = 1.0`
        "#]],
    );
}

#[test]
fn a_leverage_of_zero() {
    check(
        r#"cash_buffer = 0.05"#,
        r#"sizing = "long-short", gross_leverage = 0.0"#,
        expect![[r#"
            exit code 3
            error: `portfolio.gross_leverage` is 0
             --> strategy.toml:7:55
              |
            7 | portfolio = { sizing = "long-short", gross_leverage = 0.0 }
              |                                                       ^^^ must be more than 0
        "#]],
    );
}

#[test]
fn an_end_before_the_start() {
    check(
        r#"start = 2020-01-02, end = 2020-06-30"#,
        r#"start = 2020-06-30, end = 2020-01-02"#,
        expect![[r#"
            exit code 3
            error: the backtest ends before it starts, on 2020-06-30
             --> strategy.toml:4:40
              |
            4 | backtest = { start = 2020-06-30, end = 2020-01-02 }
              |                      ----------        ^^^^^^^^^^ the end
              |                      |
              |                      the start
        "#]],
    );
}

#[test]
fn negative_cash() {
    check(
        r#"end = 2020-06-30"#,
        r#"end = 2020-06-30, initial_cash = -5.0"#,
        expect![[r#"
            exit code 3
            error: `backtest.initial_cash` is -5
             --> strategy.toml:4:67
              |
            4 | backtest = { start = 2020-01-02, end = 2020-06-30, initial_cash = -5.0 }
              |                                                                   ^^^^ must be 0 or more
        "#]],
    );
}

#[test]
fn a_negative_weight() {
    check(
        r#"GOOD = 1.0"#,
        r#"GOOD = -1.0"#,
        expect![[r#"
        exit code 3
        error: the weight of `GOOD` is -1, in a long-only portfolio
         --> strategy.toml:6:48
          |
        6 | alpha = { model = "fixed-weights", weights = { GOOD = -1.0 } }
          |                                                ^^^^ must be 0 or more
          |
          = help: to sell short, set `portfolio.sizing` to `long-short`
    "#]],
    );
}

#[test]
fn an_unknown_asset() {
    check(
        r#"weights = { GOOD = 1.0 }"#,
        r#"weights = { GOOD = 0.5, NOPE = 0.5 }"#,
        expect![[r#"
            exit code 4
            error: `strategy.toml` cannot be run
            cause: `data` has no file for `NOPE`
             hint: add `NOPE.csv`, or drop the symbol; the folder has 17 other symbols
        "#]],
    );
}

#[test]
fn a_weekend_only() {
    check(
        r#"start = 2020-01-02, end = 2020-06-30"#,
        r#"start = 2020-03-07, end = 2020-03-08"#,
        expect![[r#"
            exit code 3
            error: `strategy.toml` cannot be run
            cause: no session lies between 2020-03-07 14:30:00+00:00 and 2020-03-08 23:59:59+00:00
             hint: a backtest needs at least one weekday
        "#]],
    );
}

#[test]
fn a_file_without_any_price() {
    check(
        "GOOD",
        "ALLNAN",
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: `data/ALLNAN.csv`: all prices are missing
         hint: download it again, or drop the symbol
    "#]],
    );
}

#[test]
fn a_blank_date() {
    check(
        "GOOD",
        "BLANKDATE",
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: `data/BLANKDATE.csv`, line 17: the date is blank
         hint: fill in the date, or delete the row
    "#]],
    );
}

#[test]
fn two_prices_for_a_day() {
    check(
        "GOOD",
        "DUP",
        expect![[r#"
        exit code 0
        warning: `data/DUP.csv`, line 127: rows out of order; sorted by date
        warning: `data/DUP.csv`: line 127 repeats line 22; each day counts once
    "#]],
    );
}

#[test]
fn an_empty_file() {
    check(
        "GOOD",
        "EMPTY",
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: `data/EMPTY.csv`: the file is empty
         hint: download it again; the source may know no such symbol
    "#]],
    );
}

#[test]
fn a_file_with_only_a_header() {
    check(
        "GOOD",
        "HEADONLY",
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: `data/HEADONLY.csv`: there is a header and not one row below it
         hint: download it again; the source may know no such symbol
    "#]],
    );
}

#[test]
fn a_missing_file() {
    check(
        "GOOD",
        "MISSINGFILE",
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: `data` has no file for `MISSINGFILE`
         hint: add `MISSINGFILE.csv`, or drop the symbol; the folder has 17 other symbols
    "#]],
    );
}

#[test]
fn a_negative_adjusted_price() {
    check(
        "GOOD",
        "NEGADJ",
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: the price of `NEGADJ` on 2020-01-08 21:00:00+00:00 is -1, and it is needed there
        cause: `data/NEGADJ.csv`, line 6
         hint: correct the price, or leave its cell empty: then the last price before it counts
    "#]],
    );
}

#[test]
fn a_file_without_adjusted_prices() {
    check(
        "GOOD",
        "NOADJ",
        expect![[r#"
        exit code 0
        warning: `data/NOADJ.csv`: no column `Adj Close`; prices are taken as already adjusted
    "#]],
    );
}

#[test]
fn a_file_without_dates() {
    check(
        "GOOD",
        "NODATE",
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: `data/NODATE.csv`, line 1: no column is named `Date`; there are `Day`, `Open`, `High`, `Low`, `Close`, `Adj Close`, `Volume`
         hint: rename the column, or export with columns Date, Open, Close, Adj Close, separated by commas
    "#]],
    );
}

#[test]
fn spaces_in_the_header() {
    check(
        "GOOD",
        "SPACES",
        expect![[r#"
        exit code 0
    "#]],
    );
}

#[test]
fn text_in_a_price() {
    check(
        "GOOD",
        "TEXT",
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: `data/TEXT.csv`, line 12: `Close` is `n.a.`, not a number
         hint: write the price as 1234.5 or 1.2345e3, or leave the cell empty if it is missing
    "#]],
    );
}

#[test]
fn dates_with_a_time_zone() {
    check(
        "GOOD",
        "TZ",
        expect![[r#"
        exit code 0
    "#]],
    );
}

#[test]
fn a_price_of_zero() {
    check(
        "GOOD",
        "ZERO",
        expect![[r#"
        exit code 4
        error: `strategy.toml` cannot be run
        cause: the price of `ZERO` on 2020-02-14 14:30:00+00:00 is 0, and it is needed there
        cause: `data/ZERO.csv`, line 32
         hint: correct the price, or leave its cell empty: then the last price before it counts
    "#]],
    );
}
