//! The bottom of the workspace, for every crate that can fail in front of a user.
//!
//! - An error that a user may see is a [`Diagnostic`]: besides its message and its sources it has a
//!   [`Code`], the exit code of the command, and perhaps a hint. [`chain`] writes it on one line.
//! - [`nearest`] suggests a name for a misspelt one, [`one_of`] and [`all_of`] list names, and
//!   [`shown`], [`shown_lines`], [`shown_styled`], [`shown_json`], [`csv_cell`] and [`sanitised`] make text of
//!   unknown origin fit for a message, a terminal, a page, a table or a file.
//! - [`write_atomically`] writes a file that is whole or not there, [`FileSet`] several of them as
//!   one, with a [`Manifest`] of their digests.
//! - [`read_file`] reads a regular file in bounded memory.
//! - [`PROGRAM`] and [`VERSION`] are what files say of the program that wrote them;
//!   [`since_1970`] is the clock.

mod atomic_file;
mod diagnostic;
mod file_set;
mod foreign_text;
mod manifest;
mod names;
mod program;
mod regular_file;
mod temporary_file;

pub use atomic_file::{WriteError, write_atomically};
pub use diagnostic::{Code, Diagnostic, causes, chain};
pub use file_set::FileSet;
pub use foreign_text::{
    csv_cell, is_hidden, sanitised, shown, shown_json, shown_lines, shown_styled,
};
pub use manifest::{Difference, MANIFEST, Manifest, digest_of};
pub use names::{all_of, near, nearest, one_of};
pub use program::{PROGRAM, VERSION, host_name, since_1970};
pub use regular_file::{MB, open_file, read_file, read_text};
pub use temporary_file::{is_temporary, remove_leftovers};
