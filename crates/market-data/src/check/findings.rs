//! What a check of price files can find.

use std::path::PathBuf;

use backtest::date::Date;

use crate::error::{FileError, Place, SymbolError};
use crate::faults::Fault;
use crate::load::Notice;

/// What [`check`](crate::check()) found in a folder.
#[derive(Debug)]
pub struct Check {
    /// The folder.
    pub dir: PathBuf,
    /// One for each symbol, in the order asked for, or sorted.
    pub symbols: Vec<SymbolCheck>,
    /// One for each series beside the prices, sorted.
    pub series: Vec<SeriesCheck>,
    /// Whether any backtest on these symbols and series can run: every file can be read (which rules out
    /// conflicting rows and files without prices), has opens, and no price is zero or negative.
    ///
    /// Everything else is for the reader to judge. A folder without symbols is not usable.
    pub usable: bool,
}

/// What [`check`](crate::check()) found in one symbol's file.
#[derive(Debug)]
pub struct SymbolCheck {
    /// The symbol.
    pub symbol: String,
    /// Its file, when there is exactly one.
    pub path: Option<PathBuf>,
    /// Why the file cannot be used. When it cannot, nothing below is known but the findings, which say so.
    pub error: Option<SymbolError>,
    /// The first and the last day.
    pub span: Option<(Date, Date)>,
    /// How many days have a row, each counted once.
    pub n_rows: usize,
    /// The vendor or program that wrote the file, where its columns tell.
    pub vendor: Option<&'static str>,
    /// Whether there is a column of opens.
    pub has_open: bool,
    /// Whether there is a column of adjusted closes.
    pub has_adj_close: bool,
    /// Days on which a column states a dividend.
    pub n_dividends: usize,
    /// Days on which a column states a split.
    pub n_splits: usize,
    /// Why they cannot be booked, as a backtest with `adjusted = false` would.
    pub actions_error: Option<FileError>,
    /// What reading had to correct, and what dividends and splits come to.
    pub notices: Vec<Notice>,
    /// Days without a bar on which most of the other symbols that are alive have one. A weekend
    /// counts only for a symbol that has bars on weekends. Alive is between first and last day.
    pub missing_days: Vec<Date>,
    /// Days on which at least two other symbols are alive and none of them has a bar.
    pub lone_days: Vec<Date>,
    /// Rows in which a price that is needed is missing.
    pub missing_prices: Count,
    /// Rows in which a price that is needed is zero or negative.
    pub non_positive_prices: Count,
    /// Moves of the adjusted close by more than a quarter from one row to the next.
    pub jumps: Vec<Jump>,
    /// All of it as one list: what was found, what it does to a backtest, and the way out.
    pub findings: Vec<Fault>,
    /// Tells files with the same days and closes.
    pub(crate) digest: u64,
    /// Where the adjustment is not what dividends and splits make it.
    pub breaks: Vec<Break>,
}

impl SymbolCheck {
    /// Of a symbol about which nothing is known yet.
    pub(crate) fn of(symbol: String) -> SymbolCheck {
        SymbolCheck {
            symbol,
            path: None,
            error: None,
            span: None,
            n_rows: 0,
            vendor: None,
            has_open: false,
            has_adj_close: false,
            n_dividends: 0,
            n_splits: 0,
            actions_error: None,
            notices: Vec::new(),
            missing_days: Vec::new(),
            lone_days: Vec::new(),
            missing_prices: Count::default(),
            non_positive_prices: Count::default(),
            jumps: Vec::new(),
            findings: Vec::new(),
            digest: 0,
            breaks: Vec::new(),
        }
    }
}

/// What [`check`](crate::check()) found in the file of one series.
#[derive(Debug)]
pub struct SeriesCheck {
    /// Its name.
    pub name: String,
    /// Why the file cannot be used. When it cannot, nothing below is known.
    pub error: Option<SymbolError>,
    /// The days of the first and the last observation.
    pub span: Option<(Date, Date)>,
    /// How many observations there are.
    pub n_observations: usize,
    /// How many rows have none.
    pub n_missing: usize,
    /// The most calendar days from one observation to the next, and the day after them.
    pub longest_gap: Option<(i32, Date)>,
    /// What reading had to correct.
    pub notices: Vec<Notice>,
}

/// How often something occurs, and where first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How many rows.
    pub n: usize,
    /// The first of them.
    pub first: Option<(Date, Place)>,
}

/// A large move of the adjusted close.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jump {
    /// The day after the move.
    pub date: Date,
    /// Its row.
    pub place: Place,
    /// The move, as a fraction of the close before.
    pub change: f64,
}

/// A place where the adjustment looks wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Break {
    /// The day.
    pub date: Date,
    /// Its row.
    pub place: Place,
    /// In which way.
    pub kind: BreakKind,
}

/// In which way an adjustment looks wrong. The factor is `Adj Close / Close`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BreakKind {
    /// The factor falls; dividends and splits only let it rise.
    FactorFalls {
        /// The factor on the row before.
        from: f64,
        /// The factor on this row.
        to: f64,
    },
    /// The factor of the last row is not 1: the file was cut, or is adjusted for what came later.
    NotOneAtEnd {
        /// The factor.
        factor: f64,
    },
    /// The close moves as in a split and the factor does not. The ratio is above 1 for a
    /// split, below 1 for a reverse split.
    UnadjustedSplit {
        /// Shares after the split for each share before.
        shares: f64,
    },
}
