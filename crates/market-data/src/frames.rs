//! Tables in memory: the same layouts as in files, and the same dates.

use std::path::{Path, PathBuf};

use crate::dates::{self, Written, Zone};
use crate::error::{FileError, Place, Problem};
use crate::fields::Fields;
use crate::layout::{Header, Layout, Shape};
use crate::load::{self, Loaded, Opens};
use crate::names::{self, Role};
use crate::read_error::ReadError;
use crate::rows;
use crate::sheet::{Builder, in_order};
use crate::sources::Found;
use crate::table::Adjustment;
use crate::wanted::Wanted;

/// Which columns of a table in memory are read, and as what.
#[derive(Clone, Debug)]
pub struct FrameLayout {
    layout: Layout,
    cells: Vec<rows::Cell>,
    fields: Fields,
}

/// The dates of a table in memory.
#[derive(Clone, Debug)]
pub enum FrameDates {
    /// Seconds since 1970. `None` where one is missing.
    Seconds {
        /// The seconds.
        values: Vec<Option<i64>>,
        /// The zone that they are in UTC for; `None` when they are in no zone.
        zone: Option<String>,
    },
    /// Texts.
    Texts(Vec<String>),
    /// Whole numbers: `20240102`, or time since 1970.
    Numbers(Vec<i64>),
}

/// The column of dates among columns that are named after symbols, by the names that it has in files; one
/// without a name otherwise.
pub fn date_column(names: &[String]) -> Option<usize> {
    let keys: Vec<String> = names.iter().map(|name| names::key(name)).collect();
    // One letter is a symbol.
    let spellings = names::spellings(Role::Date).iter();
    let mut spellings = spellings.filter(|spelling| spelling.len() > 1);
    let at = |spelling: &&str| keys.iter().position(|key| key == spelling);
    spellings
        .find_map(at)
        .or_else(|| names.iter().position(|name| name.trim().is_empty()))
}

impl FrameLayout {
    /// Finds out what the columns are.
    ///
    /// * `levels`: the names of the columns, one list, or two for columns of two levels. The first
    ///   column's names may be those of the levels.
    /// * `is_number`: whether each column holds numbers.
    /// * `name`: what messages call the table.
    ///
    /// # Errors
    ///
    /// A column is missing or there twice.
    pub fn of(
        levels: Vec<Vec<String>>,
        is_number: &[bool],
        name: &str,
    ) -> Result<FrameLayout, FileError> {
        let header = Header {
            levels,
            is_number: &|at| is_number.get(at).copied().unwrap_or(false),
            counts_time: false,
        };
        let layout = Layout::of(&header).map_err(|problem| error(name, problem.into()))?;
        Ok(FrameLayout::reading(layout, Fields::ADJUSTED))
    }

    /// The same columns, and those that only a check reads.
    pub fn for_check(self) -> FrameLayout {
        FrameLayout::reading(self.layout, Fields::CHECKED)
    }

    fn reading(layout: Layout, fields: Fields) -> FrameLayout {
        let cells = rows::cells(&layout, fields);
        FrameLayout {
            layout,
            cells,
            fields,
        }
    }

    /// The columns of closes alone, each named after its symbol.
    pub fn of_closes(names: &[String], date: usize) -> FrameLayout {
        FrameLayout::reading(Layout::of_closes(names, date), Fields::ADJUSTED)
    }

    /// The column of the dates, counted from 0.
    pub fn date(&self) -> usize {
        self.layout.date
    }

    /// The column that names each row's symbol, if there is one.
    pub fn symbol(&self) -> Option<usize> {
        match self.layout.shape {
            Shape::Long { symbol, .. } => Some(symbol),
            _ => None,
        }
    }

    /// Whether the table names its symbols.
    pub fn names_symbols(&self) -> bool {
        !matches!(self.layout.shape, Shape::One(_))
    }

    /// The columns of numbers, in the order in which [`read_frame`] takes their values.
    pub fn columns(&self) -> Vec<usize> {
        self.cells.iter().map(|cell| cell.at).collect()
    }
}

/// The bars of a table in memory.
pub struct FrameBars {
    /// The bars of each symbol that has prices.
    pub(crate) series: Vec<(String, Result<Found, FileError>)>,
    /// Symbols without any price.
    without: Vec<String>,
}

