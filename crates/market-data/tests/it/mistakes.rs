use expect_test::{Expect, expect};
use market_data::Adjustment::ByCloseRatio;
use market_data::load;

use crate::{folder, load_one, shown};

#[track_caller]
fn check(content: impl AsRef<[u8]>, expect: Expect) {
    let error = load_one("A.csv", content.as_ref(), ByCloseRatio).unwrap_err();
    expect.assert_eq(&error);
}

/// A file whose second row is `row`.
fn file(row: &str) -> String {
    format!("Date,Open,Close,Adj Close,Volume\n2020-01-02,10,11,11,1\n{row}\n")
}

#[test]
fn an_empty_file() {
    check(
        "",
        expect![[r#"
            `DIR/A.csv`: the file is empty
             hint: download it again; the source may not know this symbol"#]],
    );
}

#[test]
fn a_file_with_nothing_but_a_header() {
    check(
        "Date,Open,Close\n",
        expect![[r#"
            `DIR/A.csv`: the file has a header and no rows
             hint: download it again; the source may not know this symbol"#]],
    );
}

#[test]
fn no_date_column() {
    check(
        "Day,Open,Close\n2020-01-02,10,11\n",
        expect![[r#"
            `DIR/A.csv`, line 1: no column is named `Date`; there are `Day`, `Open`, `Close`
             hint: name the columns Date, Open and Close (and Adj Close, if there is one) in the first line"#]],
    );
}

#[test]
fn no_close() {
    check(
        "Date,Open,High\n2020-01-02,10,11\n",
        expect![[r#"
            `DIR/A.csv`, line 1: no column is named `Close`; there are `Date`, `Open`, `High`
             hint: name the columns Date, Open and Close (and Adj Close, if there is one) in the first line"#]],
    );
}

#[test]
fn a_column_that_is_there_twice() {
    check(
        "Date,Open,Close,Open\n2020-01-02,1,2,3\n",
        expect![[r#"
            `DIR/A.csv`, line 1: columns 2 and 4 are both named `Open`
             hint: keep one of the two columns, or rename the other"#]],
    );
}

#[test]
fn text_in_place_of_a_number() {
    check(
        file("2020-01-03,10,n.a.,11,1"),
        expect![[r#"
        `DIR/A.csv`, line 3: `Close` is `n.a.`, not a number
         hint: write the price as 1234.5 or 1.2345e3, or leave the cell empty if it is missing"#]],
    );
}

#[test]
fn a_number_with_a_unit_behind_it() {
    check(
        file("2020-01-03,10,11,11$,1"),
        expect![[r#"
        `DIR/A.csv`, line 3: `Adj Close` is `11$`, not a number
         hint: write the price as 1234.5 or 1.2345e3, or leave the cell empty if it is missing"#]],
    );
}

#[test]
fn a_decimal_comma() {
    check(
        file("2020-01-03,10,5,11,11,1"),
        expect![[r#"
            `DIR/A.csv`, line 3: the row has 6 cells where the header has 5
             hint: put quotes around numbers with commas, or write them without"#]],
    );
}

#[test]
fn a_blank_date() {
    check(
        file(",10,11,11,1"),
        expect![[r#"
        `DIR/A.csv`, line 3: the date is blank
         hint: fill in the date, or delete the row"#]],
    );
}

#[test]
fn a_day_that_does_not_exist() {
    check(
        file("2020-02-30,10,11,11,1"),
        expect![[r#"
        `DIR/A.csv`, line 3: `2020-02-30` is not a date
         hint: write dates as 2020-01-31, 20200131 or 01/31/2020"#]],
    );
}

#[test]
fn dates_in_two_orders() {
    check(
        file("13/01/2020,10,11,11,1\n01/14/2020,10,11,11,1"),
        expect![[r#"
            `DIR/A.csv`, line 4: `13/01/2020` begins with the day, and `01/14/2020` with the month
             hint: write dates as 2020-01-31"#]],
    );
}

#[test]
fn dates_that_do_not_tell_day_from_month() {
    check(
        "Date,Open,Close\n01/02/2020,10,11\n02/03/2020,10,11\n",
        expect![[r#"
            `DIR/A.csv`, line 2: `01/02/2020` may be 2020-01-02 or 2020-02-01: no date of the file tells which
             hint: write dates as 2020-01-31"#]],
    );
}

#[test]
fn a_number_with_groups_of_other_lengths() {
    check(
        file("2020-01-03,\"1,2345\",11.25,11.5,1"),
        expect![[r#"
        `DIR/A.csv`, line 3: `Open` is `1,2345`, not a number
         hint: write the price as 1234.5 or 1.2345e3, or leave the cell empty if it is missing"#]],
    );
}

#[test]
fn bars_of_hours() {
    check(
        "Datetime,Open,Close\n2024-01-02 09:30:00-05:00,10,11\n2024-01-02 10:30:00-05:00,11,12\n\
         2024-01-03 09:30:00-05:00,12,11\n2024-01-03 10:30:00-05:00,12,13\n",
        expect![[r#"
            `DIR/A.csv`, line 3: several bars a day, at 09:30 and 10:30 on 2024-01-02
             hint: resample it to daily bars: `bars.resample("D").agg({"Open": "first", "Close": "last"}).dropna()` in pandas"#]],
    );
}

#[test]
fn messages_of_vendors() {
    check(
        "{\n    \"Information\": \"Thank you for using Alpha Vantage! This is a premium endpoint.\"\n}",
        expect![[r#"
            `DIR/A.csv`, line 1: this is a message, not a table of prices: { "Information": "Thank you for using Alpha Vantage! This is a premium endpoint." }
             hint: this is what the source answered: ask it again when what it says is settled"#]],
    );
    check(
        "Exceeded the daily hits limit\n",
        expect![[r#"
        `DIR/A.csv`, line 1: this is a message, not a table of prices: Exceeded the daily hits limit
         hint: this is what the source answered: ask it again when what it says is settled"#]],
    );
    check(
        "No data\n",
        expect![[r#"
        `DIR/A.csv`, line 1: this is a message, not a table of prices: No data
         hint: this is what the source answered: ask it again when what it says is settled"#]],
    );
}

#[test]
fn a_table_of_returns() {
    check(
        "This file was created using the 202409 CRSP database.\n\n,Mkt-RF,SMB,HML,RF\n20220103,  0.10,  -0.25,  -0.27,   0.009\n",
        expect![[r#"
            `DIR/A.csv`, line 1: these are returns in percent, not prices
             hint: make an index of a column, `(1 + table["Mkt-RF"] / 100).cumprod()` in pandas, and save it as Date,Close"#]],
    );
}

#[test]
fn rows_without_names_whose_order_does_not_show() {
    check(
        "2020-01-02,10,9,12,11\n2020-01-03,10,9,12,11\n",
        expect![[r#"
            `DIR/A.csv`, line 1: no line names the columns
             hint: write a first line with the names of the columns, as in Date,Open,High,Low,Close,Volume"#]],
    );
}

#[test]
fn moments_in_utc_that_may_be_of_either_day() {
    check(
        "Date,Open,Close\n2024-01-02 15:00:00+00:00,10,11\n2024-01-03 15:00:00+00:00,10,11\n",
        expect![[r#"
            `DIR/A.csv`, line 2: the time stamp 2024-01-02 15:00:00+00:00 could be either of two days: the file names no time zone
             hint: write dates as 2020-01-31"#]],
    );
}

#[test]
fn a_file_of_other_symbols() {
    let text = "date,symbol,open,close\n2024-01-02,AGG,1,1\n2024-01-02,SPY,1,1\n";
    let dir = folder(&[("A.csv", text.as_bytes())]);
    let error = load(dir.path(), &["A".to_owned()], ByCloseRatio).unwrap_err();
    expect![[r#"
        `DIR/A.csv`: the file holds other symbols: `AGG`, `SPY`
         hint: name the file after what it holds, or ask for one of its symbols"#]]
    .assert_eq(&shown(&error, dir.path()));
}

#[test]
fn a_download_that_was_cut_off() {
    check(
        file("2020-01-03,10,11,1"),
        expect![[r#"
        `DIR/A.csv`, line 3: the row has 4 cells where the header has 5
         hint: the download was probably cut off: download it again, or delete the line"#]],
    );
}

#[test]
fn bytes_that_are_not_text() {
    check(
        b"Date,Open,Close\n2020-01-02,10,1\xff\n",
        expect![[r#"
        `DIR/A.csv`, line 2: the bytes are not UTF-8 text
         hint: save the file as UTF-8 text"#]],
    );
}

#[test]
fn text_in_utf_16() {
    check(
        b"\xff\xfeD\0a\0t\0e\0",
        expect![[r#"
        `DIR/A.csv`: this is text in UTF-16, not a table of prices
         hint: unpack or export it as CSV in UTF-8, with columns Date, Open, Close, Adj Close"#]],
    );
}

#[test]
fn a_web_page() {
    check(
        "<!DOCTYPE html>\n<html>\n",
        expect![[r#"
        `DIR/A.csv`, line 1: this is a web page, not a table of prices
         hint: unpack or export it as CSV in UTF-8, with columns Date, Open, Close, Adj Close"#]],
    );
}

#[test]
fn a_compressed_file() {
    check(
        b"\x1f\x8b\x08\0\0\0\0\0",
        expect![[r#"
            `DIR/A.csv`: not a valid gzip file
            cause: unexpected end of file
             hint: write or download it again"#]],
    );
}

#[test]
fn only_missing_prices() {
    check(
        "Date,Open,Close\n2020-01-02,,null\n",
        expect![[r#"
        `DIR/A.csv`: all prices are missing
         hint: download it again, or drop the symbol"#]],
    );
}

#[test]
fn an_infinite_price() {
    check(
        file("2020-01-03,inf,11,11,1"),
        expect![[r#"
        `DIR/A.csv`, line 3: `Open` is `inf`, which is infinite
         hint: correct the price, or leave the cell empty"#]],
    );
}

#[test]
fn a_price_beyond_all_numbers() {
    check(
        file("2020-01-03,1e999,11,11,1"),
        expect![[r#"
        `DIR/A.csv`, line 3: `Open` is `1e999`, which is infinite
         hint: correct the price, or leave the cell empty"#]],
    );
}

#[test]
fn a_ratio_beyond_all_numbers() {
    check(
        file("2020-01-03,10,1e-320,11,1"),
        expect![[r#"
        `DIR/A.csv`, line 3: `Open` is `(adj_close / close) * open`, which is infinite
         hint: correct the price, or leave the cell empty"#]],
    );
}

#[test]
fn two_different_rows_for_one_day() {
    check(
        file("2020-01-02,10,11,12,1"),
        expect![[r#"
            `DIR/A.csv`, line 3: line 2 has other prices for 2020-01-02
             hint: keep one of the two (when a download repeats its last day, one row is a live quote)"#]],
    );
}

#[test]
fn a_symbol_without_a_file_is_told_with_those_that_look_like_it() {
    let dir = folder(&[("SPY.csv", b""), ("AGG.csv", b""), ("spx.csv", b"")]);
    let error = load(dir.path(), &["SPX".to_owned()], ByCloseRatio).unwrap_err();
    expect![[r#"
        `DIR` has no file for `SPX`
         hint: did you mean `spx` or `SPY`?"#]]
    .assert_eq(&shown(&error, dir.path()));
}

#[test]
fn a_symbol_with_two_files() {
    let dir = folder(&[("A.csv", b""), ("A.parquet", b"")]);
    let error = load(dir.path(), &["A".to_owned()], ByCloseRatio).unwrap_err();
    expect![[r#"
        `A` has more than one file: `DIR/A.csv`, `DIR/A.parquet`
         hint: keep one of them in the folder"#]]
    .assert_eq(&shown(&error, dir.path()));
}

#[test]
fn a_folder_that_does_not_exist() {
    let dir = folder(&[]);
    let error = load(&dir.path().join("none"), &["A".to_owned()], ByCloseRatio).unwrap_err();
    expect![[r#"
        cannot list the folder `DIR/none`
        cause: No such file or directory (os error 2)
         hint: check the spelling of the folder"#]]
    .assert_eq(&shown(&error, dir.path()));
}

#[test]
fn all_failures_are_told_at_once_but_not_more_than_ten() {
    let dir = folder(&[("A.csv", b""), ("B.csv", b"Date,Open\n2020-01-02,1\n")]);
    let symbols: Vec<String> = ["A", "B"]
        .into_iter()
        .map(str::to_owned)
        .chain((0..10).map(|n| format!("MISSING{n}")))
        .collect();
    let error = load(dir.path(), &symbols, ByCloseRatio).unwrap_err();
    expect![[r#"
        the prices of 12 symbols cannot be read
          `DIR/A.csv`: the file is empty
            download it again; the source may not know this symbol
          `DIR/B.csv`, line 1: no column is named `Close`; there are `Date`, `Open`
            name the columns Date, Open and Close (and Adj Close, if there is one) in the first line
          `DIR` has no file for `MISSING0`
            add `MISSING0.csv`, or drop the symbol; the folder has 2 other symbols
          `DIR` has no file for `MISSING1`
            add `MISSING1.csv`, or drop the symbol; the folder has 2 other symbols
          `DIR` has no file for `MISSING2`
            add `MISSING2.csv`, or drop the symbol; the folder has 2 other symbols
          `DIR` has no file for `MISSING3`
            add `MISSING3.csv`, or drop the symbol; the folder has 2 other symbols
          `DIR` has no file for `MISSING4`
            add `MISSING4.csv`, or drop the symbol; the folder has 2 other symbols
          `DIR` has no file for `MISSING5`
            add `MISSING5.csv`, or drop the symbol; the folder has 2 other symbols
          `DIR` has no file for `MISSING6`
            add `MISSING6.csv`, or drop the symbol; the folder has 2 other symbols
          `DIR` has no file for `MISSING7`
            add `MISSING7.csv`, or drop the symbol; the folder has 2 other symbols
          and 2 more"#]]
    .assert_eq(&shown(&error, dir.path()));
}
