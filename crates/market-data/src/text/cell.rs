//! One cell of a text file.

use backtest::date::Date;

use crate::error::{Problem, shown};

/// What pandas takes as a missing value.
const MISSING: [&str; 19] = [
    "", "nan", "NaN", "null", "NULL", "NA", "N/A", "n/a", "None", "<NA>", "-nan", "-NaN", "#N/A",
    "#NA", "#N/A N/A", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
];

/// Whether a cell without the spaces around it is a missing value.
pub(crate) fn is_missing(text: &str) -> bool {
    MISSING.contains(&text)
}

/// The price a cell holds, NaN when it is missing.
pub(super) fn price(column: &'static str, cell: &str) -> Result<f64, Problem> {
    let text = cell.trim();
    if is_missing(text) {
        return Ok(f64::NAN);
    }
    match fast_float2::parse::<f64, _>(text) {
        Ok(price) if price.is_infinite() => Err(Problem::Infinite {
            column,
            text: shown(text),
        }),
        Ok(price) => Ok(price),
        Err(_) => Err(Problem::NotANumber {
            column,
            text: shown(text),
        }),
    }
}

/// A date written in exactly ten bytes, `YYYY-MM-DD`.
#[inline]
pub(super) fn plain_date(text: &[u8]) -> Option<Date> {
    let text: &[u8; 10] = text.try_into().ok()?;
    let digit = |at: usize| {
        let digit = u32::from(text[at].wrapping_sub(b'0'));
        (digit < 10).then_some(digit)
    };
    if text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let year = digit(0)? * 1000 + digit(1)? * 100 + digit(2)? * 10 + digit(3)?;
    Date::new(
        year as i32,
        digit(5)? * 10 + digit(6)?,
        digit(8)? * 10 + digit(9)?,
    )
}

/// The cells of a line. Those in double quotes may hold commas; `""` in them is a quote.
pub(crate) fn split(line: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => quoted = true,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells.push(cell);
    cells
}
