//! Why files of bars cannot be used. Every error has a hint.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use backtest::date::Date;
use diagnostics::{Code, Diagnostic, chain, one_of, sanitised};

/// Where in a file something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A line of a text file; the first is 1.
    Line(u64),
    /// A row of a Parquet or Arrow file; the first is 1.
    Row(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(line) => write!(f, "line {line}"),
            Place::Row(row) => write!(f, "row {row}"),
        }
    }
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The operating system does not let it be read.
    #[error("cannot be read")]
    Unreadable(#[source] io::Error),
    /// It has no bytes.
    #[error("the file is empty")]
    Empty,
    /// It has columns and no rows.
    #[error("the file has a header and no rows")]
    HeaderOnly,
    /// It is not text of columns, and not a columnar format that is understood.
    #[error("this is {0}, not a table of prices")]
    OtherFormat(&'static str),
    /// It is a message of a vendor, saved in place of prices.
    #[error("this is a message, not a table of prices: {text}")]
    Answer {
        /// What it says, shortened.
        text: String,
    },
    /// It is a table of returns.
    #[error("these are returns in percent, not prices")]
    Returns,
    /// It has no names of columns, and its values do not tell what they are.
    #[error("no line names the columns")]
    NoHeader,
    /// No column can be the date.
    #[error("no column is named `Date`; there are {}", names(.found))]
    NoDateColumn {
        /// The columns there are.
        found: Vec<String>,
    },
    /// A column of prices is missing.
    #[error("no column is named `{column}`; there are {}", names(.found))]
    NoColumn {
        /// The column looked for.
        column: &'static str,
        /// The columns there are.
        found: Vec<String>,
    },
    /// Several columns have the same name.
    #[error("columns {first} and {second} are both named `{column}`")]
    RepeatedColumn {
        /// The name.
        column: &'static str,
        /// The first of them, counted from 1.
        first: usize,
        /// The second of them.
        second: usize,
    },
    /// A column holds values of the wrong type (Parquet and Arrow).
    #[error("column `{column}` holds values of type {found}")]
    ColumnType {
        /// The column.
        column: &'static str,
        /// The type's name in the format.
        found: String,
    },
    /// The bytes are not UTF-8 text.
    #[error("the bytes are not UTF-8 text")]
    NotUtf8,
    /// A row has fewer cells than the header has columns.
    #[error("the row has {found} cells where the header has {expected}")]
    TooFewCells {
        /// Columns in the header.
        expected: usize,
        /// Cells in the row.
        found: usize,
    },
    /// A row has more cells than the header has columns.
    #[error("the row has {found} cells where the header has {expected}")]
    TooManyCells {
        /// Columns in the header.
        expected: usize,
        /// Cells in the row.
        found: usize,
    },
    /// A price cell holds something else.
    #[error("`{column}` is `{text}`, not a number")]
    NotANumber {
        /// The column.
        column: &'static str,
        /// What the cell holds.
        text: String,
    },
    /// A price is infinite, or too large for a double.
    #[error("`{column}` is `{text}`, which is infinite")]
    Infinite {
        /// The column.
        column: &'static str,
        /// What the cell holds.
        text: String,
    },
    /// A file of a series has other columns than a date and a value.
    #[error("a series has a column of dates and one of values; there are {}", names(.found))]
    NotASeries {
        /// The columns there are.
        found: Vec<String>,
    },
    /// A cell of a series holds something else.
    #[error("`{text}` is not a finite number")]
    NotAValue {
        /// What the cell holds.
        text: String,
    },
    /// There are rows and no values.
    #[error("all values are missing")]
    NoValues,
    /// A dividend below zero, or a split that is not above zero.
    #[error("`{column}` is {text}, which cannot be")]
    Negative {
        /// The column.
        column: &'static str,
        /// The value.
        text: String,
    },
    /// A dividend that is not less than what the share is worth.
    #[error("the dividend of {dividend} is not less than the price before it, {price}")]
    DividendAbovePrice {
        /// Currency units per share.
        dividend: f64,
        /// The last price, divided by the split of the day.
        price: f64,
    },
    /// Splits of which some are in the closes and some are not.
    #[error("the close does not move with the split of {date}, and does with that of {moves}")]
    SplitsDisagree {
        /// A split with which it moves.
        moves: Date,
        /// This one.
        date: Date,
    },
    /// The row has prices and no date.
    #[error("the date is blank")]
    BlankDate,
    /// The date cell holds something else.
    #[error("`{text}` is not a date")]
    BadDate {
        /// What the cell holds.
        text: String,
    },
    /// A row has no symbol, in a table with a column for it.
    #[error("the symbol is blank")]
    BlankSymbol,
    /// Dates with slashes that can be read in two ways.
    #[error("`{text}` may be {month_first} or {day_first}: no date of the file tells which")]
    EitherOrder {
        /// The first date of the file.
        text: String,
        /// The day when the month is first.
        month_first: String,
        /// The day when the day is first.
        day_first: String,
    },
    /// Dates with slashes in two orders.
    #[error("`{day_first}` begins with the day, and `{month_first}` with the month")]
    MixedOrder {
        /// A date that cannot begin with the month.
        day_first: String,
        /// A date that cannot begin with the day.
        month_first: String,
    },
    /// A moment in UTC that may be either of two days where the exchange is.
    #[error("the time stamp {text} could be either of two days: the file names no time zone")]
    AmbiguousDay {
        /// The moment, in UTC.
        text: String,
    },
    /// Two rows have different prices for one day.
    #[error("{first} has other prices for {date}")]
    Conflict {
        /// The day.
        date: Date,
        /// The earlier row; the error's own place is the later one.
        first: Place,
        /// Whether it is the last day of the file.
        is_last_day: bool,
    },
    /// The rows are bars of parts of a day.
    #[error("several bars a day, at {} and {} on {date}", .times.0, .times.1)]
    Intraday {
        /// A day with several bars.
        date: Date,
        /// The times of two of them.
        times: (String, String),
    },
    /// The file is named after a symbol, and holds others.
    #[error("the file holds other symbols: {}", names(.found))]
    OtherSymbols {
        /// The symbols it holds.
        found: Vec<String>,
    },
    /// The columns of a table in memory have different lengths.
    #[error("a column has {other} values beside {dates} dates")]
    Lengths {
        /// How many dates there are.
        dates: usize,
        /// How many values a column has.
        other: usize,
    },
    /// The file has no opens, and the strategy's orders are filled at them.
    #[error("there are closes and no opens, and orders are filled at opens")]
    NoOpens,
    /// There are rows and no prices.
    #[error("all prices are missing")]
    NoPrices,
    /// The column of adjusted closes has no value.
    #[error("the column `Adj Close` is empty")]
    EmptyAdjClose,
    /// A page or buffer is compressed in a way that is not built in.
    #[error("the {format} data are compressed with {codec}")]
    Compression {
        /// `Parquet` or `Arrow`.
        format: &'static str,
        /// The codec.
        codec: String,
    },
    /// A Parquet or Arrow file that its reader refuses.
    #[error("not a valid {format} file")]
    Damaged {
        /// `Parquet` or `Arrow`.
        format: &'static str,
        /// What the reader says.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl Problem {
    /// The way out, in one sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Problem::Unreadable(_) => "check that it is a file and that you may read it",
            Problem::Empty | Problem::HeaderOnly => {
                "download it again; the source may not know this symbol"
            }
            Problem::OtherFormat(_) => {
                "unpack or export it as CSV in UTF-8, with columns Date, Open, Close, Adj Close"
            }
            Problem::Answer { .. } => {
                "this is what the source answered: ask it again when what it says is settled"
            }
            Problem::Returns => {
                "make an index of a column, `(1 + table[\"Mkt-RF\"] / 100).cumprod()` in pandas, and save it as Date,Close"
            }
            Problem::NoHeader => {
                "write a first line with the names of the columns, as in Date,Open,High,Low,Close,Volume"
            }
            Problem::NoDateColumn { .. } | Problem::NoColumn { .. } => {
                "name the columns Date, Open and Close (and Adj Close, if there is one) in the first line"
            }
            Problem::RepeatedColumn { .. } => "keep one of the two columns, or rename the other",
            Problem::ColumnType { .. } => {
                "write dates as a date, a timestamp or text, and prices as floats, integers or decimals"
            }
            Problem::NotUtf8 => "save the file as UTF-8 text",
            Problem::TooFewCells { .. } => {
                "the download was probably cut off: download it again, or delete the line"
            }
            Problem::TooManyCells { .. } => {
                "put quotes around numbers with commas, or write them without"
            }
            Problem::NotANumber { .. } => {
                "write the price as 1234.5 or 1.2345e3, or leave the cell empty if it is missing"
            }
            Problem::Negative { .. } => {
                "correct the value, or write 0 where there is no dividend and no split"
            }
            Problem::DividendAbovePrice { .. } => {
                "correct the dividend: it is in currency units for each share after the split of its day"
            }
            Problem::SplitsDisagree { .. } => {
                "download the file again, or correct the closes: all as traded, or all adjusted for splits"
            }
            Problem::Infinite { .. } => "correct the price, or leave the cell empty",
            Problem::NotASeries { .. } => {
                "keep two columns, as in FRED's `observation_date,DTB3`; prices whose return cash earns are named as `{ symbol = \"BIL\" }`"
            }
            Problem::NotAValue { .. } => {
                "write the value as 4.25, and a day without one as an empty cell or `.`"
            }
            Problem::NoValues => "download it again",
            Problem::BlankDate => "fill in the date, or delete the row",
            Problem::BlankSymbol => "fill in the symbol, or delete the row",
            Problem::BadDate { .. } => "write dates as 2020-01-31, 20200131 or 01/31/2020",
            Problem::EitherOrder { .. }
            | Problem::MixedOrder { .. }
            | Problem::AmbiguousDay { .. } => "write dates as 2020-01-31",
            Problem::Conflict {
                is_last_day: true, ..
            } => {
                "keep one of the two (when a download repeats its last day, one row is a live quote)"
            }
            Problem::Conflict { .. } => "find out which of the two is right, and delete the other",
            Problem::Intraday { .. } => {
                "resample it to daily bars: `bars.resample(\"D\").agg({\"Open\": \"first\", \"Close\": \"last\"}).dropna()` in pandas"
            }
            Problem::OtherSymbols { .. } => {
                "name the file after what it holds, or ask for one of its symbols"
            }
            Problem::Lengths { .. } => "give every column a value for each date",
            Problem::NoOpens => {
                "fill at the close with `fill = \"same-close\"` under `[execution]`, write `opens = \"previous-close\"` under `[data]`, or name the symbol in `also` there, for signals alone (in Python, as arguments)"
            }
            Problem::NoPrices => "download it again, or drop the symbol",
            Problem::EmptyAdjClose => {
                "download it again, or use the prices as they are with `adjusted = false` under `[data]`"
            }
            Problem::Compression {
                format: "Parquet", ..
            } => {
                "rewrite it: `pd.read_parquet(f).to_parquet(f, compression=\"zstd\")` in pandas, `pl.read_parquet(f).write_parquet(f)` in polars, or `COPY (FROM 'old.parquet') TO 'new.parquet' (COMPRESSION zstd)` in DuckDB"
            }
            Problem::Compression { .. } => {
                "rewrite it: `pd.read_feather(f).to_feather(f, compression=\"lz4\")` in pandas, `pl.read_ipc(f).write_ipc(f, compression=\"lz4\")` in polars, or `COPY (FROM table) TO 'new.parquet'` in DuckDB"
            }
            Problem::Damaged { .. } => "write or download it again",
        }
    }
}

