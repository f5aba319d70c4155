//! Files of daily bars: reading, checking, and generated samples.
//!
//! [`load`] turns the files of a folder into price series, and [`Table`] columns in memory; [`check`]
//! reports the faults of files, [`sample`] generates them. [`symbols_in`] maps file names to symbols.
//! [`load_series`] reads series beside the prices, such as rates of interest.

mod load;

mod bars;
mod columns;
mod error;
mod file;
mod folder;
mod read_error;
mod table;

mod arrow_file;
mod parquet_file;
mod series_file;
mod series_header;
mod text;
mod timestamp;

mod check;
pub mod sample;

pub use check::{
    Break, BreakKind, Check, CheckError, Count, Jump, SeriesCheck, SymbolCheck, check,
};
pub use error::{FileError, FolderError, LoadError, Place, Problem, SymbolError};
pub use folder::symbols_in;
pub use load::{Loaded, Notice, line_of, load, load_around};
pub use series_file::{LoadedSeries, load_series, series_in};
pub use table::{Adjustment, Finding, Table, TableError};
