//! The lines above the rows: one, or the three that pandas writes for columns of two levels.

use memchr::memchr;

use super::cell;
use crate::columns::{Columns, is_date};
use crate::error::{Place, Problem};
use crate::read_error::ReadError;

/// What stands above the rows.
pub(super) struct Header {
    pub(super) columns: Columns,
    pub(super) n_columns: usize,
    /// Lines of the header.
    pub(super) n_lines: u64,
    /// Where the rows begin, in bytes.
    pub(super) body: usize,
}

/// Reads the header, and finds out where the rows begin.
///
/// yfinance has three lines: `Price,Close,Open` with the names, `Ticker,SPY,SPY`, and `Date,,`
/// which names the index. Older versions leave the first cells of the first two blank.
pub(super) fn read(data: &[u8]) -> Result<Header, ReadError> {
    let mut lines = Lines {
        data,
        at: if data.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        },
        n_read: 0,
    };
    let mut names = loop {
        match lines.next()? {
            Some(cells) if cells.iter().all(|cell| cell.trim().is_empty()) => {}
            Some(cells) => break cells,
            None => return Err(Problem::Empty.into()),
        }
    };
    let here = Place::Line(lines.n_read);
    if names[0].trim_start().starts_with("<!") || names[0].to_ascii_lowercase().contains("<html") {
        return Err((Some(here), Problem::OtherFormat("a web page")).into());
    }
    if !names.iter().any(|name| is_date(name)) {
        let first_line = (lines.at, lines.n_read);
        for _ in 0..2 {
            let Ok(Some(cells)) = lines.next() else { break };
            let others_blank = cells[1..].iter().all(|cell| cell.trim().is_empty());
            if is_date(&cells[0]) && others_blank && cells.len() > 1 {
                names[0] = cells[0].clone();
                return finish(names, lines, here);
            }
        }
        (lines.at, lines.n_read) = first_line;
    }
    finish(names, lines, here)
}

fn finish(mut names: Vec<String>, lines: Lines<'_>, here: Place) -> Result<Header, ReadError> {
    let columns = Columns::named(&names).map_err(|problem| (Some(here), problem))?;
    // A header that ends with a comma has no further column.
    let last_read = [
        Some(columns.date),
        Some(columns.open),
        Some(columns.close),
        columns.adj_close,
        columns.dividends,
        columns.splits,
        columns.gains,
    ];
    let last_read = last_read.into_iter().flatten().max().unwrap_or(0);
    while names.len() > last_read + 1 && names.last().is_some_and(|name| name.trim().is_empty()) {
        names.pop();
    }
    Ok(Header {
        columns,
        n_columns: names.len(),
        n_lines: lines.n_read,
        body: lines.at,
    })
}

struct Lines<'a> {
    data: &'a [u8],
    at: usize,
    n_read: u64,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<Option<Vec<String>>, ReadError> {
        if self.at >= self.data.len() {
            return Ok(None);
        }
        let rest = &self.data[self.at..];
        let (line, length) = match memchr(b'\n', rest) {
            Some(length) => (&rest[..length], length + 1),
            None => (rest, rest.len()),
        };
        self.at += length;
        self.n_read += 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = std::str::from_utf8(line)
            .map_err(|_| (Some(Place::Line(self.n_read)), Problem::NotUtf8))?;
        Ok(Some(cell::split(text)))
    }
}
