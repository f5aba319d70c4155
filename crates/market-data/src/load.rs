//! Loads the price series of some symbols.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use backtest::date::Date;
use backtest::market::{CorporateAction, PriceSeries};

use crate::bars::Bars;
use crate::dates;
use crate::error::{FileError, FolderError, LoadError, Place, Problem};
use crate::fields::{Field, Fields};
use crate::folder::Folder;
use crate::sources::{self, Found};
use crate::table::{Adjustment, Finding};

/// What becomes of a file that has closes and no opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Opens {
    /// It cannot be used: orders are filled at opens.
    #[default]
    Required,
    /// Each open is the close before it.
    PreviousClose,
    /// It is used as it is, with all opens missing: orders are filled at closes.
    Unused,
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
    /// The files have no opens.
    WithoutOpens {
        /// The files.
        paths: Vec<PathBuf>,
        /// What became of them.
        opens: Opens,
    },
    /// Symbols of a table that have no price in it, and are left out.
    WithoutPrices {
        /// The symbols.
        symbols: Vec<String>,
    },
    /// Opens of zero beside a close above zero, which are taken as missing.
    ZeroOpens {
        /// The file.
        path: PathBuf,
        /// How many.
        n: usize,
        /// The day of the first, and its row.
        first: (Date, Place),
        /// From this day on there are none.
        usable_from: Option<Date>,
    },
    /// The last day has two rows, a bar and a later quote; the quote is kept.
    LiveQuote {
        /// The file.
        path: PathBuf,
        /// The day.
        date: Date,
        /// The row that was dropped.
        dropped: Place,
        /// The row that was kept.
        kept: Place,
    },
    /// The dates are midnights of the exchange that were converted to UTC, and each was moved to its
    /// day.
    DayEarly {
        /// The file.
        path: PathBuf,
        /// A date of the file that falls on a Sunday.
        example: String,
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
                some_of(f, paths)?;
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
            Notice::WithoutOpens { paths, opens } => {
                some_of(f, paths)?;
                let taken = match opens {
                    Opens::PreviousClose => "each open is the close before it",
                    Opens::Required | Opens::Unused => "prices are known at closes only",
                };
                write!(f, ": no column `Open`; {taken}")
            }
            Notice::WithoutPrices { symbols } => {
                let listed = diagnostics::all_of(symbols.iter().take(10));
                match symbols.len() {
                    1 => write!(f, "{listed} has no prices, and is left out"),
                    n if n > 10 => write!(
                        f,
                        "{listed} and {} more have no prices, and are left out",
                        n - 10
                    ),
                    _ => write!(f, "{listed} have no prices, and are left out"),
                }
            }
            Notice::ZeroOpens {
                path,
                n,
                first: (date, place),
                usable_from,
            } => {
                let opens = match n {
                    1 => "1 open of 0 is taken as missing".to_owned(),
                    n => format!("{n} opens of 0 are taken as missing"),
                };
                write!(f, "`{}`: {opens}, first {date} ({place})", path.display())?;
                match usable_from {
                    Some(date) => write!(f, "; from {date} on there are none"),
                    None => Ok(()),
                }
            }
            Notice::LiveQuote {
                path,
                date,
                dropped,
                kept,
            } => write!(
                f,
                "`{}`: {dropped} and {kept} are both of {date}, the last day; the later quote, {kept}, counts",
                path.display()
            ),
            Notice::DayEarly { path, example } => write!(
                f,
                "`{}`: bars on Sundays and none on Fridays, as {example}: midnights of the exchange that were converted to UTC; each counts as the day after",
                path.display()
            ),
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

/// Writes some of the paths.
fn some_of(f: &mut fmt::Formatter<'_>, paths: &[PathBuf]) -> fmt::Result {
    for (index, path) in paths.iter().take(3).enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        write!(f, "{separator}`{}`", path.display())?;
    }
    match paths.len() > 3 {
        true => write!(f, " and {} more", paths.len() - 3),
        false => Ok(()),
    }
}

