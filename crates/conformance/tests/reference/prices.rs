//! Price files: real downloads, decimal numbers and files with faults.

use diagnostics::Diagnostic;
use std::io::Read;
use std::path::Path;

use backtest::date::Date;
use expect_test::{Expect, expect};
use flate2::read::GzDecoder;
use market_data::Adjustment::{ByCloseRatio, Raw};
use market_data::{LoadError, load, sample, symbols_in};

use conformance::reference_folder;
use tempfile::TempDir;

fn from_hex(text: &str) -> f64 {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1.0, text),
        None => (1.0, text),
    };
    if text == "inf" {
        return sign * f64::INFINITY;
    }
    let (mantissa, exponent) = text.strip_prefix("0x").unwrap().split_once('p').unwrap();
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let bits = u64::from_str_radix(&format!("{whole}{fraction}"), 16).unwrap();
    let mut exponent: i32 = exponent.parse::<i32>().unwrap() - 4 * fraction.len() as i32;
    let mut value = bits as f64;
    // In two steps, because 2^-1074 times a large number is not a double in one.
    while exponent < -500 {
        value *= 2f64.powi(-500);
        exponent += 500;
    }
    sign * value * 2f64.powi(exponent)
}

pub(crate) fn numbers_are_rounded_correctly() {
    let path = reference_folder("oracle/golden/unit/csv_floats.json.gz");
    let mut json = String::new();
    GzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_string(&mut json)
        .unwrap();
    let cases: Vec<[String; 3]> = serde_json::from_str(&json).unwrap();
    let cases: Vec<(String, f64)> = cases
        .into_iter()
        .map(|[text, _, correct]| (text, from_hex(&correct)))
        .filter(|(_, value)| value.is_finite())
        .collect();
    assert!(cases.len() > 3000);

    // Once plain and once in quotes: there are two ways through the reader.
    for quote in ["", "\""] {
        let mut file = "Date,Open,Close\n".to_owned();
        for (day, (text, _)) in cases.iter().enumerate() {
            let date = Date::from_epoch_days(day as i32).unwrap();
            file.push_str(&format!("{date},1,{quote}{text}{quote}\n"));
        }
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("A.csv"), file).unwrap();
        let loaded = load(folder.path(), &["A".to_owned()], Raw).unwrap();
        let series = &loaded.series[0];
        for ((text, value), close) in cases.iter().zip(&series.close) {
            assert_eq!(value.to_bits(), close.to_bits(), "{text}");
        }
    }
}

pub(crate) fn real_downloads_load_without_a_notice_and_are_clean() {
    for folder in [
        "data/yahoo_2025_01",
        "data/yahoo_2025_09",
        "data/av_2020_12",
    ] {
        let dir = reference_folder(folder);
        let loaded = load(&dir, &symbols_in(&dir).unwrap(), ByCloseRatio).unwrap();
        assert_eq!(loaded.notices, []);
        let check = market_data::check(&dir, None).unwrap();
        assert!(check.usable);
        for symbol in check.symbols {
            let name = symbol.symbol;
            assert_eq!(
                (symbol.missing_days, symbol.lone_days),
                (vec![], vec![]),
                "{name}"
            );
            assert_eq!((symbol.jumps, symbol.breaks), (vec![], vec![]), "{name}");
        }
    }
}

/// The error, its causes and its hint, without the folder's name.
fn shown(error: &LoadError, dir: &Path) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!("\ncause: {cause}"));
        source = cause.source();
    }
    if let Some(hint) = error.hint() {
        text.push_str(&format!("\n hint: {hint}"));
    }
    text.replace(&dir.display().to_string(), "DIR")
}

#[track_caller]
fn check(symbol: &str, expect: Expect) {
    let dir = reference_folder("oracle/golden/data/syn_bad");
    let result = match load(&dir, &[symbol.to_owned(), "GOOD".to_owned()], ByCloseRatio) {
        Ok(loaded) if loaded.series[0].open == loaded.series[1].open => {
            "as the good file".to_owned()
        }
        Ok(_) => "unlike the good file".to_owned(),
        Err(error) => shown(&error, &dir),
    };
    expect.assert_eq(&result);
}

pub(crate) fn bad_files_that_only_look_bad_load_as_the_good_one() {
    for symbol in [
        "BOM", "CRLF", "DTIME", "DUP", "SPACES", "TZ", "USDATE", "NOADJ",
    ] {
        check(symbol, expect!["as the good file"]);
    }
}

pub(crate) fn bad_files_are_refused_with_their_place() {
    check(
        "BLANKDATE",
        expect![[r#"
        `DIR/BLANKDATE.csv`, line 17: the date is blank
         hint: fill in the date, or delete the row"#]],
    );
    check(
        "TEXT",
        expect![[r#"
        `DIR/TEXT.csv`, line 12: `Close` is `n.a.`, not a number
         hint: write the price as 1234.5 or 1.2345e3, or leave the cell empty if it is missing"#]],
    );
}

pub(crate) fn the_calendar_agrees_with_a_real_download() {
    let dir = reference_folder("data/yahoo_2025_01");
    let spy = load(&dir, &["SPY".to_owned()], ByCloseRatio)
        .unwrap()
        .series
        .remove(0);
    let range = "2014-01-02".parse().unwrap()..="2023-12-29".parse().unwrap();
    let real = spy.dates.into_iter().filter(|date| range.contains(date));
    let equity = sample::generate(1).remove(0);
    let ours = equity.bars.iter().map(|bar| bar.date);
    assert!(
        ours.filter(|date| *date != "2018-12-05".parse().unwrap())
            .eq(real)
    );
}
