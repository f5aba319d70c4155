//! Dividends and splits: which columns have them, and which prices they are in.

use backtest::date::Date;
use backtest::market::{CorporateAction, RealShares};
use expect_test::{Expect, expect};
use market_data::Adjustment::{self, ByCloseRatio, Raw};
use market_data::Loaded;

use crate::load_one;

fn loaded(content: &str, adjustment: Adjustment) -> Loaded {
    load_one("A.csv", content.as_bytes(), adjustment).unwrap()
}

fn actions(content: &str) -> Vec<(String, f64, f64)> {
    let loaded = loaded(content, Raw);
    let action = |one: &CorporateAction| (one.date.to_string(), one.split, one.dividend);
    loaded.series[0].actions.iter().map(action).collect()
}

fn on(date: &str, split: f64, dividend: f64) -> (String, f64, f64) {
    (date.to_owned(), split, dividend)
}

/// The notices, without the folder.
#[track_caller]
fn notices(content: &str, adjustment: Adjustment, expect: Expect) {
    let loaded = loaded(content, adjustment);
    let mut text = String::new();
    for notice in &loaded.notices {
        let line = notice.to_string();
        let from = line.find("A.csv").unwrap();
        text += &format!("{}\n", &line[from..]);
    }
    expect.assert_eq(&text);
}

#[track_caller]
fn refused(content: &str, expect: Expect) {
    let message = load_one("A.csv", content.as_bytes(), Raw).unwrap_err();
    expect.assert_eq(&message);
}

const AS_TRADED: &str = "Date,Open,Close,Dividends,Stock Splits\n\
                         2020-01-02,100,100,0.0,0.0\n\
                         2020-01-03,100,102,0.5,0.0\n\
                         2020-01-06,25,26,0.0,4.0\n";

const SPLIT_ADJUSTED: &str = "Date,Open,Close,Dividends,Stock Splits\n\
                              2020-01-02,25,25,0.0,0.0\n\
                              2020-01-03,25,25.5,0.125,0.0\n\
                              2020-01-06,25,26,0.0,4.0\n";

#[test]
fn columns_of_dividends_and_splits_are_booked() {
    let expected = [on("2020-01-03", 1.0, 0.5), on("2020-01-06", 4.0, 0.0)];
    assert_eq!(actions(AS_TRADED), expected);
    notices(AS_TRADED, Raw, expect![""]);
    let tiingo = AS_TRADED
        .replace("Dividends", "divCash")
        .replace("Stock Splits", "splitFactor")
        .replace(",0.0\n", ",1.0\n");
    assert_eq!(actions(&tiingo), expected);
    let alpha_vantage = "timestamp,open,close,adjusted_close,dividend_amount,split_coefficient\n\
                         2020-01-06,25,26,26,0.0000,4.0\n\
                         2020-01-03,100,102,25.5,0.5000,1.0\n\
                         2020-01-02,100,100,24.875,0.0000,1.0\n";
    assert_eq!(actions(alpha_vantage), expected);
    let gains =
        "Date,Open,Close,Dividends,Capital Gains\n2020-01-02,10,10,,\n2020-01-03,9,9,0.25,0.5\n";
    assert_eq!(actions(gains), [on("2020-01-03", 1.0, 0.75)]);
}

