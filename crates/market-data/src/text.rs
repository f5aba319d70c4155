//! Reads a text file of daily bars: columns separated by commas, one line a day.
//!
//! A row is first read by `plain`, which knows only what nearly every row looks like and is fast.
//! Whatever it does not know (quotes, missing prices, other dates, mistakes) is read again by
//! `careful`, which knows everything. So the two need to agree only where `plain` gives an answer.

mod cell;
mod header;

pub(crate) use cell::{is_missing, split};

use memchr::{memchr, memchr_iter};

use crate::bars::Bars;
use crate::error::{Place, Problem};
use crate::read_error::ReadError;
use crate::timestamp;
use backtest::date::Date;
use header::Header;

/// Reads the whole of a file.
///
/// `adjusted`: whether the adjusted closes are wanted too.
pub(crate) fn read(data: &[u8], adjusted: bool) -> Result<Bars, ReadError> {
    let header = header::read(data)?;
    let wanted = Wanted::new(&header, adjusted);
    let mut bars = Bars::new(Place::Line);
    bars.has_adj_close = header.columns.adj_close.is_some();
    bars.is_adjusted = adjusted;

    let body = &data[header.body..];
    let n_lines = memchr_iter(b'\n', body).count() + 1;
    bars.dates.reserve_exact(n_lines);
    bars.numbers.reserve_exact(n_lines);
    for name in &wanted.names {
        bars.column_mut(name).reserve_exact(n_lines);
    }

    let mut at = 0;
    let mut number = header.n_lines;
    while at < body.len() {
        let end = memchr(b'\n', &body[at..]).map_or(body.len(), |length| at + length);
        let line = &body[at..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        at = end + 1;
        number += 1;

        let row = match wanted.plain(line) {
            Some(row) => row,
            None => match wanted.careful(line) {
                Ok(Some(row)) => row,
                Ok(None) => continue,
                Err(problem) => return Err((Some(Place::Line(number)), problem).into()),
            },
        };
        bars.numbers.push(number);
        bars.dates.push(row.date);
        bars.open.push(row.numbers[0]);
        bars.close.push(row.numbers[1]);
        for (name, number) in wanted.names.iter().zip(row.numbers).skip(2) {
            bars.column_mut(name).push(number);
        }
    }
    Ok(bars)
}

struct Row {
    date: Date,
    /// In the order of [`Wanted::names`].
    numbers: [f64; MOST_NUMBERS],
}

/// The open, the close, the adjusted close, dividends, splits, capital gains.
const MOST_NUMBERS: usize = 6;

/// The cells that are read, from left to right.
struct Wanted {
    steps: Vec<Step>,
    /// Commas after the last of them.
    commas_left: usize,
    n_columns: usize,
    /// The columns of numbers: the open and the close, then those that there are.
    names: Vec<&'static str>,
}

struct Step {
    /// Commas between the cell before and this one.
    commas: usize,
    cell: Cell,
}

#[derive(Clone, Copy)]
enum Cell {
    Date,
    /// A number: where it goes in [`Row::numbers`].
    Number(usize),
}

impl Wanted {
    fn new(header: &Header, adjusted: bool) -> Wanted {
        let columns = header.columns;
        let numbers = columns.numbers(adjusted);
        let mut cells = vec![(columns.date, Cell::Date)];
        let number = |(index, (_, at)): (usize, &(_, usize))| (*at, Cell::Number(index));
        cells.extend(numbers.iter().enumerate().map(number));
        cells.sort_by_key(|&(at, _)| at);
        let mut before = 0;
        let steps = cells
            .iter()
            .map(|&(at, cell)| {
                let commas = at - before;
                before = at;
                Step { commas, cell }
            })
            .collect();
        Wanted {
            steps,
            commas_left: header.n_columns - 1 - before,
            n_columns: header.n_columns,
            names: numbers.iter().map(|(name, _)| *name).collect(),
        }
    }

    /// Reads a row of `YYYY-MM-DD` and finite numbers. `None` for any other.
    ///
    /// A comma inside quotes in a cell that is skipped is harmless: the commas of the line are
    /// counted to its end, and one too many makes the row one that is not plain.
    #[inline]
    fn plain(&self, line: &[u8]) -> Option<Row> {
        let mut numbers = [0.0; MOST_NUMBERS];
        let mut date = None;
        let mut rest = line;
        for (index, step) in self.steps.iter().enumerate() {
            let mut commas = step.commas;
            if index > 0 {
                // The cell before ends here, or it was not as plain as it seemed.
                rest = rest.strip_prefix(b",")?;
                commas -= 1;
            }
            for _ in 0..commas {
                rest = &rest[memchr(b',', rest)? + 1..];
            }
            match step.cell {
                Cell::Date => {
                    date = Some(cell::plain_date(rest.get(..10)?)?);
                    rest = &rest[10..];
                }
                Cell::Number(at) => {
                    let (price, length) = fast_float2::parse_partial::<f64, _>(rest).ok()?;
                    if !price.is_finite() {
                        return None;
                    }
                    numbers[at] = price;
                    rest = &rest[length..];
                }
            }
        }
        let ends = rest.is_empty() || rest[0] == b',';
        let date = date?;
        (ends && memchr_iter(b',', rest).count() == self.commas_left)
            .then_some(Row { date, numbers })
    }

    /// Reads any row. `None` when it is blank.
    fn careful(&self, line: &[u8]) -> Result<Option<Row>, Problem> {
        let text = std::str::from_utf8(line).map_err(|_| Problem::NotUtf8)?;
        let cells = cell::split(text);
        let is_blank = |cell: &String| cell.trim().is_empty();
        if cells.iter().all(is_blank) {
            return Ok(None);
        }
        let (expected, found) = (self.n_columns, cells.len());
        if found < expected {
            return Err(Problem::TooFewCells { expected, found });
        }
        // Some programs end each line with a comma.
        if !cells[expected..].iter().all(is_blank) {
            return Err(Problem::TooManyCells { expected, found });
        }
        let mut row = None;
        let mut numbers = [0.0; MOST_NUMBERS];
        let mut at = 0;
        for step in &self.steps {
            at += step.commas;
            match step.cell {
                Cell::Date => row = Some(timestamp::date_in_text(&cells[at])?),
                Cell::Number(index) => {
                    numbers[index] = cell::price(self.names[index], &cells[at])?;
                }
            }
        }
        Ok(row.map(|date| Row { date, numbers }))
    }
}
