//! Series beside the prices: files with a column of dates and one of values, as FRED has them.

use std::path::{Path, PathBuf};

use backtest::market::Observations;
use diagnostics::{MB, read_file};
use rayon::prelude::*;

use crate::bars::Bars;
use crate::dates::{self, Written};
use crate::error::{FileError, FolderError, LoadError, Place, Problem, SymbolError, shown};
use crate::fields::{Field, Fields};
use crate::folder::Folder;
use crate::load::{Notice, order_notices};
use crate::parallel::on_all_cores;
use crate::read_error::ReadError;
use crate::series_header::{SeriesColumns, is_series, without_mark};
use crate::text::{is_missing, split_at_commas};

/// What [`load_series`] gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadedSeries {
    /// One for each name, in the order asked for.
    pub series: Vec<Observations>,
    /// What reading had to correct.
    pub notices: Vec<Notice>,
}

/// A series as it stands in its file.
#[derive(Debug)]
pub(crate) struct SeriesFile {
    pub(crate) observations: Observations,
    /// Days without an observation.
    pub(crate) n_missing: usize,
    pub(crate) notices: Vec<Notice>,
}

/// Reads series from the files of a folder: `DTB3` is `DTB3.csv`.
///
/// A file has a column of dates, named `date` or `observation_date` in any case, and one of values. A
/// cell that is empty or `.` is a day without an observation. Every file that cannot be used is in the
/// error.
pub fn load_series(dir: &Path, names: &[String]) -> Result<LoadedSeries, LoadError> {
    if names.is_empty() {
        return Ok(LoadedSeries::default());
    }
    let folder = Folder::list(dir)?;
    let read =
        |name: &String| -> Result<SeriesFile, SymbolError> { Ok(read(name, folder.find(name)?)?) };
    let mut loaded = LoadedSeries::default();
    let mut failures = Vec::new();
    for result in names.iter().map(read) {
        match result {
            Ok(file) => {
                loaded.series.push(file.observations);
                loaded.notices.extend(file.notices);
            }
            Err(failure) => failures.push(failure),
        }
    }
    match failures.is_empty() {
        true => Ok(loaded),
        false => Err(LoadError::Symbols(failures)),
    }
}

/// The series that have a file in a folder, sorted: the files whose header has a date and one value.
pub fn series_in(dir: &Path) -> Result<Vec<String>, FolderError> {
    let folder = Folder::list(dir)?;
    let files: Vec<(&String, &Vec<PathBuf>)> = folder.files.iter().collect();
    Ok(on_all_cores(|| {
        let series = files
            .into_par_iter()
            .filter(|(_, paths)| paths.iter().any(|path| is_series(path)));
        series.map(|(name, _)| name.clone()).collect()
    }))
}

/// The bytes of the largest file of a series that is read: a value a day has some 30 bytes.
const MOST_SERIES: u64 = 1000 * MB;

/// Reads one file.
pub(crate) fn read(name: &str, path: &Path) -> Result<SeriesFile, FileError> {
    let bytes =
        read_file(path, MOST_SERIES).map_err(|error| ReadError::from(Problem::Unreadable(error)));
    let (mut bars, n_missing) =
        (bytes.and_then(|bytes| rows(name, &bytes))).map_err(|error| error.in_file(path))?;
    Ok(SeriesFile {
        notices: order_notices(path, &bars),
        observations: Observations {
            name: name.to_owned(),
            values: bars.take(Field::Close),
            dates: bars.dates,
        },
        n_missing,
    })
}

/// The rows with a value, by date, and how many have none.
fn rows(name: &str, bytes: &[u8]) -> Result<(Bars, usize), ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::NotUtf8)?;
    let mut lines = (1..).zip(without_mark(text).lines());
    let header = lines.find(|(_, line)| !line.trim().is_empty());
    let (number, header) = header.ok_or(Problem::Empty)?;
    let columns = SeriesColumns::named(name, &split_at_commas(header))
        .map_err(|problem| (Some(Place::Line(number)), problem))?;
    let mut rows = Bars::new(Place::Line, Fields::default());
    let mut days = Vec::new();
    let mut n_missing = 0;
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let at = |problem| (Some(Place::Line(number)), problem);
        let cells = split_at_commas(line);
        let (expected, found) = (columns.n, cells.len());
        if found < expected {
            return Err(at(Problem::TooFewCells { expected, found }).into());
        }
        if cells[expected..].iter().any(|cell| !cell.trim().is_empty()) {
            return Err(at(Problem::TooManyCells { expected, found }).into());
        }
        let date = dates::in_text(&cells[columns.date]).map_err(at)?;
        let text = cells[columns.value].trim();
        if is_missing(text) {
            n_missing += 1;
            continue;
        }
        let value = fast_float2::parse::<f64, _>(text).ok();
        let value = value.filter(|value| value.is_finite()).ok_or_else(|| {
            let text = shown(text);
            at(Problem::NotAValue { text })
        })?;
        rows.push_number(number);
        days.push(date);
        rows.column_mut(Field::Close).push(value);
    }
    dates::settle(&mut days, None).map_err(|(row, problem)| (Some(rows.place(row)), problem))?;
    for day in &days {
        if let Written::Day(day, _) = day {
            rows.dates.push(*day);
        }
    }
    match (rows.len(), n_missing) {
        (0, 0) => return Err(Problem::HeaderOnly.into()),
        (0, _) => return Err(Problem::NoValues.into()),
        _ => {}
    }
    rows.put_in_order()?;
    Ok((rows, n_missing))
}
