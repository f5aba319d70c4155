//! Marks over two axes.

use super::density::colours;
use super::labels::{below, briefs, empty};
use super::legend::Legend;
use crate::axis::{Axis, Frame, decimated};
use crate::font::{Face, text_width};
use crate::palette::Ink;
use crate::scene::{Anchor, Raster, SIZE, Scene, Shape};

/// A chart: its axes, its marks from back to front, its legend.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What it shows, for screen readers.
    pub label: String,
    /// The height of the frame in pixels; a narrow drawing has less.
    pub height: f64,
    /// The level axis.
    pub across: Across,
    /// What stands below the level axis; nothing when empty.
    pub across_title: &'static str,
    /// The upright axis.
    pub upright: Upright,
    /// From back to front.
    pub marks: Vec<Mark>,
    /// Names above the frame.
    pub legend: Legend,
    /// Written in place of the chart when no mark has a value.
    pub empty: &'static str,
}

/// Writes the label of a tick. The second argument is the number of decimals that the distance
/// between ticks needs.
pub type Label = fn(f64, usize) -> String;

/// A level axis.
#[derive(Clone, Debug)]
pub enum Across {
    /// Days since 1970-01-01, from the first to the last.
    Days(i32, i32),
    /// Names side by side; the first has the values from 0 to 1, its middle is at 0.5.
    Names(Vec<String>),
    /// Numbers.
    Numbers {
        /// From which to which.
        axis: Axis,
        /// About how many have labels.
        ticks: usize,
        /// Their labels.
        label: Label,
    },
}

/// An upright axis.
#[derive(Clone, Debug)]
pub struct Upright {
    /// From which value to which.
    pub range: Range,
    /// About how many have labels.
    pub ticks: usize,
    /// Their labels.
    pub label: Label,
    /// What stands above the axis; nothing when empty.
    pub title: &'static str,
}

/// The values of an upright axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// Those of the marks, and a little room.
    Marks,
    /// Those of the marks and this one, and a little room.
    MarksAnd(f64),
    /// From zero to the highest of the marks.
    FromZero,
    /// From the lowest of the marks to zero.
    ToZero,
    /// From zero, or the lowest of the marks, to one, or the highest of the marks.
    Shares,
    /// Those of the marks on a logarithmic scale, or a linear one if not all are positive.
    Logarithmic,
}

/// Something drawn over the axes. Coordinates are values of the axes.
#[derive(Clone, Debug)]
pub enum Mark {
    /// A line through points. Points that are not numbers break it.
    Line {
        /// The points from the left.
        points: Vec<(f64, f64)>,
        /// Its colour. [`Ink::Reference`] is dashed.
        ink: Ink,
        /// What stands at its right end; nothing when empty.
        end: String,
    },
    /// A closed area. Points that are not numbers break it into several.
    Area {
        /// Its outline.
        outline: Vec<(f64, f64)>,
        /// Its colour.
        ink: Ink,
        /// 0 to 1.
        opacity: f64,
        /// Whether its edge is drawn as a line.
        is_outlined: bool,
    },
    /// Upright bars.
    Bars {
        /// The bars.
        bars: Vec<Bar>,
        /// 0 to 1.
        opacity: f64,
    },
    /// Squares.
    Points(Vec<Point>),
    /// A thin line across the frame at this value, if it lies within.
    Level(f64),
    /// A shaded stretch of the level axis.
    Span {
        /// From which value to which.
        ends: (f64, f64),
        /// Its tooltip.
        title: String,
    },
    /// Short strokes at the lower edge of the frame.
    Strokes(Vec<f64>),
    /// An upright line through the frame, and its name above. Several stand in rows.
    Flag {
        /// Where on the level axis.
        at: f64,
        /// Its name.
        name: String,
        /// Its colour.
        ink: Ink,
    },
    /// A cross with its name beside it.
    Cross {
        /// Where.
        at: (f64, f64),
        /// Its name.
        name: String,
    },
    /// The number of points in cells of a few pixels, as colours.
    Density(Vec<(f64, f64)>),
    /// Below a level axis of numbers: the whole range as a line, a line from 5 % to 95 %, a box from
    /// 25 % to 75 %, the median, and words.
    Quantiles {
        /// 0, 5, 25, 50, 75, 95 and 100 %.
        values: [f64; 7],
        /// What stands below.
        words: String,
    },
}

/// An upright bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// From which value of the level axis to which.
    pub across: (f64, f64),
    /// From which value of the upright axis to which.
    pub upright: (f64, f64),
    /// Its colour.
    pub ink: Ink,
    /// Its tooltip.
    pub title: String,
}

