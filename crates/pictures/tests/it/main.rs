//! Pictures as a specification: what is drawn, written and painted for values that fit a page.

mod axes;
mod drawing;
mod sheet;
mod texts;
