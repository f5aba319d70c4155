//! Loads the price series of some symbols.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use backtest::date::Date;
use backtest::market::{CorporateAction, PriceSeries};
use rayon::prelude::*;

use crate::bars::Bars;
use crate::error::{FileError, LoadError, Place, SymbolError};
use crate::file;
use crate::folder::Folder;
use crate::table::{Adjustment, Finding};

/// What [`load`] gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// One for each symbol, in the order asked for.
    ///
    /// Missing prices are NaN, also on days without any. Zero and negative prices are left in: they
    /// matter only to a backtest that uses them ([`line_of`] finds their place).
    pub series: Vec<PriceSeries>,
    /// What reading had to correct.
    pub notices: Vec<Notice>,
}

/// A fault that reading has corrected.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Notice {
    /// The files have no adjusted closes, so their prices count as adjusted already.
    TakenAsAdjusted {
        /// The files.
        paths: Vec<PathBuf>,
    },
    /// What dividends and splits a file has, and what was made of them.
    Actions {
        /// The file, or the symbol of prices in memory.
        source: String,
        /// The day and the row that it is about; `None` for the whole file.
        at: Option<(Date, Place)>,
        /// What it is.
        finding: Finding,
    },
    /// The rows were not in the order of their dates and have been sorted.
    Sorted {
        /// The file.
        path: PathBuf,
        /// The first row that is earlier than the one above it.
        first: Place,
        /// Whether the whole file runs from the newest to the oldest day.
        newest_first: bool,
    },
    /// Some rows say the same as another one and have been dropped.
    Repeated {
        /// The file.
        path: PathBuf,
        /// The row that was kept and the one that was dropped.
        rows: Vec<(Place, Place)>,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::TakenAsAdjusted { paths } => {
                for (index, path) in paths.iter().take(3).enumerate() {
                    let separator = if index == 0 { "" } else { ", " };
                    write!(f, "{separator}`{}`", path.display())?;
                }
                if paths.len() > 3 {
                    write!(f, " and {} more", paths.len() - 3)?;
                }
                write!(
                    f,
                    ": no column `Adj Close`; prices are taken as already adjusted"
                )
            }
            Notice::Actions {
                source,
                at,
                finding,
            } => {
                write!(f, "`{source}`")?;
                if let Some((date, place)) = at {
                    write!(f, ", {place}, {date}")?;
                }
                write!(f, ": {finding}")
            }
            Notice::Sorted {
                path,
                first,
                newest_first,
            } => {
                let order = if *newest_first {
                    "newest day first"
                } else {
                    "rows out of order"
                };
                write!(f, "`{}`, {first}: {order}; sorted by date", path.display())
            }
            Notice::Repeated { path, rows } => {
                write!(f, "`{}`: ", path.display())?;
                for (index, (kept, dropped)) in rows.iter().take(3).enumerate() {
                    let separator = if index == 0 { "" } else { ", " };
                    write!(f, "{separator}{dropped} repeats {kept}")?;
                }
                if rows.len() > 3 {
                    write!(f, " and {} more", rows.len() - 3)?;
                }
                write!(f, "; each day counts once")
            }
        }
    }
}

/// Loads the daily prices of `symbols` from the files of a folder, in parallel.
///
/// Every file that cannot be used is in the error, not only the first.
pub fn load(dir: &Path, symbols: &[String], adjustment: Adjustment) -> Result<Loaded, LoadError> {
    load_around(dir, symbols, adjustment, None)
}

/// As [`load`], and keeps of each series no more than a backtest needs that runs through these days:
/// them, the last priced bar before them and the first bar after them.
pub fn load_around(
    dir: &Path,
    symbols: &[String],
    adjustment: Adjustment,
    days: Option<(Date, Date)>,
) -> Result<Loaded, LoadError> {
    let folder = Folder::list(dir)?;
    let results: Vec<Result<(PriceSeries, FileNotices), SymbolError>> = symbols
        .par_iter()
        .map_init(Vec::new, |buffer, symbol| {
            let path = folder.find(symbol)?;
            let bars = file::read(path, adjustment == Adjustment::ByCloseRatio, buffer)?;
            let (whole, notices) = series(symbol, path, bars, adjustment)?;
            let kept = match days {
                Some(days) => around(&whole, days),
                None => whole,
            };
            Ok((kept, notices))
        })
        .collect();

    let mut loaded = Loaded::default();
    let mut failures = Vec::new();
    let mut taken_as_adjusted = Vec::new();
    for result in results {
        match result {
            Ok((series, notices)) => {
                loaded.series.push(series);
                taken_as_adjusted.extend(notices.taken_as_adjusted);
                loaded.notices.extend(notices.others);
            }
            Err(failure) => failures.push(failure),
        }
    }
    if !failures.is_empty() {
        return Err(LoadError::Symbols(failures));
    }
    if !taken_as_adjusted.is_empty() {
        let notice = Notice::TakenAsAdjusted {
            paths: taken_as_adjusted,
        };
        loaded.notices.insert(0, notice);
    }
    Ok(loaded)
}

