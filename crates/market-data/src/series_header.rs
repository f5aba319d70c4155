//! The header of a series beside the prices, and which files have one.

use std::io::Read;
use std::path::Path;

use diagnostics::open_file;

use crate::error::Problem;
use crate::fields::Field;
use crate::names;
use crate::text::split_at_commas;

/// Whether a file looks like a series, by its header.
pub(crate) fn is_series(path: &Path) -> bool {
    header(path).is_some_and(|cells| {
        let Ok(columns) = SeriesColumns::named("", &cells) else {
            return false;
        };
        // A file of closes alone is one of prices that lacks its opens.
        let value = &cells[columns.value];
        !is_price(value) && !names_members(value)
    })
}

/// Whether a file looks like a list of the members of an index, by its header.
pub(crate) fn is_members(path: &Path) -> bool {
    header(path).is_some_and(|cells| {
        let has = |known: fn(&str) -> bool| cells.iter().any(|cell| known(cell));
        match cells.len() {
            2 => SeriesColumns::named("", &cells)
                .is_ok_and(|columns| names_members(&cells[columns.value])),
            _ => has(names_members) && has(begins_spell) && has(ends_spell),
        }
    })
}

/// The cells of a file's first line.
fn header(path: &Path) -> Option<Vec<String>> {
    const LONGEST_HEADER: u64 = 256;
    let mut start = Vec::new();
    let file = open_file(path).ok()?;
    file.take(LONGEST_HEADER).read_to_end(&mut start).ok()?;
    let text = String::from_utf8_lossy(&start);
    let mut lines = without_mark(&text).lines();
    let header = lines.find(|line| !line.trim().is_empty())?;
    Some(split_at_commas(header))
}

/// A name of a column as it is compared.
pub(crate) fn plain_name(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

/// Whether a column of this name holds one symbol a line, or all members of a day.
pub(crate) fn names_members(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "symbol",
        "ticker",
        "asset",
        "security",
        "symbols",
        "tickers",
        "assets",
        "members",
        "constituents",
    ];
    NAMES.contains(&plain_name(name).as_str())
}

/// Whether a column of this name holds the first days of spells.
pub(crate) fn begins_spell(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "from",
        "start",
        "start_date",
        "date_added",
        "added",
        "enters",
        "entry",
        "from_date",
        "begin",
    ];
    NAMES.contains(&plain_name(name).as_str())
}

/// Whether a column of this name holds the first days after spells.
pub(crate) fn ends_spell(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "to",
        "end",
        "end_date",
        "date_removed",
        "removed",
        "leaves",
        "exit",
        "to_date",
        "until",
    ];
    NAMES.contains(&plain_name(name).as_str())
}

/// Whether a column of this name is one of prices; FRED calls any value so.
fn is_price(name: &str) -> bool {
    let key = names::key(name);
    let field = names::field(&key).filter(|_| key.len() > 1 && key != "value");
    matches!(field, Some(Field::Open | Field::Close | Field::AdjClose))
}

/// Text without the mark of its byte order.
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Where the date and the value stand.
pub(crate) struct SeriesColumns {
    pub(crate) date: usize,
    pub(crate) value: usize,
    /// How many columns there are.
    pub(crate) n: usize,
}

impl SeriesColumns {
    /// Of two columns the one that is not the date is the value, of more the one that has the name of
    /// the series.
    pub(crate) fn named(name: &str, cells: &[String]) -> Result<SeriesColumns, Problem> {
        let mut names: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
        // A header that ends with a comma has no further column.
        while names.len() > 1 && names.last() == Some(&"") {
            names.pop();
        }
        let is_date = |name: &&str| {
            let letters = name.chars().filter(char::is_ascii_alphabetic);
            let letters: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
            matches!(letters.as_str(), "date" | "datetime" | "observationdate")
        };
        let date = names.iter().position(is_date);
        let others = |date: usize| (0..names.len()).filter(move |at| *at != date);
        let value = date.and_then(|date| match names.len() {
            2 => others(date).next(),
            _ => others(date).find(|at| !name.is_empty() && names[*at].eq_ignore_ascii_case(name)),
        });
        match date.zip(value) {
            Some((date, value)) => {
                let n = names.len();
                Ok(SeriesColumns { date, value, n })
            }
            None => Err(Problem::NotASeries {
                found: names.into_iter().map(str::to_owned).collect(),
            }),
        }
    }
}