/// Reads a table in memory.
///
/// * `symbol`: whose prices they are, and what messages call the table. A table of several symbols names
///   them itself; of several, the one of this name is taken where `only` says so.
/// * `symbols`: the symbol of each row, for a layout that has one.
/// * `values`: the columns of numbers, NaN where one is missing.
///
/// # Errors
///
/// Columns differ in their lengths; dates or prices that cannot be used, with their rows; no prices.
pub fn read_frame(
    layout: &FrameLayout,
    symbol: &str,
    only: bool,
    days: &FrameDates,
    symbols: Option<&[String]>,
    values: Vec<Vec<f64>>,
) -> Result<FrameBars, FileError> {
    let fail = |error: ReadError| error.in_file(Path::new(symbol));
    let days = written(days).map_err(fail)?;
    let lengths = values.iter().map(Vec::len);
    if let Some(other) = lengths
        .chain(symbols.map(<[String]>::len))
        .find(|n| *n != days.len())
    {
        let problem = Problem::Lengths {
            dates: days.len(),
            other,
        };
        return Err(fail(problem.into()));
    }
    for (cell, values) in layout.cells.iter().zip(&values) {
        if let Some(row) = values.iter().position(|value| value.is_infinite()) {
            let problem = Problem::Infinite {
                column: cell.field.name(),
                text: values[row].to_string(),
            };
            return Err(fail((Some(Place::Row(row as u64 + 1)), problem).into()));
        }
    }

    let wanted = Wanted::all(layout.fields);
    let mut builder = Builder::new(&layout.layout, Place::Row);
    let mut batch = rows::Batch::new(0);
    batch.days = days;
    batch.values = values;
    if let Some(symbols) = symbols {
        let series = symbols.iter().map(|symbol| {
            let found = builder.wanted_series(symbol.trim(), wanted);
            rows::series(found)
        });
        batch.series = series.collect();
    }
    batch.push(&layout.cells, 0, wanted, &mut builder);
    let table = builder.finish().map_err(fail)?;

    let n_series = table.series.len();
    let (mut series, mut without, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for (name, bars) in table.series {
        // The one symbol of a frame that stands for one is whatever it is named.
        let name = match name {
            Some(name) if !(only && n_series == 1) => name,
            _ => symbol.to_owned(),
        };
        if only && name != symbol {
            others.push(name);
            continue;
        }
        if bars.len() == 0 || bars.has_no_prices() {
            without.push(name);
            continue;
        }
        let found = in_order(bars).map(|bars| Found {
            path: PathBuf::from(&name),
            bars,
            vendor: table.vendor,
            finding: table.finding.clone(),
        });
        let found = found.map_err(|error: ReadError| error.in_file(Path::new(&name)));
        series.push((name, found));
    }
    if series.is_empty() && without.is_empty() {
        return Err(fail(Problem::OtherSymbols { found: others }.into()));
    }
    if series.is_empty() {
        return Err(fail(Problem::NoPrices.into()));
    }
    Ok(FrameBars { series, without })
}

impl FrameBars {
    /// The prices, as a backtest takes them. A symbol without any price is left out, and named in a notice.
    ///
    /// * `opens`: what becomes of closes without opens, by symbol.
    ///
    /// # Errors
    ///
    /// Rows that contradict each other, or prices that cannot be used, with their rows.
    pub fn load(
        self,
        adjustment: Adjustment,
        opens: &dyn Fn(&str) -> Opens,
    ) -> Result<Loaded, FileError> {
        let mut loaded = Loaded::default();
        for (name, found) in self.series {
            load::add(&mut loaded, &name, found?, adjustment, opens(&name))?;
        }
        if !self.without.is_empty() {
            let symbols = self.without;
            loaded.notices.push(load::Notice::WithoutPrices { symbols });
        }
        Ok(loaded)
    }
}

fn written(days: &FrameDates) -> Result<Vec<Written>, ReadError> {
    let at =
        |row: usize, problem| -> ReadError { (Some(Place::Row(row as u64 + 1)), problem).into() };
    let rows = |n: usize, day: &dyn Fn(usize) -> Result<Written, Problem>| {
        (0..n)
            .map(|row| day(row).map_err(|problem| at(row, problem)))
            .collect()
    };
    match days {
        FrameDates::Seconds { values, zone } => {
            let zone = zone.as_deref().map_or(Zone::None, Zone::named);
            rows(values.len(), &|row| match values[row] {
                Some(seconds) => dates::of_seconds(seconds, &zone),
                None => Err(Problem::BlankDate),
            })
        }
        FrameDates::Texts(texts) => rows(texts.len(), &|row| dates::in_text(&texts[row])),
        FrameDates::Numbers(numbers) => {
            rows(numbers.len(), &|row| Ok(dates::of_number(numbers[row])))
        }
    }
}

fn error(name: &str, error: ReadError) -> FileError {
    error.in_file(Path::new(name))
}
