//! The report of a sweep: how its trials are distributed, where on the axes the good ones lie, what
//! the best did, what failed.

mod report;

mod bins;

mod axes;
mod fan;
mod map;
mod out_of_sample;
mod shapes;
mod tables;

mod panels;

mod page;
mod terminal;

pub use report::SweepReport;
