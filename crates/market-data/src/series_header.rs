//! The header of a series beside the prices, and which files have one.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::Problem;
use crate::fields::Field;
use crate::names;
use crate::text::split_at_commas;

/// Whether a file looks like a series, by its header.
pub(crate) fn is_series(path: &Path) -> bool {
    const LONGEST_HEADER: u64 = 256;
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST_HEADER).read_to_end(&mut start));
    let text = String::from_utf8_lossy(&start);
    let header = without_mark(&text)
        .lines()
        .find(|line| !line.trim().is_empty());
    let columns = header.map(split_at_commas).and_then(|cells| {
        let columns = SeriesColumns::named("", &cells).ok()?;
        // A file of closes alone is one of prices that lacks its opens.
        (!is_price(&cells[columns.value])).then_some(columns)
    });
    read.is_ok() && columns.is_some()
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
