use backtest::market::RealShares;
use expect_test::{Expect, expect};
use market_data::Adjustment::{self, ByCloseRatio, Raw};

use crate::{as_lines, load_one};

#[track_caller]
fn check_as(name: &str, content: &str, adjustment: Adjustment, expect: Expect) {
    let loaded = load_one(name, content.as_bytes(), adjustment).unwrap();
    expect.assert_eq(&as_lines(&loaded.series[0]));
}

#[track_caller]
fn check(content: &str, expect: Expect) {
    check_as("A.csv", content, ByCloseRatio, expect);
}

const YAHOO: &str = "Date,Open,High,Low,Close,Adj Close,Volume\n\
                     2020-01-02,10,11,9,8,4,100\n\
                     2020-01-03,12,13,11,16,8,200\n";

#[test]
fn the_open_is_adjusted_by_the_ratio_of_the_closes() {
    check(
        YAHOO,
        expect![[r#"
        2020-01-02 5 4
        2020-01-03 6 8
    "#]],
    );
}

#[test]
fn shares_as_traded_are_the_ratio_of_the_closes() {
    let shares = |content: &str, adjustment| {
        let loaded = load_one("A.csv", content.as_bytes(), adjustment).unwrap();
        loaded.series[0].real_shares.clone()
    };
    let halves = RealShares::ByDay(vec![0.5, 0.5]);
    assert_eq!(shares(YAHOO, ByCloseRatio), halves);
    assert_eq!(shares(YAHOO, Raw), RealShares::Same);
    let only_adjusted = "Date,Open,Close\n2020-01-02,3,4\n";
    assert_eq!(shares(only_adjusted, ByCloseRatio), RealShares::Unknown);
    let never_adjusted = "Date,Open,Close,Adj Close\n2020-01-02,3,4,4\n";
    assert_eq!(shares(never_adjusted, ByCloseRatio), RealShares::Same);
}

#[test]
fn the_ratio_is_taken_before_the_multiplication() {
    // 0.1 / 0.3 * 3 is 1.0000000000000002 in this order, and 1 in the other (IEEE 754 by hand).
    let text = "Date,Open,Close,Adj Close\n2020-01-02,3,0.3,0.1\n";
    let loaded = load_one("A.csv", text.as_bytes(), ByCloseRatio).unwrap();
    assert_eq!(loaded.series[0].open[0], (0.1 / 0.3) * 3.0);
    assert_ne!(loaded.series[0].open[0], 0.1 * 3.0 / 0.3);
}

#[test]
fn raw_prices_are_those_that_were_traded() {
    let expect = expect![[r#"
        2020-01-02 10 8
        2020-01-03 12 16
    "#]];
    check_as("A.csv", YAHOO, Raw, expect);
}

#[test]
fn windows_line_ends_a_byte_order_mark_and_a_missing_last_newline_do_no_harm() {
    let text = format!("\u{feff}{}", YAHOO.trim_end().replace('\n', "\r\n"));
    check(
        &text,
        expect![[r#"
        2020-01-02 5 4
        2020-01-03 6 8
    "#]],
    );
}

#[test]
fn columns_are_found_by_name_in_any_order_and_case() {
    let text = "Note, ADJ_CLOSE ,volume,open,Date,close\n\
                x,4,1,10,2020-01-02,8\n";
    check(
        text,
        expect![[r#"
            2020-01-02 5 4
        "#]],
    );
}

#[test]
fn yfinance_files_have_dates_with_time_zones() {
    let text = "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits\n\
                2003-09-29 00:00:00-04:00,10,1,1,11,1,0.0,0.0\n\
                2003-12-29 00:00:00-05:00,12,1,1,13,1,0.0,0.0\n";
    check(
        text,
        expect![[r#"
            2003-09-29 10 11
            2003-12-29 12 13
        "#]],
    );
}

#[test]
fn yfinance_files_may_have_three_header_lines() {
    let text = "Price,Close,High,Low,Open,Volume\n\
                Ticker,A,A,A,A,A\n\
                Date,,,,,\n\
                2020-01-02,11,1,1,10,1\n";
    check(
        text,
        expect![[r#"
            2020-01-02 10 11
        "#]],
    );
}

#[test]
fn three_header_lines_may_name_an_adjusted_close() {
    let text = "Price,Adj Close,Close,High,Low,Open,Volume\n\
                Ticker,A,A,A,A,A,A\n\
                Date,,,,,,\n\
                2020-01-02,4,8,1,1,10,1\n";
    check(
        text,
        expect![[r#"
            2020-01-02 5 4
        "#]],
    );
}

#[test]
fn stooq_files_of_one_symbol() {
    let expect = expect![[r#"
        2020-01-02 10 11
    "#]];
    let text = "Date,Open,High,Low,Close,Volume\n2020-01-02,10,1,1,11,1\n";
    check_as("a_us_d.csv", text, ByCloseRatio, expect);
}

#[test]
fn stooq_files_of_the_bulk_download() {
    let text = "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n\
                A.US,D,20200102,000000,10,1,1,11,1,0\n";
    let expect = expect![[r#"
        2020-01-02 10 11
    "#]];
    check_as("a.us.txt", text, ByCloseRatio, expect);
}

#[test]
fn a_file_without_adjusted_closes_is_taken_as_adjusted_with_a_notice() {
    let text = b"Date,Open,Close\n2020-01-02,10,11\n";
    let loaded = load_one("A.csv", text, ByCloseRatio).unwrap();
    assert!(
        loaded.notices[0]
            .to_string()
            .ends_with("A.csv`: no column `Adj Close`; prices are taken as already adjusted")
    );
    assert!(load_one("A.csv", text, Raw).unwrap().notices.is_empty());
}

#[test]
fn dates_are_read_in_all_their_spellings() {
    let text = "Date,Open,Close\n\
                2003-09-29,1,1\n\
                2003-09-30 00:00:00,1,1\n\
                2003-10-01T00:00:00,1,1\n\
                2003-10-02 00:00:00-04:00,1,1\n\
                2003-10-03T00:00:00.000Z,1,1\n\
                20031006,1,1\n\
                10/07/2003,1,1\n\
                10/8/2003,1,1\n\
                2003/10/09,1,1\n\
                10/13/2003,1,1\n\
                1065916800,1,1\n\
                14-Oct-2003,1,1\n";
    check(
        text,
        expect![[r#"
            2003-09-29 1 1
            2003-09-30 1 1
            2003-10-01 1 1
            2003-10-02 1 1
            2003-10-03 1 1
            2003-10-06 1 1
            2003-10-07 1 1
            2003-10-08 1 1
            2003-10-09 1 1
            2003-10-12 1 1
            2003-10-13 1 1
            2003-10-14 1 1
        "#]],
    );
}

#[test]
fn every_missing_value_of_pandas_is_missing() {
    // The list is `pandas.io.parsers.readers.STR_NA_VALUES` of pandas 2.
    let missing = [
        "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
        "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
    ];
    for text in missing {
        let file = format!("Date,Open,Close,V\n2020-01-02,{text},2,3\n2020-01-03,1,{text},3\n");
        let series = &load_one("A.csv", file.as_bytes(), Raw).unwrap().series[0];
        assert!(
            series.open[0].is_nan() && series.close[1].is_nan(),
            "`{text}`"
        );
        assert_eq!((series.close[0], series.open[1]), (2.0, 1.0), "`{text}`");
    }
}

#[test]
fn a_row_without_any_price_is_kept() {
    let text = "Date,Open,High,Low,Close,Adj Close,Volume\n\
                2020-01-02,10,1,1,8,4,1\n\
                2020-01-03,null,null,null,null,null,null\n";
    check(
        text,
        expect![[r#"
            2020-01-02 5 4
            2020-01-03 NaN NaN
        "#]],
    );
}

#[test]
fn cells_may_be_quoted_and_hold_commas() {
    let text = "\"Date\",\"Open\",\"High\",\"Close\",\"Volume\"\n\
                \"2020-01-02\",\"10\",\"1,2\",\"11\",\"1,234,567\"\n\
                2020-01-03,12,\"1,2\",13,\"1,234\"\n";
    check(
        text,
        expect![[r#"
            2020-01-02 10 11
            2020-01-03 12 13
        "#]],
    );
}

#[test]
fn blank_lines_are_passed_over() {
    let text = "Date,Open,Close\n2020-01-02,10,11\n\n  \n,,\n2020-01-03,12,13\n\n";
    check(
        text,
        expect![[r#"
            2020-01-02 10 11
            2020-01-03 12 13
        "#]],
    );
}

#[test]
fn zero_and_negative_prices_are_left_to_the_engine() {
    // An open of zero beside a close above it is a missing one, as Yahoo writes it.
    // Where the close is zero there is no ratio: the open becomes zero and not infinite.
    let text = "Date,Open,Close,Adj Close\n\
                2020-01-02,0,8,4\n\
                2020-01-03,10,0,4\n\
                2020-01-06,10,8,-1\n";
    check(
        text,
        expect![[r#"
            2020-01-02 NaN 4
            2020-01-03 0 4
            2020-01-06 -1.25 -1
        "#]],
    );
}
