//! Prices as pandas 2 reads them, since the goldens come from there.

use std::path::Path;

use backtest::date::Date;
use backtest::market::PriceSeries;
use serde_json::Value;

use conformance::oracle::csv_folder;

/// The prices that a spec's strategy and benchmark need, read as pandas 2 reads them.
pub(crate) fn prices(folder: &Path, spec: &Value, symbols: &[String]) -> Vec<PriceSeries> {
    let csv_dir = csv_folder(folder, spec);
    let adjust = spec
        .get("adjust_prices")
        .is_none_or(|adjust| adjust != false);
    symbols
        .iter()
        .map(|symbol| read_csv(&csv_dir, symbol, adjust))
        .collect()
}

/// A plain Yahoo file. The project's own reader rounds decimals correctly, as pandas 3 does; the
/// goldens come from pandas 2, which does not.
fn read_csv(folder: &Path, symbol: &str, adjust: bool) -> PriceSeries {
    let text = std::fs::read_to_string(folder.join(format!("{symbol}.csv"))).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = |name: &str| header.iter().position(|column| *column == name).unwrap();
    let mut rows: Vec<(Date, f64, f64)> = lines
        .filter(|line| !line.is_empty())
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let price = |name: &str| pandas_2_float(cells[column(name)]);
            let (mut open, mut close) = (price("Open"), price("Close"));
            if adjust {
                let adjusted = price("Adj Close");
                (open, close) = ((adjusted / close) * open, adjusted);
            }
            (cells[column("Date")][..10].parse().unwrap(), open, close)
        })
        .collect();
    rows.sort_by_key(|row| row.0);
    PriceSeries {
        symbol: symbol.to_owned(),
        dates: rows.iter().map(|row| row.0).collect(),
        open: rows.iter().map(|row| row.1).collect(),
        close: rows.iter().map(|row| row.2).collect(),
        ..PriceSeries::default()
    }
}

/// The default decimal conversion of pandas 2: at most 17 digits gathered in a double, leading
/// zeros included, then one multiplication or division by a power of ten.
fn pandas_2_float(text: &str) -> f64 {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("nan") || text.eq_ignore_ascii_case("null") {
        return f64::NAN;
    }
    let power = |exponent: i32| format!("1e{exponent}").parse::<f64>().unwrap();
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().unwrap()),
        None => (text, 0),
    };
    let negative = mantissa.starts_with('-');
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.trim_start_matches(['-', '+']);
    let (mut value, mut exponent, mut digits) = (0.0, exponent, 0);
    for digit in whole.bytes() {
        if digits < 17 {
            value = value * 10.0 + f64::from(digit - b'0');
            digits += 1;
        } else {
            exponent += 1;
        }
    }
    for digit in fraction.bytes().take(17 - digits) {
        value = value * 10.0 + f64::from(digit - b'0');
        exponent -= 1;
    }
    let value = if negative { -value } else { value };
    if exponent > 0 {
        value * power(exponent)
    } else {
        value / power(-exponent)
    }
}
