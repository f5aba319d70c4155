//! What stands above the rows: nothing, remarks, and one to three lines of names.

use memchr::memchr;

use super::cell;
use crate::dates::{self, Written};
use crate::error::{Place, Problem};
use crate::layout::{self, Layout};
use crate::names::{self, Role, key};
use crate::read_error::ReadError;

/// What was found out about a file before its rows are read.
pub(super) struct Header {
    pub(super) layout: Layout,
    pub(super) separator: u8,
    pub(super) decimal_comma: bool,
    pub(super) n_columns: usize,
    /// Lines above the rows.
    pub(super) n_lines: u64,
    /// Where the rows begin, in bytes.
    pub(super) body: usize,
}

/// Lines that are looked through for the header.
const LONGEST_PREAMBLE: usize = 40;
/// Rows that are looked at to tell how numbers are written.
const SAMPLE: usize = 400;

/// Reads the lines above the rows, and looks at the first of those below.
pub(super) fn read(data: &[u8]) -> Result<Header, ReadError> {
    let start = if data.starts_with(b"\xef\xbb\xbf") {
        3
    } else {
        0
    };
    let mut lines = Lines {
        data,
        at: start,
        n_read: 0,
    };
    let first = loop {
        match lines.next()? {
            Some(line) if is_blank(line) => {}
            Some(line) => break line,
            None => return Err(Problem::Empty.into()),
        }
    };
    let here = Place::Line(lines.n_read);
    let answer = first.trim_start();
    let lower = answer.to_ascii_lowercase();
    if lower.starts_with("<!") || lower.contains("<html") || lower.starts_with("<?xml") {
        return Err((Some(here), Problem::OtherFormat("a web page")).into());
    }
    if answer.starts_with(['{', '[']) {
        let text = shown_answer(data);
        return Err((Some(here), Problem::Answer { text }).into());
    }

    // The header is the first line that has names of columns, or the first row where there is none.
    let mut line = Some(first);
    let mut widest = 1;
    let mut is_returns = false;
    let mut candidate = None;
    let mut above: Option<(Lines<'_>, Vec<String>, u8)> = None;
    for _ in 0..LONGEST_PREAMBLE {
        let Some(text) = line else { break };
        is_returns |= text.contains("CRSP");
        let separator = separator_of(text);
        let cells = cells_of(text, separator);
        widest = widest.max(cells.len());
        let before = Lines {
            n_read: lines.n_read,
            ..lines
        };
        if is_row(&cells) {
            // Names that are not known are not guessed at: they may be in any order.
            let is_named = |(_, names, _): &(Lines<'_>, Vec<String>, u8)| {
                names.len() == cells.len() && is_words(names)
            };
            return match above.filter(is_named) {
                Some((lines, names, separator)) => with_names(lines, names, separator),
                None => without_header(before, text, separator),
            };
        }
        if is_header(&cells, before) {
            candidate = Some((before, cells, separator));
            break;
        }
        if candidate.is_none() && cells.len() > 1 {
            candidate = Some((before, cells.clone(), separator));
        }
        above = Some((before, cells, separator));
        line = lines.next()?;
    }
    let Some((lines, cells, separator)) = candidate.filter(|_| widest > 1) else {
        let text = shown_answer(data);
        return Err((Some(here), Problem::Answer { text }).into());
    };
    if is_returns {
        return Err((Some(here), Problem::Returns).into());
    }
    with_names(lines, cells, separator)
}

/// Whether the cells are words: a header, in whatever language.
fn is_words(cells: &[String]) -> bool {
    let is_word = |cell: &String| cell.chars().any(char::is_alphabetic) && !cell::is_number(cell);
    cells.len() > 2 && cells.iter().all(is_word)
}

/// What a vendor says in place of prices, as it is shown.
fn shown_answer(data: &[u8]) -> String {
    let text = String::from_utf8_lossy(&data[..data.len().min(400)]);
    let words: Vec<&str> = text.split_whitespace().collect();
    diagnostics::sanitised(&words.join(" "), 160)
}

fn is_blank(line: &str) -> bool {
    line.bytes()
        .all(|byte| matches!(byte, b' ' | b',' | b';' | b'\t'))
}

/// What separates the cells of a line: what there is most of.
fn separator_of(line: &str) -> u8 {
    let mut cells = Vec::new();
    let mut count = |separator: u8| {
        cell::split(line, separator, &mut cells);
        cells.len()
    };
    let (commas, semicolons, tabs) = (count(b','), count(b';'), count(b'\t'));
    // Beside semicolons, commas are decimal signs.
    if semicolons > 1 && (semicolons >= commas || commas > semicolons && line.contains(';')) {
        b';'
    } else if tabs > 1 && tabs >= commas {
        b'\t'
    } else {
        b','
    }
}

fn cells_of(line: &str, separator: u8) -> Vec<String> {
    let mut cells = Vec::new();
    cell::split(line, separator, &mut cells);
    let text = |&(from, to): &(u32, u32)| cell::unquoted(&line[from as usize..to as usize]);
    cells.iter().map(text).collect()
}

/// Whether the cells are a row of values: a date, and numbers behind it.
fn is_row(cells: &[String]) -> bool {
    let [first, rest @ ..] = cells else {
        return false;
    };
    let is_date = match dates::in_text(first) {
        Ok(Written::Count(count)) => count >= 100_000_000,
        Ok(_) => true,
        Err(_) => false,
    };
    let numbers = rest
        .iter()
        .filter(|cell| cell::is_number(cell) && !cell::is_missing(cell));
    is_date && numbers.count() >= 1
}

/// Whether the cells are names of columns.
fn is_header(cells: &[String], after: Lines<'_>) -> bool {
    let [first, rest @ ..] = cells else {
        return false;
    };
    if rest.is_empty() || rest.iter().all(|cell| cell.is_empty()) {
        return false;
    }
    let keys: Vec<String> = cells.iter().map(|cell| key(cell)).collect();
    let is_date = |key: &String| key.len() > 1 && names::is(Role::Date, key);
    // A level of columns, by its name.
    let is_level = matches!(
        keys[0].as_str(),
        "ticker" | "tickers" | "symbol" | "symbols" | "price" | "attributes"
    );
    let no_numbers = rest
        .iter()
        .all(|cell| cell.is_empty() || !cell::is_number(cell));
    if no_numbers && (is_level || keys.iter().any(is_date)) {
        return true;
    }
    let known = keys[1..].iter().filter(|key| names::is_known(key)).count();
    if no_numbers && (2 * known >= rest.len() || (first.is_empty() && known > 0)) {
        return true;
    }
    // An index without a name above names of symbols.
    let mut after = after;
    let next = after.next().ok().flatten();
    let is_row_next = |line: &str| is_row(&cells_of(line, separator_of(line)));
    no_numbers && first.is_empty() && next.is_some_and(is_row_next)
}

/// Whether the cells are a second line of names: no date, and words in place of numbers.
fn is_level(cells: &[String], n: usize) -> bool {
    let words = |cell: &String| !cell.is_empty() && !cell::is_number(cell);
    let [first, rest @ ..] = cells else {
        return false;
    };
    cells.len() == n
        && (first.is_empty() || dates::in_text(first).is_err())
        && !cell::is_number(first) | first.is_empty()
        && rest.iter().all(|cell| cell.is_empty() || words(cell))
        && rest.iter().any(words)
}

/// Whether the cells name the index and nothing else.
fn is_index(cells: &[String]) -> bool {
    let [first, rest @ ..] = cells else {
        return false;
    };
    !rest.is_empty()
        && names::is(Role::Date, &key(first))
        && rest.iter().all(|cell| cell.is_empty())
}

/// The cells of the next line, and what comes after it.
fn ahead(mut lines: Lines<'_>, separator: u8) -> (Vec<String>, Lines<'_>) {
    let line = lines.next().ok().flatten();
    let cells = line.map(|line| cells_of(line, separator));
    (cells.unwrap_or_default(), lines)
}

fn with_names(
    mut lines: Lines<'_>,
    mut names: Vec<String>,
    separator: u8,
) -> Result<Header, ReadError> {
    let here = Place::Line(lines.n_read);
    let n = names.len();
    let mut levels = Vec::new();
    let (next, after) = ahead(lines, separator);
    if is_index(&next) {
        names[0].clone_from(&next[0]);
        lines = after;
    } else if is_level(&next, n) {
        lines = after;
        levels.push(next);
        let (index, after) = ahead(lines, separator);
        if is_index(&index) {
            lines = after;
        }
    }
    levels.insert(0, names);

    let sample = sample(lines, separator);
    // FRED writes a dot for a missing value, and new columns begin with blanks.
    let is_number = |at: usize| {
        let mut cells = sample.iter().filter_map(|row| row.get(at));
        cells.all(|cell| cell::is_number(cell))
    };
    let counts_time = |row: &Vec<String>| {
        row.iter()
            .any(|cell| matches!(dates::in_text(cell), Ok(Written::Count(100_000_000..))))
    };
    let layout = Layout::of(&layout::Header {
        levels: levels.clone(),
        is_number: &is_number,
        counts_time: sample.first().is_some_and(counts_time),
    })
    .map_err(|problem| (Some(here), problem))?;
    // A header that ends with a separator has no further column.
    let last_read = layout.last_column();
    let names = &mut levels[0];
    while names.len() > last_read + 1 && names.last().is_some_and(|name| name.is_empty()) {
        names.pop();
    }
    Ok(Header {
        layout,
        separator,
        decimal_comma: decimal_comma(&sample, separator),
        n_columns: levels[0].len(),
        n_lines: lines.n_read,
        body: lines.at,
    })
}

/// A file that begins with its first row. `lines` stands behind it.
fn without_header(lines: Lines<'_>, first: &str, separator: u8) -> Result<Header, ReadError> {
    let here = Place::Line(lines.n_read);
    let before = lines.before(first);
    let sample = sample(before, separator);
    let n = sample.first().map_or(0, Vec::len);
    let decimal_comma = decimal_comma(&sample, separator);
    let number = |row: &[String], at: usize| {
        row.get(at)
            .and_then(|cell| cell::number("", cell, decimal_comma).ok())
    };
    // The second cell is a time where all are.
    let is_time = |row: &Vec<String>| row.get(1).is_some_and(|cell| cell.contains(':'));
    let prices = 1 + usize::from(sample.iter().all(is_time));
    let is_bar = |row: &Vec<String>| {
        let bar: Option<Vec<f64>> = (0..4).map(|at| number(row, prices + at)).collect();
        bar.is_some_and(|bar| {
            bar[1] >= bar[0].max(bar[3]) && bar[2] <= bar[0].min(bar[3]) && bar[2] > 0.0
        })
    };
    let has_range = sample
        .iter()
        .any(|row| number(row, prices + 1) > number(row, prices + 2));
    if !(has_range && sample.iter().all(is_bar)) {
        return Err((Some(here), Problem::NoHeader).into());
    }
    const BINANCE: [&str; 12] = [
        "open_time",
        "open",
        "high",
        "low",
        "close",
        "volume",
        "close_time",
        "quote_volume",
        "count",
        "taker_buy_volume",
        "taker_buy_quote_volume",
        "ignore",
    ];
    let mut names: Vec<String> = match n {
        12 => BINANCE.map(str::to_owned).to_vec(),
        _ => {
            let time = (prices == 2).then_some("Time");
            let bar = ["Open", "High", "Low", "Close"];
            let names = std::iter::once("Date").chain(time).chain(bar);
            names.map(str::to_owned).collect()
        }
    };
    names.resize(n, "volume".to_owned());
    names.truncate(n);
    let layout = Layout::of(&layout::Header {
        levels: vec![names],
        is_number: &|_| true,
        counts_time: true,
    })
    .map_err(|problem| (Some(here), problem))?;
    Ok(Header {
        layout,
        separator,
        decimal_comma,
        n_columns: n,
        n_lines: before.n_read,
        body: before.at,
    })
}

/// The cells of the first rows.
fn sample(mut lines: Lines<'_>, separator: u8) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    while rows.len() < SAMPLE
        && let Ok(Some(line)) = lines.next()
    {
        // What is cut off at the end of what was read is no row.
        if !is_blank(line)
            && (lines.at < lines.data.len() || lines.data.ends_with(b"\n") || rows.is_empty())
        {
            rows.push(cells_of(line, separator));
        }
    }
    rows
}

/// Whether the comma is the decimal sign.
fn decimal_comma(sample: &[Vec<String>], separator: u8) -> bool {
    let (mut commas, mut points, mut unclear) = (0, 0, 0);
    for cell in sample.iter().flat_map(|row| row.iter()) {
        match cell::decimal(cell) {
            cell::Decimal::Comma => commas += 1,
            cell::Decimal::Point => points += 1,
            cell::Decimal::Unclear => unclear += 1,
            cell::Decimal::Silent => {}
        }
    }
    match (commas, points) {
        // Where semicolons or tabs separate, a comma has no other use.
        (0, 0) => unclear > 0 && separator != b',',
        _ => commas > points,
    }
}

/// The lines of a file, one after another.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a> {
    data: &'a [u8],
    at: usize,
    n_read: u64,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<Option<&'a str>, ReadError> {
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
        Ok(Some(text))
    }

    /// These lines, from the one that was read last on.
    fn before(self, line: &str) -> Lines<'a> {
        let start = line.as_ptr() as usize - self.data.as_ptr() as usize;
        Lines {
            at: start,
            n_read: self.n_read - 1,
            ..self
        }
    }
}
