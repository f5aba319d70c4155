//! A [`Scene`] of lines, areas, rectangles, texts and rasters, written as SVG or painted as PNG; and
//! axes with round ticks. Knows no finance.
//!
//! Colours have names ([`Ink`]) so that one drawing serves light and dark pages. Coordinates are
//! pixels from the top left. The same scene gives the same bytes on every platform.
#![warn(clippy::disallowed_methods)]

mod axis;
mod calendar;
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
