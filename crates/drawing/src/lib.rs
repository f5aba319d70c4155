//! Charts and drawings: described charts in, SVG and PNG out. Knows no finance.
//!
//! 1. A [`chart::Picture`] says what is on the axes and which marks stand between them.
//! 2. Drawn at a width, it is a [`Scene`] of lines, areas, rectangles, texts and rasters.
//! 3. A scene is written as SVG or painted as PNG.
//!
//! Colours have names ([`Ink`]) so that one drawing serves light and dark pages. Coordinates are
//! pixels from the top left. The same scene gives the same bytes on every platform.
#![warn(clippy::disallowed_methods)]

mod axis;
mod calendar;
pub mod chart;
mod font;
mod palette;
mod png;
mod scene;
mod svg;

pub use axis::{Axis, Frame, decimated};
pub use calendar::MONTHS;
pub use font::{Face, text_width};
pub use palette::{Ink, N_NTH, Rgb, cividis, css};
pub use scene::{Anchor, Raster, Scene, Shape, Text};
