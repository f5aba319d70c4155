//! Files of daily bars: read, checked, and made up for samples.
//!
//! [`load`] turns the files of a folder into price series, [`check`] says what is wrong with them,
//! [`sample`] makes files for those who have none, and [`write_atomically`] is how this program
//! writes any file. Which names mean which symbol is told by [`symbols_in`]; which layouts are
//! understood, by the crate's README.

mod load;

mod bars;
mod columns;
mod error;
mod file;
mod folder;
mod read_error;

mod arrow_file;
mod parquet_file;
mod text;
mod timestamp;

mod atomic_file;
mod check;
pub mod sample;

pub use atomic_file::{WriteError, write_atomically};
pub use check::{Break, BreakKind, Check, CheckError, Count, Jump, SymbolCheck, check};
pub use error::{FileError, FolderError, LoadError, Place, Problem, SymbolError};
pub use folder::symbols_in;
pub use load::{Adjustment, Loaded, Notice, adjust_opens, line_of, load, load_around};
