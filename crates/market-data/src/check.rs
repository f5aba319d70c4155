//! Looks through a folder of daily bars for what would spoil a backtest.

mod days;
mod findings;
mod json;
mod prices;
mod text;

use std::path::Path;

use backtest::date::Date;
use rayon::prelude::*;

pub use findings::{Break, BreakKind, Check, Count, Jump, SeriesCheck, SymbolCheck};

use crate::error::FolderError;
use crate::file;
use crate::folder::Folder;
use crate::load::order_notices;
use crate::series_file;
use crate::series_header::is_series;

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
    let (series, symbols): (Vec<&String>, Vec<&String>) = match symbols {
        Some(symbols) => symbols.iter().partition(is_series),
        None => folder.files.keys().partition(is_series),
    };
    let series: Vec<SeriesCheck> = (series.into_iter())
        .map(|name| check_series(&folder, name))
        .collect();
    let symbols: Vec<String> = symbols.into_iter().cloned().collect();
    let (mut symbols, days): (Vec<SymbolCheck>, Vec<Vec<Date>>) = symbols
        .into_par_iter()
        .map_init(Vec::new, |buffer, symbol| {
            check_one(&folder, symbol, buffer)
        })
        .unzip();
    days::compare(&mut symbols, &days);
    let is_usable =
        |symbol: &SymbolCheck| symbol.error.is_none() && symbol.non_positive_prices.n == 0;
    Ok(Check {
        dir: dir.to_owned(),
        usable: !(symbols.is_empty() && series.is_empty())
            && symbols.iter().all(is_usable)
            && series.iter().all(|series| series.error.is_none()),
        symbols,
        series,
    })
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
fn check_one(folder: &Folder, symbol: String, buffer: &mut Vec<u8>) -> (SymbolCheck, Vec<Date>) {
    let mut found = SymbolCheck {
        symbol,
        path: None,
        error: None,
        span: None,
        n_rows: 0,
        has_adj_close: false,
        notices: Vec::new(),
        missing_days: Vec::new(),
        lone_days: Vec::new(),
        missing_prices: Count::default(),
        non_positive_prices: Count::default(),
        jumps: Vec::new(),
        breaks: Vec::new(),
    };
    let bars = folder.find(&found.symbol).and_then(|path| {
        found.path = Some(path.to_owned());
        let bars = file::read(path, true, buffer)?;
        found.notices = order_notices(path, &bars);
        Ok(bars)
    });
    match bars {
        Ok(bars) => {
            found.span = bars.dates.first().copied().zip(bars.dates.last().copied());
            found.n_rows = bars.len();
            found.has_adj_close = bars.has_adj_close;
            prices::look_through(&mut found, &bars);
            (found, bars.dates)
        }
        Err(error) => {
            found.error = Some(error);
            (found, Vec::new())
        }
    }
}