/// A file that cannot be used.
#[derive(Debug)]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// Where in it, when that is one place.
    pub place: Option<Place>,
    /// What is wrong.
    pub problem: Problem,
}

impl FileError {
    /// The way out, in one sentence.
    pub fn hint(&self) -> &'static str {
        self.problem.hint()
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.path.display())?;
        if let Some(place) = self.place {
            write!(f, ", {place}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.problem.source()
    }
}

/// A folder of data that cannot be listed.
#[derive(Debug, thiserror::Error)]
#[error("cannot list the folder `{}`", .dir.display())]
pub struct FolderError {
    /// The folder.
    pub dir: PathBuf,
    /// What the operating system says.
    pub source: io::Error,
}

impl Diagnostic for FolderError {
    fn code(&self) -> Code {
        Code::Data
    }

    fn hint(&self) -> Option<String> {
        let hint = match self.source.kind() {
            io::ErrorKind::NotFound => "check the spelling of the folder",
            io::ErrorKind::NotADirectory => "name the folder that holds the files, not a file",
            _ => "check that you may read the folder",
        };
        Some(hint.to_owned())
    }
}

/// A symbol whose prices cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SymbolError {
    /// Its file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// No file is named after it.
    #[error("`{}` has no file for `{symbol}`", .dir.display())]
    NoFile {
        /// The symbol.
        symbol: String,
        /// The folder.
        dir: PathBuf,
        /// Symbols of the folder that look like it, likeliest first, at most three.
        similar: Vec<String>,
        /// How many symbols the folder has.
        n_symbols: usize,
    },
    /// Its files have no rows.
    #[error("`{symbol}` has no bars")]
    NoBars {
        /// The symbol.
        symbol: String,
    },
    /// Several files are named after it.
    #[error("`{symbol}` has more than one file: {}", names(&paths_as_text(.paths)))]
    SeveralFiles {
        /// The symbol.
        symbol: String,
        /// The files.
        paths: Vec<PathBuf>,
    },
}