/// A square.
#[derive(Clone, Debug)]
pub struct Point {
    /// Its centre.
    pub at: (f64, f64),
    /// Half of its side in pixels.
    pub half: f64,
    /// Its colour.
    pub ink: Ink,
    /// Its tooltip; none when empty.
    pub title: String,
}

/// Pixels between the frame and the right edge.
const RIGHT: f64 = 12.0;

/// Pixels below the frame for the labels of the level axis.
const LABELS: f64 = 26.0;

/// Pixels of the titles of axes.
const TITLE: f64 = 11.5;

/// The widest bar over a name, in pixels.
const WIDEST: f64 = 60.0;

/// From values to pixels.
struct Plane {
    frame: Frame,
    across: Axis,
    upright: Axis,
}

impl Plane {
    fn x(&self, value: f64) -> f64 {
        self.frame.x(self.across.share(value))
    }

    fn y(&self, value: f64) -> f64 {
        self.frame.y(self.upright.share(value))
    }

    fn pixels(&self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let pixel = |(x, y): &(f64, f64)| (self.x(*x), self.y(*y));
        let points: Vec<_> = points.iter().map(pixel).collect();
        decimated(&points, self.frame.width)
    }

    fn has(&self, value: f64) -> bool {
        (self.upright.low()..=self.upright.high()).contains(&value)
    }
}

impl Chart {
    /// Draws it this many pixels wide.
    pub fn draw(&self, width: f64) -> Scene {
        if !self.values().any(f64::is_finite) {
            return empty(width, &self.label, self.empty);
        }
        let upright = self.range();
        let frame = self.frame(width, &upright);
        let bottom = frame.bottom() + LABELS + self.below();
        let mut scene = Scene::new(width, bottom, self.label.clone());
        let plane = Plane {
            frame,
            across: self.across.axis(),
            upright,
        };
        let is_behind = |mark: &&Mark| matches!(mark, Mark::Span { .. });
        for mark in self.marks.iter().filter(is_behind) {
            mark.draw(&mut scene, &plane);
        }
        frame.upright(&mut scene, &upright, self.upright.ticks, self.upright.label);
        self.across.draw(&mut scene, &frame);
        for mark in self.marks.iter().filter(|mark| !is_behind(mark)) {
            mark.draw(&mut scene, &plane);
        }
        self.draw_names(&mut scene, &plane);
        scene
    }

    /// The values of the marks on the upright axis.
    fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.marks.iter().flat_map(Mark::values)
    }

    fn range(&self) -> Axis {
        let finite: Vec<f64> = self.values().filter(|value| value.is_finite()).collect();
        let values = || finite.iter().copied();
        let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
        match self.upright.range {
            Range::Marks => Axis::holding(values()),
            Range::MarksAnd(value) => Axis::holding(values().chain([value])),
            Range::FromZero => Axis::between(0.0, if high > 0.0 { high * 1.06 } else { 0.01 }),
            Range::ToZero => Axis::between(if low < 0.0 { low * 1.06 } else { -0.01 }, 0.0),
            Range::Shares => Axis::between(low * 1.03, high.max(1.0) * 1.03),
            Range::Logarithmic => Axis::logarithmic(values()),
        }
    }

    fn frame(&self, width: f64, upright: &Axis) -> Frame {
        let ticks = upright.ticks(self.upright.ticks).into_iter();
        let labels = ticks.map(|tick| {
            let decimals = upright.decimals(tick, self.upright.ticks);
            (self.upright.label)(tick, decimals)
        });
        let widths = labels.map(|label| text_width(&label, SIZE, Face::Regular) + 8.0);
        let left = match self.across {
            // As the script of a page draws it again.
            Across::Days(..) => 50.0,
            _ => widths.fold(50.0, f64::max),
        };
        let flags = self
            .marks
            .iter()
            .filter(|mark| matches!(mark, Mark::Flag { .. }));
        let title = if self.upright.title.is_empty() {
            0.0
        } else {
            26.0
        };
        let flags = match flags.count() {
            0 => 0.0,
            n => 4.0 + 16.0 * n as f64,
        };
        Frame {
            left,
            top: self.legend.height(width).max(title).max(flags),
            width: width - left - RIGHT,
            height: self.height.min(0.6 * width),
        }
    }

    /// Pixels below the labels of the level axis.
    fn below(&self) -> f64 {
        let is_strip = |mark: &Mark| matches!(mark, Mark::Quantiles { .. });
        let strip = if self.marks.iter().any(is_strip) {
            42.0
        } else {
            0.0
        };
        let title = if self.across_title.is_empty() {
            0.0
        } else {
            20.0
        };
        strip + title
    }

    fn draw_names(&self, scene: &mut Scene, plane: &Plane) {
        let frame = &plane.frame;
        self.legend.draw(scene);
        if !self.upright.title.is_empty() {
            let place = (0.0, frame.top - 12.0);
            scene.sized(place, self.upright.title, TITLE, Ink::Muted, Anchor::Start);
        }
        if !self.across_title.is_empty() {
            let place = (frame.x(0.5), scene.height - 8.0);
            scene.sized(place, self.across_title, TITLE, Ink::Muted, Anchor::Middle);
        }
        let flags = self.marks.iter().filter_map(|mark| match mark {
            Mark::Flag { at, name, .. } => Some((*at, name)),
            _ => None,
        });
        for (row, (at, name)) in flags.enumerate() {
            let half = text_width(name, SIZE, Face::Regular) / 2.0;
            let x = plane.x(at).clamp(half, (scene.width - half).max(half));
            let place = (x, 12.0 + 16.0 * row as f64);
            scene.text(place, name.clone(), Ink::Text, Anchor::Middle);
        }
        let ends = self.marks.iter().filter_map(|mark| match mark {
            Mark::Line { points, end, .. } if !end.is_empty() => Some((points.last()?, end)),
            _ => None,
        });
        let mut ends: Vec<_> = ends
            .map(|(at, end)| (plane.x(at.0), plane.y(at.1), end))
            .collect();
        // Below one another where they end together.
        ends.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut lowest = f64::NEG_INFINITY;
        for (x, y, end) in ends {
            lowest = y.max(lowest + 10.0);
            let place = (x + 3.0, lowest + 3.5);
            scene.sized(place, end.clone(), 10.0, Ink::Text, Anchor::Start);
        }
    }
}

