//! What is drawn, in the order in which it is drawn.

use crate::font::Face;
use crate::palette::{Ink, Rgb};

/// A drawing.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Pixels.
    pub width: f64,
    /// Pixels.
    pub height: f64,
    /// What it shows, in a sentence, for screen readers.
    pub label: String,
    /// From back to front.
    pub shapes: Vec<Shape>,
}

/// One mark of a drawing.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A line through points. Points that are not numbers break it.
    Line {
        /// Pixels.
        points: Vec<(f64, f64)>,
        /// Its colour.
        ink: Ink,
        /// Pixels.
        width: f64,
        /// Whether it is dashed.
        dashed: bool,
    },
    /// A closed area. Points that are not numbers break it into several.
    Area {
        /// Pixels.
        points: Vec<(f64, f64)>,
        /// Its colour.
        ink: Ink,
        /// 0 to 1.
        opacity: f64,
        /// Whether its edge is drawn as a line.
        outlined: bool,
    },
    /// Upright strokes from one height to another, as one mark.
    Ticks {
        /// Where, in pixels from the left.
        at: Vec<f64>,
        /// From which height to which.
        from_to: (f64, f64),
        /// Their colour.
        ink: Ink,
    },
    /// A filled rectangle.
    Rect {
        /// Left, top, width, height.
        area: (f64, f64, f64, f64),
        /// Its colour.
        ink: Ink,
        /// 0 to 1.
        opacity: f64,
        /// Its tooltip.
        title: Option<String>,
    },
    /// A line of text.
    Text(Text),
    /// A grid of coloured cells.
    Raster(Raster),
}

/// A line of text.
#[derive(Clone, Debug)]
pub struct Text {
    /// Where it is anchored: pixels from the left and the baseline from the top.
    pub at: (f64, f64),
    /// Its characters.
    pub text: String,
    /// Pixels.
    pub size: f64,
    /// Its colour.
    pub ink: Ink,
    /// Which part of it is at that place.
    pub anchor: Anchor,
    /// Regular or bold.
    pub face: Face,
}

/// Which part of a text is at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// A grid of coloured cells; those without a colour show what is behind.
#[derive(Clone, Debug)]
pub struct Raster {
    /// Left, top, width, height.
    pub area: (f64, f64, f64, f64),
    /// How many cells in a row.
    pub columns: usize,
    /// Row by row from the top.
    pub cells: Vec<Option<Rgb>>,
}

impl Raster {
    pub(crate) fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns).unwrap_or(0)
    }
}

impl Scene {
    /// An empty drawing.
    pub fn new(width: f64, height: f64, label: impl Into<String>) -> Scene {
        let (label, shapes) = (label.into(), Vec::new());
        Scene {
            width,
            height,
            label,
            shapes,
        }
    }

    /// Adds a line.
    pub fn line(&mut self, points: Vec<(f64, f64)>, ink: Ink, width: f64) {
        self.shapes.push(Shape::Line {
            points,
            ink,
            width,
            dashed: false,
        });
    }

    /// Adds a dashed line.
    pub fn dashed(&mut self, points: Vec<(f64, f64)>, ink: Ink, width: f64) {
        self.shapes.push(Shape::Line {
            points,
            ink,
            width,
            dashed: true,
        });
    }

    /// Adds an area.
    pub fn area(&mut self, points: Vec<(f64, f64)>, ink: Ink, opacity: f64) {
        self.shapes.push(Shape::Area {
            points,
            ink,
            opacity,
            outlined: false,
        });
    }

    /// Adds an area with a line around it.
    pub fn outlined(&mut self, points: Vec<(f64, f64)>, ink: Ink, opacity: f64) {
        self.shapes.push(Shape::Area {
            points,
            ink,
            opacity,
            outlined: true,
        });
    }

    /// Adds a rectangle.
    pub fn rect(&mut self, area: (f64, f64, f64, f64), ink: Ink, opacity: f64) {
        self.shapes.push(Shape::Rect {
            area,
            ink,
            opacity,
            title: None,
        });
    }