impl SymbolError {
    /// The file that cannot be used, when there is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            SymbolError::File(error) => Some(&error.path),
            _ => None,
        }
    }

    /// The way out, in one sentence.
    pub fn hint(&self) -> String {
        match self {
            SymbolError::File(error) => error.hint().to_owned(),
            SymbolError::NoFile {
                similar,
                n_symbols,
                symbol,
                ..
            } => match (similar.is_empty(), n_symbols) {
                (false, _) => format!("did you mean {}?", one_of(similar)),
                (true, 0) => format!(
                    "the folder has no files of prices at all; add `{symbol}.csv`, or name another folder"
                ),
                (true, n) => format!(
                    "add `{symbol}.csv`, or drop the symbol; the folder has {n} other symbols"
                ),
            },
            SymbolError::NoBars { .. } => "download it again, or drop the symbol".to_owned(),
            SymbolError::SeveralFiles { .. } => "keep one of them in the folder".to_owned(),
        }
    }
}

/// How many failures a message names.
const SHOWN: usize = 10;

/// Why the prices of some symbols could not be loaded.
#[derive(Debug)]
#[non_exhaustive]
pub enum LoadError {
    /// The folder cannot be listed.
    Folder(FolderError),
    /// Some symbols have no usable file; all failures, in the order of the symbols asked for.
    Symbols(Vec<SymbolError>),
    /// Members of the universe without a file of prices.
    MissingMembers {
        /// Their symbols.
        missing: Vec<String>,
        /// How many members there are.
        n_members: usize,
        /// The folder.
        dir: PathBuf,
    },
}

