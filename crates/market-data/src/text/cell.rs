//! One cell of a text file.

use backtest::date::Date;

use crate::error::{Problem, shown};

/// What pandas takes as a missing value, the dot of FRED, and dashes.
const MISSING: [&str; 22] = [
    "", "nan", "NaN", "null", "NULL", "NA", "N/A", "n/a", "None", "<NA>", "-nan", "-NaN", "#N/A",
    "#NA", "#N/A N/A", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN", ".", "-", "--",
];

/// The number a cell holds, NaN when it is missing.
///
/// `decimal_comma`: whether the comma is the decimal sign and the point groups thousands.
pub(super) fn number(
    column: &'static str,
    cell: &str,
    decimal_comma: bool,
) -> Result<f64, Problem> {
    let text = bare(cell);
    if MISSING.contains(&text) {
        return Ok(f64::NAN);
    }
    let parsed = match decimal_comma || text.contains(is_grouping) {
        false => fast_float2::parse::<f64, _>(text).ok(),
        true => {
            without_groups(text, decimal_comma).and_then(|plain| fast_float2::parse(plain).ok())
        }
    };
    match parsed {
        Some(number) if number.is_infinite() => Err(Problem::Infinite {
            column,
            text: shown(text),
        }),
        Some(number) => Ok(number),
        None => Err(Problem::NotANumber {
            column,
            text: shown(text),
        }),
    }
}

/// Whether a cell is a number, however it is written, or says that a number is missing.
pub(super) fn is_number(cell: &str) -> bool {
    [false, true]
        .into_iter()
        .any(|decimal_comma| number("", cell, decimal_comma).is_ok())
}

/// Whether a cell says that its number is missing.
pub(crate) fn is_missing(cell: &str) -> bool {
    MISSING.contains(&bare(cell))
}

/// Without quotes, spaces and a currency's sign in front of it.
fn bare(cell: &str) -> &str {
    let text = cell.trim().trim_matches('"').trim();
    match text.strip_prefix(['$', '€', '£', '¥']) {
        Some(amount) => amount.trim_start(),
        None => text,
    }
}

/// What stands between thousands, the decimal signs aside.
fn is_grouping(c: char) -> bool {
    matches!(c, ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}')
}

/// A number with a decimal point and no groups. `None` when groups are not of three digits.
fn without_groups(text: &str, decimal_comma: bool) -> Option<String> {
    let (decimal, other) = match decimal_comma {
        true => (',', '.'),
        false => ('.', ','),
    };
    let (whole, fraction) = match text.split_once(decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let groups = |c: char| c == other || (is_grouping(c) && c != decimal);
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole),
    };
    let mut plain = sign.to_owned();
    for (index, group) in digits.split(groups).enumerate() {
        let fits = match index {
            0 => (1..=3).contains(&group.len()) || !digits.contains(groups),
            _ => group.len() == 3,
        };
        if !fits || !group.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        plain.push_str(group);
    }
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
    }
    Some(plain)
}

/// What a cell says of the decimal sign: a comma, a point, or nothing.
pub(super) enum Decimal {
    Comma,
    Point,
    /// One comma with three digits behind it: a thousand, or three decimals.
    Unclear,
    Silent,
}

pub(super) fn decimal(cell: &str) -> Decimal {
    let text = bare(cell).trim_start_matches('-');
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b',' || b == b'.');
    if !plain || text.is_empty() {
        return Decimal::Silent;
    }
    let is_grouped = |sign: char| {
        let mut groups = text.split(sign);
        let first = groups
            .next()
            .is_some_and(|first| (1..=3).contains(&first.len()));
        first && groups.all(|group| group.len() == 3)
    };
    match (text.rfind(','), text.rfind('.')) {
        (Some(comma), Some(point)) if comma > point => Decimal::Comma,
        (Some(_), Some(_)) => Decimal::Point,
        (Some(comma), None) => match (is_grouped(','), text.find(',') == Some(comma)) {
            (true, true) if text.starts_with('0') => Decimal::Comma,
            (true, true) => Decimal::Unclear,
            (true, false) => Decimal::Point,
            (false, true) => Decimal::Comma,
            (false, false) => Decimal::Silent,
        },
        (None, Some(point)) => match (is_grouped('.'), text.find('.') == Some(point)) {
            (true, false) => Decimal::Comma,
            (false, true) => Decimal::Point,
            _ => Decimal::Silent,
        },
        (None, None) => Decimal::Silent,
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

/// Where the cells of a line stand in it. Those in double quotes may hold the separator.
pub(super) fn split(line: &str, separator: u8, cells: &mut Vec<(u32, u32)>) {
    cells.clear();
    let (mut start, mut quoted, mut is_blank) = (0, false, true);
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'"' if quoted => quoted = false,
            // A quote that is doubled within quotes opens them again.
            b'"' if is_blank || line.as_bytes()[at - 1] == b'"' => quoted = true,
            _ if byte == separator && !quoted => {
                cells.push((start, at as u32));
                start = at as u32 + 1;
                is_blank = true;
                continue;
            }
            _ => {}
        }
        is_blank &= byte == b' ';
    }
    cells.push((start, line.len() as u32));
}

/// The text of a cell, without its quotes.
pub(super) fn unquoted(cell: &str) -> String {
    let text = cell.trim();
    match text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) => inner.replace("\"\"", "\"").trim().to_owned(),
        None => text.to_owned(),
    }
}

/// The cells of a line with commas between them.
pub(crate) fn split_at_commas(line: &str) -> Vec<String> {
    let mut cells = Vec::new();
    split(line, b',', &mut cells);
    let text = |&(from, to): &(u32, u32)| unquoted(&line[from as usize..to as usize]);
    cells.iter().map(text).collect()
}
