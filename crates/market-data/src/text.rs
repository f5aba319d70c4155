//! Reads a text file of daily bars: columns separated by commas, semicolons or tabs, one line a day.
//!
//! A row is first read by `plain`, which knows only what nearly every row looks like and is fast.
//! Whatever it does not know (quotes, missing prices, other dates, mistakes) is read again by
//! `careful`, which knows everything. So the two need to agree only where `plain` gives an answer.

mod cell;
mod header;

pub(crate) use cell::{is_missing, split_at_commas};

use memchr::{memchr, memchr_iter};

use crate::dates;
use crate::error::{Place, Problem};
use crate::fields::{Field, Fields};
use crate::layout::{Layout, Shape};
use crate::read_error::ReadError;
use crate::sheet::{Builder, Sheet};
use crate::wanted::Wanted;
use backtest::date::Date;
use header::Header;

/// The layout of a file of which this is the beginning.
pub(crate) fn layout(beginning: &[u8]) -> Result<Layout, ReadError> {
    Ok(header::read(beginning)?.layout)
}

/// Reads the whole of a file.
pub(crate) fn read(data: &[u8], wanted: Wanted<'_>) -> Result<Sheet, ReadError> {
    let header = header::read(data)?;
    let reader = Reader::new(&header, wanted);
    let mut builder = Builder::new(&header.layout, Place::Line);

    let body = &data[header.body..];
    if header.layout.single().is_some() {
        let n_lines = memchr_iter(b'\n', body).count() + 1;
        let bars = builder.bars(0);
        bars.reserve_exact(n_lines, reader.fields(), true);
    }

    let mut row = Row::default();
    let mut scratch = Vec::new();
    let mut at = 0;
    let mut number = header.n_lines;
    while at < body.len() {
        let end = memchr(b'\n', &body[at..]).map_or(body.len(), |length| at + length);
        let line = &body[at..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        at = end + 1;
        number += 1;

        if reader.is_plain
            && let Some(date) = reader.plain(line, &mut row)
        {
            let series = match row.symbol {
                Some(_) => match reader.series(&row, line, wanted, &mut builder) {
                    Some(series) => series,
                    None => continue,
                },
                None => 0,
            };
            let bars = builder.bars(series);
            bars.push_number(number);
            bars.dates.push(date);
            for (field, value) in reader.single.iter().zip(&row.values) {
                bars.column_mut(*field).push(*value);
            }
            continue;
        }
        match reader.careful(line, number, wanted, &mut builder, &mut scratch) {
            Ok(()) => {}
            Err(_) if is_footer(line, &body[at.min(body.len())..], header.separator) => break,
            Err(problem) => return Err((Some(Place::Line(number)), problem).into()),
        }
    }
    builder.finish()
}

/// Whether a line and all below it are words without cells, as some vendors put their name last.
fn is_footer(line: &[u8], rest: &[u8], separator: u8) -> bool {
    const LONGEST: usize = 4096;
    let is_text = |line: &[u8]| {
        let start = line
            .iter()
            .find(|byte| !byte.is_ascii_whitespace() && **byte != b'"');
        memchr(separator, line).is_none() && start.is_none_or(|byte| !byte.is_ascii_digit())
    };
    rest.len() < LONGEST && is_text(line) && rest.split(|byte| *byte == b'\n').all(is_text)
}

/// One row as `plain` reads it.
#[derive(Default)]
struct Row {
    /// The values, in the order of [`Reader::single`].
    values: [f64; Field::COUNT],
    /// Where the symbol stands in the line, if there is one.
    symbol: Option<(usize, usize)>,
}

/// The cells that are read, from left to right.
struct Reader {
    steps: Vec<Step>,
    separator: u8,
    decimal_comma: bool,
    /// Separators after the last of them.
    separators_left: usize,
    n_columns: usize,
    n_series: usize,
    /// The fields of a row with one symbol, in the order of their cells.
    single: Vec<Field>,
    /// Whether `plain` knows the layout.
    is_plain: bool,
}

struct Step {
    at: usize,
    /// Separators between the cell before and this one.
    separators: usize,
    cell: Cell,
}

#[derive(Clone, Copy)]
enum Cell {
    Date,
    Time,
    Symbol,
    /// A number: its series, and what it is.
    Value(u32, Field),
}

fn cells(layout: &Layout, fields: Fields) -> Vec<(usize, Cell)> {
    let mut cells = vec![(layout.date, Cell::Date)];
    cells.extend(layout.time.map(|at| (at, Cell::Time)));
    let mut add = |series: usize, columns: &crate::layout::Columns| {
        for field in fields.within(columns.fields()).iter() {
            if let Some(at) = columns.get(field) {
                cells.push((at, Cell::Value(series as u32, field)));
            }
        }
    };
    match &layout.shape {
        Shape::One(columns) => add(0, columns),
        Shape::Long { symbol, columns } => {
            add(0, columns);
            cells.push((*symbol, Cell::Symbol));
        }
        Shape::Wide(symbols) => {
            for (series, (_, columns)) in symbols.iter().enumerate() {
                add(series, columns);
            }
        }
    }
    cells.sort_by_key(|&(at, _)| at);
    cells
}

impl Reader {
    fn new(header: &Header, wanted: Wanted<'_>) -> Reader {
        let cells = cells(&header.layout, wanted.fields);
        let mut before = 0;
        let mut step = |&(at, cell): &(usize, Cell)| {
            let separators = at - before;
            before = at;
            Step {
                at,
                separators,
                cell,
            }
        };
        let steps: Vec<Step> = cells.iter().map(&mut step).collect();
        let is_wide = matches!(&header.layout.shape, Shape::Wide(symbols) if symbols.len() != 1);
        let single = steps.iter().filter_map(|step| match step.cell {
            Cell::Value(_, field) => Some(field),
            _ => None,
        });
        Reader {
            separators_left: (header.n_columns - 1).saturating_sub(before),
            n_columns: header.n_columns,
            separator: header.separator,
            decimal_comma: header.decimal_comma,
            n_series: match &header.layout.shape {
                Shape::Wide(symbols) => symbols.len(),
                _ => 1,
            },
            single: if is_wide {
                Vec::new()
            } else {
                single.collect()
            },
            is_plain: !is_wide && !header.decimal_comma && header.layout.time.is_none(),
            steps,
        }
    }

    fn fields(&self) -> Fields {
        Fields::of(&self.single)
    }

    /// The series of a row, `None` when its symbol is not wanted.
    fn series(
        &self,
        row: &Row,
        line: &[u8],
        wanted: Wanted<'_>,
        builder: &mut Builder,
    ) -> Option<usize> {
        let (from, to) = row.symbol?;
        let symbol = std::str::from_utf8(&line[from..to]).ok()?;
        builder.wanted_series(symbol.trim(), wanted)
    }

    /// Reads a row of `YYYY-MM-DD` and finite numbers. `None` for any other.
    ///
    /// A separator inside quotes in a cell that is skipped is harmless: the separators of the line are
    /// counted to its end, and one too many makes the row one that is not plain.
    #[inline]
    fn plain(&self, line: &[u8], row: &mut Row) -> Option<Date> {
        let mut date = None;
        let mut n_values = 0;
        let mut rest = line;
        for (index, step) in self.steps.iter().enumerate() {
            let mut separators = step.separators;
            if index > 0 {
                // The cell before ends here, or it was not as plain as it seemed.
                if *rest.first()? != self.separator {
                    return None;
                }
                rest = &rest[1..];
                separators -= 1;
            }
            for _ in 0..separators {
                rest = &rest[memchr(self.separator, rest)? + 1..];
            }
            match step.cell {
                Cell::Date => {
                    date = Some(cell::plain_date(rest.get(..10)?)?);
                    rest = &rest[10..];
                }
                Cell::Value(_, _) => {
                    let (value, length) = fast_float2::parse_partial::<f64, _>(rest).ok()?;
                    if !value.is_finite() {
                        return None;
                    }
                    *row.values.get_mut(n_values)? = value;
                    n_values += 1;
                    rest = &rest[length..];
                }
                Cell::Symbol => {
                    let length = memchr(self.separator, rest).unwrap_or(rest.len());
                    let from = line.len() - rest.len();
                    let is_plain = |byte: &u8| byte.is_ascii() && *byte != b'"';
                    if length == 0 || !rest[..length].iter().all(is_plain) {
                        return None;
                    }
                    row.symbol = Some((from, from + length));
                    rest = &rest[length..];
                }
                Cell::Time => return None,
            }
        }
        let ends = rest.is_empty() || rest[0] == self.separator;
        let date = date?;
        (ends && memchr_iter(self.separator, rest).count() == self.separators_left).then_some(date)
    }

    /// Reads any row, if it is not blank.
    fn careful(
        &self,
        line: &[u8],
        number: u64,
        wanted: Wanted<'_>,
        builder: &mut Builder,
        scratch: &mut Vec<(u32, u32)>,
    ) -> Result<(), Problem> {
        let line = std::str::from_utf8(line).map_err(|_| Problem::NotUtf8)?;
        cell::split(line, self.separator, scratch);
        let text = |at: usize| -> &str {
            let (from, to) = scratch[at];
            &line[from as usize..to as usize]
        };
        let is_blank = |at: usize| text(at).trim().is_empty();
        if (0..scratch.len()).all(is_blank) {
            return Ok(());
        }
        let (expected, found) = (self.n_columns, scratch.len());
        if found < expected {
            return Err(Problem::TooFewCells { expected, found });
        }
        // Some programs end each line with a separator.
        if !(expected..found).all(is_blank) {
            return Err(Problem::TooManyCells { expected, found });
        }

        let mut written = None;
        let mut series = 0;
        for step in &self.steps {
            match step.cell {
                Cell::Date => written = Some(dates::in_text(text(step.at))?),
                Cell::Time => {
                    written = match written {
                        Some(day) => Some(dates::with_time(day, &cell::unquoted(text(step.at)))?),
                        None => None,
                    };
                }
                Cell::Symbol => {
                    let symbol = cell::unquoted(text(step.at));
                    if symbol.is_empty() {
                        return Err(Problem::BlankSymbol);
                    }
                    match builder.wanted_series(&symbol, wanted) {
                        Some(found) => series = found,
                        None => return Ok(()),
                    }
                }
                Cell::Value(..) => {}
            }
        }
        let Some(written) = written else {
            return Ok(());
        };
        let value =
            |at: usize, field: Field| cell::number(field.name(), text(at), self.decimal_comma);
        if self.n_series == 1 {
            let mut values = [0.0; Field::COUNT];
            for step in &self.steps {
                if let Cell::Value(_, field) = step.cell {
                    values[field as usize] = value(step.at, field)?;
                }
            }
            let bars = builder.bars(series);
            bars.push_number(number);
            for &field in &self.single {
                bars.column_mut(field).push(values[field as usize]);
            }
            builder.push_written(series, written);
            return Ok(());
        }
        // A symbol has a bar on the days on which it has a price.
        let mut values = vec![[f64::NAN; Field::COUNT]; self.n_series];
        for step in &self.steps {
            if let Cell::Value(series, field) = step.cell {
                values[series as usize][field as usize] = value(step.at, field)?;
            }
        }
        builder.push_wide_row(written, number, &values, wanted.fields);
        Ok(())
    }
}