/// The symbols of which a folder has prices, sorted: those that files are named after, and those that
/// files of several symbols name.
///
/// # Errors
///
/// The folder cannot be listed.
pub fn symbols_in(dir: &Path) -> Result<Vec<String>, FolderError> {
    Ok(sources::all_symbols(&Folder::list(dir)?))
}

/// Loads the daily prices of `symbols` from the files of a folder, in parallel.
///
/// Every file that cannot be used is in the error, not only the first.
pub fn load(dir: &Path, symbols: &[String], adjustment: Adjustment) -> Result<Loaded, LoadError> {
    load_around(dir, symbols, &[], adjustment, Opens::Required, None)
}

/// As [`load`], with a choice for files without opens; and keeps of each series no more than a backtest
/// needs that runs through these days: them, the last priced bar before them and the first bar after them.
///
/// * `only_read`: those of the symbols at whose prices nothing is traded; their files need no opens.
pub fn load_around(
    dir: &Path,
    symbols: &[String],
    only_read: &[String],
    adjustment: Adjustment,
    opens: Opens,
    days: Option<(Date, Date)>,
) -> Result<Loaded, LoadError> {
    let folder = Folder::list(dir)?;
    let fields = match adjustment {
        Adjustment::ByCloseRatio => Fields::ADJUSTED,
        Adjustment::Raw => Fields::TRADED,
    };
    let results = sources::gather(&folder, symbols, fields, |symbol, found| {
        let is_only_read = only_read.iter().any(|one| one == symbol);
        let own = if is_only_read { Opens::Unused } else { opens };
        let (whole, mut notices) = series(symbol, found, adjustment, own)?;
        // Closes alone, as of an index, are complete for signals.
        if is_only_read && notices.without_opens.take().is_some() {
            notices.taken_as_adjusted = None;
        }
        let kept = match days {
            Some(days) => around(&whole, days),
            None => whole,
        };
        Ok((kept, notices))
    });

    let mut loaded = Loaded::default();
    let mut failures = Vec::new();
    let mut taken_as_adjusted = Vec::new();
    let mut without_opens = Vec::new();
    for (_, result) in results {
        match result {
            Ok((series, notices)) => {
                loaded.series.push(series);
                taken_as_adjusted.extend(notices.taken_as_adjusted);
                without_opens.extend(notices.without_opens);
                loaded.notices.extend(notices.others);
            }
            Err(failure) => failures.push(failure),
        }
    }
    if !failures.is_empty() {
        return Err(LoadError::Symbols(failures));
    }
    // A file of several symbols is named once.
    without_opens.dedup();
    if !without_opens.is_empty() {
        let paths = without_opens;
        loaded
            .notices
            .insert(0, Notice::WithoutOpens { paths, opens });
    }
    taken_as_adjusted.dedup();
    if !taken_as_adjusted.is_empty() {
        let notice = Notice::TakenAsAdjusted {
            paths: taken_as_adjusted,
        };
        loaded.notices.insert(0, notice);
    }
    Ok(loaded)
}

/// Adds the prices of one symbol of a table in memory, with what reading corrected in it.
pub(crate) fn add(
    loaded: &mut Loaded,
    symbol: &str,
    found: Found,
    adjustment: Adjustment,
    opens: Opens,
) -> Result<(), FileError> {
    let (series, notices) = series(symbol, found, adjustment, opens)?;
    loaded.series.push(series);
    loaded.notices.extend(notices.others);
    Ok(())
}

/// Where the prices of a symbol on a day stand: the file, and the line or row in it.
///
/// `None` when the file cannot be read or has no such day.
pub fn line_of(dir: &Path, symbol: &str, date: Date) -> Option<(PathBuf, Place)> {
    let folder = Folder::list(dir).ok()?;
    let symbols = [symbol.to_owned()];
    let place = |_: &str, found: Found| {
        let row = found.bars.dates.binary_search(&date).ok();
        Ok(row.map(|row| (found.path, found.bars.place(row))))
    };
    let mut results = sources::gather(&folder, &symbols, Fields::ADJUSTED, place);
    results.pop()?.1.ok().flatten()
}