/// Where the prices of a symbol on a day stand: the file, and the line or row in it.
///
/// `None` when the file cannot be read or has no such day.
pub fn line_of(dir: &Path, symbol: &str, date: Date) -> Option<(PathBuf, Place)> {
    let folder = Folder::list(dir).ok()?;
    let path = folder.find(symbol).ok()?;
    let bars = file::read(path, true, &mut Vec::new()).ok()?;
    let row = bars.dates.binary_search(&date).ok()?;
    Some((path.to_owned(), bars.place(row)))
}

/// The notices about one file. [`load`] joins equal notices of several files.
struct FileNotices {
    taken_as_adjusted: Option<PathBuf>,
    others: Vec<Notice>,
}

/// What was done to put the rows of a file in order.
pub(crate) fn order_notices(path: &Path, bars: &Bars) -> Vec<Notice> {
    let disorder = &bars.disorder;
    let sorted = disorder.first.map(|first| Notice::Sorted {
        path: path.to_owned(),
        first,
        newest_first: disorder.newest_first,
    });
    let repeated = (!disorder.repeats.is_empty()).then(|| Notice::Repeated {
        path: path.to_owned(),
        rows: disorder.repeats.clone(),
    });
    sorted.into_iter().chain(repeated).collect()
}

/// The bars of the days, the last priced one before them and the first after them.
fn around(series: &PriceSeries, (first, last): (Date, Date)) -> PriceSeries {
    let is_priced = |bar: &usize| !(series.open[*bar].is_nan() && series.close[*bar].is_nan());
    let from = series.dates.partition_point(|date| *date < first);
    let from = (0..from).rev().find(is_priced).unwrap_or(from);
    let after = series.dates.partition_point(|date| *date <= last);
    let bars = from..(after + 1).min(series.dates.len());
    PriceSeries {
        symbol: series.symbol.clone(),
        dates: series.dates[bars.clone()].to_vec(),
        open: series.open[bars.clone()].to_vec(),
        close: series.close[bars.clone()].to_vec(),
        real_shares: series.real_shares.of_bars(bars.clone()),
        actions: actions_of(series, bars),
    }
}

/// The dividends and splits that take effect within some bars, on days with one or without.
fn actions_of(series: &PriceSeries, bars: Range<usize>) -> Vec<CorporateAction> {
    let (Some(first), Some(last)) = (bars.clone().next(), bars.last()) else {
        return Vec::new();
    };
    let days = series.dates[first]..=series.dates[last];
    let actions = series.actions.iter().copied();
    actions
        .filter(|action| days.contains(&action.date))
        .collect()
}

/// Turns rows into a series.
fn series(
    symbol: &str,
    path: &Path,
    bars: Bars,
    adjustment: Adjustment,
) -> Result<(PriceSeries, FileNotices), FileError> {
    let is_taken = adjustment == Adjustment::ByCloseRatio && !bars.has_adj_close;
    let mut others = order_notices(path, &bars);
    let places = bars.places();
    let table = bars.into_table();
    let (series, findings) = (table.series(symbol, adjustment)).map_err(|(row, problem)| {
        let (path, place) = (path.to_owned(), Some(places.of(row)));
        FileError {
            path,
            place,
            problem,
        }
    })?;
    let said = findings.iter().any(|finding| {
        matches!(
            finding,
            Finding::ActionsUnused | Finding::SplitNotAdjusted { .. }
        )
    });
    others.extend(findings.into_iter().map(|finding| Notice::Actions {
        source: path.display().to_string(),
        at: finding.row().map(|row| (series.dates[row], places.of(row))),
        finding,
    }));
    let notices = FileNotices {
        taken_as_adjusted: (is_taken && !said).then(|| path.to_owned()),
        others,
    };
    Ok((series, notices))
}
