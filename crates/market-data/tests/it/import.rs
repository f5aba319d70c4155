//! Prices imported into a folder, and two downloads of the same prices compared.

use std::fs;
use std::path::{Path, PathBuf};

use backtest::market::PriceSeries;
use expect_test::{Expect, expect};
use market_data::Adjustment::{ByCloseRatio, Raw};
use market_data::{VintageDiff, compare_vintages, import, load, symbols_in};
use tempfile::TempDir;

use crate::folder;

const YAHOO: &str = "\
Date,Open,High,Low,Close,Adj Close,Volume
2024-01-02,10,11,9,10,9.5,100
2024-01-03,10,12,10,11,10.45,100
2024-01-04,11,13,11,12,11.4,100
2024-01-05,12,12,11,11.5,11.5,100
";

const ACTIONS: &str = "\
Date,Open,High,Low,Close,Volume,Dividends,Stock Splits
2024-01-02 00:00:00-05:00,10,11,9,10,100,0.0,0.0
2024-01-03 00:00:00-05:00,5,6,5,5.5,100,0.0,2.0
2024-01-04 00:00:00-05:00,5.5,6,5,5.4,100,0.1,0.0
";

const LONG: &str = "\
symbol,timestamp,open,high,low,close,volume,trade_count,vwap
LONG1,2024-01-02T05:00:00Z,20,21,19,20.5,100,5,20.1
LONG2,2024-01-02T05:00:00Z,30,31,29,30.5,100,5,30.1
LONG1,2024-01-03T05:00:00Z,20.5,21,19,20,100,5,20.1
LONG2,2024-01-03T05:00:00Z,30.5,31,29,,100,5,30.1
";

fn places(dir: &TempDir, names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|name| dir.path().join(name)).collect()
}

fn series(dir: &Path, adjustment: market_data::Adjustment) -> Vec<PriceSeries> {
    let symbols = symbols_in(dir).unwrap();
    load(dir, &symbols, adjustment).unwrap().series
}

/// Missing prices are equal to each other.
fn text(series: &[PriceSeries]) -> String {
    format!("{series:?}")
}

#[test]
fn what_is_imported_is_read_as_its_source_is() {
    let dir = folder(&[
        ("YAHOO.csv", YAHOO.as_bytes()),
        ("ACTIONS.csv", ACTIONS.as_bytes()),
        ("many.csv", LONG.as_bytes()),
    ]);
    let out = TempDir::new().unwrap();
    let prices = out.path().join("prices");
    let imported = import(&[dir.path().to_owned()], &prices).unwrap();
    let symbols: Vec<&str> = (imported.symbols.iter())
        .map(|one| one.symbol.as_str())
        .collect();
    assert_eq!(symbols, ["ACTIONS", "LONG1", "LONG2", "YAHOO"]);
    let vendors: Vec<Option<&str>> = imported.symbols.iter().map(|one| one.vendor).collect();
    assert_eq!(
        vendors,
        [
            Some("yfinance"),
            Some("Alpaca"),
            Some("Alpaca"),
            Some("Yahoo")
        ]
    );
    for adjustment in [ByCloseRatio, Raw] {
        let (source, own) = (series(dir.path(), adjustment), series(&prices, adjustment));
        assert_eq!(text(&source), text(&own));
    }
}