#[test]
fn a_split_that_is_in_the_prices_is_not_booked_again() {
    assert_eq!(actions(SPLIT_ADJUSTED), [on("2020-01-03", 1.0, 0.125)]);
    notices(
        SPLIT_ADJUSTED,
        Raw,
        expect![[r#"
            A.csv`, line 4, 2020-01-06: `Close` does not move with the split of 4:1: it is adjusted for splits already, so shares are counted as those of the last day, and no split is booked
        "#]],
    );
    let shares = loaded(SPLIT_ADJUSTED, Raw).series[0].real_shares.clone();
    assert_eq!(shares, RealShares::ByDay(vec![0.25, 0.25, 1.0]));
    // Adjusted for dividends too, a share of the first day is 0.2475 of one.
    let adjusted = "Date,Open,Close,Adj Close,Stock Splits\n\
                    2020-01-02,25,25,24.75,0\n\
                    2020-01-03,25,25.5,25.5,0\n\
                    2020-01-06,25,26,26,4\n";
    let shares = loaded(adjusted, ByCloseRatio).series[0].real_shares.clone();
    assert_eq!(shares, RealShares::ByDay(vec![0.99 / 4.0, 0.25, 1.0]));
    assert_eq!(loaded(adjusted, ByCloseRatio).series[0].actions, []);
}

#[test]
fn dividends_follow_from_the_adjusted_closes() {
    // 2 % of 100, then a 2:1 split with a dividend of 0.5 for each new share.
    let text = "Date,Open,Close,Adj Close\n\
                2020-01-02,100,100,48.51\n\
                2020-01-03,98,98,48.51\n\
                2020-01-06,99,100,49.5\n\
                2020-01-07,49,50,50\n\
                2020-01-08,49,50,50\n";
    let found = actions(text);
    let expected = [on("2020-01-03", 1.0, 2.0), on("2020-01-07", 2.0, 0.5)];
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!((&found.0, found.1), (&expected.0, expected.1));
        assert!((found.2 - expected.2).abs() < 1e-9, "{found:?}");
    }
    // Six decimals make no dividend.
    let noise = "Date,Open,Close,Adj Close\n\
                 2020-01-02,0.128348,0.128348,0.100266\n\
                 2020-01-03,0.121652,0.121652,0.095035\n\
                 2020-01-06,0.112723,0.112723,0.088060\n";
    assert_eq!(actions(noise), []);
    notices(noise, Raw, expect![""]);
    let falls = "Date,Open,Close,Adj Close\n2020-01-02,10,10,10\n2020-01-03,10,10,9\n";
    assert_eq!(actions(falls), []);
    notices(
        falls,
        Raw,
        expect![[r#"
            A.csv`, line 3, 2020-01-03: `Adj Close` over `Close` falls, which no dividend explains; none is booked there
        "#]],
    );
}

#[test]
fn prices_that_are_read_as_adjusted_and_are_not() {
    notices(
        AS_TRADED,
        ByCloseRatio,
        expect![[r#"
            A.csv`, line 4, 2020-01-06: the close moves with the split of 4:1, and there is no column `Adj Close`: the prices are not adjusted, and the split counts as a loss or a gain; set `adjusted = false` under `[data]`
        "#]],
    );
    notices(
        SPLIT_ADJUSTED,
        ByCloseRatio,
        expect![[r#"
            A.csv`: there are dividends or splits and no column `Adj Close`; prices are taken as already adjusted for them; if they are not, set `adjusted = false` under `[data]`
        "#]],
    );
}

#[test]
fn a_dividend_on_a_day_without_a_price_waits() {
    let text = "Date,Open,Close,Dividends\n\
                2020-01-02,10,10,0\n\
                2020-01-03,,,0.5\n\
                2020-01-06,9.5,9.5,0\n";
    assert_eq!(actions(text), [on("2020-01-03", 1.0, 0.5)]);
    notices(
        text,
        Raw,
        expect![[r#"
            A.csv`, line 3, 2020-01-03: a dividend or a split on a day without a price; it is booked with the next price
        "#]],
    );
}

#[test]
fn what_cannot_be_is_refused_with_its_line() {
    let with = |dividend: &str, split: &str| {
        format!(
            "Date,Open,Close,Dividends,Stock Splits\n2020-01-02,10,10,0,0\n2020-01-03,5,5,{dividend},{split}\n"
        )
    };
    refused(
        &with("-0.5", "0"),
        expect![[r#"
            `DIR/A.csv`, line 3: `Dividends` is -0.5, which cannot be
             hint: correct the value, or write 0 where there is no dividend and no split"#]],
    );
    refused(
        &with("0", "-2"),
        expect![[r#"
            `DIR/A.csv`, line 3: `Stock Splits` is -2, which cannot be
             hint: correct the value, or write 0 where there is no dividend and no split"#]],
    );
    refused(
        &with("5", "2"),
        expect![[r#"
            `DIR/A.csv`, line 3: the dividend of 5 is not less than the price before it, 5
             hint: correct the dividend: it is in currency units for each share after the split of its day"#]],
    );
    refused(
        &with("some", "0"),
        expect![[r#"
            `DIR/A.csv`, line 3: `Dividends` is `some`, not a number
             hint: write the price as 1234.5 or 1.2345e3, or leave the cell empty if it is missing"#]],
    );
    refused(
        "Date,Open,Close,Stock Splits\n2020-01-02,10,10,0\n2020-01-03,5,5,2\n2020-01-06,5,5,2\n",
        expect![[r#"
            `DIR/A.csv`, line 4: the close does not move with the split of 2020-01-06, and does with that of 2020-01-03
             hint: download the file again, or correct the closes: all as traded, or all adjusted for splits"#]],
    );
    // Where prices are adjusted, it does not matter.
    assert_eq!(
        loaded(&with("-0.5", "0"), ByCloseRatio).series[0].actions,
        []
    );
}

#[test]
fn a_ratio_in_decimals_is_the_fraction_that_it_rounds() {
    let split = |text: &str, after: f64| {
        let content = format!(
            "Date,Open,Close,Stock Splits\n2020-01-02,10,10,0\n2020-01-03,{after},{after},{text}\n"
        );
        actions(&content)[0].1
    };
    assert_eq!(split("0.033333", 300.0), 1.0 / 30.0);
    assert_eq!(split("1.333333", 7.5), 4.0 / 3.0);
    assert_eq!(split("1.5", 6.6), 1.5);
    assert_eq!(split("1.054", 9.4), 1.054);
}

#[test]
fn only_the_actions_around_a_backtest_are_kept() {
    let dir = crate::folder(&[("A.csv", AS_TRADED.as_bytes())]);
    let day = |text: &str| text.parse::<Date>().unwrap();
    let days = Some((day("2020-01-04"), day("2020-01-05")));
    let loaded = market_data::load_around(
        dir.path(),
        &["A".to_owned()],
        &[],
        Raw,
        market_data::Opens::Required,
        days,
    )
    .unwrap();
    let dates: Vec<Date> = loaded.series[0]
        .actions
        .iter()
        .map(|one| one.date)
        .collect();
    assert_eq!(dates, [day("2020-01-03"), day("2020-01-06")]);
}

#[test]
fn a_check_says_what_a_file_states() {
    let dir = crate::folder(&[("A.csv", AS_TRADED.as_bytes())]);
    let check = market_data::check(dir.path(), None).unwrap();
    let found = &check.symbols[0];
    assert_eq!((found.n_dividends, found.n_splits), (1, 1));
    assert!(found.actions_error.is_none());
    let line = "A: stated: 1 dividends, 1 splits; they are booked with `adjusted = false`\n";
    assert!(check.to_text().contains(line), "{}", check.to_text());

    let wrong = AS_TRADED.replace("0.5,0.0", "-0.5,0.0");
    let dir = crate::folder(&[("A.csv", wrong.as_bytes())]);
    let check = market_data::check(dir.path(), None).unwrap();
    let error = check.symbols[0].actions_error.as_ref().unwrap();
    assert!(
        error
            .to_string()
            .ends_with("line 3: `Dividends` is -0.5, which cannot be")
    );
}
