//! Drawing as a specification: what is drawn, written and painted.

mod axes;
mod charts;
mod scenes;
