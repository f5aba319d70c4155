//! What QSTrader 0.3.0 fails on: it works here, or fails and says why.

use backtest::date::Date;
use expect_test::{Expect, expect};

use crate::{folder, gridfolio, put};

const STRATEGY: &str = r#"
conventions = "qstrader"
data = { dir = "data" }
backtest = { start = 2020-01-02, end = 2020-06-30 }
universe = { assets = ["GOOD"] }
alpha = { model = "fixed-weights", weights = { GOOD = 1.0 } }
portfolio = { cash_buffer = 0.05 }
rebalance = { schedule = "weekly", weekday = "wed" }
"#;

/// The strategy with one piece of text replaced, over prices with faults.
#[track_caller]
fn check(old: &str, new: &str, expect: Expect) {
    let folder = folder();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    for (symbol, text) in files() {
        put(&folder, &format!("data/{symbol}.csv"), &text);
    }
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

/// The days on which New York traded in the first half of 2020.
fn sessions() -> Vec<Date> {
    let holidays = ["2020-01-20", "2020-02-17", "2020-04-10", "2020-05-25"];
    let day = |text: &str| text.parse::<Date>().unwrap();
    let (first, last) = (day("2020-01-02"), day("2020-06-30"));
    let days = (first.epoch_days()..=last.epoch_days())
        .map(|number| Date::from_epoch_days(number).unwrap());
    days.filter(|day| day.is_weekday() && !holidays.contains(&day.to_string().as_str()))
        .collect()
}

/// A good file of Yahoo's layout, and one for each fault that is made in it.
fn files() -> Vec<(&'static str, String)> {
    let header = "Date,Open,High,Low,Close,Adj Close,Volume\n";
    let row = |(number, date): (usize, Date)| {
        let open = 3000 + 37 * number * number % 211;
        let close = 3000 + 53 * number * number % 197;
        let [open, close] = [open, close].map(|cents| format!("{:.2}", cents as f64 / 100.0));
        format!("{date},{open},33.00,29.00,{close},{close},100\n")
    };
    let rows: Vec<String> = sessions().into_iter().enumerate().map(row).collect();
    let cells = |line: usize| -> Vec<&str> { rows[line - 2].trim_end().split(',').collect() };
    let good = format!("{header}{}", rows.concat());
    // The good file with the cells of some lines changed; the header is line 1.
    let changed = |lines: std::ops::RangeInclusive<usize>, change: &dyn Fn(&mut [String])| {
        let mut text = header.to_owned();
        for line in 2..rows.len() + 2 {
            let mut cells: Vec<String> = cells(line).into_iter().map(str::to_owned).collect();
            if lines.contains(&line) {
                change(&mut cells);
            }
            text += &(cells.join(",") + "\n");
        }
        text
    };
    let all = 2..=rows.len() + 1;
    let set = |places: &'static [usize], value: &'static str| {
        move |cells: &mut [String]| {
            for place in places {
                value.clone_into(&mut cells[*place]);
            }
        }
    };
    let dated =
        |write: &dyn Fn(&str) -> String| changed(all.clone(), &|cells| cells[0] = write(&cells[0]));
    let without_adjusted = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells.remove(5);
        cells.join(",") + "\n"
    };
    vec![
        ("ALLNAN", changed(all.clone(), &set(&[1, 2, 3, 4, 5], ""))),
        ("BLANKDATE", changed(17..=17, &set(&[0], ""))),
        ("BOM", format!("\u{feff}{good}")),
        ("CRLF", good.replace('\n', "\r\n")),
        ("DTIME", dated(&|date| format!("{date} 00:00:00"))),
        ("DUP", format!("{good}{}", rows[20])),
        ("EMPTY", String::new()),
        ("GOOD", good.clone()),
        ("HEADONLY", header.to_owned()),
        ("NEGADJ", changed(2..=41, &set(&[5], "-1.0"))),
        ("NOADJ", good.lines().map(without_adjusted).collect()),
        ("NODATE", good.replace("Date,", "Day,")),
        ("SPACES", good.replace(header, &header.replace(',', ", "))),
        ("TEXT", changed(12..=12, &set(&[4, 5], "n.a."))),
        ("TZ", dated(&|date| format!("{date} 00:00:00-05:00"))),
        (
            "USDATE",
            dated(&|date| format!("{}/{}/{}", &date[5..7], &date[8..], &date[..4])),
        ),
        ("ZERO", changed(32..=32, &set(&[1, 4, 5], "0.0"))),
    ]
}

#[test]
fn a_schedule_that_does_not_exist() {
    check(
        r#""weekly", weekday = "wed""#,
        r#""fortnightly""#,
        expect![[r#"
            exit code 3
            error: `rebalance.schedule` cannot be `fortnightly`
             --> strategy.toml:8:26
              |
            8 | rebalance = { schedule = "fortnightly" }
              |                          ^^^^^^^^^^^^^ no such name
              |
              = help: it is `buy-and-hold`, `daily`, `weekly`, `end-of-month`, `end-of-quarter`, `monthly`, `quarterly`, `yearly`, `every-n-sessions` or `on-dates`
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
              |
              = help: set `backtest.end` to a day after `backtest.burn_in`
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
              |
              = help: set `backtest.end` to a day after `backtest.start`
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
             hint: download it again; the source may not know this symbol
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
            cause: `data/HEADONLY.csv`: the file has a header and no rows
             hint: download it again; the source may not know this symbol
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
         hint: name the columns Date, Open and Close (and Adj Close, if there is one) in the first line
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