    /// Adds a rectangle with a tooltip.
    pub fn titled(&mut self, area: (f64, f64, f64, f64), ink: Ink, opacity: f64, title: String) {
        self.shapes.push(Shape::Rect {
            area,
            ink,
            opacity,
            title: Some(title),
        });
    }

    /// Adds a text in the usual size.
    pub fn text(&mut self, at: (f64, f64), text: impl Into<String>, ink: Ink, anchor: Anchor) {
        self.sized(at, text, SIZE, ink, anchor);
    }

    /// Adds a text of another size.
    pub fn sized(
        &mut self,
        at: (f64, f64),
        text: impl Into<String>,
        size: f64,
        ink: Ink,
        anchor: Anchor,
    ) {
        self.shapes.push(Shape::Text(Text {
            at,
            text: text.into(),
            size,
            ink,
            anchor,
            face: Face::Regular,
        }));
    }

    /// Adds a bold text.
    pub fn bold(&mut self, at: (f64, f64), text: impl Into<String>, size: f64, anchor: Anchor) {
        self.shapes.push(Shape::Text(Text {
            at,
            text: text.into(),
            size,
            ink: Ink::Text,
            anchor,
            face: Face::Bold,
        }));
    }

    /// This drawing under a title and a line of explanation, with a margin: a picture by itself.
    pub fn captioned(&self, title: &str, note: &str) -> Scene {
        const MARGIN: f64 = 20.0;
        let width = self.width + 2.0 * MARGIN;
        let mut whole = Scene::new(width, 0.0, self.label.clone());
        whole.bold((MARGIN, 34.0), title, 16.0, Anchor::Start);
        let mut top = 42.0;
        for line in wrapped(note, self.width, SIZE) {
            top += 16.0;
            whole.text((MARGIN, top), line, Ink::Muted, Anchor::Start);
        }
        top += 12.0;
        whole.place(self, MARGIN, top);
        whole.height = top + self.height + MARGIN;
        whole
    }

    /// Draws another drawing at a place of this one.
    pub fn place(&mut self, other: &Scene, left: f64, top: f64) {
        let moved = |points: &[(f64, f64)]| -> Vec<(f64, f64)> {
            points.iter().map(|(x, y)| (x + left, y + top)).collect()
        };
        let shift =
            |(x, y, width, height): (f64, f64, f64, f64)| (x + left, y + top, width, height);
        self.shapes
            .extend(other.shapes.iter().cloned().map(|shape| match shape {
                Shape::Line {
                    points,
                    ink,
                    width,
                    dashed,
                } => Shape::Line {
                    points: moved(&points),
                    ink,
                    width,
                    dashed,
                },
                Shape::Area {
                    points,
                    ink,
                    opacity,
                    outlined,
                } => Shape::Area {
                    points: moved(&points),
                    ink,
                    opacity,
                    outlined,
                },
                Shape::Ticks { at, from_to, ink } => Shape::Ticks {
                    at: at.iter().map(|x| x + left).collect(),
                    from_to: (from_to.0 + top, from_to.1 + top),
                    ink,
                },
                Shape::Rect {
                    area,
                    ink,
                    opacity,
                    title,
                } => Shape::Rect {
                    area: shift(area),
                    ink,
                    opacity,
                    title,
                },
                Shape::Text(text) => Shape::Text(Text {
                    at: (text.at.0 + left, text.at.1 + top),
                    ..text
                }),
                Shape::Raster(raster) => Shape::Raster(Raster {
                    area: shift(raster.area),
                    ..raster
                }),
            }));
    }
}

/// The usual size of text in pixels.
pub(crate) const SIZE: f64 = 12.0;

/// A text cut into lines of at most a width.
pub(crate) fn wrapped(text: &str, width: f64, size: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line)
                if crate::font::text_width(&format!("{line} {word}"), size, Face::Regular)
                    <= width =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