impl Diagnostic for LoadError {
    fn code(&self) -> Code {
        Code::Data
    }

    /// With several failures the message itself has a hint for each.
    fn hint(&self) -> Option<String> {
        match self {
            LoadError::Folder(error) => error.hint(),
            LoadError::Symbols(failures) => match failures.as_slice() {
                [only] => Some(only.hint()),
                _ => None,
            },
            LoadError::MissingMembers { .. } => Some(
                "add their files, or leave these members out with `missing_members = \"leave-out\"` under `[universe]`: then the result is that of the members whose prices survived, which is too good"
                    .to_owned(),
            ),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Folder(error) => error.fmt(f),
            LoadError::MissingMembers {
                missing,
                n_members,
                dir,
            } => write!(
                f,
                "{} of {n_members} members have no prices in `{}`: {}",
                missing.len(),
                dir.display(),
                names(missing)
            ),
            LoadError::Symbols(failures) => match failures.as_slice() {
                [only] => only.fmt(f),
                _ => {
                    write!(f, "the prices of {} symbols cannot be read", failures.len())?;
                    for failure in failures.iter().take(SHOWN) {
                        write!(f, "\n  {}", chain(failure))?;
                        write!(f, "\n    {}", failure.hint())?;
                    }
                    if failures.len() > SHOWN {
                        write!(f, "\n  and {} more", failures.len() - SHOWN)?;
                    }
                    Ok(())
                }
            },
        }
    }
}

impl Error for LoadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            LoadError::Folder(error) => error.source(),
            LoadError::MissingMembers { .. } => None,
            LoadError::Symbols(failures) => match failures.as_slice() {
                [only] => only.source(),
                _ => None,
            },
        }
    }
}

impl From<FolderError> for LoadError {
    fn from(error: FolderError) -> Self {
        LoadError::Folder(error)
    }
}

/// A cell as it is shown in a message: without control characters, and not too long.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    sanitised(text, LONGEST)
}

fn names(found: &[String]) -> String {
    const LONGEST: usize = 12;
    if found.is_empty() {
        return "none".to_owned();
    }
    let mut text = found
        .iter()
        .take(LONGEST)
        .map(|name| format!("`{}`", shown(name)))
        .collect::<Vec<_>>()
        .join(", ");
    if found.len() > LONGEST {
        text.push_str(&format!(" and {} more", found.len() - LONGEST));
    }
    text
}

fn paths_as_text(paths: &[PathBuf]) -> Vec<String> {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect()
}
