//! Looks through a folder of daily bars for what would spoil a backtest.

mod days;
mod findings;
mod json;
mod listed;
mod prices;
mod text;

use std::path::{Path, PathBuf};

use backtest::date::Date;

pub use findings::{Break, BreakKind, Check, Count, Jump, SeriesCheck, SymbolCheck};

use crate::bars::Bars;
use crate::error::{FileError, FolderError, SymbolError};
use crate::fields::{Field, Fields};
use crate::folder::Folder;
use crate::frames::FrameBars;
use crate::load::{self, Notice};
use crate::series_file;
use crate::series_header::is_series;
use crate::sources::{self, Found};
use crate::table::Adjustment;

/// Why a folder could not be checked at all.
pub type CheckError = FolderError;

/// Checks the files of `symbols`, or of all symbols of a folder. Files are read in parallel.
///
/// A file that cannot be read is part of the result; only an unreadable folder is an error.
pub fn check(dir: &Path, symbols: Option<&[String]>) -> Result<Check, CheckError> {
    let folder = Folder::list(dir)?;
    let is_series = |name: &&String| {
        let mut paths = folder.files.get(*name).into_iter().flatten();
        paths.any(|path| is_series(path))
    };
    let (series, symbols): (Vec<String>, Vec<String>) = match symbols {
        Some(symbols) => symbols.iter().cloned().partition(|name| is_series(&name)),
        None => (
            folder.files.keys().filter(is_series).cloned().collect(),
            sources::all_symbols(&folder),
        ),
    };
    let series: Vec<SeriesCheck> = (series.iter())
        .map(|name| check_series(&folder, name))
        .collect();
    let today = today();
    let results = sources::gather(&folder, &symbols, Fields::CHECKED, |symbol, found| {
        check_one(symbol, found, today)
    });
    Ok(compared(dir.to_owned(), results, series))
}

/// Checks the prices of tables in memory: each with what messages call it.
pub fn check_frames(tables: Vec<(String, Result<FrameBars, FileError>)>) -> Check {
    let today = today();
    let mut results = Vec::new();
    for (name, table) in tables {
        let fail = |symbol: &str, error: FileError| (symbol.to_owned(), Err(error.into()));
        match table {
            Ok(table) => {
                let one = |(symbol, bars): (String, Result<Found, FileError>)| match bars {
                    Ok(found) => {
                        let checked = check_one(&symbol, found, today);
                        (symbol, checked)
                    }
                    Err(error) => fail(&symbol, error),
                };
                results.extend(table.series.into_iter().map(one));
            }
            Err(error) => results.push(fail(&name, error)),
        }
    }
    compared(PathBuf::new(), results, Vec::new())
}

/// A symbol with what was found about it, and its days.
type Checked = sources::Outcome<(SymbolCheck, Vec<Date>)>;

/// Compares the symbols with each other.
fn compared(dir: PathBuf, results: Vec<Checked>, series: Vec<SeriesCheck>) -> Check {
    let (mut symbols, days): (Vec<SymbolCheck>, Vec<Vec<Date>>) = results
        .into_iter()
        .map(|(symbol, result)| {
            result.unwrap_or_else(|error| {
                let mut found = SymbolCheck::of(symbol);
                found.path = error.path().map(Path::to_owned);
                found.error = Some(error);
                (found, Vec::new())
            })
        })
        .unzip();
    days::compare(&mut symbols, &days);
    days::ragged(&mut symbols, &days);
    days::same(&mut symbols);
    symbols.iter_mut().for_each(SymbolCheck::list_everything);
    let is_usable = |symbol: &SymbolCheck| {
        symbol.error.is_none() && symbol.non_positive_prices.n == 0 && symbol.has_open
    };
    Check {
        usable: !(symbols.is_empty() && series.is_empty())
            && symbols.iter().all(is_usable)
            && series.iter().all(|series| series.error.is_none()),
        dir,
        symbols,
        series,
    }
}

/// The day by the clock.
fn today() -> Date {
    let days = diagnostics::since_1970().as_secs() / 86_400;
    let days = i32::try_from(days).ok();
    days.and_then(Date::from_epoch_days).unwrap_or(Date::EPOCH)
}

/// What the file of a series says.
fn check_series(folder: &Folder, name: &str) -> SeriesCheck {
    let mut found = SeriesCheck {
        name: name.to_owned(),
        error: None,
        span: None,
        n_observations: 0,
        n_missing: 0,
        longest_gap: None,
        notices: Vec::new(),
    };
    let path = folder.find(name);
    match path.and_then(|path| Ok(series_file::read(name, path)?)) {
        Ok(file) => {
            let dates = &file.observations.dates;
            let days = |pair: &[Date]| (pair[1].epoch_days() - pair[0].epoch_days(), pair[1]);
            found.span = dates.first().copied().zip(dates.last().copied());
            found.n_observations = dates.len();
            found.n_missing = file.n_missing;
            found.longest_gap = dates.windows(2).map(days).max_by_key(|(days, _)| *days);
            found.notices = file.notices;
        }
        Err(error) => found.error = Some(error),
    }
    found
}

/// What a file says by itself, and its days.
fn check_one(
    symbol: &str,
    found: Found,
    today: Date,
) -> Result<(SymbolCheck, Vec<Date>), SymbolError> {
    load::refuse_empty_adj_close(&found)?;
    let mut check = SymbolCheck::of(symbol.to_owned());
    check.notices = load::notices(&found);
    let bars = &found.bars;
    check.vendor = found.vendor;
    check.span = bars.dates.first().copied().zip(bars.dates.last().copied());
    check.n_rows = bars.len();
    check.digest = prices::digest(bars);
    check.has_adj_close = bars.present.has(Field::AdjClose);
    check.has_open = bars.present.has(Field::Open);
    prices::look_through(&mut check, bars);
    check.findings.extend(prices::findings(symbol, bars, today));
    check.path = Some(found.path);
    let days = found.bars.dates.clone();
    look_at_actions(&mut check, found.bars);
    Ok((check, days))
}

/// What dividends and splits the columns of a file state, as a backtest with `adjusted = false` books them.
fn look_at_actions(check: &mut SymbolCheck, bars: Bars) {
    let Some(path) = check.path.clone() else {
        return;
    };
    let (table, places) = bars.into_table();
    if table.dividends.is_none() && table.splits.is_none() && table.gains.is_none() {
        return;
    }
    let count = |column: &Option<Vec<f64>>, is_one: fn(f64) -> bool| {
        let values = column.iter().flatten();
        values.filter(|value| is_one(**value)).count()
    };
    check.n_dividends = count(&table.dividends, |value| value > 0.0);
    check.n_splits = count(&table.splits, |value| value > 0.0 && value != 1.0);
    match table.series(&check.symbol, Adjustment::Raw) {
        Ok((series, findings)) => check.notices.extend(findings.into_iter().map(|finding| {
            let at = (finding.row()).map(|row| (series.dates[row], places.of(row)));
            Notice::Actions {
                source: path.display().to_string(),
                at,
                finding,
            }
        })),
        Err((row, problem)) => {
            let place = Some(places.of(row));
            check.actions_error = Some(FileError {
                path,
                place,
                problem,
            });
        }
    }
}
