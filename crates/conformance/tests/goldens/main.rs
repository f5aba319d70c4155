//! The crates against goldens that come with the project, so that a clone by itself checks them.

mod published;
mod qstrader;
mod statistics;
