//! Files of daily bars: reading, checking, and generated samples.
//!
//! [`load`] turns the files of a folder into price series, [`read_frame`] tables in memory, and [`Table`]
//! columns; [`check`] reports the faults of files, [`sample`] generates them. [`symbols_in`] maps files to
//! symbols. [`load_series`] reads series beside the prices, such as rates of interest, and
//! [`read_members`] who was a member of an index when.

mod frames;
mod load;
mod sources;

mod file;
mod folder;

mod arrow_file;
mod arrow_lengths;
mod members_file;
mod pages;
mod parallel;
mod parquet_file;
mod rows;
mod series_file;
mod series_header;
mod text;

mod bars;
mod bounded_file;
mod dates;
mod decimal;
mod fields;
mod layout;
mod names;
mod sheet;
mod table;
mod vendor;
mod wanted;

mod error;
mod faults;
mod read_error;

mod check;
mod import;
pub mod sample;
mod vintage;

pub use check::{
    Break, BreakKind, Check, CheckError, Count, Jump, SeriesCheck, SymbolCheck, check, check_frames,
};
pub use error::{FileError, FolderError, LoadError, Place, Problem, SymbolError};
pub use faults::{Fault, faults_of, old_at};
pub use frames::{FrameBars, FrameDates, FrameLayout, date_column, read_frame};
pub use import::{Import, ImportError, ImportedSymbol, import};
pub use load::{Loaded, Notice, Opens, line_of, load, load_around, symbols_in};
pub use members_file::{MembersError, MembersProblem, read_members};
pub use series_file::{LoadedSeries, load_series, series_in};
pub use table::{Adjustment, Finding, Table, TableError};
pub use vintage::{Change, SymbolDiff, VintageDiff, compare_vintages};
