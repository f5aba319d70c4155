//! Loads the price series of some symbols.

use std::fmt;
use std::path::{Path, PathBuf};

use backtest::date::Date;
use backtest::market::{PriceSeries, RealShares};
use rayon::prelude::*;

use crate::bars::Bars;
use crate::columns::OPEN;
use crate::error::{FileError, LoadError, Place, Problem, SymbolError};
use crate::file;
use crate::folder::Folder;

/// Which prices of a file are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjustment {
    /// Adjusted for dividends and splits: the close is the column `Adj Close`, and the open is
    /// `(adj_close / close) * open`, the division first. Where the close is zero the open cannot
    /// be adjusted, and is zero.
    ///
    /// A file without such a column is taken as adjusted already, with a [`Notice`].
    ByCloseRatio,
    /// As traded: columns `Open` and `Close`.
    Raw,
}

impl Adjustment {
    /// What a strategy file's `data.adjusted` asks for.
    pub fn of(adjusted: bool) -> Adjustment {
        match adjusted {
            true => Adjustment::ByCloseRatio,
            false => Adjustment::Raw,
        }
    }
}

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
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The files have no adjusted closes, so their prices count as adjusted already.
    TakenAsAdjusted {
        /// The files.
        paths: Vec<PathBuf>,
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
            let notices = FileNotices::of(path, &bars, adjustment);
            let whole = series(symbol, path, bars, adjustment)?;
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

impl FileNotices {
    fn of(path: &Path, bars: &Bars, adjustment: Adjustment) -> FileNotices {
        let is_taken = adjustment == Adjustment::ByCloseRatio && !bars.has_adj_close;
        FileNotices {
            taken_as_adjusted: is_taken.then(|| path.to_owned()),
            others: order_notices(path, bars),
        }
    }
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

/// Makes opens adjusted ones: `(adj_close / close) * open`, the division first; zero where the close
/// is zero. Returns whether all of them are finite or NaN.
pub fn adjust_opens(open: &mut [f64], close: &[f64], adj_close: &[f64]) -> bool {
    let mut finite = true;
    for ((open, &close), &adj_close) in open.iter_mut().zip(close).zip(adj_close) {
        // The order of the operations is part of the contract: it decides the last bit.
        let ratio = adj_close / close;
        *open = if close == 0.0 {
            0.0 * *open
        } else {
            ratio * *open
        };
        finite &= !open.is_infinite();
    }
    finite
}

/// Shares as traded for each share at adjusted prices: `adj_close / close`, where both are prices.
pub fn real_shares(close: &[f64], adj_close: &[f64]) -> RealShares {
    let ratios: Vec<f64> = close
        .iter()
        .zip(adj_close)
        .map(
            |(close, adj_close)| match *close > 0.0 && *adj_close > 0.0 {
                true => adj_close / close,
                false => f64::NAN,
            },
        )
        .collect();
    match ratios.iter().all(|ratio| *ratio == 1.0) {
        true => RealShares::Same,
        false => RealShares::ByDay(ratios),
    }
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
        real_shares: series.real_shares.of_bars(bars),
    }
}

/// Turns rows into a series, adjusting them when they have adjusted closes.
fn series(
    symbol: &str,
    path: &Path,
    mut bars: Bars,
    adjustment: Adjustment,
) -> Result<PriceSeries, FileError> {
    let real_shares = match (adjustment, bars.has_adj_close) {
        (Adjustment::Raw, _) => RealShares::Same,
        (Adjustment::ByCloseRatio, true) => real_shares(&bars.close, &bars.adj_close),
        (Adjustment::ByCloseRatio, false) => RealShares::Unknown,
    };
    if !bars.adj_close.is_empty() {
        if !adjust_opens(&mut bars.open, &bars.close, &bars.adj_close) {
            let row = bars
                .open
                .iter()
                .position(|open| open.is_infinite())
                .unwrap_or(0);
            return Err(FileError {
                path: path.to_owned(),
                place: Some(bars.place(row)),
                problem: Problem::Infinite {
                    column: OPEN,
                    text: "(adj_close / close) * open".to_owned(),
                },
            });
        }
        bars.close = bars.adj_close;
    }
    Ok(PriceSeries {
        symbol: symbol.to_owned(),
        dates: bars.dates,
        open: bars.open,
        close: bars.close,
        real_shares,
    })
}