#[test]
fn each_file_says_where_it_came_from() {
    let dir = folder(&[("YAHOO.csv", YAHOO.as_bytes())]);
    let out = TempDir::new().unwrap();
    import(&places(&dir, &["YAHOO.csv"]), out.path()).unwrap();
    let bytes = fs::read(out.path().join("YAHOO.parquet")).unwrap();
    let holds = |text: &str| {
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    let source = dir.path().join("YAHOO.csv");
    assert!(holds(source.to_str().unwrap()));
    assert!(holds(&diagnostics::digest_of(&source).unwrap()));
    assert!(holds("gridfolio.vendor"));
    assert!(holds("gridfolio.imported"));
}

#[test]
fn a_second_import_says_where_the_past_has_changed() {
    let dir = folder(&[("A.csv", YAHOO.as_bytes())]);
    let out = TempDir::new().unwrap();
    let first = import(&places(&dir, &["A.csv"]), out.path()).unwrap();
    assert!(first.symbols[0].change.is_none());
    let again = import(&places(&dir, &["A.csv"]), out.path()).unwrap();
    assert!(again.symbols[0].change.as_ref().unwrap().is_same());

    let later =
        YAHOO.replace("10,12,10,11,10.45", "10,12,10,5.5,10.45") + "2024-01-08,1,1,1,1,1,1\n";
    fs::write(dir.path().join("A.csv"), later).unwrap();
    let changed = import(&places(&dir, &["A.csv"]), out.path()).unwrap();
    let shown = changed
        .to_text(out.path())
        .replace(dir.path().to_str().unwrap(), "DIR");
    expect![[r#"
        A: 2024-01-02 to 2024-01-08, 5 rows, from `DIR/A.csv`, written by Yahoo
          the past is not that of the import before: prices of 1 of 3 days have changed, first 2024-01-03; the largest ratio of new and old is 0.5000, on 2024-01-03
    "#]].assert_eq(&shown);
}

#[test]
fn a_file_that_cannot_be_read_leaves_the_folder_as_it_was() {
    let dir = folder(&[
        ("A.csv", YAHOO.as_bytes()),
        ("B.csv", b"Date,Close\n2024-01-02,x\n"),
    ]);
    let out = TempDir::new().unwrap();
    import(&places(&dir, &["A.csv"]), out.path()).unwrap();
    let before = fs::read(out.path().join("A.parquet")).unwrap();
    let error = import(&[dir.path().to_owned()], out.path()).unwrap_err();
    assert!(error.to_string().contains("`Close` is `x`"), "{error}");
    assert_eq!(fs::read(out.path().join("A.parquet")).unwrap(), before);
    assert!(!out.path().join("B.parquet").exists());
}

#[test]
fn a_symbol_comes_from_one_place() {
    let dir = folder(&[("A.csv", YAHOO.as_bytes())]);
    let other = folder(&[("A.csv", YAHOO.as_bytes())]);
    let from = [dir.path().to_owned(), other.path().to_owned()];
    let error = import(&from, &dir.path().join("out")).unwrap_err();
    assert!(error.to_string().starts_with("`A` is in "), "{error}");
    let error = import(&places(&dir, &["nothing"]), &dir.path().join("out")).unwrap_err();
    assert!(
        error.to_string().starts_with("cannot list the folder"),
        "{error}"
    );
    assert!(!dir.path().join("out").exists());
}

#[test]
fn a_folder_has_one_file_of_a_symbol() {
    let dir = folder(&[("A.csv", YAHOO.as_bytes())]);
    let error = import(&[dir.path().to_owned()], dir.path()).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("A.csv` is a file of `A` already"),
        "{error}"
    );
    assert!(!dir.path().join("A.parquet").exists());
}

fn diff(old: &str, new: &str) -> VintageDiff {
    let old = folder(&[("A.csv", old.as_bytes()), ("GONE.csv", old.as_bytes())]);
    let new = folder(&[("A.csv", new.as_bytes()), ("NEW.csv", new.as_bytes())]);
    compare_vintages(old.path(), new.path(), None).unwrap()
}

fn check_diff(old: &str, new: &str, expect: Expect) {
    expect.assert_eq(&diff(old, new).to_text());
}

#[test]
fn a_dividend_changes_all_adjusted_closes_by_one_factor_which_is_no_change() {
    let later = YAHOO
        .replace(",9.5,", ",9.025,")
        .replace("10.45", "9.9275")
        .replace("11.4,", "10.83,");
    assert!(diff(YAHOO, &later).is_same());
    check_diff(
        YAHOO,
        &later,
        expect![[r#"
        only in the older folder: GONE
        only in the newer folder: NEW
        1 symbol has the same past
    "#]],
    );
}

#[test]
fn what_is_not_one_factor_is_a_change_of_the_past() {
    // One adjusted close differs by a tenth, in the middle.
    check_diff(
        YAHOO,
        &YAHOO.replace("10.45", "11.495"),
        expect![[r#"
        A: adjusted closes of 1 of 3 days have changed, first 2024-01-03; the largest ratio of new and old is 1.1000, on 2024-01-03
        only in the older folder: GONE
        only in the newer folder: NEW
        0 symbols have the same past
    "#]],
    );
    // A split since then halves all prices.
    let split = YAHOO.replace(",10,11,9,10,", ",5,5.5,4.5,5,");
    check_diff(
        YAHOO,
        &split,
        expect![[r#"
        A: prices of 1 of 3 days have changed, first 2024-01-02; the largest ratio of new and old is 0.5000, on 2024-01-02
        only in the older folder: GONE
        only in the newer folder: NEW
        0 symbols have the same past
    "#]],
    );
}

#[test]
fn days_that_are_gone_and_days_that_are_new_are_named() {
    let without = YAHOO.replace("2024-01-03,10,12,10,11,10.45,100\n", "");
    check_diff(
        YAHOO,
        &without,
        expect![[r#"
        A: 2024-01-03 is gone
        only in the older folder: GONE
        only in the newer folder: NEW
        0 symbols have the same past
    "#]],
    );
    check_diff(
        &without,
        YAHOO,
        expect![[r#"
        A: 2024-01-03 is new among those before
        only in the older folder: GONE
        only in the newer folder: NEW
        0 symbols have the same past
    "#]],
    );
}

#[test]
fn the_last_day_of_the_older_prices_may_have_been_a_quote() {
    assert!(
        diff(
            YAHOO,
            &YAHOO.replace("12,12,11,11.5,11.5", "12,12,11,11.9,11.9")
        )
        .is_same()
    );
}
