//! What a user sees of an error, and files that are whole.

mod atomic_file;
mod diagnostic;
mod file_set;
mod foreign_text;
mod leftovers;
mod names;
