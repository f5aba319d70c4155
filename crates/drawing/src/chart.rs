//! Charts as plain values: what is on the axes, the marks between them in the units of the data, the
//! names in the legend. This module alone turns them into scenes: margins, axes, labels, legends,
//! clipping, and the text in place of a chart without data.

mod cartesian;
mod density;
mod grid;
mod histogram;
mod labels;
mod legend;
mod map;
mod parallel;

use crate::scene::Scene;

pub use cartesian::{Across, Bar, Chart, Label, Mark, Point, Range, Upright};
pub use grid::{Grid, GridCell, GridRow};
pub use histogram::Histogram;
pub use labels::{briefs, shortened};
pub use legend::{Key, Legend};
pub use map::{Map, MapCell, Scale};
pub use parallel::{Parallel, ParallelAxis};

/// Any chart.
#[derive(Clone, Debug)]
pub enum Picture {
    /// Marks over two axes.
    Chart(Chart),
    /// Rows and columns of shaded numbers.
    Grid(Grid),
    /// A value over two axes, as colours.
    Map(Map),
    /// Many things across many axes.
    Parallel(Parallel),
}

impl Picture {
    /// Draws it this many pixels wide.
    pub fn draw(&self, width: f64) -> Scene {
        match self {
            Picture::Chart(chart) => chart.draw(width),
            Picture::Grid(grid) => grid.draw(width),
            Picture::Map(map) => map.draw(width),
            Picture::Parallel(parallel) => parallel.draw(width),
        }
    }
}