impl Across {
    fn axis(&self) -> Axis {
        match self {
            Across::Days(first, last) => Axis::between(f64::from(*first), f64::from(*last)),
            Across::Names(names) => Axis::between(0.0, names.len() as f64),
            Across::Numbers { axis, .. } => *axis,
        }
    }

    fn draw(&self, scene: &mut Scene, frame: &Frame) {
        match self {
            Across::Days(first, last) => frame.times(scene, *first, *last),
            Across::Names(names) => {
                let slot = frame.width / names.len().max(1) as f64;
                below(
                    scene,
                    &briefs(names),
                    frame.left,
                    slot,
                    frame.bottom() + 17.0,
                );
            }
            Across::Numbers { axis, ticks, label } => frame.level(scene, axis, *ticks, label),
        }
    }
}

impl Mark {
    /// The values on the upright axis.
    fn values(&self) -> Box<dyn Iterator<Item = f64> + '_> {
        let second = |point: &(f64, f64)| point.1;
        match self {
            Mark::Line { points, .. } | Mark::Density(points) => {
                Box::new(points.iter().map(second))
            }
            Mark::Area { outline, .. } => Box::new(outline.iter().map(second)),
            Mark::Bars { bars, .. } => {
                Box::new(bars.iter().flat_map(|bar| [bar.upright.0, bar.upright.1]))
            }
            Mark::Points(points) => Box::new(points.iter().map(|point| point.at.1)),
            Mark::Cross { at, .. } => Box::new(std::iter::once(at.1)),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn draw(&self, scene: &mut Scene, plane: &Plane) {
        let frame = &plane.frame;
        match self {
            Mark::Line { points, ink, .. } => match ink {
                Ink::Reference => scene.dashed(plane.pixels(points), *ink, 1.4),
                ink => scene.line(plane.pixels(points), *ink, 1.6),
            },
            Mark::Area {
                outline,
                ink,
                opacity,
                is_outlined,
            } => match is_outlined {
                true => scene.outlined(plane.pixels(outline), *ink, *opacity),
                false => scene.area(plane.pixels(outline), *ink, *opacity),
            },
            Mark::Bars { bars, opacity } => {
                for bar in bars {
                    bar.draw(scene, plane, *opacity);
                }
            }
            Mark::Points(points) => {
                for point in points {
                    point.draw(scene, plane);
                }
            }
            Mark::Level(value) if plane.has(*value) => {
                let y = plane.y(*value);
                scene.line(vec![(frame.left, y), (frame.right(), y)], Ink::Muted, 1.0);
            }
            Mark::Level(_) => {}
            Mark::Span { ends, title } => {
                let (from, to) = (plane.x(ends.0), plane.x(ends.1));
                let area = (from, frame.top, (to - from).max(1.0), frame.height);
                scene.titled(area, Ink::Contrast, 0.1, title.clone());
            }
            Mark::Strokes(at) => {
                let mut at: Vec<f64> = at
                    .iter()
                    .map(|at| (plane.x(*at) * 2.0).round() / 2.0)
                    .collect();
                at.dedup();
                let (from_to, ink) = ((frame.bottom() - 6.0, frame.bottom()), Ink::Muted);
                scene.shapes.push(Shape::Ticks { at, from_to, ink });
            }
            Mark::Flag { at, ink, .. } => {
                let x = plane.x(*at);
                scene.line(vec![(x, frame.top), (x, frame.bottom())], *ink, 1.6);
            }
            Mark::Cross { at, name } => draw_cross(scene, (plane.x(at.0), plane.y(at.1)), name),
            Mark::Density(points) => draw_density(scene, plane, points),
            Mark::Quantiles { values, words } => draw_quantiles(scene, plane, values, words),
        }
    }
}

impl Bar {
    fn draw(&self, scene: &mut Scene, plane: &Plane, opacity: f64) {
        let (left, right) = (plane.x(self.across.0), plane.x(self.across.1));
        let width = (right - left - 0.8).clamp(0.6, WIDEST);
        let (a, b) = (plane.y(self.upright.0), plane.y(self.upright.1));
        let area = (
            (left + right - width) / 2.0,
            a.min(b),
            width,
            (a - b).abs().max(0.5),
        );
        if a.is_finite() && b.is_finite() {
            scene.titled(area, self.ink, opacity, self.title.clone());
        }
    }
}

impl Point {
    fn draw(&self, scene: &mut Scene, plane: &Plane) {
        let (x, y) = (plane.x(self.at.0), plane.y(self.at.1));
        let area = (
            x - self.half,
            y - self.half,
            2.0 * self.half,
            2.0 * self.half,
        );
        match self.title.is_empty() {
            _ if !y.is_finite() => {}
            true => scene.rect(area, self.ink, 1.0),
            false => scene.titled(area, self.ink, 1.0, self.title.clone()),
        }
    }
}

fn draw_cross(scene: &mut Scene, (x, y): (f64, f64), name: &str) {
    scene.line(vec![(x - 6.0, y), (x + 6.0, y)], Ink::Contrast, 2.0);
    scene.line(vec![(x, y - 6.0), (x, y + 6.0)], Ink::Contrast, 2.0);
    let width = text_width(name, SIZE, Face::Regular);
    let (left, at, anchor) = match x + width + 12.0 > scene.width {
        true => (x - 10.0 - width, x - 10.0, Anchor::End),
        false => (x + 10.0, x + 10.0, Anchor::Start),
    };
    scene.rect((left - 3.0, y - 20.0, width + 6.0, 16.0), Ink::Paper, 0.8);
    scene.text((at, y - 8.0), name, Ink::Text, anchor);
}

fn draw_density(scene: &mut Scene, plane: &Plane, points: &[(f64, f64)]) {
    let frame = &plane.frame;
    // A cell that can be seen where it stands alone.
    let size = if points.len() > 500 { 5.0 } else { 7.0 };
    let columns = ((frame.width / size) as usize).max(1);
    let rows = ((frame.height / size) as usize).max(1);
    let cell = |share: f64, n: usize| ((share * n as f64) as usize).min(n - 1);
    let mut counts = vec![0u32; columns * rows];
    for (x, y) in points {
        let column = cell(plane.across.share(*x), columns);
        let row = cell(1.0 - plane.upright.share(*y), rows);
        counts[row * columns + column] += 1;
    }
    scene.shapes.push(Shape::Raster(Raster {
        area: (frame.left, frame.top, frame.width, frame.height),
        columns,
        cells: colours(&counts),
    }));
}

fn draw_quantiles(scene: &mut Scene, plane: &Plane, values: &[f64; 7], words: &str) {
    let y = plane.frame.bottom() + 34.0;
    let [lowest, low, lower, median, upper, high, highest] = values.map(|value| plane.x(value));
    scene.line(vec![(lowest, y), (highest, y)], Ink::Grid, 1.5);
    scene.line(vec![(low, y), (high, y)], Ink::Muted, 1.5);
    let area = (lower, y - 5.0, (upper - lower).max(1.0), 10.0);
    scene.rect(area, Ink::Reference, 0.5);
    scene.line(vec![(median, y - 7.0), (median, y + 7.0)], Ink::Text, 2.0);
    let place = (plane.frame.x(0.5), y + 24.0);
    scene.sized(place, words, TITLE, Ink::Muted, Anchor::Middle);
}
