//! The drawing layer: a [`Scene`] of lines, areas, rectangles, texts and rasters, written as SVG or
//! painted as PNG. Knows nothing of backtests.
//!
//! Colours have names ([`Ink`]) so that one drawing serves light and dark pages. Coordinates are
//! pixels from the top left. The same scene gives the same bytes on every platform.

mod axis;
mod font;
mod palette;
mod png;
mod scene;
mod svg;

pub(crate) use axis::MONTHS;
pub use axis::{Axis, Frame, decimated};
pub use font::{Face, text_width};
pub(crate) use palette::N_NTH;
pub use palette::{Ink, Rgb, cividis, css};
pub use scene::{Anchor, Raster, Scene, Shape, Text};