/// The notices about one file. [`load`] joins equal notices of several files.
struct FileNotices {
    taken_as_adjusted: Option<PathBuf>,
    without_opens: Option<PathBuf>,
    others: Vec<Notice>,
}

/// What reading corrected in one file, or had to find out.
pub(crate) fn notices(found: &Found) -> Vec<Notice> {
    let Found { path, bars, .. } = found;
    let mut notices = Vec::new();
    if let Some(dates::Finding::DayEarly { example }) = &found.finding {
        notices.push(Notice::DayEarly {
            path: path.clone(),
            example: example.clone(),
        });
    }
    notices.extend(order_notices(path, bars));
    if let Some(quote) = bars.disorder.live_quote {
        notices.push(Notice::LiveQuote {
            path: path.clone(),
            date: quote.date,
            dropped: quote.dropped,
            kept: quote.kept,
        });
    }
    if let (n, Some(first)) = bars.zero_opens {
        let opens = bars.column(Field::Open);
        let last_missing = opens.iter().rposition(|open| open.is_nan());
        let usable_from = last_missing.and_then(|last| bars.dates.get(last + 1));
        notices.push(Notice::ZeroOpens {
            path: path.clone(),
            n,
            first: (bars.dates[first], bars.place(first)),
            usable_from: usable_from.copied(),
        });
    }
    notices
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

/// Whether a file has a column of adjusted closes without one in it.
pub(crate) fn refuse_empty_adj_close(found: &Found) -> Result<(), FileError> {
    let adjusted = found.bars.column(Field::AdjClose);
    match !adjusted.is_empty() && adjusted.iter().all(|price| price.is_nan()) {
        true => Err(FileError {
            path: found.path.clone(),
            place: None,
            problem: Problem::EmptyAdjClose,
        }),
        false => Ok(()),
    }
}

/// Turns rows into a series.
fn series(
    symbol: &str,
    found: Found,
    adjustment: Adjustment,
    opens: Opens,
) -> Result<(PriceSeries, FileNotices), FileError> {
    let is_adjusted = adjustment == Adjustment::ByCloseRatio;
    if is_adjusted {
        refuse_empty_adj_close(&found)?;
    }
    let mut others = notices(&found);
    let Found { path, bars, .. } = found;
    let is_taken = is_adjusted && !bars.present.has(Field::AdjClose);
    let is_without = !bars.present.has(Field::Open);
    let fail = |place, problem| FileError {
        path: path.clone(),
        place,
        problem,
    };
    if is_without && opens == Opens::Required {
        return Err(fail(None, Problem::NoOpens));
    }
    let (mut table, places) = bars.into_table();
    if is_without {
        table.open = vec![f64::NAN; table.close.len()];
    }
    let (mut series, findings) = (table.series(symbol, adjustment))
        .map_err(|(row, problem)| fail(Some(places.of(row)), problem))?;
    if is_without && opens == Opens::PreviousClose {
        open_at_previous_closes(&mut series);
    }
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
        taken_as_adjusted: (is_taken && !said).then(|| path.clone()),
        without_opens: (is_without && opens != Opens::Required).then_some(path),
        others,
    };
    Ok((series, notices))
}

/// Makes each open the close before it, less what its day's split and dividend take off.
fn open_at_previous_closes(series: &mut PriceSeries) {
    for row in 1..series.close.len() {
        let action = series
            .actions
            .iter()
            .find(|action| action.date == series.dates[row]);
        let (split, dividend) = action.map_or((1.0, 0.0), |action| (action.split, action.dividend));
        series.open[row] = series.close[row - 1] / split - dividend;
    }
}
